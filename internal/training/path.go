package training

import (
	"math"
	"slices"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Path is how far somebody had come when, in pieces: what lies between two pieces is not known or not
// to be seen, and nothing is ever computed across it. It stands under the field of its samples: effort
// when a device counted the distance, route when it was computed from a track.
type Path struct{ pieces []line } // millimetres after the start of the piece by milliseconds

// fastestMPS is faster than anybody goes, as in package recording: a counter or a receiver that leaps.
const fastestMPS = 60

// Counted makes a path of the samples of distance_m, a list for each piece that may be seen.
//
// A counter that falls begins anew, and one that leaps goes on from there: neither is distance. Between
// two samples the pace is even, over a pause as well, so that a pause only ever slows an effort.
func Counted(pieces ...series.Series) Path {
	var p Path
	for _, s := range pieces {
		if s.Channel != series.DistanceM {
			continue
		}
		p.add(steps(s, 0, math.MaxInt32), func(a, b step) float64 { return float64(b.value-a.value) * 10 })
	}
	return p
}

// Position is where somebody was.
type Position struct {
	AtMS uint32 // after the start of the workout
	place.Point
}

// Tracked makes a path of positions, a list for each piece that may be seen. It is as long as the great
// circles between them (place.Distance). Leaps are left out; positions that are none too.
func Tracked(pieces ...[]Position) Path {
	var p Path
	for _, piece := range pieces {
		places := make([]place.Point, 0, len(piece))
		at := series.Series{Channel: series.Lat}
		for _, q := range piece {
			if math.Abs(q.Lat) <= 90 && math.Abs(q.Lon) <= 180 { // neither for NaN
				at.T, at.V = append(at.T, q.AtMS), append(at.V, int32(len(places))) //nolint:gosec // no more than fit in memory as positions
				places = append(places, q.Point)
			}
		}
		p.add(steps(at, 0, math.MaxInt32), func(a, b step) float64 {
			return place.Distance(places[a.value], places[b.value]) * 1000
		})
	}
	return p
}

// add adds a piece, by how far it is from each sample to the next in millimetres.
func (p *Path) add(samples []step, leg func(a, b step) float64) {
	if len(samples) < 2 {
		return
	}
	var l line
	come := 0.0
	l.add(0, samples[0].from)
	for i, s := range samples[1:] {
		before := samples[i]
		if far := leg(before, s); far > 0 && far <= fastestMPS*float64(s.from-before.from) { // mm by ms is m by s
			come += far
		}
		l.add(int64(math.Round(come)), s.from)
	}
	p.pieces = append(p.pieces, l)
}

// Distance is the digest of a path. It stands under the same field as the path does. The json names
// are those of a sealed value: they stay as they are.
type Distance struct {
	Fastest []Fastest `json:"fastest,omitempty"`
}

// Fastest is the shortest time over a distance.
type Fastest struct {
	DistanceM int     `json:"distance_m"`
	DurationS float64 `json:"duration_s"`
	StartS    float64 `json:"start_s"` // after the workout's start
}

// raced are the distances that records are kept of, by sport, in metres: what is swum in pools, Concept2's
// ranked distances on the rower, those of the track and the road on foot. Miles and the half marathon are
// taken to the full metre.
var raced = map[recording.Sport][]int{
	recording.Swim: {50, 100, 200, 400, 800, 1500, 1900, 3800, 5000, 10_000},
	recording.Row:  {100, 500, 1000, 2000, 5000, 6000, 10_000, 21_097, 42_195},
	recording.Run:  onFoot, recording.Walk: onFoot, recording.Hike: onFoot,
	recording.Ride: {1000, 5000, 10_000, 16_093, 20_000, 40_000, 50_000, 80_467, 100_000, 160_934, 200_000},
}

var onFoot = []int{400, 800, 1000, 1609, 3219, 5000, 10_000, 15_000, 16_093, 20_000, 21_097, 30_000, 42_195, 50_000, 80_467, 100_000, 160_934}

// Distances are those that records of a sport are kept of, in metres; none for most sports.
func Distances(sport recording.Sport) []int { return slices.Clone(raced[sport]) }

// DigestPath sums up a path by the distances of the sport; false when there is none. Times are on the
// clock, pauses included, of any stretch that is as long as the distance, wherever it begins.
func DigestPath(p Path, sport recording.Sport) (Distance, bool) {
	var out Distance
	for _, far := range raced[sport] {
		best := Fastest{DistanceM: far, DurationS: math.Inf(1)}
		for i := range p.pieces {
			p.pieces[i].slide(int64(far)*1000, func(_, from, took float64) {
				if s := took / 1000; s > 0 && s < best.DurationS {
					best.DurationS, best.StartS = s, from/1000
				}
			})
		}
		if !math.IsInf(best.DurationS, 1) {
			out.Fastest = append(out.Fastest, best)
		}
	}
	return out, len(p.pieces) > 0
}
