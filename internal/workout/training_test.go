package workout_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// ridden imports a ride of so many watts at threshold.
func (w *world) ridden(p person, daysAgo int, ftp float64, a privacy.Audience) uuid.UUID {
	w.t.Helper()
	got := w.mustImport(p, recordingtest.RideFIT(recordingtest.Options{
		Start: now.AddDate(0, 0, -daysAgo), Seconds: 1300, FTP: ftp, Seed: uint64(daysAgo), //nolint:gosec // small
	}), a)
	return got.Items[0].Workout.ID
}

// best is the highest power over a minute that somebody sees of a member, and the workout it was in.
func (w *world) best(v, of person) (float64, uuid.UUID) {
	w.t.Helper()
	curve, grant, err := w.s.PowerCurve(w.t.Context(), v.caller(), of.name, recording.Ride, 90)
	if err != nil {
		w.t.Fatal(err)
	}
	points, ok := curve.Points.Open(grant)
	if !ok {
		w.t.Fatal("the curve is closed to whom it was made for")
	}
	for _, p := range points {
		if p.DurationS == 60 {
			return p.Watts, p.Workout
		}
	}
	return 0, uuid.Nil
}

// Numbers for others are made of what they may see: a better ride that is hidden changes nothing.
func TestTrainingIsOfWhatTheViewerMaySee(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.member("ada"), w.member("ben")
	w.follow(ben, ada)
	shown := w.ridden(ada, 3, 180, privacy.Followers)
	hidden := w.ridden(ada, 2, 320, privacy.OnlyMe)
	if watts, in := w.best(ada, ada); in != hidden || watts < 300 {
		t.Errorf("the owner's best is %.0f W in %v", watts, in)
	}
	if watts, in := w.best(ben, ada); in != shown || watts > 260 {
		t.Errorf("a follower is told of %.0f W in %v", watts, in)
	}
	calendar, grant, err := w.s.Calendar(t.Context(), ben.caller(), "ada", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if streaks, _ := calendar.Streaks.Open(grant); streaks.LongestDays != 1 {
		t.Errorf("a follower counts %d days in a row", streaks.LongestDays)
	}
	// What was made for its owner does not open to the follower.
	own, _, err := w.s.PowerCurve(t.Context(), ada.caller(), "ada", recording.Ride, 90)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := own.Points.Open(grant); ok {
		t.Error("what was made for its owner opens to a follower")
	}
	w.let(ada, privacy.Stats, privacy.OnlyMe)
	_, _, err = w.s.PowerCurve(t.Context(), ben.caller(), "ada", recording.Ride, 90)
	wantKind(t, "a curve of hidden stats", err, fault.KindNotFound)
}

// Zones show to whom both the samples and the settings show.
func TestZonesNeedTheSettingsToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.member("ada"), w.member("ben")
	w.follow(ben, ada)
	w.sql(`UPDATE profile SET ftp_watts = 200 WHERE member_id = $1`, ada.id)
	id := w.ridden(ada, 1, 200, privacy.Followers)
	power := func(p person) bool {
		z, grant, err := w.s.TimeInZones(t.Context(), p.caller(), id)
		if err != nil {
			t.Fatal(err)
		}
		_, ok := z.Power.Open(grant)
		return ok
	}
	if !power(ada) {
		t.Error("the owner has no zones")
	}
	if power(ben) {
		t.Error("zones tell a follower of an FTP that is hidden")
	}
	w.let(ada, privacy.FTPWatts, privacy.Followers)
	if !power(ben) {
		t.Error("a follower who may see both has no zones")
	}
}

// A program before digests wrote none, and another write of samples leaves an old one behind: neither
// counts until the owner looks; then both do, and once.
func TestDigestsAreCaughtUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.member("ada"), w.member("ben")
	w.follow(ben, ada)
	id := w.ridden(ada, 1, 200, privacy.Followers)
	want, _ := w.best(ben, ada)
	for _, spoil := range []string{
		`UPDATE workout_part SET digest_sealed = NULL, digest_of = NULL`,
		`UPDATE workout_part SET digest_of = substr(samples_sealed, 2, 32) WHERE samples_sealed IS NOT NULL`,
	} {
		w.sql(spoil)
		if watts, _ := w.best(ben, ada); watts != 0 {
			t.Errorf("%s: a digest of no samples counts: %.0f W", spoil, watts)
		}
		for range 2 {
			if watts, in := w.best(ada, ada); watts != want || in != id {
				t.Errorf("%s: after the owner's look %.1f W, not %.1f", spoil, watts, want)
			}
		}
		if watts, _ := w.best(ben, ada); watts != want {
			t.Errorf("%s: a follower sees %.1f W, not %.1f", spoil, watts, want)
		}
	}
}

// Another sport has other distances: records follow a workout to its new sport.
func TestRecordsFollowTheSport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	id := w.ridden(ada, 1, 200, privacy.Followers)
	if _, _, err := w.s.Edit(t.Context(), ada.caller(), id, workout.Patch{Sport: new(recording.Run)},
		func(workout.Workout, privacy.Grant) error { return nil }); err != nil {
		t.Fatal(err)
	}
	all, grant, err := w.s.Records(t.Context(), ada.caller(), "ada", nil)
	if err != nil || len(all) != 1 || all[0].Sport != recording.Run {
		t.Fatalf("records of %v, %v", all, err)
	}
	distances, _ := all[0].Distances.Open(grant)
	if len(distances) == 0 || distances[0].DistanceM != training.Distances(recording.Run)[0] {
		t.Errorf("records over %v", distances)
	}
}
