package training

import (
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording"
)

// PowerRecord is the best power over a duration, and the workout that it was in.
type PowerRecord struct {
	Best
	Workout   uuid.UUID
	StartedAt time.Time // of the workout
}

// PowerCurve is the power-duration curve of a sport, from the workouts that started at or after since: for
// each of Durations the best of all, shortest first, without those that nobody kept up. With a zero since these
// are the personal records. Of equals the earlier one stands. Made from facts and power of the workouts.
func PowerCurve(by privacy.Grant, all []Workout, sport recording.Sport, since time.Time) Derived[[]PowerRecord] {
	m, ok := summing(by)
	if !ok {
		return Derived[[]PowerRecord]{}
	}
	best := map[int]PowerRecord{}
	each(m, all, sport, since, func(w Workout, f Facts) {
		p, ok := take(m, w.Power)
		if !ok {
			return
		}
		for _, b := range p.Best {
			old, has := best[b.DurationS]
			if finite(b.Watts) && (!has || b.Watts > old.Watts || b.Watts == old.Watts && f.StartedAt.Before(old.StartedAt)) {
				best[b.DurationS] = PowerRecord{b, w.ID, f.StartedAt}
			}
		}
	})
	return made(m, inOrder(Durations(), best))
}

// DistanceRecord is the shortest time over a distance, and the workout that it was in.
type DistanceRecord struct {
	Fastest
	Workout   uuid.UUID
	StartedAt time.Time // of the workout
}

// DistanceRecords are the fastest times over the distances of a sport, shortest first, from the workouts
// that started at or after since. Of equals the earlier one stands. Made from facts and distances of the
// workouts; a distance that stands under the route counts for those only who may see routes.
func DistanceRecords(by privacy.Grant, all []Workout, sport recording.Sport, since time.Time) Derived[[]DistanceRecord] {
	m, ok := summing(by)
	if !ok {
		return Derived[[]DistanceRecord]{}
	}
	best := map[int]DistanceRecord{}
	each(m, all, sport, since, func(w Workout, f Facts) {
		d, ok := take(m, w.Distance)
		if !ok {
			return
		}
		for _, b := range d.Fastest {
			old, has := best[b.DistanceM]
			if finite(b.DurationS) && b.DurationS > 0 &&
				(!has || b.DurationS < old.DurationS || b.DurationS == old.DurationS && f.StartedAt.Before(old.StartedAt)) {
				best[b.DistanceM] = DistanceRecord{b, w.ID, f.StartedAt}
			}
		}
	})
	return made(m, inOrder(raced[sport], best))
}

// each calls f with the workouts of a sport that the grant opens.
func each(m *making, all []Workout, sport recording.Sport, since time.Time, f func(Workout, Facts)) {
	for _, w := range all {
		if facts, ok := take(m, w.Facts); ok && facts.Sport == sport && !facts.StartedAt.Before(since) {
			f(w, facts)
		}
	}
}

func inOrder[T any](keys []int, of map[int]T) []T {
	out := make([]T, 0, len(of))
	for _, k := range keys {
		if v, has := of[k]; has {
			out = append(out, v)
		}
	}
	return out
}
