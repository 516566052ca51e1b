package workout_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// feeds is a world and what there is in it, kept beside the database.
type feeds struct {
	*world
	db       *db.DB
	r        *rand.Rand
	people   []person
	workouts map[uuid.UUID]entry
	follows  map[[2]uuid.UUID]bool // reader and owner, approved
	blocks   map[[2]uuid.UUID]bool
	done     []string
}

type entry struct {
	owner     uuid.UUID
	startedAt time.Time
	audience  privacy.Audience
}

// In random worlds, after each of random events, everybody's feed at any size of page is what a plain
// model computes from scratch: the approved follows and the audiences, as they are now. The pointers
// have no say, whatever the programs before this one, the worker or nobody at all did to them.
func TestFeedIsThePlainModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			f := &feeds{
				world: newWorld(t), r: rand.New(rand.NewPCG(seed, 5)),
				workouts: map[uuid.UUID]entry{}, follows: map[[2]uuid.UUID]bool{}, blocks: map[[2]uuid.UUID]bool{},
			}
			var err error
			if f.db, err = db.Open(t.Context(), db.Config{URL: f.url, Connections: 2}); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(f.db.Close)
			for i := range 5 {
				f.people = append(f.people, f.member(fmt.Sprintf("rider%d", i)))
			}
			f.sql(`INSERT INTO feed SELECT id, 'infinity' FROM member WHERE id = $1`, f.people[0].id) // since before there were feeds
			for range 12 {
				f.create(f.any())
			}
			for range 60 {
				f.step()
				f.compare()
			}
		})
	}
}

func (f *feeds) any() person { return f.people[f.r.IntN(len(f.people))] }

