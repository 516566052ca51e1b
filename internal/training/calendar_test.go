package training_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/training"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestStreaks(t *testing.T) {
	t.Parallel()
	berlin, angeles := zone(t, "Europe/Berlin"), zone(t, "America/Los_Angeles")
	for name, c := range map[string]struct {
		zone            *time.Location
		now             string
		starts          []string
		current, record int
	}{
		"nothing":          {nil, "2026-05-10T12:00:00Z", nil, 0, 0},
		"today":            {nil, "2026-05-10T12:00:00Z", []string{"2026-05-10T00:00:00Z"}, 1, 1},
		"yesterday counts": {nil, "2026-05-10T12:00:00Z", []string{"2026-05-09T10:00:00Z", "2026-05-08T10:00:00Z"}, 2, 2},
		"every other day":  {nil, "2026-05-10T12:00:00Z", []string{"2026-05-10T10:00:00Z", "2026-05-08T10:00:00Z", "2026-05-06T10:00:00Z"}, 1, 1},
		"a day was missed": {nil, "2026-05-10T12:00:00Z", []string{"2026-05-08T10:00:00Z", "2026-05-07T10:00:00Z"}, 0, 2},
		"twice, unsorted": {nil, "2026-05-10T12:00:00Z",
			[]string{"2026-05-10T10:00:00Z", "2026-05-03T10:00:00Z", "2026-05-09T10:00:00Z", "2026-05-10T08:00:00Z", "2026-05-04T10:00:00Z", "2026-05-05T10:00:00Z"}, 2, 3},
		"tomorrow doesn't count": {nil, "2026-05-10T12:00:00Z", []string{"2026-05-11T00:00:00Z"}, 0, 0},
		// The night of the 29th of March has no 02:30 in Berlin, and the day 23 hours.
		"a short day": {berlin, "2026-03-30T10:00:00+02:00", []string{"2026-03-28T23:30:00+01:00", "2026-03-29T23:30:00+02:00", "2026-03-30T00:10:00+02:00"}, 3, 3},
		// The 25th of October has 25: 24 hours before 23:30 of the 25th is 00:30 of the same day.
		"a long day":            {berlin, "2026-10-26T10:00:00+01:00", []string{"2026-10-24T23:30:00+02:00", "2026-10-25T23:59:00+01:00", "2026-10-26T00:00:00+01:00"}, 3, 3},
		"one long day":          {berlin, "2026-10-25T23:59:00+01:00", []string{"2026-10-25T00:10:00+02:00", "2026-10-25T23:50:00+01:00"}, 1, 1},
		"an evening over there": {angeles, "2026-05-10T12:00:00-07:00", []string{"2026-05-10T03:00:00Z", "2026-05-11T02:00:00Z"}, 2, 2},
		"the same in UTC":       {nil, "2026-05-11T12:00:00Z", []string{"2026-05-10T03:00:00Z", "2026-05-11T02:00:00Z"}, 2, 2},
		"two of one evening":    {angeles, "2026-05-10T12:00:00-07:00", []string{"2026-05-10T15:00:00Z", "2026-05-11T02:00:00Z"}, 1, 1},
		"across the year":       {nil, "2027-01-01T12:00:00Z", []string{"2026-12-31T10:00:00Z", "2027-01-01T10:00:00Z"}, 2, 2},
	} {
		var all []training.Workout
		for _, s := range c.starts {
			all = append(all, on(at(s)))
		}
		s := mustOpen(t, training.StreaksOf(own(t), all, at(c.now), c.zone))
		if s.CurrentDays != c.current || s.LongestDays != c.record || s.LastDay.IsZero() != (c.record == 0) {
			t.Errorf("%s: %d now, %d at most, last on %v", name, s.CurrentDays, s.LongestDays, s.LastDay)
		}
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	ride := func(when string, metres, kj float64) training.Workout {
		w := on(at(when))
		w.Facts = guard(privacy.Workout, training.Facts{StartedAt: at(when), DurationS: 600, OutputKJ: &kj})
		w.DistanceM = guard(privacy.Workout, metres)
		return w
	}
	all := []training.Workout{
		ride("2026-01-01T03:00:00Z", 1000, 10), // in Los Angeles the last evening of 2025
		ride("2021-01-03T12:00:00Z", 2000, 20), // Sunday of the 53rd week of 2020
		ride("2024-12-30T12:00:00Z", 4000, 40), // Monday of the 1st week of 2025
		ride("2025-01-05T12:00:00Z", 8000, math.NaN()),
		ride("2025-01-06T12:00:00Z", math.Inf(1), -5),
	}
	all[1].DistanceM = privacy.Guarded[float64]{}
	angeles := zone(t, "America/Los_Angeles")
	weeks := mustOpen(t, training.ByWeek(own(t), all, angeles))
	if diff := cmp.Diff([]training.Period{
		{Name: "2020-W53", FirstDay: at("2020-12-28T00:00:00Z"), Workouts: 1, DurationS: 600, OutputKJ: 20},
		{Name: "2025-W01", FirstDay: at("2024-12-30T00:00:00Z"), Workouts: 2, DurationS: 1200, DistanceM: 12_000, OutputKJ: 40},
		{Name: "2025-W02", FirstDay: at("2025-01-06T00:00:00Z"), Workouts: 1, DurationS: 600},
		{Name: "2026-W01", FirstDay: at("2025-12-29T00:00:00Z"), Workouts: 1, DurationS: 600, DistanceM: 1000, OutputKJ: 10},
	}, weeks); diff != "" {
		t.Error(diff)
	}
	months := mustOpen(t, training.ByMonth(own(t), all, angeles))
	if diff := cmp.Diff([]training.Period{
		{Name: "2021-01", FirstDay: at("2021-01-01T00:00:00Z"), Workouts: 1, DurationS: 600, OutputKJ: 20},
		{Name: "2024-12", FirstDay: at("2024-12-01T00:00:00Z"), Workouts: 1, DurationS: 600, DistanceM: 4000, OutputKJ: 40},
		{Name: "2025-01", FirstDay: at("2025-01-01T00:00:00Z"), Workouts: 2, DurationS: 1200, DistanceM: 8000},
		{Name: "2025-12", FirstDay: at("2025-12-01T00:00:00Z"), Workouts: 1, DurationS: 600, DistanceM: 1000, OutputKJ: 10},
	}, months); diff != "" {
		t.Error(diff)
	}
	if utc := mustOpen(t, training.ByMonth(own(t), all[:1], nil)); utc[0].Name != "2026-01" {
		t.Errorf("in UTC it is %s", utc[0].Name)
	}
	if none := mustOpen(t, training.ByWeek(own(t), nil, nil)); len(none) != 0 {
		t.Errorf("%v", none)
	}
}
