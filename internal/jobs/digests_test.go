package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

const noDigests = `UPDATE workout_part SET digest_sealed = NULL, digest_of = NULL`

// waitingParts are those that have samples and no digest of them.
const waitingParts = `SELECT count(*) FROM workout_part WHERE samples_sealed IS NOT NULL AND digest_of IS DISTINCT FROM substr(samples_sealed, 1, 32)`

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.root.Exec(w.t.Context(), sql, args...)
	w.must(err)
}

// rider makes a member who is signed in.
func (w *world) rider(name string) db.Caller {
	w.t.Helper()
	w.signIn(name)
	hash := sha256.Sum256([]byte("token of " + name))
	w.exec(`INSERT INTO auth.token (hash, member_id, session_id, kind, created_at, expires_at)
		SELECT $1, s.member_id, s.id, 'access', $2, $3 FROM auth.session s JOIN profile p ON p.member_id = s.member_id WHERE p.username = $4`,
		hash[:], w.Now(), w.Now().AddDate(1, 0, 0), name)
	return db.WithToken("token of "+name, w.Now())
}

// form is a recording that is uploaded.
type form struct{ file io.Reader }

func (f form) Small() bool                          { return true }
func (f form) File() (io.Reader, error)             { return f.file, nil }
func (f form) Audience() (*privacy.Audience, error) { return new(privacy.Everyone), nil }

// ride imports one of so many minutes, so many days ago.
func (w *world) ride(s *workout.Service, c db.Caller, daysAgo int) uuid.UUID {
	w.t.Helper()
	made, err := s.Import(w.t.Context(), c, form{bytes.NewReader(recordingtest.RideFIT(recordingtest.Options{
		Start: w.Now().AddDate(0, 0, -daysAgo), Seconds: 300, FTP: 200 + float64(daysAgo), Seed: uint64(daysAgo), //nolint:gosec // small
	}))}, workout.Repeat{})
	w.must(err)
	return made.Items[0].Workout.ID
}

// powers is how many bests somebody sees of a member, over all durations.
func (w *world) powers(s *workout.Service, c db.Caller, of string) int {
	w.t.Helper()
	all, grant, err := s.Records(w.t.Context(), c, of, nil)
	w.must(err)
	n := 0
	for _, r := range all {
		best, _ := r.Power.Open(grant)
		n += len(best)
	}
	return n
}

// Workouts from before there were digests count for others once the job has been there, without their
// owner's look.
func TestOldWorkoutsComeToCount(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := workout.New(w.DB, w.Ring, recording.DefaultLimits())
	ada, bob := w.rider("ada"), w.rider("bob")
	w.exec(`INSERT INTO edge SELECT o.member_id, f.member_id, 1, $1 FROM profile o, profile f WHERE o.username = 'ada' AND f.username = 'bob'`, w.Now())
	w.exec(`INSERT INTO edge SELECT f.member_id, o.member_id, 16, $1 FROM profile o, profile f WHERE o.username = 'ada' AND f.username = 'bob'`, w.Now())
	for day := range 3 {
		w.ride(s, ada, day+1)
	}
	want := w.powers(s, bob, "ada")
	if want == 0 {
		t.Fatal("there are no records to see")
	}
	for _, spoil := range []string{noDigests, `UPDATE workout_part SET digest_of = substr(samples_sealed, 2, 32) WHERE samples_sealed IS NOT NULL`} {
		w.exec(spoil)
		if n := w.powers(s, bob, "ada"); n != 0 {
			t.Fatalf("%s: a follower sees %d bests before", spoil, n)
		}
		w.must(w.makeDigests(t.Context()))
		if n := w.powers(s, bob, "ada"); n != want {
			t.Errorf("%s: a follower sees %d bests after, not %d", spoil, n, want)
		}
		if n := w.count(waitingParts) + w.count(`SELECT count(*) FROM digest_turn`); n != 0 {
			t.Errorf("%s: %d things are left", spoil, n)
		}
	}
}

// claims stands where package workout does: it notes how often it was asked.
type claims struct {
	mu    sync.Mutex
	asked int
	do    func(ctx context.Context, c db.Caller) (int, error)
}

func (d *claims) MakeDigests(ctx context.Context, c db.Caller) (int, error) {
	d.mu.Lock()
	d.asked++
	d.mu.Unlock()
	return d.do(ctx, c)
}

