package workout_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// cast is an owner and everybody they can stand to.
type cast struct {
	*world
	owner, follower, stranger, blocked, blocker person
	anonymous                                   person
}

func newCast(t *testing.T) cast {
	t.Helper()
	w := newWorld(t)
	c := cast{
		world: w, owner: w.member("ada"), follower: w.member("ben"), stranger: w.member("cleo"),
		blocked: w.member("dan"), blocker: w.member("eve"),
	}
	w.follow(c.follower, c.owner)
	w.follow(c.blocked, c.owner) // a block beats a follow that was forgotten
	w.block(c.owner, c.blocked)
	w.block(c.blocker, c.owner)
	return c
}

// reach is the lowest audience that takes a viewer in; 4 is above them all.
func (c cast) reach() map[person]privacy.Audience {
	return map[person]privacy.Audience{
		c.owner: privacy.OnlyMe, c.follower: privacy.Followers, c.stranger: privacy.Members,
		c.anonymous: privacy.Everyone, c.blocked: 4, c.blocker: 4,
	}
}

func TestWhoSeesWhichPartOfAWorkout(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	audiences := []privacy.Audience{privacy.OnlyMe, privacy.Followers, privacy.Members, privacy.Everyone}
	ids := map[privacy.Audience]uuid.UUID{}
	for _, a := range audiences {
		e := run(a)
		e.StartedAt = e.StartedAt.AddDate(0, 0, -int(a))
		ids[a] = c.create(c.owner, e)
	}
	for _, private := range []bool{false, true} {
		for _, heart := range audiences {
			c.let(c.owner, privacy.HeartRate, heart)
			c.let(c.owner, privacy.Route, privacy.Everyone-heart)
			c.private(c.owner, private)
			for viewer, reach := range c.reach() {
				for _, a := range audiences {
					top := privacy.Everyone
					if private {
						top = privacy.Followers
					}
					at := fmt.Sprintf("private %v, heart %v, workout %v, viewer %q", private, heart, a, viewer.name)
					w, g, err := c.s.Read(t.Context(), viewer.caller(), ids[a])
					if min(a, top) < reach {
						wantKind(t, at, err, fault.KindNotFound)
						continue
					}
					if err != nil {
						t.Errorf("%s: %v", at, err)
						continue
					}
					for what, check := range map[string]struct{ got, want bool }{
						"facts":    {isOpen(g, w.Facts), true},
						"distance": {isOpen(g, w.DistanceM), true},
						"effort":   {isOpen(g, w.Effort), true},
						"heart":    {isOpen(g, w.Heart), min(a, top, heart) >= reach},
						"route":    {isOpen(g, w.Route), min(a, top, privacy.Everyone-heart) >= reach},
						"device":   {isOpen(g, w.Device), reach == privacy.OnlyMe},
						"keeping":  {isOpen(g, w.Keeping), reach == privacy.OnlyMe},
						"username": {isOpen(g, w.Owner.Username), reach <= privacy.Members},
					} {
						if check.got != check.want {
							t.Errorf("%s: %s open is %v", at, what, check.got)
						}
					}
				}
			}
		}
	}
}

func TestHiddenAndAbsentAreAlike(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	hidden := c.create(c.owner, run(privacy.OnlyMe))
	made := uuid.New()
	for viewer := range c.reach() {
		if viewer == c.owner {
			continue
		}
		_, _, one := c.s.Read(t.Context(), viewer.caller(), hidden)
		_, _, two := c.s.Read(t.Context(), viewer.caller(), made)
		_, _, three := c.s.Streams(t.Context(), viewer.caller(), hidden, allChannels(), 10)
		_, _, four := c.s.Streams(t.Context(), viewer.caller(), made, allChannels(), 10)
		for _, err := range []error{one, two, three, four} {
			if got := fault.Of(err); !reflect.DeepEqual(got, fault.NotFound()) {
				t.Errorf("%q gets %#v", viewer.name, got)
			}
		}
	}
}

func TestOwnerReadsAllThatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	id := w.create(ada, run(privacy.Followers))
	got, g, err := w.s.Read(t.Context(), ada.caller(), id)
	if err != nil {
		t.Fatal(err)
	}
	facts, effort := open(t, "facts", g, got.Facts), open(t, "effort", g, got.Effort)
	heart, route, device := open(t, "heart", g, got.Heart), open(t, "route", g, got.Route), open(t, "device", g, got.Device)
	keeping := open(t, "keeping", g, got.Keeping)
	want := run(privacy.Followers)
	if open(t, "source", g, got.Source) != workout.Typed || facts.Sport != want.Sport || *facts.Title != *want.Title || !facts.StartedAt.Equal(want.StartedAt) ||
		facts.DurationS != want.DurationS || *facts.MovingS != *want.MovingS || *facts.CaloriesKcal != *want.CaloriesKcal ||
		*facts.OutputKJ != *want.OutputKJ {
		t.Errorf("facts %+v", facts)
	}
	if *effort.PowerAvgW != 180 || *effort.PowerMaxW != 420 || *effort.CadenceAvgRPM != 84 || effort.CadenceMaxRPM != nil {
		t.Errorf("effort %+v", effort)
	}
	if *heart.AvgBPM != 151 || *heart.MaxBPM != 177 || *route.AscentM != 35 || device.Notes != "new shoes" {
		t.Errorf("%+v %+v %+v", heart, route, device)
	}
	if keeping.Audience != privacy.Followers || !keeping.CreatedAt.Equal(now) || open(t, "distance", g, got.DistanceM) != 5000 {
		t.Errorf("keeping %+v", keeping)
	}
	if got.ID.Version() != 7 || open(t, "owner", g, got.Owner.ID) != ada.id {
		t.Errorf("id %v of %v", got.ID, ada.id)
	}
}

