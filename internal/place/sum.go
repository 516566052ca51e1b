package place

import (
	"math"
	"time"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

const (
	leapMPS  = 60  // faster than any athlete: a receiver's leap, which is no distance
	stillMPS = 0.5 // slower than anybody walks: standing
	noiseM   = 3   // altitude that turns by less doesn't climb, as when a recording is read
)

// Sum is what a track adds up to. What it has no samples for is nil.
type Sum struct {
	Duration  time.Duration
	Moving    time.Duration // while faster than 0.5 m/s
	DistanceM *float64      // along the great circles between positions: see Distance for the error
	AscentM   *float64      // of climbs by 3 m or more
	DescentM  *float64
}

// Sum adds up the visible part of a track, and uses nothing else of it. Distances and climbs begin
// anew in each span, so that they don't bridge what is hidden.
func (v Visible) Sum(track series.Table) Sum {
	out := Sum{Duration: v.Duration()}
	var metres, up, down float64
	var climbed bool
	v.legs(track, func(l leg) {
		metres += l.metres
		if l.moving() {
			out.Moving += time.Duration(l.ms) * time.Millisecond
		}
		out.DistanceM = &metres
	})
	v.parts(track, func(_ int, from, to int) {
		rose, fell, some := climbs(track.Column(series.AltitudeM), from, to)
		up, down, climbed = up+rose, down+fell, climbed || some
	})
	if climbed {
		out.AscentM, out.DescentM = &up, &down
	}
	return out
}

// parts gives the rows of each span, from the first to before the last.
func (v Visible) parts(track series.Table, each func(span, from, to int)) {
	if v.noPlace {
		return
	}
	row := 0
	for i, s := range v.spans {
		for row < len(track.T) && track.T[row] < s.From {
			row++
		}
		from := row
		for row < len(track.T) && track.T[row] <= s.To {
			row++
		}
		each(i, from, row)
	}
}

// leg is the way between two positions of the same span.
type leg struct {
	at     uint64 // when it begins for others, in milliseconds
	ms     uint32
	metres float64 // none for a leap
}

func (l leg) moving() bool { return l.metres*1000 >= stillMPS*float64(l.ms) }

// legs gives the legs of each span.
func (v Visible) legs(track series.Table, each func(leg)) {
	all, ok := fixes(track)
	if !ok || v.noPlace {
		return
	}
	offsets, i := v.offsets(), 0
	for span, s := range v.spans {
		for i < len(all) && all[i].at < s.From {
			i++
		}
		for ; i+1 < len(all) && all[i+1].at <= s.To; i++ {
			a, b := all[i], all[i+1]
			l := leg{at: offsets[span] + uint64(a.at-s.From), ms: b.at - a.at, metres: Distance(a.point, b.point)}
			if l.metres*1000 > leapMPS*float64(l.ms) {
				l.metres = 0
			}
			each(l)
		}
		i++ // the way to the next span is hidden
	}
}

// climbs adds up the climbs and descents over some rows, and says whether there was some altitude.
func climbs(altitudes []int32, from, to int) (up, down float64, some bool) {
	anchor := math.NaN() // where the last climb or descent that counts ended
	for row := from; row < to; row++ {
		v := at(altitudes, row)
		if v == series.Absent {
			continue
		}
		altitude := series.AltitudeM.Value(v)
		switch turn := altitude - anchor; {
		case math.IsNaN(anchor):
			anchor = altitude
		case turn >= noiseM:
			up, anchor = up+turn, altitude
		case turn <= -noiseM:
			down, anchor = down-turn, altitude
		}
	}
	return up, down, !math.IsNaN(anchor)
}

// What bounds splits.
const (
	MinSplitM = 100
	MaxSplits = 10_000
)

// Split is a part of the visible track that is so many metres long. Times are for others, since
// the visible start; the hidden parts within take no distance and a second each.
type Split struct {
	From, To  time.Duration
	DistanceM float64
}

// Splits parts the visible track every so many metres, counted from where it comes into view. The last
// may be shorter, or, after MaxSplits, longer. Less than MinSplitM, and NaN, give none.
func (v Visible) Splits(track series.Table, everyM float64) []Split {
	if !(everyM >= MinSplitM) {
		return nil
	}
	var out []Split
	var begun, end time.Duration
	metres := 0.0
	v.legs(track, func(l leg) {
		start := time.Duration(l.at) * time.Millisecond //nolint:gosec // milliseconds of 32 bits, and pauses
		length := time.Duration(l.ms) * time.Millisecond
		left := l.metres
		for metres+left >= everyM && len(out) < MaxSplits-1 {
			left -= everyM - metres
			passed := start + time.Duration((1-left/l.metres)*float64(length))
			out = append(out, Split{begun, passed, everyM})
			begun, metres = passed, 0
		}
		metres, end = metres+left, start+length
	})
	if metres > 0 {
		out = append(out, Split{begun, end, metres})
	}
	return out
}
