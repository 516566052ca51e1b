package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/workout"
)

// reader stands where package workout does: it notes who was asked to read what.
type reader struct {
	mu   sync.Mutex
	read map[uuid.UUID]int
	do   func(ctx context.Context, as func() db.Caller, id uuid.UUID) error
}

func (r *reader) Work(ctx context.Context, as func() db.Caller, id uuid.UUID) error {
	r.mu.Lock()
	r.read[id]++
	r.mu.Unlock()
	return r.do(ctx, as, id)
}

// signIn makes a member with a session.
func (w *world) signIn(name string) {
	w.t.Helper()
	w.create(name)
	_, err := w.root.Exec(w.t.Context(), `INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at)
		SELECT member_id, $1, 'bearer', 'test', $2, $2, $3 FROM profile WHERE username = $4`, uuid.New(), w.Now(), w.Now().AddDate(1, 0, 0), name)
	w.must(err)
}

// imports puts imports of a member in the queue.
func (w *world) imports(name string, n int) []uuid.UUID {
	w.t.Helper()
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = uuid.Must(uuid.NewV7())
		_, err := w.root.Exec(w.t.Context(), `INSERT INTO import (member_id, id, session_id, state, kind, bytes, created_at, updated_at)
			SELECT s.member_id, $1, s.id, 'queued', 'file', 1, $2, $2 FROM auth.session s JOIN profile p ON p.member_id = s.member_id
			WHERE p.username = $3 LIMIT 1`, ids[i], w.Now(), name)
		w.must(err)
	}
	return ids
}

// end is what a turn does that comes to the import's end, as whom the claim makes it.
func (w *world) end(ctx context.Context, as func() db.Caller, id uuid.UUID) error {
	return w.DB.AsViewer(ctx, as(), func(ctx context.Context, tx *db.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE import SET state = 'ready', updated_at = $1 WHERE member_id = $2 AND id = $3`, tx.Now(), tx.Viewer().Member(), id)
		if err == nil && tag.RowsAffected() != 1 {
			err = errors.New("it is not this member's")
		}
		return err
	})
}

func TestReplicasShareTheImports(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.signIn("ada")
	w.signIn("bob")
	w.imports("ada", 12)
	w.imports("bob", 12)
	r := &reader{read: map[uuid.UUID]int{}, do: w.end}
	w.Imports = r
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { errs[i] = New(w.Config).readImports(t.Context()) })
	}
	wg.Wait()
	w.must(errors.Join(errs...))
	for id, n := range r.read {
		if n != 1 {
			t.Errorf("%s was read %d times", id, n)
		}
	}
	if ready := w.count(`SELECT count(*) FROM import WHERE state = 'ready' AND claim IS NULL`); ready != 24 || len(r.read) != 24 {
		t.Errorf("%d of %d are at their end", ready, len(r.read))
	}
}

// A claim is for one import, one member and a while: it opens nothing of the others' and nothing later.
func TestAClaimIsNobodyElses(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.signIn("ada")
	w.signIn("bob")
	ada, bob := w.imports("ada", 1)[0], w.imports("bob", 1)[0]
	who := map[uuid.UUID]uuid.UUID{}
	var kept func() db.Caller
	w.Imports = &reader{read: map[uuid.UUID]int{}, do: func(ctx context.Context, as func() db.Caller, id uuid.UUID) error {
		kept = as
		w.must(w.DB.AsViewer(ctx, as(), func(_ context.Context, tx *db.Tx) error {
			who[id] = tx.Viewer().Member()
			return nil
		}))
		if err := w.end(ctx, as, map[uuid.UUID]uuid.UUID{ada: bob, bob: ada}[id]); err == nil {
			t.Error("a claim changes somebody else's import")
		}
		for name, f := range map[string]func(context.Context, db.Caller, func(context.Context, *db.Tx) error) error{
			"account": w.DB.AsAccount, "read": w.DB.Read,
		} {
			err := f(ctx, as(), func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT seen_by()`).Scan(new(uuid.UUID))
			})
			if err == nil {
				t.Errorf("a claim works for %s", name)
			}
		}
		return w.end(ctx, as, id)
	}}
	w.must(w.readImports(t.Context()))
	if len(who) != 2 || who[ada] == who[bob] || who[ada] == uuid.Nil {
		t.Errorf("read as %v", who)
	}
	if err := w.DB.AsViewer(t.Context(), kept(), func(context.Context, *db.Tx) error { return nil }); fault.KindOf(err) != fault.KindUnauthenticated {
		t.Errorf("a claim outlives its work: %v", err)
	}
}

func TestAnImportOfADeadReplicaFallsBack(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.signIn("ada")
	id := w.imports("ada", 1)[0]
	dead, err := w.claimImport(t.Context(), "the dead one's")
	w.must(err)
	r := &reader{read: map[uuid.UUID]int{}, do: w.end}
	w.Imports = r
	w.advance(workout.ClaimLife - time.Second)
	w.must(w.readImports(t.Context()))
	if dead != id || len(r.read) != 0 {
		t.Fatal("it was taken from who claimed it")
	}
	w.advance(2 * time.Second)
	w.must(w.readImports(t.Context()))
	if r.read[id] != 1 {
		t.Error("it was not taken up")
	}
}

// What fails for a while is tried again later, and what its member signed out of ends.
func TestAnImportThatFails(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.signIn("ada")
	w.imports("ada", 1)
	away := true
	r := &reader{read: map[uuid.UUID]int{}, do: func(ctx context.Context, as func() db.Caller, id uuid.UUID) error {
		if away {
			return fmt.Errorf("the database is away")
		}
		return w.end(ctx, as, id)
	}}
	w.Imports = r
	if w.readImports(t.Context()) == nil {
		t.Error("a failure is not told")
	}
	if n := w.count(`SELECT count(*) FROM import WHERE state = 'queued' AND claim IS NOT NULL`); n != 1 {
		t.Error("it is to be tried again at once, or never")
	}
	away = false
	w.advance(workout.ClaimLife + time.Second)
	_, err := w.root.Exec(t.Context(), `UPDATE auth.session SET revoked_at = $1`, w.Now())
	w.must(err)
	w.must(w.readImports(t.Context()))
	if n := w.count(`SELECT count(*) FROM import WHERE state = 'failed' AND code = 'signed_out' AND claim IS NULL`); n != 1 {
		t.Error("it outlives its session")
	}
}

func TestUploadsAreClearedAway(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.signIn("ada")
	ids := w.imports("ada", 2)
	for _, change := range []string{
		`UPDATE import SET state = 'receiving' WHERE id = '` + ids[0].String() + `'`,
		`UPDATE import SET state = 'partly' WHERE id = '` + ids[1].String() + `'`,
		`INSERT INTO import_chunk SELECT member_id, id, 0, 'x' FROM import`,
	} {
		_, err := w.root.Exec(t.Context(), change)
		w.must(err)
	}
	for _, step := range []struct {
		wait time.Duration
		left int
	}{{keepBroken - time.Second, 2}, {2 * time.Second, 1}, {keepImports - keepBroken - 2*time.Second, 1}, {2 * time.Second, 0}} {
		w.advance(step.wait)
		w.must(w.clear(t.Context()))
		if n := w.count(`SELECT count(*) FROM import_chunk`); n != step.left {
			t.Errorf("%d uploads are kept, want %d", n, step.left)
		}
	}
}
