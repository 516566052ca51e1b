package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/workout"
)

// keepImports is how long an upload, and what became of it, is kept after its last change; an upload
// that broke off goes much earlier.
const (
	keepImports = 14 * 24 * time.Hour
	keepBroken  = time.Hour
)

// readImports gives each import that waits its turn, until none does. This role only hands them out:
// an import is read as the session that asked for it, which the claim stands for (db.WithClaim).
func (r *Runner) readImports(ctx context.Context) error {
	var failed error
	for ctx.Err() == nil {
		claim := rand.Text()
		id, err := r.claimImport(ctx, claim)
		if err != nil || id == uuid.Nil {
			return errors.Join(failed, err)
		}
		if err := r.readImport(ctx, claim, id); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// claimImport takes the import that waits longest for its turn, if there is one.
func (r *Runner) claimImport(ctx context.Context, claim string) (id uuid.UUID, err error) {
	now := r.Now()
	err = r.DB.AsWorker(ctx, db.ReasonImport, now, func(ctx context.Context, tx *db.SystemTx) error {
		id, err = query.New(tx).ClaimImport(ctx, query.ClaimImportParams{
			Claim: db.WithClaim(claim, now).TokenHash(), Until: now.Add(workout.ClaimLife), Now: now,
		})
		if errors.Is(err, pgx.ErrNoRows) {
			id = uuid.Nil
			return nil
		}
		return err
	})
	return id, err
}

// readImport is one turn. Whatever fails for a while leaves the claim to run out, and is taken up then.
func (r *Runner) readImport(ctx context.Context, claim string, id uuid.UUID) error {
	as := func() db.Caller { return db.WithClaim(claim, r.Now()) }
	err := r.Imports.Work(ctx, as, id)
	over := fault.KindOf(err) == fault.KindUnauthenticated
	if err != nil && !over && ctx.Err() == nil {
		return err
	}
	// Also when this program is told to stop: another one can go on at once.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return r.DB.AsWorker(ctx, db.ReasonImport, r.Now(), func(ctx context.Context, tx *db.SystemTx) error {
		if over {
			if _, err := query.New(tx).EndSignedOut(ctx, tx.Now(), as().TokenHash()); err != nil {
				return err
			}
		}
		return query.New(tx).ReleaseImport(ctx, tx.Now(), as().TokenHash())
	})
}
