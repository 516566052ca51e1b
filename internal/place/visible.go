package place

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// pauseMS is how long what is hidden between two spans takes for others.
const pauseMS = 1000

// Span is a part of a workout in milliseconds since its start, both ends included.
type Span struct{ From, To uint32 }

// Visible is what others may see of a workout. The zero Visible is nothing.
type Visible struct {
	spans   []Span
	whole   bool
	noPlace bool
}

// Spans gives the visible parts in order, since the true start. Between two of them something is hidden.
// They are for the owner's eyes: what is hidden can be told from them.
func (v Visible) Spans() []Span { return slices.Clone(v.spans) }

// Whole says that nothing is cut, so that figures of the device hold for others too.
func (v Visible) Whole() bool { return v.whole }

// None says that nothing is left to see.
func (v Visible) None() bool { return len(v.spans) == 0 }

// Start is how long after the true start the visible part begins: for others, the workout starts then.
func (v Visible) Start() time.Duration {
	if v.None() {
		return 0
	}
	return time.Duration(v.spans[0].From) * time.Millisecond
}

// Duration is how long the workout takes for others, hidden parts left out.
func (v Visible) Duration() time.Duration {
	if v.None() {
		return 0
	}
	last := len(v.spans) - 1
	return time.Duration(v.offsets()[last]+uint64(v.spans[last].To-v.spans[last].From)) * time.Millisecond //nolint:gosec // far below
}

// offsets gives, for each span, when it begins for others.
func (v Visible) offsets() []uint64 {
	out := make([]uint64, len(v.spans))
	at := uint64(0)
	for i, s := range v.spans {
		out[i] = at
		at += uint64(s.To-s.From) + pauseMS
	}
	return out
}

// Parts gives the visible parts as others see them: in milliseconds since the visible start. A line
// that is drawn breaks between two of them.
func (v Visible) Parts() []Span {
	offsets := v.offsets()
	out := make([]Span, 0, len(v.spans))
	for i, s := range v.spans {
		if end := offsets[i] + uint64(s.To-s.From); end <= math.MaxUint32 {
			out = append(out, Span{From: uint32(offsets[i]), To: uint32(end)}) //nolint:gosec // bounded
		}
	}
	return out
}

// Table cuts samples of any family. What is left keeps its values, but for the counter of distance,
// which begins at zero and stands still over what is hidden.
func (v Visible) Table(t series.Table) series.Table {
	out := series.Table{Family: t.Family}
	if v.noPlace && t.Family == series.Place {
		return out
	}
	if v.whole {
		return t
	}
	kept := v.keep(t.T)
	out.T = kept.t
	for _, col := range t.Columns {
		out.Columns = append(out.Columns, series.Column{Channel: col.Channel, V: kept.values(col.Channel, col.V)})
	}
	return out
}

// Series cuts series of any channel, whole or thinned, as Table does. One of which nothing is left
// is left out.
func (v Visible) Series(all []series.Series) []series.Series {
	var out []series.Series
	for _, s := range all {
		switch {
		case v.noPlace && s.Channel.Family() == series.Place:
		case v.whole:
			out = append(out, s)
		default:
			if kept := v.keep(s.T); len(kept.t) > 0 {
				out = append(out, series.Series{Channel: s.Channel, T: kept.t, V: kept.values(s.Channel, s.V)})
			}
		}
	}
	return out
}

// kept is the rows of a time axis that show.
type kept struct {
	rows  []int
	spans []int // the span of each
	t     []uint32
}

func (v Visible) keep(axis []uint32) (k kept) {
	offsets := v.offsets()
	for row, t := range axis {
		i, found := slices.BinarySearchFunc(v.spans, t, func(s Span, t uint32) int { return cmp.Compare(s.From, t) })
		if !found {
			i--
		}
		if i < 0 || t > v.spans[i].To {
			continue
		}
		at := offsets[i] + uint64(t-v.spans[i].From)
		if at > math.MaxUint32 {
			break // pauses of a second, after as many days as a time axis can hold
		}
		k.rows, k.spans, k.t = append(k.rows, row), append(k.spans, i), append(k.t, uint32(at))
	}
	return k
}

// values gives the values of a column at the rows that show.
func (k kept) values(c series.Channel, from []int32) []int32 {
	out := make([]int32, len(k.rows))
	for i, row := range k.rows {
		out[i] = from[row]
	}
	if c == series.DistanceM {
		k.recount(out)
	}
	return out
}

// recount takes out of a counter where it began, and what it counted unseen.
func (k kept) recount(counter []int32) {
	var unseen, last int64
	span := -1
	for i, v := range counter {
		if v == series.Absent {
			continue
		}
		if k.spans[i] != span {
			span, unseen = k.spans[i], int64(v)-last
		}
		last = int64(v) - unseen
		if counter[i] = series.Absent; last >= -math.MaxInt32 && last <= math.MaxInt32 {
			counter[i] = int32(last)
		}
	}
}