func TestOwnerWhoCantBeFoundHasNoName(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	id := c.create(c.owner, run(privacy.Everyone))
	c.sql(`UPDATE member SET discoverability = 0 WHERE id = $1`, c.owner.id)
	got, g, err := c.s.Read(t.Context(), c.stranger.caller(), id)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, "id", g, got.Owner.ID)
	closed(t, "username", g, got.Owner.Username)
	closed(t, "display name", g, got.Owner.DisplayName)
	closed(t, "avatar", g, got.Owner.Avatar)
}

// A distance that was computed from the track is guarded as the track.
func TestTrackDistanceIsRoute(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	made := c.mustImport(c.owner, recordingtest.RideGPX(recordingtest.Options{Seconds: 120}), privacy.Followers)
	id := made.Items[0].Workout.ID
	open(t, "own distance", made.Items[0].Grant, made.Items[0].Workout.DistanceM)
	got, g, err := c.s.Read(t.Context(), c.follower.caller(), id)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, "distance", g, got.DistanceM)
	c.let(c.owner, privacy.Route, privacy.Followers)
	if got, g, err = c.s.Read(t.Context(), c.follower.caller(), id); err != nil {
		t.Fatal(err)
	}
	open(t, "distance", g, got.DistanceM)
}

// The policy is right on its own: without row-level security nothing more is shown.
func TestPolicyAlone(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	hidden := c.create(c.owner, run(privacy.OnlyMe))
	shown := c.mustImport(c.owner, recordingtest.RideFIT(recordingtest.Options{Seconds: 60}), privacy.Followers).Items[0].Workout.ID
	track := c.mustImport(c.owner, recordingtest.RideGPX(recordingtest.Options{Seconds: 60}), privacy.Followers).Items[0].Workout.ID
	c.withoutRLS()
	for _, viewer := range []person{c.follower, c.stranger, c.blocked, c.blocker, c.anonymous} {
		_, _, err := c.s.Read(t.Context(), viewer.caller(), hidden)
		wantKind(t, "hidden for "+viewer.name, err, fault.KindNotFound)
		_, _, err = c.s.Streams(t.Context(), viewer.caller(), hidden, allChannels(), 10)
		wantKind(t, "streams for "+viewer.name, err, fault.KindNotFound)
	}
	wantKind(t, "deleting what is hidden", c.s.Delete(t.Context(), c.follower.caller(), hidden), fault.KindNotFound)
	wantKind(t, "deleting another's", c.s.Delete(t.Context(), c.follower.caller(), shown), fault.KindForbidden)
	_, _, err := c.s.Edit(t.Context(), c.stranger.caller(), shown, workout.Patch{Title: to("x")}, always)
	wantKind(t, "changing what is hidden", err, fault.KindNotFound)
	got, g, err := c.s.Read(t.Context(), c.follower.caller(), shown)
	if err != nil {
		t.Fatal(err)
	}
	open(t, "effort", g, got.Effort)
	closed(t, "heart", g, got.Heart)
	closed(t, "route", g, got.Route)
	closed(t, "device", g, got.Device)
	if got, g, err = c.s.Read(t.Context(), c.follower.caller(), track); err != nil {
		t.Fatal(err)
	}
	closed(t, "the track's distance", g, got.DistanceM)
	streams, g, err := c.s.Streams(t.Context(), c.follower.caller(), shown, allChannels(), 10)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, "heart", g, streams.Heart)
	closed(t, "place", g, streams.Place)
	list, err := c.s.ByMember(t.Context(), c.follower.caller(), "ada", first(10))
	if err != nil || len(list.Items) != 2 {
		t.Errorf("list: %v, %v", list, err)
	}
	for _, viewer := range []person{c.blocked, c.blocker} {
		_, err := c.s.ByMember(t.Context(), viewer.caller(), "ada", first(10))
		wantKind(t, "list for "+viewer.name, err, fault.KindNotFound)
	}
	// A feed holds what the policy would not show: that is an alarm, not an answer.
	_, err = c.s.Feed(t.Context(), c.follower.caller(), first(10))
	wantKind(t, "feed", err, fault.KindInternal)
	_, _, err = c.s.Stats(t.Context(), c.follower.caller(), "ada")
	wantKind(t, "stats", err, fault.KindInternal)
}

