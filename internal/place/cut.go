package place

import (
	"math"
	"time"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// How far somebody may have got between two positions: at reachMPS (90 km/h), but no further than reachM
// in all. A stop of an hour in another town is no reason to think that they were at home in between.
const (
	reachMPS = 25
	reachM   = 3000
)

// reach is how many metres somebody may have gone in a time, beyond any straight line.
func reach(ms uint32) float64 { return min(reachMPS*float64(ms)/1000, reachM) }

// Cut says which parts of a workout others may see. The track is its samples of place, all of them,
// and the duration how long it took from start to end. It takes a moment for each position and zone.
//
// Without zones everything shows; so does, but for its altitudes, what has no position at all. A
// track that breaks the rules of series.Table, or with a position that is half or nowhere on
// earth, shows nothing.
func Cut(track series.Table, duration time.Duration, zones []Zone) Visible {
	end := millis(duration)
	if n := len(track.T); n > 0 {
		end = max(end, track.T[n-1])
	}
	whole := Visible{spans: []Span{{0, end}}, whole: true}
	if len(zones) == 0 {
		return whole
	}
	all, ok := fixes(track)
	if !ok {
		return Visible{}
	}
	if len(all) == 0 {
		whole.noPlace = true
		return whole
	}
	return between(all, end, zones)
}

// millis gives a duration as a moment of a time axis.
func millis(d time.Duration) uint32 {
	return uint32(max(0, min(d.Milliseconds(), math.MaxUint32)))
}

// fix is a position at a moment, and how far it is outside of the nearest zone.
type fix struct {
	at      uint32
	point   Point
	outside float64
}

// fixes gives the moments that have a position, and whether the track keeps its rules.
func fixes(track series.Table) (all []fix, ok bool) {
	lats, lons := track.Column(series.Lat), track.Column(series.Lon)
	if track.Family != series.Place {
		return nil, false
	}
	for _, col := range track.Columns {
		if len(col.V) != len(track.T) {
			return nil, false
		}
	}
	for i, t := range track.T {
		if i > 0 && t <= track.T[i-1] {
			return nil, false
		}
		lat, lon := at(lats, i), at(lons, i)
		if lat == series.Absent && lon == series.Absent {
			continue
		}
		p := Point{series.Lat.Value(lat), series.Lon.Value(lon)}
		if !p.valid() {
			return nil, false
		}
		all = append(all, fix{at: t, point: p})
	}
	return all, true
}

// at gives a value of a column that the table may not have.
func at(column []int32, i int) int32 {
	if column == nil {
		return series.Absent
	}
	return column[i]
}

// between joins what shows into spans.
func between(all []fix, end uint32, zones []Zone) Visible {
	var spans []Span
	open := -1 // the first fix of the span, none when negative
	for i := range all {
		f := &all[i]
		f.outside = nearest(f.point, zones)
		if open >= 0 && (f.outside == 0 || !stayedOut(all[i-1], *f, zones)) {
			spans, open = closed(spans, all[open], all[i-1]), -1
		}
		if open < 0 && f.outside > 0 {
			open = i
		}
	}
	last := all[len(all)-1]
	if open >= 0 {
		spans = closed(spans, all[open], last)
	}
	// Nobody knows where a workout was before its first position and after its last.
	if n := len(spans); n > 0 {
		if first := all[0]; spans[0].From == first.at && first.outside > reach(first.at) {
			spans[0].From = 0
		}
		if spans[n-1].To == last.at && last.outside > reach(end-last.at) {
			spans[n-1].To = end
		}
	}
	whole := len(spans) == 1 && spans[0] == Span{0, end}
	return Visible{spans: spans, whole: whole}
}

// closed adds the span from a fix to another. A single position is no track: what is in sight for a
// moment only is a receiver's leap, or somebody going along the edge, and would draw it.
func closed(spans []Span, from, to fix) []Span {
	if from.at == to.at {
		return spans
	}
	return append(spans, Span{from.at, to.at})
}

// nearest is how far a point is outside of the nearest zone, zero inside of any.
func nearest(p Point, zones []Zone) float64 {
	out := math.Inf(1)
	for _, z := range zones {
		out = min(out, z.outside(p))
	}
	return out
}

// stayedOut says whether no zone was within reach between two positions: neither on the line between
// them nor, in the time that passed, beside it. The way by the edge of a zone is as long as both
// are away from it, or longer.
func stayedOut(a, b fix, zones []Zone) bool {
	far := max(reach(b.at-a.at), Distance(a.point, b.point))
	if a.outside+b.outside > far { // as each zone is at least as far as the nearest
		return true
	}
	for _, z := range zones {
		if z.outside(a.point)+z.outside(b.point) <= far {
			return false
		}
	}
	return true
}
