package reads

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
)

// The load: how many reads of what stands still and of what changes, and how
// often somebody changes something, ends a backend, leaves, or is too slow.
const (
	callers       = 48
	quickReads    = 20_000
	longReads     = 1_400_000
	everyChange   = 40
	everyKill     = 2_000
	everyLeaver   = 20
	everySlow     = 20_000
	everyFailure  = 100
	everyRealRead = 20
)

// counts is what came of the load.
type counts struct {
	shown, hidden, refused, lists, failed, slow, left, unavailable, killed, changed atomic.Int64
	fresh, crossed                                                                  atomic.Int64 // reads of what changes: of a phase, across one
}

// TestNoReadIsForAnother sends reads by owners, followers, blocked, strangers,
// anonymous, revoked and expired at once, with statements that fail or take too
// long, callers who leave and backends that are ended, while others narrow,
// block, unfollow and revoke. Every answer is what the model says; and from the
// commit of a change on, no read that started after it sees what was before.
//
// PACELINE_PROVE=1 makes it a million reads of what changes, and 300,000 of what stands still.
func TestNoReadIsForAnother(t *testing.T) {
	reads := quickReads
	if os.Getenv("PACELINE_PROVE") != "" {
		reads = longReads
	}
	seed := rand.Uint64()
	w := newWorld(t, rand.New(rand.NewPCG(seed, 1)))
	began := time.Now()
	var n counts
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			l := &load{world: w, counts: &n, random: rand.New(rand.NewPCG(seed, uint64(i)+2))}
			for k := i; k < reads && !t.Failed(); k += callers {
				l.step(t.Context(), k)
			}
		})
	}
	all.Wait()
	took, s := time.Since(began), w.db.Pipeline()
	t.Logf("seed %d: %d reads in %s, %.0f/s; %d in %d groups, %d ran alone", seed, reads, took.Round(time.Millisecond),
		float64(reads)/took.Seconds(), s.Requests, s.Groups, s.Alone)
	t.Logf("shown %d, hidden %d, refused %d, lists %d, failed %d, too slow %d, left %d, unavailable %d",
		n.shown.Load(), n.hidden.Load(), n.refused.Load(), n.lists.Load(), n.failed.Load(), n.slow.Load(), n.left.Load(), n.unavailable.Load())
	t.Logf("%d backends ended; %d changes, %d reads after one and before the next, %d across one",
		n.killed.Load(), n.changed.Load(), n.fresh.Load(), n.crossed.Load())
	for what, count := range map[string]*atomic.Int64{
		"shown": &n.shown, "hidden": &n.hidden, "refused": &n.refused, "a list": &n.lists, "a failure": &n.failed, "too slow": &n.slow,
		"gone": &n.left, "a backend ended": &n.killed, "a change": &n.changed, "read after a change": &n.fresh,
	} {
		if count.Load() == 0 {
			t.Errorf("nothing was %s: the load proves little", what)
		}
	}
	if s.Groups > s.Requests/2 {
		t.Errorf("%d requests in %d groups: hardly any company", s.Requests, s.Groups)
	}
	if fresh := n.fresh.Load(); reads == longReads && fresh < 1_000_000 {
		t.Errorf("%d reads between two changes, not a million", fresh)
	}
	if n.unavailable.Load() > n.killed.Load() {
		t.Errorf("%d reads got no answer, of %d backends that were ended", n.unavailable.Load(), n.killed.Load())
	}
}

// load is one caller after another.
type load struct {
	*world
	*counts
	random *rand.Rand
}

// at is the moment of the k-th read: time goes on, so that sessions note their
// use now and then.
func at(k int) time.Time { return start.Add(time.Minute + time.Duration(k/1000)*time.Minute) }

