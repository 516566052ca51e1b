package training_test

import (
	"testing"
	"time"
	_ "time/tzdata" // zones, wherever the test runs

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

var (
	owner    = uuid.MustParse("0b7f2c1e-51d3-4f7a-9a3e-2f2c6d1f0a01")
	follower = uuid.MustParse("0b7f2c1e-51d3-4f7a-9a3e-2f2c6d1f0a02")
)

// open is settings that show everything to everybody, but for the fields named.
func open(hidden ...privacy.Field) privacy.Settings {
	var s privacy.Settings
	for _, r := range privacy.Model() {
		s.Audiences = s.Audiences.With(r.Field, privacy.Everyone)
	}
	for _, f := range hidden {
		s.Audiences = s.Audiences.With(f, privacy.OnlyMe)
	}
	return s
}

func grant(t *testing.T, viewer uuid.UUID, of uuid.UUID, s privacy.Settings) privacy.Grant {
	t.Helper()
	subject := privacy.Subject{Owner: of, Settings: s, SeenBy: viewer}
	if viewer != of {
		subject.Edge = privacy.EdgeFollower
	}
	g, err := privacy.Decide(privacy.NewViewer(privacy.ActorSession, viewer, uuid.New(), 0), subject)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func own(t *testing.T) privacy.Grant { return grant(t, owner, owner, privacy.Settings{}) }

func guard[T any](f privacy.Field, v T) privacy.Guarded[T] { return privacy.Guard(owner, f, v) }

func mustOpen[T any](t *testing.T, d training.Derived[T]) T {
	t.Helper()
	v, ok := d.Open(own(t))
	if !ok {
		t.Fatal("there is no result")
	}
	return v
}

func isClosed[T any](t *testing.T, why string, d training.Derived[T]) {
	t.Helper()
	if v, ok := d.Open(own(t)); ok {
		t.Errorf("%s: there is a result, %v", why, v)
	}
}

// each second a value, from the start on.
func perSecond(c series.Channel, values ...int32) series.Series {
	s := series.Series{Channel: c}
	for i, v := range values {
		s.T, s.V = append(s.T, uint32(i)*1000), append(s.V, v)
	}
	return s
}

// times repeats values: times(30, 0, 30, 300) is 30 zeros and 30 of 300.
func times(countAndValue ...int32) []int32 {
	var out []int32
	for i := 0; i < len(countAndValue); i += 2 {
		for range countAndValue[i] {
			out = append(out, countAndValue[i+1])
		}
	}
	return out
}

func power(t *testing.T, values ...int32) training.Power {
	t.Helper()
	p, ok := training.DigestPower(perSecond(series.PowerW, values...))
	if !ok {
		t.Fatal("no digest")
	}
	return p
}

func watts(t *testing.T, values ...int32) training.Watts {
	t.Helper()
	w, ok := training.DigestWatts(perSecond(series.PowerW, values...))
	if !ok {
		t.Fatal("no digest")
	}
	return w
}

func heart(t *testing.T, values ...int32) training.Heart {
	t.Helper()
	h, ok := training.DigestHeart(perSecond(series.HeartRateBPM, values...))
	if !ok {
		t.Fatal("no digest")
	}
	return h
}

// on is a workout of an hour that started then.
func on(at time.Time) training.Workout {
	return training.Workout{
		ID:    uuid.New(),
		Facts: guard(privacy.Workout, training.Facts{Sport: recording.Ride, StartedAt: at, DurationS: 3600}),
	}
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(got >= want-within && got <= want+within) {
		t.Errorf("%s is %v, not %v", what, got, want)
	}
}
