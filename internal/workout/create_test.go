package workout_test

import (
	"crypto/sha256"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
)

// repeat is a request with a key.
func repeat(key, request string) workout.Repeat {
	return workout.Repeat{Present: true, Operation: "createWorkout", Key: sha256.Sum256([]byte(key)), Request: sha256.Sum256([]byte(request))}
}

func TestNewWorkoutsHaveTheOwnersAudience(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	audience := func(e workout.Entry) privacy.Audience {
		t.Helper()
		got, g, err := w.s.Create(t.Context(), ada.caller(), e, workout.Repeat{})
		if err != nil {
			t.Fatal(err)
		}
		return open(t, "keeping", g, got.Keeping).Audience
	}
	unsaid := run(0)
	unsaid.Audience = nil
	if got := audience(unsaid); got != privacy.Followers {
		t.Errorf("a new account's workout is for %v", got)
	}
	w.let(ada, privacy.Workout, privacy.Members)
	if got := audience(unsaid); got != privacy.Members {
		t.Errorf("the setting says members, the workout is for %v", got)
	}
	if got := audience(run(privacy.OnlyMe)); got != privacy.OnlyMe {
		t.Errorf("asked for only_me, got %v", got)
	}
	w.private(ada, true)
	if got := audience(unsaid); got != privacy.Followers {
		t.Errorf("a private account's workout would open up to %v", got)
	}
	_, _, err := w.s.Create(t.Context(), ada.caller(), run(privacy.Everyone), workout.Repeat{})
	wantCode(t, "everyone, while private", err, "private_account")
}

func TestOnlyTheSignedInCreate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _, err := w.s.Create(t.Context(), person{}.caller(), run(privacy.OnlyMe), workout.Repeat{})
	wantKind(t, "anonymous", err, fault.KindUnauthenticated)
	_, _, err = w.s.Create(t.Context(), person{uuid.New(), "nobody"}.caller(), run(privacy.OnlyMe), workout.Repeat{})
	wantKind(t, "an unknown token", err, fault.KindUnauthenticated)
	if n := w.count(`SELECT count(*) FROM workout`); n != 0 {
		t.Errorf("%d workouts", n)
	}
}

func TestValuesMakeSenseTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	for name, c := range map[string]struct {
		pointer string
		change  func(*workout.Entry)
	}{
		"mean HR over max HR":        {"/heart_rate_avg_bpm", func(e *workout.Entry) { e.HeartAvgBPM = new(178.0) }},
		"mean power over max":        {"/power_avg_w", func(e *workout.Entry) { e.PowerAvgW = new(421.0) }},
		"mean cadence over max":      {"/cadence_avg_rpm", func(e *workout.Entry) { e.CadenceMaxRPM = new(80.0) }},
		"moving longer than it was":  {"/moving_s", func(e *workout.Entry) { e.MovingS = new(1801.0) }},
		"400 km/h on a treadmill":    {"/distance_m", func(e *workout.Entry) { e.DistanceM = new(1800 * 111.0) }},
		"13 m/s run":                 {"/distance_m", func(e *workout.Entry) { e.DistanceM = new(1700 * 13.0) }},
		"far without moving":         {"/distance_m", func(e *workout.Entry) { e.MovingS = new(0.0) }},
		"tomorrow":                   {"/started_at", func(e *workout.Entry) { e.StartedAt = now.Add(24 * time.Hour) }},
		"still under way":            {"/duration_s", func(e *workout.Entry) { e.StartedAt = now.Add(-10 * time.Minute) }},
		"before the bicycle":         {"/started_at", func(e *workout.Entry) { e.StartedAt = time.Date(1810, 1, 1, 0, 0, 0, 0, time.UTC) }},
		"a banquet":                  {"/calories_kcal", func(e *workout.Entry) { e.CaloriesKcal = new(5000.0) }},
		"more work than power":       {"/output_kj", func(e *workout.Entry) { e.OutputKJ = new(1000.0) }},
		"a rocket":                   {"/ascent_m", func(e *workout.Entry) { e.AscentM = new(20000.0) }},
		"no number":                  {"/power_avg_w", func(e *workout.Entry) { e.PowerAvgW = new(math.NaN()) }},
		"endless":                    {"/duration_s", func(e *workout.Entry) { e.DurationS = math.Inf(1) }},
		"no time at all":             {"/duration_s", func(e *workout.Entry) { e.DurationS = 0 }},
		"no sport":                   {"/sport", func(e *workout.Entry) { e.Sport = "chess" }},
		"an empty title":             {"/title", func(e *workout.Entry) { e.Title = new(" ") }},
		"a title with a NUL":         {"/title", func(e *workout.Entry) { e.Title = new("a\x00b") }},
		"a title that shows nothing": {"/title", func(e *workout.Entry) { e.Title = new("\u200b\u3164") }},
		"a title that turns around":  {"/title", func(e *workout.Entry) { e.Title = new("a\u202eb") }},
		"a title in two lines":       {"/title", func(e *workout.Entry) { e.Title = new("a\nb") }},
		"notes with a mark of order": {"/notes", func(e *workout.Entry) { e.Notes = new("a\ufeff") }},
		"notes with a bell":          {"/notes", func(e *workout.Entry) { e.Notes = new("ding\a") }},
	} {
		e := run(privacy.OnlyMe)
		c.change(&e)
		_, _, err := w.s.Create(t.Context(), ada.caller(), e, workout.Repeat{})
		wantKind(t, name, err, fault.KindUnprocessable)
		if fields := fault.Of(orNone(err)).Fields; !slices.ContainsFunc(fields, func(f fault.Field) bool { return f.Pointer == c.pointer }) {
			t.Errorf("%s: blames %v, not %s", name, fields, c.pointer)
		}
	}
	if n := w.count(`SELECT count(*) FROM workout`); n != 0 {
		t.Errorf("%d workouts were made all the same", n)
	}
	for name, change := range map[string]func(*workout.Entry){
		"a lap of the track": func(e *workout.Entry) { e.DistanceM, e.DurationS, e.MovingS = new(100.0), 9.58, nil },
		"notes in two lines": func(e *workout.Entry) { e.Notes = new("one\ntwo") },
		"just over":          func(e *workout.Entry) { e.StartedAt = now.Add(-29 * time.Minute) },
		"hardly anything": func(e *workout.Entry) {
			*e = workout.Entry{Sport: recording.Yoga, StartedAt: now.Add(-time.Hour), DurationS: 60}
		},
		"a title in Japanese": func(e *workout.Entry) { e.Title = new("朝のラン") },
	} {
		e := run(privacy.OnlyMe)
		e.CaloriesKcal, e.OutputKJ, e.AscentM = nil, nil, nil
		change(&e)
		if _, _, err := w.s.Create(t.Context(), ada.caller(), e, workout.Repeat{}); err != nil {
			t.Errorf("%s: %v, %v", name, err, fault.Of(err).Fields)
		}
	}
}

