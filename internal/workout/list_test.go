package workout_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// on is a workout that many days ago.
func on(daysAgo int, a privacy.Audience) workout.Entry {
	e := run(a)
	e.StartedAt = e.StartedAt.AddDate(0, 0, -daysAgo)
	return e
}

// all pages through a list and holds each page but the last to be full.
func all(t *testing.T, limit int, list func(page.Request) (page.Page[workout.Shown], error)) []uuid.UUID {
	t.Helper()
	var ids []uuid.UUID
	r := page.Request{Limit: limit}
	for range 100 {
		got, err := list(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range got.Items {
			open(t, "an item", item.Grant, item.Workout.Facts)
			ids = append(ids, item.Workout.ID)
		}
		if got.Next == "" {
			return ids
		}
		if len(got.Items) != limit {
			t.Errorf("a page of %d, with more to come", len(got.Items))
		}
		r.Cursor = got.Next
	}
	t.Fatal("the list has no end")
	return nil
}

func TestMembersListHasFullPagesOfWhatShows(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	shows := map[privacy.Audience][]uuid.UUID{}
	for day := range 24 {
		a := privacy.Audience(day % 4)
		id := c.create(c.owner, on(day/2, a)) // two on each day, so that the id decides as well
		for lowest := privacy.OnlyMe; lowest <= a; lowest++ {
			shows[lowest] = append(shows[lowest], id)
		}
	}
	for viewer, reach := range c.reach() {
		list := func(r page.Request) (page.Page[workout.Shown], error) {
			return c.s.ByMember(t.Context(), viewer.caller(), "ada", r)
		}
		if viewer == c.anonymous || reach > privacy.Everyone { // ada is found by members
			_, err := list(first(5))
			wantKind(t, "list for "+viewer.name, err, fault.KindNotFound)
			continue
		}
		got := all(t, 5, list)
		want := slices.Clone(shows[reach])
		if len(got) != len(want) {
			t.Errorf("%q gets %d of %d", viewer.name, len(got), len(want))
		}
		for _, id := range want {
			if !slices.Contains(got, id) {
				t.Errorf("%q misses %v", viewer.name, id)
			}
		}
	}
	c.sql(`UPDATE member SET discoverability = 3 WHERE id = $1`, c.owner.id)
	got := all(t, 4, func(r page.Request) (page.Page[workout.Shown], error) {
		return c.s.ByMember(t.Context(), c.anonymous.caller(), c.owner.id.String(), r)
	})
	if len(got) != len(shows[privacy.Everyone]) {
		t.Errorf("anonymous gets %d of %d", len(got), len(shows[privacy.Everyone]))
	}
	c.private(c.owner, true)
	if got, err := c.s.ByMember(t.Context(), c.stranger.caller(), "ADA", first(5)); err != nil || len(got.Items) != 0 {
		t.Errorf("a private account shows a stranger %d workouts, %v", len(got.Items), err)
	}
}

func TestListIsNewestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	w.create(ada, on(3, privacy.OnlyMe))
	w.create(ada, on(1, privacy.OnlyMe))
	w.create(ada, on(2, privacy.OnlyMe))
	got, err := w.s.ByMember(t.Context(), ada.caller(), "ada", first(10))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(got.Items, func(a, b workout.Shown) int {
		return open(t, "b", b.Grant, b.Workout.Facts).StartedAt.Compare(open(t, "a", a.Grant, a.Workout.Facts).StartedAt)
	}) {
		t.Error("not the newest first")
	}
}

func TestCursorsAreBound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.member("ada"), w.member("ben")
	for day := range 3 {
		w.create(ada, on(day, privacy.Everyone))
		w.create(ben, on(day, privacy.Everyone))
	}
	got, err := w.s.ByMember(t.Context(), ada.caller(), "ada", first(1))
	if err != nil || got.Next == "" {
		t.Fatal(err)
	}
	r := page.Request{Limit: 1, Cursor: got.Next}
	_, err = w.s.ByMember(t.Context(), ben.caller(), "ada", r)
	wantKind(t, "another viewer's", err, fault.KindInvalid)
	_, err = w.s.ByMember(t.Context(), ada.caller(), "ben", r)
	wantKind(t, "another member's list", err, fault.KindInvalid)
	_, err = w.s.Feed(t.Context(), ada.caller(), r)
	wantKind(t, "another list", err, fault.KindInvalid)
	if _, err = w.s.ByMember(t.Context(), ada.caller(), ada.id.String(), r); err != nil {
		t.Errorf("the same list by id: %v", err)
	}
}

func TestFeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reader := w.member("reader")
	type made struct {
		day int
		id  uuid.UUID
	}
	var want []made
	for i, name := range []string{"anna", "bert", "carl", "dora", "emil", "fred", "gina"} {
		p := w.member(name)
		switch name {
		case "emil":
		case "fred":
			w.follow(p, reader)
		default:
			w.follow(reader, p)
		}
		for day := i; day < 60; day += i + 2 { // some write often, some seldom
			a := privacy.Audience(day % 3)
			id := w.create(p, on(day, a))
			if name != "emil" && name != "dora" && name != "fred" && a >= privacy.Followers {
				want = append(want, made{day, id})
			}
		}
		if name == "dora" {
			w.block(p, reader)
		}
	}
	slices.SortFunc(want, func(a, b made) int {
		if a.day != b.day {
			return a.day - b.day
		}
		return slices.Compare(b.id[:], a.id[:])
	})
	for _, limit := range []int{2, 7, 100} { // fewer and more than are followed
		got := all(t, limit, func(r page.Request) (page.Page[workout.Shown], error) {
			return w.s.Feed(t.Context(), reader.caller(), r)
		})
		if len(got) != len(want) {
			t.Fatalf("%d workouts of %d", len(got), len(want))
		}
		for i := range want {
			if got[i] != want[i].id {
				t.Errorf("at %d: %v, want %v", i, got[i], want[i].id)
			}
		}
	}
	_, err := w.s.Feed(t.Context(), db.Anonymous(now), first(5))
	wantKind(t, "anonymous", err, fault.KindUnauthenticated)
}

func TestOwnWorkoutsThroughOthersEyes(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	c.let(c.owner, privacy.HeartRate, privacy.Members)
	for day := range 12 {
		c.create(c.owner, on(day, privacy.Audience(day%4)))
	}
	for name, look := range map[string]struct {
		through func(privacy.Grant) privacy.Grant
		viewer  person
	}{
		"follower": {func(g privacy.Grant) privacy.Grant { return g.As(privacy.RelationFollower, privacy.EdgeFollower) }, c.follower},
		"member":   {func(g privacy.Grant) privacy.Grant { return g.As(privacy.RelationMember, 0) }, c.stranger},
		"blocked":  {func(g privacy.Grant) privacy.Grant { return g.As(privacy.RelationBlocked, privacy.EdgeBlocks) }, c.blocked},
	} {
		got, err := c.s.OwnAs(t.Context(), c.owner.caller(), look.through, 5)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		theirs, err := c.s.ByMember(t.Context(), look.viewer.caller(), "ada", first(5))
		if err != nil && name != "blocked" {
			t.Fatal(err)
		}
		if len(got) != len(theirs.Items) {
			t.Fatalf("%s: %d workouts, they get %d", name, len(got), len(theirs.Items))
		}
		for i, item := range theirs.Items {
			mine := got[i]
			if mine.Workout.ID != item.Workout.ID || isOpen(mine.Grant, mine.Workout.Heart) != isOpen(item.Grant, item.Workout.Heart) ||
				isOpen(mine.Grant, mine.Workout.Device) || isOpen(mine.Grant, mine.Workout.Keeping) {
				t.Errorf("%s sees %v otherwise than the view shows", name, item.Workout.ID)
			}
		}
	}
	_, err := c.s.OwnAs(t.Context(), c.anonymous.caller(), func(g privacy.Grant) privacy.Grant { return g }, 5)
	wantKind(t, "anonymous", err, fault.KindUnauthenticated)
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

func TestStatsCountWhatTheViewerMaySee(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	c.create(c.owner, on(1, privacy.OnlyMe))
	c.create(c.owner, on(2, privacy.Followers))
	c.create(c.owner, on(3, privacy.Members))
	track := c.mustImport(c.owner, recordingtest.RideGPX(recordingtest.Options{Seconds: 120}), privacy.Followers).Items[0]
	trackM := open(t, "distance", track.Grant, track.Workout.DistanceM)
	totals := func(p person) workout.Totals {
		t.Helper()
		got, g, err := c.s.Stats(t.Context(), p.caller(), "ada")
		if err != nil {
			t.Fatal(err)
		}
		return open(t, "stats", g, got)
	}
	own := totals(c.owner)
	if own.Workouts != 4 || !near(own.DistanceM, 15000+trackM) || own.CaloriesKcal != 1200 || own.DurationS < 5400 || own.OutputKJ < 900 {
		t.Errorf("own: %+v", own)
	}
	if got := totals(c.follower); got.Workouts != 3 || got.DistanceM != 10000 || got.CaloriesKcal != 800 {
		t.Errorf("follower: %+v", got)
	}
	c.let(c.owner, privacy.Route, privacy.Followers)
	if got := totals(c.follower); !near(got.DistanceM, 10000+trackM) {
		t.Errorf("follower with the route: %+v", got)
	}
	_, _, err := c.s.Stats(t.Context(), c.stranger.caller(), "ada")
	wantKind(t, "hidden totals", err, fault.KindNotFound)
	c.let(c.owner, privacy.Stats, privacy.Members)
	if got := totals(c.stranger); got.Workouts != 1 || got.DistanceM != 5000 {
		t.Errorf("stranger: %+v", got)
	}
	for _, p := range []person{c.anonymous, c.blocked, c.blocker} {
		_, _, err := c.s.Stats(t.Context(), p.caller(), "ada")
		wantKind(t, "hidden member, "+p.name, err, fault.KindNotFound)
	}
	none := c.world.member("newcomer")
	got, g, err := c.s.Stats(t.Context(), none.caller(), "newcomer")
	if err != nil || open(t, "stats", g, got) != (workout.Totals{}) {
		t.Errorf("a newcomer's totals: %v", err)
	}
	_, _, err = c.s.Stats(t.Context(), c.stranger.caller(), "nobody-here")
	wantKind(t, "nobody", err, fault.KindNotFound)
}
