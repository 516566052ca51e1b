package training

import (
	"math"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Part is a lap or a split of a workout.
type Part struct {
	StartS    float64 // after the workout's start
	DurationS float64
	DistanceM *float64 // nil where it was not measured
}

// mostParts is how many splits are made at most: as many as a recording may have laps.
const mostParts = 2000

// Laps are the parts that the athlete or the device marked, as the file has them. One that has no
// times is left out.
func Laps(by privacy.Grant, laps privacy.Guarded[[]Part]) Derived[[]Part] {
	m := making{by: by}
	all, ok := take(&m, laps)
	if !ok {
		return Derived[[]Part]{}
	}
	out := make([]Part, 0, len(all))
	for _, p := range all {
		if p.StartS >= 0 && finite(p.DurationS) && finite(p.StartS) {
			out = append(out, p)
		}
	}
	return made(&m, out)
}

// Splits cuts a path every so many metres (1000, or 1609.344 for miles); the last of each piece is what is
// left over, unless that is less than a metre. Pauses count. There is no result for splits of less than a
// metre; those behind the first 2000 are left out.
func Splits(by privacy.Grant, path privacy.Guarded[Path], everyM float64) Derived[[]Part] {
	m := making{by: by}
	p, ok := take(&m, path)
	if !ok || !(everyM >= 1) || math.IsInf(everyM, 1) {
		return Derived[[]Part]{}
	}
	every := everyM * 1000
	out := []Part{}
	for i := range p.pieces {
		l := &p.pieces[i]
		last := len(l.x) - 1
		from, corner := float64(l.y[0]), 0
		for n := 1; len(out) < mostParts; n++ {
			end := int64(math.Round(min(float64(n)*every, float64(l.x[last]))))
			begin := int64(math.Round(float64(n-1) * every))
			if end-begin < 1000 {
				break
			}
			for l.x[corner] < end {
				corner++
			}
			to := l.at(corner, end)
			out = append(out, Part{from / 1000, (to - from) / 1000, new(float64(end-begin) / 1000)})
			from = to
		}
	}
	return made(&m, out)
}

// Means are the means of a channel over parts of the same workout, in the channel's unit, weighted by
// time; nil for a part without a sample. They are guarded by the parts and by the channel.
func Means(by privacy.Grant, parts Derived[[]Part], samples privacy.Guarded[series.Series]) Derived[[]*float64] {
	m := making{by: by}
	all, ok := takeDerived(&m, parts)
	s, has := take(&m, samples)
	if !ok || !has || s.Channel.Family() == 0 {
		return Derived[[]*float64]{}
	}
	values := steps(s, math.MinInt32+1, math.MaxInt32)
	out := make([]*float64, len(all))
	// What came before each step, so that parts may overlap and lie in any order.
	time, sum := make([]float64, len(values)+1), make([]float64, len(values)+1)
	for i, v := range values {
		stood := float64(v.to - v.from)
		time[i+1], sum[i+1] = time[i]+stood, sum[i]+stood*float64(v.value)
	}
	for i, p := range all {
		fromT, fromS := upTo(values, time, sum, p.StartS*1000)
		toT, toS := upTo(values, time, sum, (p.StartS+p.DurationS)*1000)
		if toT > fromT {
			out[i] = new((toS - fromS) / (toT - fromT) / float64(s.Channel.Steps(1)))
		}
	}
	return made(&m, out)
}

// upTo is how long samples stood before a moment, and their sum by time.
func upTo(values []step, time, sum []float64, at float64) (float64, float64) {
	low, high := 0, len(values) // the first step that ends at or after the moment
	for low < high {
		if mid := (low + high) / 2; float64(values[mid].to) < at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == len(values) {
		return time[low], sum[low]
	}
	part := max(0, at-float64(values[low].from))
	return time[low] + part, sum[low] + part*float64(values[low].value)
}

// finite is for amounts: not negative, not infinite, and a number.
func finite(v float64) bool { return v >= 0 && !math.IsInf(v, 1) }
