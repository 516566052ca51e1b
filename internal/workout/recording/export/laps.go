package export

import (
	"cmp"
	"slices"

	"github.com/paceline/paceline/internal/workout/recording"
)

// pause is a time without samples in which the timer stood still.
type pause struct {
	from, to uint32 // milliseconds after the start: the last moment before it, the first after
}

func (p pause) seconds() float64 { return float64(p.to-p.from) / 1000 }

// pauses says when the timer stood still. A recording knows for how long in all, not when: its
// longest gaps it is, as many as make up that time, each a second longer at most than what is
// left of it (the timer stops between two samples).
func (x *Workout) pauses() []pause {
	left := x.DurationS - x.moving()
	if left < 1 {
		return nil
	}
	var gaps []pause
	last, first := uint32(0), true
	for r := range x.rows() {
		if !first && r.t-last > 1000 {
			gaps = append(gaps, pause{last, r.t})
		}
		last, first = r.t, false
	}
	slices.SortStableFunc(gaps, func(a, b pause) int { return cmp.Compare(b.seconds(), a.seconds()) })
	kept := gaps[:0]
	for _, gap := range gaps {
		if left >= 1 && gap.seconds() <= left+1 {
			kept = append(kept, gap)
			left -= gap.seconds()
		}
	}
	slices.SortFunc(kept, func(a, b pause) int { return cmp.Compare(a.from, b.from) })
	return kept
}

// lap is a lap, and for how long the timer ran in it.
type lap struct {
	recording.Lap
	timerS float64
}

// laps gives the laps by their start, or one that spans the workout: formats with laps have at
// least one. A lap's length says how long it was or how long its timer ran, as its device saw it:
// where all of them are longer together than the timer ran, the pauses are still in them.
func (x *Workout) laps(pauses []pause) []lap {
	if len(x.Laps) == 0 {
		return []lap{{recording.Lap{DurationS: x.DurationS, DistanceM: x.DistanceM, Figures: x.Figures}, x.moving()}}
	}
	total := 0.0
	laps := make([]lap, len(x.Laps))
	for i, l := range x.Laps {
		laps[i] = lap{l, l.DurationS}
		total += l.DurationS
	}
	slices.SortStableFunc(laps, func(a, b lap) int { return cmp.Compare(a.StartS, b.StartS) })
	if total <= x.moving()+1 {
		return laps
	}
	for i := range laps {
		l := &laps[i]
		for _, p := range pauses {
			from, to := float64(p.from)/1000, float64(p.to)/1000
			l.timerS -= max(0, min(to, l.StartS+l.DurationS)-max(from, l.StartS))
		}
		l.timerS = max(0, l.timerS)
	}
	return laps
}