func (l *load) step(ctx context.Context, k int) {
	switch {
	case k%everyKill == everyKill-1:
		l.kill(ctx)
	case k%everyChange == everyChange-1:
		if err := l.changes[l.random.IntN(len(l.changes))].next(ctx, l.root); err != nil {
			l.t.Errorf("a change: %v", err)
		}
		l.changed.Add(1)
	}
	switch {
	case k%everySlow == everySlow-1:
		l.fails(ctx, k, &l.slow, `SELECT seen_by(), pg_sleep($1)::text`, 60, func(err error) bool { return fault.KindOf(err) == fault.KindUnavailable })
	case k%everyFailure == everyFailure-1:
		l.fails(ctx, k, &l.failed, `SELECT seen_by(), (1/$1::int)::text`, 0, func(err error) bool {
			var pg *pgconn.PgError
			return errors.As(err, &pg) && pg.Code == "22012"
		})
	case k%5 != 0:
		l.changing(ctx, k)
	case k%15 == 0:
		l.list(ctx, k)
	default:
		l.still(ctx, k)
	}
}

// anybody is a viewer: nil is anonymous; refused where the token is.
func (l *load) anybody(k int) (*someone, db.Caller) {
	i := l.random.IntN(len(l.people) + 6)
	if i >= len(l.people) {
		return nil, db.Anonymous(at(k))
	}
	return l.people[i], db.WithToken(l.people[i].token, at(k))
}

// ends sees to the answers that anybody may get: refused, left, or none. It
// reports whether there is another answer.
func (l *load) ends(ctx context.Context, viewer *someone, err error) bool {
	switch {
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		l.left.Add(1)
	case fault.KindOf(err) == fault.KindUnavailable && err != nil:
		l.unavailable.Add(1)
	case viewer != nil && viewer.refused:
		l.refused.Add(1)
		if fault.KindOf(err) != fault.KindUnauthenticated || err == nil {
			l.t.Errorf("somebody refused got an answer: %v", err)
		}
	default:
		return true
	}
	return false
}

// oneRide reads a ride, and what was sent with the request to know its answer by.
const oneRide = `SELECT $2::text, w.id, w.member_id, w.title, s.seen_by
	FROM workout w JOIN subject s ON s.member_id = w.member_id WHERE w.id = $1`

func (l *load) read(ctx context.Context, c db.Caller, id uuid.UUID) (title string, found bool, err error) {
	sent := strconv.FormatUint(l.random.Uint64(), 36)
	err = l.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		var back string
		var got, owner, seen uuid.UUID
		if err := tx.QueryRow(ctx, oneRide, id, sent).Scan(&back, &got, &owner, &title, &seen); err != nil {
			return err
		}
		if back != sent || got != id || seen != tx.Viewer().Member() {
			l.t.Errorf("the answer is another's: sent %s, got %s; asked for %s, got %s; seen by %s, viewer %v", sent, back, id, got, seen, tx.Viewer())
		}
		found = true
		return nil
	})
	if fault.KindOf(err) == fault.KindNotFound {
		return "", false, nil
	}
	return title, found, err
}

// still reads a ride of the part of the world that stands still.
func (l *load) still(ctx context.Context, k int) {
	viewer, c := l.anybody(k)
	r := l.rides[l.random.IntN(len(l.rides))]
	if k%everyLeaver == 5 {
		var leave context.CancelFunc
		ctx, leave = context.WithCancel(ctx)
		defer leave()
		if wait := l.random.IntN(4); wait == 0 {
			leave()
		} else {
			defer time.AfterFunc(time.Duration(l.random.IntN(3000))*time.Microsecond, leave).Stop()
		}
	}
	var title string
	var found bool
	var err error
	if k%everyRealRead == 0 {
		title, found, err = l.real(ctx, c, r.id)
	} else {
		title, found, err = l.read(ctx, c, r.id)
	}
	if !l.ends(ctx, viewer, err) {
		return
	}
	want := l.shows(r, viewer)
	if err != nil || found != want || (found && title != r.title) {
		l.t.Errorf("%q for %s: found %t, not %t: %q, %v", r.title, name(viewer), found, want, title, err)
	}
	if found {
		l.shown.Add(1)
	} else {
		l.hidden.Add(1)
	}
}

