package jobs

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
)

const (
	digestTurns   = 50 // members, or the same one again, before the next tick
	digestBatches = 5  // transactions of a turn: so a claim never runs out over them
)

// makeDigests has digests made that samples lack, a member at a time, and leaves the rest to the next
// tick. This role hands them out and neither hears whose they are nor reads a sample.
func (r *Runner) makeDigests(ctx context.Context) error {
	var all int64
	var failed error
	for range digestTurns {
		claim := rand.Text()
		claimed, err := r.claimDigests(ctx, claim)
		if err != nil || !claimed || ctx.Err() != nil {
			failed = errors.Join(failed, err)
			break
		}
		made, err := r.digestTurn(ctx, claim)
		all += made
		failed = errors.Join(failed, err)
	}
	r.report(ctx, "digests", "made digests of samples", all)
	return failed
}

func (r *Runner) claimDigests(ctx context.Context, claim string) (claimed bool, err error) {
	now := r.Now()
	err = r.DB.AsWorker(ctx, db.ReasonDigest, now, func(ctx context.Context, tx *db.SystemTx) error {
		claimed, err = query.New(tx).ClaimDigests(ctx, db.WithUpkeep(claim, now).TokenHash(), now)
		return err
	})
	return claimed, err
}

// digestTurn makes some of a member's. What is made is kept, whenever it ends. A turn that fails, or
// finds nothing that it could make, leaves its claim to run out: the others come before its next one.
// A member who ends their account meanwhile takes the claim with them.
func (r *Runner) digestTurn(ctx context.Context, claim string) (all int64, err error) {
	for range digestBatches {
		made, err := r.Digests.MakeDigests(ctx, db.WithUpkeep(claim, r.Now()))
		all += int64(made)
		if fault.KindOf(err) == fault.KindUnauthenticated {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if made == 0 {
			break
		}
	}
	if all == 0 {
		return 0, nil
	}
	return all, r.DB.AsWorker(ctx, db.ReasonDigest, r.Now(), func(ctx context.Context, tx *db.SystemTx) error {
		return query.New(tx).EndDigests(ctx, db.WithUpkeep(claim, r.Now()).TokenHash())
	})
}