// A claim reaches its member's rows and nobody else's, opens nothing by the policy, works nowhere else
// and ends with its time.
func TestAClaimOnDigestsIsNarrow(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := workout.New(w.DB, w.Ring, recording.DefaultLimits())
	for _, name := range []string{"ada", "bob"} {
		w.ride(s, w.rider(name), 1)
	}
	w.exec(noDigests)
	var kept db.Caller
	w.Digests = &claims{do: func(ctx context.Context, c db.Caller) (int, error) {
		kept = c
		w.must(w.DB.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
			var own, others int
			err := tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE member_id = viewer_id()), count(*) FILTER (WHERE member_id <> viewer_id()) FROM workout_part`).
				Scan(&own, &others)
			if own == 0 || others != 0 {
				t.Errorf("a claim shows %d rows of its member's and %d of others'", own, others)
			}
			for scope := privacy.Scopes(1); scope != 0; scope <<= 1 {
				if tx.Viewer().Has(scope) {
					t.Errorf("a claim has the scope %v", scope)
				}
			}
			return err
		}))
		if _, _, err := s.Records(ctx, c, "ada", nil); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("records as a claim: %v", err)
		}
		for name, f := range map[string]func(context.Context, db.Caller, func(context.Context, *db.Tx) error) error{
			"account": w.DB.AsAccount, "read": w.DB.Read,
		} {
			if err := f(ctx, c, func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT seen_by()`).Scan(new(uuid.UUID))
			}); err == nil {
				t.Errorf("a claim works for %s", name)
			}
		}
		return s.MakeDigests(ctx, c)
	}}
	w.must(w.makeDigests(t.Context()))
	if n := w.count(waitingParts); n != 0 {
		t.Errorf("%d parts wait", n)
	}
	if err := w.DB.AsViewer(t.Context(), kept, func(context.Context, *db.Tx) error { return nil }); fault.KindOf(err) != fault.KindUnauthenticated {
		t.Errorf("a claim outlives its work: %v", err)
	}
	w.exec(noDigests)
	if claimed, err := w.claimDigests(t.Context(), "mine"); err != nil || !claimed {
		t.Fatal(claimed, err)
	}
	late := db.WithUpkeep("mine", w.Now().Add(2*time.Minute))
	if _, err := s.MakeDigests(t.Context(), late); fault.KindOf(err) != fault.KindUnauthenticated {
		t.Errorf("a claim outlives its time: %v", err)
	}
}

// Replicas share the work, and samples that can't be read, or a program that dies over them, hold up
// nobody else's.
func TestDigestsThatFail(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := workout.New(w.DB, w.Ring, recording.DefaultLimits())
	for i, name := range []string{"ada", "bob", "cleo"} {
		w.ride(s, w.rider(name), i+1)
	}
	w.exec(noDigests)
	w.exec(`UPDATE workout_part p SET samples_sealed = 'nothing sealed, and longer than its beginning' FROM profile o
		WHERE o.member_id = p.member_id AND o.username = 'ada' AND family = 'effort'`)
	// What never had a digest comes first.
	w.exec(`UPDATE workout_part p SET digest_of = '' FROM profile o WHERE o.member_id = p.member_id AND o.username = 'bob'`)
	for _, claim := range []string{"first", "second", "third"} {
		if claimed, err := w.claimDigests(t.Context(), claim); err != nil || !claimed {
			t.Fatal(claimed, err)
		}
	}
	last := db.WithUpkeep("third", w.Now()).TokenHash()
	if n := w.count(`SELECT count(*) FROM digest_turn t JOIN profile p ON p.member_id = t.member_id WHERE p.username = 'bob' AND t.claim = $1`, last); n != 1 {
		t.Error("an old digest is made anew before those that never were")
	}
	if claimed, err := w.claimDigests(t.Context(), "more"); err != nil || claimed {
		t.Errorf("what others work on is handed out: %t, %v", claimed, err)
	}
	w.exec(`DELETE FROM digest_turn`)
	d := &claims{do: s.MakeDigests}
	w.Digests = d
	errs := make([]error, 3)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = New(w.Config).makeDigests(t.Context()) })
	}
	all.Wait()
	if errors.Join(errs...) == nil {
		t.Error("what can't be read is not told")
	}
	if n := w.count(waitingParts + ` AND member_id NOT IN (SELECT member_id FROM profile WHERE username = 'ada')`); n != 0 {
		t.Errorf("%d parts of others wait", n)
	}
	if n := w.count(`SELECT count(*) FROM digest_turn WHERE attempts = 1`); n != 1 {
		t.Errorf("%d claims are out, want the failed one's", n)
	}
	// Nobody tries it again before its time, and each time takes longer.
	tried := d.asked
	for _, step := range []struct {
		wait  time.Duration
		tries int
	}{{2*time.Minute - time.Second, 0}, {time.Second, 1}, {4*time.Minute - time.Second, 1}, {time.Second, 2}} {
		w.advance(step.wait)
		_ = w.makeDigests(t.Context())
		if d.asked-tried != step.tries {
			t.Fatalf("%d tries after another %v, want %d", d.asked-tried, step.wait, step.tries)
		}
	}
	// Mended, it is made, and nothing is left of the claim.
	w.advance(24 * time.Hour)
	w.exec(`UPDATE workout_part SET samples_sealed = NULL WHERE digest_of IS NULL AND family = 'effort'`)
	w.must(w.makeDigests(t.Context()))
	if n := w.count(waitingParts) + w.count(`SELECT count(*) FROM digest_turn`); n != 0 {
		t.Errorf("%d things are left", n)
	}
}