func TestRepeatedCreateMakesOneWorkout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.member("ada"), w.member("ben")
	make := func(p person, r workout.Repeat) (uuid.UUID, error) {
		got, g, err := w.s.Create(t.Context(), p.caller(), run(privacy.OnlyMe), r)
		if err == nil {
			open(t, "keeping", g, got.Keeping)
		}
		return got.ID, err
	}
	one, err := make(ada, repeat("key", "run"))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := make(ada, repeat("key", "run")); err != nil || again != one {
		t.Errorf("the repeat gives %v, %v", again, err)
	}
	if other, err := make(ada, repeat("another key", "run")); err != nil || other == one {
		t.Errorf("another key gives %v, %v", other, err)
	}
	if theirs, err := make(ben, repeat("key", "run")); err != nil || theirs == one {
		t.Errorf("another member's key gives %v, %v", theirs, err)
	}
	_, err = make(ada, repeat("key", "another run"))
	wantCode(t, "the key with another request", err, "idempotency_key_reused")
	wantKind(t, "the key with another request", err, fault.KindUnprocessable)

	// A repeat reads as of now, not what was once answered.
	if _, _, err := w.s.Edit(t.Context(), ada.caller(), one, workout.Patch{Title: workout.Change[string]{Set: true, To: new("New")}}, always); err != nil {
		t.Fatal(err)
	}
	got, g, err := w.s.Create(t.Context(), ada.caller(), run(privacy.OnlyMe), repeat("key", "run"))
	if err != nil || *open(t, "facts", g, got.Facts).Title != "New" {
		t.Errorf("the repeat reads %v, %v", got, err)
	}
	if err := w.s.Delete(t.Context(), ada.caller(), one); err != nil {
		t.Fatal(err)
	}
	_, err = make(ada, repeat("key", "run"))
	wantCode(t, "deleted since", err, "gone")
	wantKind(t, "deleted since", err, fault.KindConflict)
}

// A create that was refused leaves its key free.
func TestRefusedCreateKeepsNoKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	w.private(ada, true)
	_, _, err := w.s.Create(t.Context(), ada.caller(), run(privacy.Everyone), repeat("key", "wide"))
	wantCode(t, "too wide", err, "private_account")
	if _, _, err := w.s.Create(t.Context(), ada.caller(), run(privacy.OnlyMe), repeat("key", "narrow")); err != nil {
		t.Error(err)
	}
}

func TestRepeatsAtOnceMakeOneWorkout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	var wait sync.WaitGroup
	ids := make([]uuid.UUID, 12)
	for i := range ids {
		wait.Go(func() {
			got, _, err := w.s.Create(t.Context(), ada.caller(), run(privacy.OnlyMe), repeat("key", "run"))
			if err != nil {
				t.Error(err)
			}
			ids[i] = got.ID
		})
	}
	wait.Wait()
	if len(slices.Compact(ids)) != 1 || w.count(`SELECT count(*) FROM workout`) != 1 {
		t.Errorf("made %v", ids)
	}
}

// The hash of what was asked for would confirm a guess at it, so it is sealed too.
func TestNothingTypedIsInTheDatabaseInTheClear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	r := repeat("key", "run")
	e := run(privacy.OnlyMe)
	e.Notes, e.HeartAvgBPM = new("CANARY-NOTES"), new(123.45678)
	if _, _, err := w.s.Create(t.Context(), ada.caller(), e, r); err != nil {
		t.Fatal(err)
	}
	for _, canary := range [][]byte{[]byte("CANARY-NOTES"), []byte("123.45678"), r.Request[:]} {
		n := w.count(`SELECT (SELECT count(*) FROM workout_part WHERE position($1::bytea IN summary_sealed) > 0 OR position($1::bytea IN samples_sealed) > 0)
			+ (SELECT count(*) FROM idempotency WHERE position($1::bytea IN request_sealed) > 0 OR position($1::bytea IN key_hash) > 0)`, canary)
		if n != 0 {
			t.Errorf("%q is readable", canary)
		}
	}
}
