package training

import (
	"cmp"
	"math"
	"slices"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// holdMS is for how long a sample stands when the next is later; a longer gap is a pause. It is the
// hold by which package recording integrates power: devices that write only changes leave out up to
// about this much.
const holdMS = 10_000

// step is a value and when it stood, in milliseconds after the start of the workout.
type step struct {
	from, to int64
	value    int64
}

// steps turns the samples of a channel into steps: in order, apart, none empty. Values outside of
// low and high (in steps of the channel's resolution) are dropped.
func steps(s series.Series, low, high int32) []step {
	out := make([]step, 0, min(len(s.T), len(s.V)))
	for i := range cap(out) {
		if v := s.V[i]; v != series.Absent && v >= low && v <= high {
			out = append(out, step{from: int64(s.T[i]), value: int64(v)})
		}
	}
	byTime := func(a, b step) int { return cmp.Compare(a.from, b.from) }
	if !slices.IsSortedFunc(out, byTime) {
		slices.SortStableFunc(out, byTime)
	}
	out = slices.CompactFunc(out, func(a, b step) bool { return a.from == b.from })
	stands := int64(1000) // a sample alone stands a second
	for i := range out {
		if i+1 < len(out) {
			stands = min(out[i+1].from-out[i].from, holdMS)
		}
		out[i].to = out[i].from + stands
	}
	return out
}

// Histogram is for how long each whole value stood.
type Histogram struct {
	Low     int       `json:"low"`     // the value that Seconds begins with
	Seconds []float64 `json:"seconds"` // for Low, Low + 1 and so on
}

// histogram counts steps, whose values are bounded.
func histogram(all []step) Histogram {
	if len(all) == 0 {
		return Histogram{}
	}
	low, high := all[0].value, all[0].value
	for _, s := range all {
		low, high = min(low, s.value), max(high, s.value)
	}
	h := Histogram{Low: int(low), Seconds: make([]float64, high-low+1)}
	for _, s := range all {
		h.Seconds[s.value-low] += float64(s.to - s.from) // whole milliseconds, so exact
	}
	for i := range h.Seconds {
		h.Seconds[i] /= 1000
	}
	return h
}

// each calls f with the values that stood for some time.
func (h Histogram) each(f func(value, seconds float64)) {
	for i, s := range h.Seconds {
		if s > 0 && !math.IsInf(s, 1) {
			f(float64(h.Low+i), s)
		}
	}
}

// line is a function that rises or stands, by its corners.
type line struct{ x, y []int64 }

func (l *line) add(x, y int64) {
	l.x, l.y = append(l.x, x), append(l.y, y)
}

// slide moves a window of a width over x, and tells for each place that may matter where the window
// begins and by how much y grows in it. y is straight between corners, so what grows most or least
// does so where the window begins or ends at a corner. Where x stands while y goes on, the window
// begins as late and ends as early as it can.
func (l *line) slide(width int64, see func(x, y, growth float64)) {
	last := len(l.x) - 1
	if last < 1 || width <= 0 {
		return
	}
	end := 0
	for i, x := range l.x {
		if x+width > l.x[last] {
			break
		}
		for l.x[end] < x+width {
			end++
		}
		see(float64(x), float64(l.y[i]), l.at(end, x+width)-float64(l.y[i]))
	}
	begin := 0
	for i, x := range l.x {
		if x-width < l.x[0] {
			continue
		}
		for begin < last && l.x[begin+1] <= x-width {
			begin++
		}
		y := float64(l.y[begin])
		if l.x[begin] < x-width {
			y = l.at(begin+1, x-width)
		}
		see(float64(x-width), y, float64(l.y[i])-y)
	}
}

// at is y at x, which lies on the piece that ends at a corner.
func (l *line) at(corner int, x int64) float64 {
	if l.x[corner] == x {
		return float64(l.y[corner])
	}
	x0, y0 := l.x[corner-1], l.y[corner-1]
	return float64(y0) + float64(l.y[corner]-y0)*float64(x-x0)/float64(l.x[corner]-x0)
}