// some is any workout of the world; false when there is none.
func (f *feeds) some() (uuid.UUID, entry, bool) {
	ids := []uuid.UUID{}
	for id := range f.workouts {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return uuid.Nil, entry{}, false
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	id := ids[f.r.IntN(len(ids))]
	return id, f.workouts[id], true
}

func (f *feeds) create(p person) {
	a := privacy.Audience(f.r.IntN(4))
	e := on(f.r.IntN(9), a) // often at the same moment
	f.workouts[f.world.create(p, e)] = entry{p.id, e.StartedAt.UTC(), a}
}

// as runs a function of the database for somebody.
func (f *feeds) as(p person, sql string, args ...any) {
	f.t.Helper()
	if err := f.db.AsViewer(f.t.Context(), p.caller(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}); err != nil {
		f.t.Fatalf("%v: %v", f.done, err)
	}
}

func (f *feeds) step() {
	f.t.Helper()
	one, two := f.any(), f.any()
	id, e, there := f.some()
	kind := f.r.IntN(28)
	f.done = append(f.done, fmt.Sprintf("%d(%s,%s)", kind, one.name, two.name))
	pair, back := [2]uuid.UUID{one.id, two.id}, [2]uuid.UUID{two.id, one.id}
	switch {
	case kind < 4:
		f.create(one)
	case kind < 9 && one != two && !f.blocks[pair] && !f.blocks[back]:
		f.as(one, `SELECT ask_to_follow($1, $2)`, two.id, now)
		f.as(two, `SELECT approve_follower($1, $2)`, one.id, now)
		f.follows[pair] = true
	case kind == 9 && one != two:
		f.as(one, `SELECT unfollow($1, $2)`, two.id, now)
		delete(f.follows, pair)
	case kind == 10 && one != two:
		f.as(two, `SELECT remove_follower($1, $2)`, one.id, now)
		delete(f.follows, pair)
	case kind == 11 && one != two:
		f.as(one, `SELECT block_member($1, $2)`, two.id, now)
		f.blocks[pair] = true
		delete(f.follows, pair)
		delete(f.follows, back)
	case kind == 12 && one != two:
		f.as(one, `SELECT unblock_member($1, $2)`, two.id, now)
		delete(f.blocks, pair)
	case kind < 16 && there:
		f.edit(kind, id, e)
	case kind == 16 && there:
		if err := f.s.Delete(f.t.Context(), f.named(e.owner).caller(), id); err != nil {
			f.t.Fatal(err)
		}
		delete(f.workouts, id)
	default:
		f.upkeep(kind, one, two, id, there)
	}
}

// edit changes an audience, by this program or past it, as the ones before it do.
func (f *feeds) edit(kind int, id uuid.UUID, e entry) {
	e.audience = privacy.Audience(f.r.IntN(4))
	f.workouts[id] = e
	if kind == 15 {
		f.sql(`UPDATE workout SET audience = $2 WHERE id = $1`, id, int16(e.audience))
		return
	}
	if _, _, err := f.s.Edit(f.t.Context(), f.named(e.owner).caller(), id, workout.Patch{Audience: &e.audience}, always); err != nil {
		f.t.Fatal(err)
	}
}

// upkeep is what the worker does, and what must not matter.
func (f *feeds) upkeep(kind int, one, two person, id uuid.UUID, there bool) {
	switch {
	case kind == 17: // by a program that knows nothing of pointers
		made, started, a := uuid.New(), now.AddDate(0, 0, -f.r.IntN(9)), privacy.Audience(f.r.IntN(4))
		f.sql(`INSERT INTO workout (member_id, id, audience, sport, indoor, started_at, duration_s, source, created_at, updated_at)
			VALUES ($1, $2, $3, 'run', false, $4, 60, 'typed', $4, $4)`, one.id, made, int16(a), started)
		f.workouts[made] = entry{one.id, started, a}
	case kind == 18, kind > 24:
		f.sql(`SELECT point_waiting(100)`)
		f.sql(`SELECT fill_feeds(100, $1)`, f.r.IntN(4))
	case kind == 19:
		f.sql(`SELECT trim_feeds('00000000-0000-0000-0000-000000000000', 100, $1)`, 2+f.r.IntN(6))
	case kind == 20 && there: // a pointer that nobody should have
		f.sql(`INSERT INTO feed_pointer SELECT $1, started_at, id, member_id FROM workout WHERE id = $2 ON CONFLICT DO NOTHING`, one.id, id)
	case kind < 24 && f.follows[[2]uuid.UUID{one.id, two.id}]: // as an approval, of an owner with more than are kept
		f.sql(`DELETE FROM feed_pointer WHERE member_id = $1 AND owner_id = $2`, one.id, two.id)
		f.sql(`SELECT feed_gained($1, $2, $3)`, one.id, two.id, f.r.IntN(3))
	case kind == 24 && there && f.r.IntN(3) == 0: // too many followers from now on
		f.sql(`SELECT fan_out(member_id, id, started_at, 0) FROM workout WHERE id = $1`, id)
	}
}

func (f *feeds) named(id uuid.UUID) person {
	return f.people[slices.IndexFunc(f.people, func(p person) bool { return p.id == id })]
}

func (f *feeds) compare() {
	f.t.Helper()
	for _, reader := range f.people {
		want := []uuid.UUID{}
		for id, e := range f.workouts {
			if f.follows[[2]uuid.UUID{reader.id, e.owner}] && e.audience >= privacy.Followers {
				want = append(want, id)
			}
		}
		slices.SortFunc(want, func(a, b uuid.UUID) int {
			if c := f.workouts[b].startedAt.Compare(f.workouts[a].startedAt); c != 0 {
				return c
			}
			return bytes.Compare(b[:], a[:])
		})
		got := all(f.t.(*testing.T), 1+f.r.IntN(6), func(r page.Request) (page.Page[workout.Shown], error) {
			return f.s.Feed(f.t.Context(), reader.caller(), r)
		})
		if diff := cmp.Diff(want, append([]uuid.UUID{}, got...)); diff != "" {
			f.t.Fatalf("%s's feed after %v: %s", reader.name, f.done, diff)
		}
	}
}

// The pointers are what makes it quick, so they have to be there: at each approved follower whose feed
// reaches back so far, and nobody else's, as the workouts and follows come and go.
func TestPointersFollowTheWorkouts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	opened, err := db.Open(t.Context(), db.Config{URL: w.url, Connections: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	f := &feeds{world: w, db: opened}
	ada, ben, cleo := w.member("ada"), w.member("ben"), w.member("cleo")
	pointers := func(what string, want int) {
		t.Helper()
		if got := w.count(`SELECT count(*) FROM feed_pointer WHERE member_id <> $1`, cleo.id); got != want {
			t.Errorf("%s: %d pointers, want %d", what, got, want)
		}
		if got := w.count(`SELECT count(*) FROM feed_pointer WHERE member_id = $1`, cleo.id); got != 0 {
			t.Errorf("%s: cleo, who follows nobody, has %d", what, got)
		}
	}
	follow := func() {
		t.Helper()
		f.as(ben, `SELECT ask_to_follow($1, $2)`, ada.id, now)
		f.as(ada, `SELECT approve_follower($1, $2)`, ben.id, now)
	}
	early := w.create(ada, on(3, privacy.Followers))
	w.create(ada, on(2, privacy.OnlyMe))
	pointers("without followers", 0)
	follow()
	pointers("approved", 1)
	late := w.create(ada, on(1, privacy.Everyone))
	pointers("written", 2)
	edit := func(id uuid.UUID, to privacy.Audience) {
		t.Helper()
		if _, _, err := w.s.Edit(t.Context(), ada.caller(), id, workout.Patch{Audience: &to}, always); err != nil {
			t.Fatal(err)
		}
	}
	edit(late, privacy.OnlyMe)
	pointers("narrowed", 1)
	edit(late, privacy.Members)
	pointers("widened", 2)
	if err := w.s.Delete(t.Context(), ada.caller(), early); err != nil {
		t.Fatal(err)
	}
	pointers("deleted", 1)
	f.as(ben, `SELECT unfollow($1, $2)`, ada.id, now)
	pointers("unfollowed", 0)
	follow()
	f.as(ada, `SELECT remove_follower($1, $2)`, ben.id, now)
	pointers("removed", 0)
	follow()
	f.as(ada, `SELECT block_member($1, $2)`, ben.id, now)
	pointers("blocked", 0)
	f.as(ada, `SELECT unblock_member($1, $2)`, ben.id, now)
	follow()
	if n := w.count(`SELECT count(*) FROM workout WHERE NOT pointed AND audience > 0`); n != 0 {
		t.Errorf("%d workouts have no pointers", n)
	}
	for _, p := range []person{ben, ada} { // a reader who ends their account, then an owner
		pointers("before an end", 1)
		if err := opened.AsAccount(t.Context(), p.caller(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `SELECT forget_edges()`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `DELETE FROM member WHERE id = $1`, p.id)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		pointers(p.name+" ended", 0)
		if p == ben {
			ben = w.member("ben2")
			follow()
		}
	}
}

// A workout and an approval at once: whichever comes first, the follower's feed has the workout.
func TestAWorkoutAndAnApprovalAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	opened, err := db.Open(t.Context(), db.Config{URL: w.url, Connections: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	f := &feeds{world: w, db: opened}
	ada := w.member("ada")
	for i := range 8 {
		reader := w.member(fmt.Sprintf("reader%d", i))
		f.as(reader, `SELECT ask_to_follow($1, $2)`, ada.id, now)
		made := make(chan error)
		go func() {
			_, _, err := w.s.Create(context.WithoutCancel(t.Context()), ada.caller(), run(privacy.Followers), workout.Repeat{})
			made <- err
		}()
		f.as(ada, `SELECT approve_follower($1, $2)`, reader.id, now)
		if err := <-made; err != nil {
			t.Fatal(err)
		}
		if got, want := w.count(`SELECT count(*) FROM feed_pointer WHERE member_id = $1`, reader.id), i+1; got != want {
			t.Errorf("%d pointers, want %d", got, want)
		}
	}
}

// Pages go on behind what the pointers reach, however often the worker cuts them.
func TestFeedGoesOnBehindThePointers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reader, ada, ben := w.member("reader"), w.member("ada"), w.member("ben")
	w.follow(reader, ada)
	w.follow(reader, ben)
	want := 0
	for day := range 10 {
		w.create(ada, on(20-2*day, privacy.Followers))
		w.create(ben, on(20-2*day, privacy.Followers))
		want += 2
		if day%4 != 3 {
			continue
		}
		w.sql(`SELECT trim_feeds('00000000-0000-0000-0000-000000000000', 100, 3)`)
		if n := w.count(`SELECT count(*) FROM feed_pointer`); n != 4 { // three, and what began when the third did
			t.Errorf("%d pointers are left", n)
		}
		for _, limit := range []int{1, 3, 50} {
			got := all(t, limit, func(r page.Request) (page.Page[workout.Shown], error) {
				return w.s.Feed(t.Context(), reader.caller(), r)
			})
			if len(got) != want {
				t.Errorf("pages of %d: %d workouts of %d", limit, len(got), want)
			}
		}
	}
	w.sql(`DELETE FROM member WHERE id = $1`, reader.id)
	w.sql(`SELECT trim_feeds('00000000-0000-0000-0000-000000000000', 100, 3)`)
	if n := w.count(`SELECT count(*) FROM feed_pointer`); n != 0 {
		t.Errorf("%d pointers of nobody's are left", n)
	}
}
