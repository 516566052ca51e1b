package workout_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

func always(workout.Workout, privacy.Grant) error { return nil }

func to[T any](v T) workout.Change[T] { return workout.Change[T]{Set: true, To: &v} }

func TestEditChangesWhatItNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	id := w.create(ada, run(privacy.Followers))
	edit := func(p workout.Patch) (workout.Facts, float64, workout.Device, workout.Keeping, workout.Heart) {
		t.Helper()
		got, g, err := w.s.Edit(t.Context(), ada.caller(), id, p, always)
		if err != nil {
			t.Fatalf("%v %v", err, fault.Of(err).Fields)
		}
		distance, _ := got.DistanceM.Open(g)
		return open(t, "facts", g, got.Facts), distance, open(t, "device", g, got.Device), open(t, "keeping", g, got.Keeping), open(t, "heart", g, got.Heart)
	}
	f, distance, device, keeping, heart := edit(workout.Patch{})
	if *f.Title != "Along the river" || f.Sport != recording.Run || distance != 5000 || device.Notes != "new shoes" ||
		keeping.Audience != privacy.Followers || *f.CaloriesKcal != 400 || *heart.AvgBPM != 151 {
		t.Errorf("an empty patch leaves %+v %v %+v %+v", f, distance, device, keeping)
	}
	f, distance, device, keeping, heart = edit(workout.Patch{
		Sport: new(recording.Walk), Indoor: new(true), Audience: new(privacy.OnlyMe), Title: to("Canal"), Notes: to("old shoes"),
		DistanceM: to(2000.0), CaloriesKcal: to(100.0),
	})
	if *f.Title != "Canal" || f.Sport != recording.Walk || !f.Indoor || distance != 2000 || device.Notes != "old shoes" ||
		keeping.Audience != privacy.OnlyMe || *f.CaloriesKcal != 100 || *heart.AvgBPM != 151 {
		t.Errorf("the patch makes %+v %v %+v %+v", f, distance, device, keeping)
	}
	f, distance, device, _, _ = edit(workout.Patch{
		Title: workout.Change[string]{Set: true}, Notes: workout.Change[string]{Set: true},
		DistanceM: workout.Change[float64]{Set: true}, CaloriesKcal: workout.Change[float64]{Set: true},
	})
	if f.Title != nil || f.CaloriesKcal != nil || distance != 0 || device.Notes != "" {
		t.Errorf("clearing leaves %+v %v %+v", f, distance, device)
	}
}

func TestEditKeepsTheDeviceAndReplacesTheTracksDistance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	id := w.mustImport(ada, recordingtest.RideFIT(recordingtest.Options{Seconds: 60, Serial: 77}), privacy.Followers).Items[0].Workout.ID
	got, g, err := w.s.Edit(t.Context(), ada.caller(), id, workout.Patch{Notes: to("windy")}, always)
	if err != nil {
		t.Fatal(err)
	}
	if d := open(t, "device", g, got.Device); d.Notes != "windy" || d.Serial != "77" || d.Name == "" {
		t.Errorf("device %+v", d)
	}
	track := w.mustImport(ada, recordingtest.RideGPX(recordingtest.Options{Seconds: 100, Seed: 2}), privacy.Followers).Items[0].Workout.ID
	if got, g, err = w.s.Edit(t.Context(), ada.caller(), track, workout.Patch{DistanceM: workout.Change[float64]{Set: true}}, always); err != nil {
		t.Fatal(err)
	}
	closed(t, "a cleared distance", g, got.DistanceM)
}

func TestEditRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	id := w.create(ada, run(privacy.OnlyMe))
	w.private(ada, true)
	for name, p := range map[string]workout.Patch{
		"too fast":               {DistanceM: to(99000.0)},
		"below nothing":          {DistanceM: to(-1.0)},
		"too many calories":      {CaloriesKcal: to(49000.0)},
		"a sport that is none":   {Sport: new(recording.Sport("chess"))},
		"a title of nothing":     {Title: to("\t")},
		"a bell in the notes":    {Notes: to("\a")},
		"wider than the account": {Audience: new(privacy.Members)},
	} {
		_, _, err := w.s.Edit(t.Context(), ada.caller(), id, p, always)
		wantKind(t, name, err, fault.KindUnprocessable)
	}
	if n := w.count(`SELECT count(*) FROM workout WHERE updated_at = created_at AND distance_m = 5000 AND audience = 0`); n != 1 {
		t.Error("it was changed nevertheless")
	}
}