// real is the program's own read of a workout, with the policy's decision.
func (l *load) real(ctx context.Context, c db.Caller, id uuid.UUID) (title string, found bool, err error) {
	err = l.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadWorkout(ctx, id)
		if err != nil {
			return err
		}
		owner := db.Subject{
			MemberID: row.MemberID, Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability,
			Audiences: row.Audiences, Edge: row.Edge, Wrapped: row.Wrapped, SeenBy: row.SeenBy,
		}
		grant, err := owner.Decide(tx)
		if err != nil {
			return err
		}
		if !grant.ShowsWithin(privacy.Workout, db.Audience(row.Audience)) || row.ID != id {
			return db.ErrDisagree
		}
		title, found = *row.Title, true
		return nil
	})
	if fault.KindOf(err) == fault.KindNotFound {
		return "", false, nil
	}
	return title, found, err
}

// list reads all that a viewer may see of an owner.
func (l *load) list(ctx context.Context, k int) {
	viewer, c := l.anybody(k)
	owner := l.people[l.random.IntN(len(l.people))]
	var got, want []string
	err := l.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT w.title, s.seen_by FROM workout w JOIN subject s ON s.member_id = w.member_id
			WHERE w.member_id = $1 ORDER BY w.title`, owner.id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var title string
			var seen uuid.UUID
			if err := rows.Scan(&title, &seen); err != nil {
				return err
			}
			got = append(got, title)
		}
		return rows.Err()
	})
	if !l.ends(ctx, viewer, err) {
		return
	}
	for _, r := range l.rideOf[owner.id] {
		if l.shows(r, viewer) {
			want = append(want, r.title)
		}
	}
	if err != nil || !slices.Equal(got, want) {
		l.t.Errorf("a list of %s for %s: %q, not %q, %v", owner.id, name(viewer), got, want, err)
	}
	l.lists.Add(1)
}

// fails runs a statement that fails, for its caller alone.
func (l *load) fails(ctx context.Context, k int, count *atomic.Int64, sql string, arg any, as func(error) bool) {
	viewer, c := l.anybody(k)
	for viewer != nil && viewer.refused { // they would hear nothing of the statement
		viewer, c = l.anybody(k)
	}
	err := l.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, sql, arg).Scan(new(uuid.UUID), new(string))
	})
	switch {
	case as(err):
		count.Add(1)
	case l.ends(ctx, viewer, err):
		l.t.Errorf("%s: %v", sql, err)
	}
}

// changing reads what somebody else changes at the same time.
func (l *load) changing(ctx context.Context, k int) {
	c := l.changes[l.random.IntN(len(l.changes))]
	before := c.phase.Load()
	got, found, err := l.read(ctx, db.WithToken(c.viewer.token, at(k)), c.ride.id)
	after := c.phase.Load()
	if !l.ends(ctx, nil, err) {
		return
	}
	refused := fault.KindOf(err) == fault.KindUnauthenticated && err != nil
	if err != nil && !(refused && c.refuses) {
		l.t.Errorf("phase %d: %v", before, err)
		return
	}
	if before != after || before%2 == 1 {
		l.crossed.Add(1)
		if stale := found && !between(got, before, after); stale {
			l.t.Errorf("read between phases %d and %d: %q", before, after, got)
		}
		return
	}
	l.fresh.Add(1)
	switch open := before%4 == 2; {
	case open && (!found || got != title(before)):
		l.t.Errorf("phase %d: hidden, or of the past: %q, %v", before, got, err)
	case !open && (found || refused != c.refuses):
		l.t.Errorf("phase %d: shown after it was closed: %q, %v", before, got, err)
	}
}

// between: the title is of a time in which the ride was open, between the phases.
func between(got string, before, after int64) bool {
	for p := before - 3; p <= after+1; p++ {
		// One that was open when phase p-1 began to close it, or is about to be.
		if p%4 == 2 && p+1 >= before && p-1 <= after && got == title(p) {
			return true
		}
	}
	return false
}

// kill ends one of the service's backends.
func (l *load) kill(ctx context.Context) {
	tag, err := l.root.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE usename = 'paceline_app' AND datname = current_database() ORDER BY random() LIMIT 1`)
	if err != nil {
		l.t.Errorf("ending a backend: %v", err)
	}
	l.killed.Add(tag.RowsAffected())
}

func name(viewer *someone) string {
	if viewer == nil {
		return "anonymous"
	}
	return fmt.Sprint(viewer.id)
}
