package export

import (
	"iter"
	"math"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// row is one moment of the workout: what the families have of it, together.
type row struct {
	t uint32 // milliseconds after the start
	v [series.Channels]int32
}

var nothing = func() (v [series.Channels]int32) {
	for c := range v {
		v[c] = series.Absent
	}
	return v
}()

// rows merges the families' own axes into one, in order. A moment without any value is no row.
// The row is good until the next one.
func (x *Workout) rows() iter.Seq[*row] {
	return func(yield func(*row) bool) {
		next := make([]int, len(x.Samples)) // by table: the first moment that wasn't given yet
		for {
			at, left := uint32(math.MaxUint32), false
			for i, table := range x.Samples {
				if next[i] < len(table.T) {
					at, left = min(at, table.T[next[i]]), true
				}
			}
			if !left {
				return
			}
			r := row{at, nothing}
			for i, table := range x.Samples {
				if next[i] == len(table.T) || table.T[next[i]] != at {
					continue
				}
				for _, col := range table.Columns {
					r.v[col.Channel] = col.V[next[i]]
				}
				next[i]++
			}
			if r.v != nothing && !yield(&r) {
				return
			}
		}
	}
}

func (r *row) has(c series.Channel) bool { return r.v[c] != series.Absent }

// placed says whether the row has a position; half a position is none.
func (r *row) placed() bool { return r.has(series.Lat) && r.has(series.Lon) }

// value gives a channel in its unit, NaN where it is absent.
func (r *row) value(c series.Channel) float64 { return c.Value(r.v[c]) }

// hasAny says whether the row has one of the channels.
func (r *row) hasAny(channels ...series.Channel) bool {
	for _, c := range channels {
		if r.has(c) {
			return true
		}
	}
	return false
}

// channels lists, in order, the channels that have a value anywhere.
func (x *Workout) channels() []series.Channel {
	var found [series.Channels]bool
	for _, table := range x.Samples {
		for _, col := range table.Columns {
			for _, v := range col.V {
				if v != series.Absent {
					found[col.Channel] = true
					break
				}
			}
		}
	}
	var out []series.Channel
	for c, has := range found {
		if has {
			out = append(out, series.Channel(c))
		}
	}
	return out
}