// Row-level security is right on its own: SQL as the serving role sees no more than the policy shows.
func TestRowLevelSecurityAlone(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	c.mustImport(c.owner, recordingtest.RideFIT(recordingtest.Options{Seconds: 60}), privacy.Followers)
	c.create(c.owner, run(privacy.OnlyMe))
	for viewer, want := range map[person]struct{ workouts, parts int }{
		c.owner: {2, 8}, c.follower: {1, 1}, c.stranger: {}, c.anonymous: {}, c.blocked: {}, c.blocker: {},
	} {
		tx, err := c.admin.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), `SET LOCAL ROLE paceline_app`); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), `SELECT auth.authenticate($1, $2)`, viewer.caller().TokenHash(), now); err != nil {
			t.Fatal(err)
		}
		var workouts, parts int
		err = tx.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM workout), (SELECT count(*) FROM workout_part)`).Scan(&workouts, &parts)
		if err != nil || workouts != want.workouts || parts != want.parts {
			t.Errorf("%q sees %d workouts and %d parts, want %v; %v", viewer.name, workouts, parts, want, err)
		}
		if viewer != c.owner {
			for _, write := range []string{`UPDATE workout SET title = 'x'`, `DELETE FROM workout`, `UPDATE workout_part SET distance_m = NULL`} {
				if tag, err := tx.Exec(t.Context(), write); err == nil && tag.RowsAffected() > 0 {
					t.Errorf("%q: %s changed %d rows", viewer.name, write, tag.RowsAffected())
				}
			}
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSealedPartsDontMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.member("ada"), w.member("ben")
	one, two := w.create(ada, run(privacy.OnlyMe)), w.create(ben, run(privacy.OnlyMe))
	w.sql(`UPDATE workout_part SET summary_sealed = (SELECT summary_sealed FROM workout_part WHERE workout_id = $1 AND family = 'heart_rate')
		WHERE workout_id = $2 AND family = 'heart_rate'`, one, two)
	_, _, err := w.s.Read(t.Context(), ben.caller(), two)
	wantKind(t, "another member's part", err, fault.KindInternal)
	w.sql(`UPDATE workout_part p SET summary_sealed = q.summary_sealed FROM workout_part q
		WHERE p.workout_id = $1 AND p.family = 'route' AND q.workout_id = $1 AND q.family = 'heart_rate'`, one)
	_, _, err = w.s.Read(t.Context(), ada.caller(), one)
	wantKind(t, "another family's part", err, fault.KindInternal)
}

func TestStreams(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	file := recordingtest.RideFIT(recordingtest.Options{Seconds: 900})
	id := c.mustImport(c.owner, file, privacy.Followers).Items[0].Workout.ID
	read := func(p person, points int, channels ...series.Channel) (workout.Streams, privacy.Grant) {
		t.Helper()
		s, g, err := c.s.Streams(t.Context(), p.caller(), id, channels, points)
		if err != nil {
			t.Fatal(err)
		}
		return s, g
	}
	s, g := read(c.owner, 1000, allChannels()...)
	if len(open(t, "effort", g, s.Effort)) < 3 || len(open(t, "place", g, s.Place)) != 3 || len(open(t, "heart", g, s.Heart)[0].V) != 900 {
		t.Error("the owner doesn't get all of it")
	}
	s, g = read(c.owner, 100, allChannels()...)
	for _, one := range [][]series.Series{open(t, "effort", g, s.Effort), open(t, "place", g, s.Place), open(t, "heart", g, s.Heart)} {
		for _, channel := range one {
			if len(channel.V) > 100 || len(channel.V) < 50 {
				t.Errorf("%v has %d points of 100", channel.Channel, len(channel.V))
			}
		}
	}
	s, g = read(c.owner, 100, series.HeartRateBPM, series.PowerW)
	closed(t, "place", g, s.Place)
	if effort := open(t, "effort", g, s.Effort); len(effort) != 1 || effort[0].Channel != series.PowerW {
		t.Errorf("effort holds %v", effort)
	}
	s, g = read(c.follower, 100, allChannels()...)
	open(t, "effort", g, s.Effort)
	closed(t, "heart", g, s.Heart)
	closed(t, "place", g, s.Place)
	// What is hidden looks like what was never recorded.
	s, g = read(c.follower, 100, series.HeartRateBPM)
	closed(t, "effort", g, s.Effort)
	closed(t, "heart", g, s.Heart)
	typed := c.create(c.owner, run(privacy.Followers))
	s, g, err := c.s.Streams(t.Context(), c.owner.caller(), typed, allChannels(), 10)
	if err != nil || s.WorkoutID != typed {
		t.Fatalf("%v", err)
	}
	closed(t, "effort", g, s.Effort)
	_, _, err = c.s.Streams(t.Context(), c.stranger.caller(), id, allChannels(), 10)
	wantKind(t, "a stranger", err, fault.KindNotFound)
}