func TestOnlyTheOwnerEditsAndDeletes(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	id := c.create(c.owner, run(privacy.Followers))
	patch := workout.Patch{Title: to("mine now")}
	for viewer, kind := range map[person]fault.Kind{
		c.follower: fault.KindForbidden, c.stranger: fault.KindNotFound, c.blocked: fault.KindNotFound,
		c.blocker: fault.KindNotFound, c.anonymous: fault.KindUnauthenticated,
	} {
		_, _, err := c.s.Edit(t.Context(), viewer.caller(), id, patch, func(workout.Workout, privacy.Grant) error {
			t.Errorf("%q is asked for a condition", viewer.name)
			return nil
		})
		wantKind(t, "edit by "+viewer.name, err, kind)
		wantKind(t, "delete by "+viewer.name, c.s.Delete(t.Context(), viewer.caller(), id), kind)
	}
	wantKind(t, "a made-up id", c.s.Delete(t.Context(), c.owner.caller(), uuid.New()), fault.KindNotFound)
	if n := c.count(`SELECT count(*) FROM workout WHERE title = 'Along the river'`); n != 1 {
		t.Fatal("it was changed")
	}
	if err := c.s.Delete(t.Context(), c.owner.caller(), id); err != nil {
		t.Fatal(err)
	}
	if n := c.count(`SELECT count(*) FROM workout_part`); n != 0 {
		t.Errorf("%d parts are left", n)
	}
	wantKind(t, "deleting twice", c.s.Delete(t.Context(), c.owner.caller(), id), fault.KindNotFound)
}

// The condition is asked under the lock: of editors with the same version, one wins.
func TestOneEditorOfAVersionWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	id := w.create(ada, run(privacy.OnlyMe))
	var wait sync.WaitGroup
	var won atomic.Int32
	for range 8 {
		wait.Go(func() {
			_, _, err := w.s.Edit(t.Context(), ada.caller(), id, workout.Patch{Title: to("second")},
				func(now workout.Workout, g privacy.Grant) error {
					if *open(t, "facts", g, now.Facts).Title != "Along the river" {
						return fault.PreconditionFailed()
					}
					time.Sleep(20 * time.Millisecond) // long enough for others to read the same, if they could
					return nil
				})
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, fault.PreconditionFailed()):
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if won.Load() != 1 {
		t.Errorf("%d editors won", won.Load())
	}
}

func TestNarrowingBindsTheNextRead(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	id := c.create(c.owner, run(privacy.Everyone))
	if _, _, err := c.s.Read(t.Context(), c.anonymous.caller(), id); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.s.Edit(t.Context(), c.owner.caller(), id, workout.Patch{Audience: new(privacy.OnlyMe)}, always); err != nil {
		t.Fatal(err)
	}
	for viewer := range c.reach() {
		if viewer != c.owner {
			_, _, err := c.s.Read(t.Context(), viewer.caller(), id)
			wantKind(t, "after narrowing, "+viewer.name, err, fault.KindNotFound)
		}
	}
}

// Whoever edits a workout that another edit has in hand is asked about what that one makes of it.
func TestEditsTakeTurns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	id := w.create(ada, run(privacy.Followers))
	entered, release, saw, done := make(chan struct{}), make(chan struct{}), make(chan string, 1), make(chan error, 2)
	go func() {
		_, _, err := w.s.Edit(t.Context(), ada.caller(), id, workout.Patch{Title: to("One")}, func(workout.Workout, privacy.Grant) error {
			close(entered)
			<-release
			return nil
		})
		done <- err
	}()
	<-entered
	go func() {
		_, _, err := w.s.Edit(t.Context(), ada.caller(), id, workout.Patch{Title: to("Two")}, func(now workout.Workout, g privacy.Grant) error {
			facts, _ := now.Facts.Open(g)
			saw <- *facts.Title
			return nil
		})
		done <- err
	}()
	for len(saw) == 0 && w.count(`SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`) == 0 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	if got := <-saw; got != "One" {
		t.Errorf("the second was asked about %q", got)
	}
}
