package series

import (
	"fmt"
	"slices"
)

// MaxSamples is the longest time axis a table may have: three days at one sample a second.
const MaxSamples = 1 << 18

// Table is the samples of one family: a time axis, and a column for each channel that the
// recording has. At every moment of the axis at least one channel usually has a value.
type Table struct {
	Family  Family
	T       []uint32 // milliseconds since the start, strictly increasing
	Columns []Column // in channel order, at most one per channel
}

// Column is the values of one channel, as long as the table's axis.
type Column struct {
	Channel Channel
	V       []int32 // steps of the channel's resolution, or Absent
}

// full says whether the column has a value at every moment.
func (c Column) full() bool {
	for _, v := range c.V {
		if v == Absent {
			return false
		}
	}
	return true
}

// Series is the values of one channel with a time axis of its own, without gaps.
type Series struct {
	Channel Channel
	T       []uint32 // milliseconds since the start, strictly increasing
	V       []int32  // steps of the channel's resolution, never Absent
}

// Values gives the series in the channel's unit.
func (s Series) Values() []float64 {
	out := make([]float64, len(s.V))
	for i, v := range s.V {
		out[i] = s.Channel.Value(v)
	}
	return out
}

// Column finds the column of a channel, nil when the table has none.
func (t Table) Column(c Channel) []int32 {
	for _, col := range t.Columns {
		if col.Channel == c {
			return col.V
		}
	}
	return nil
}

// Series gives each channel of the table on its own, gaps taken out, in the table's order. One
// without gaps shares the table's memory.
func (t Table) Series() []Series {
	out := make([]Series, len(t.Columns))
	for i, col := range t.Columns {
		if col.full() {
			out[i] = Series{Channel: col.Channel, T: t.T, V: col.V}
			continue
		}
		s := Series{Channel: col.Channel, T: make([]uint32, 0, len(t.T)), V: make([]int32, 0, len(t.T))}
		for j, v := range col.V {
			if v != Absent {
				s.T = append(s.T, t.T[j])
				s.V = append(s.V, v)
			}
		}
		out[i] = s
	}
	return out
}

// Check says what is wrong with a table, nil when it keeps its rules.
func (t Table) Check() error {
	if t.Family < Effort || t.Family > Place {
		return fmt.Errorf("series: family %d is unknown", t.Family)
	}
	if len(t.T) > MaxSamples {
		return fmt.Errorf("series: %d samples, at most %d are kept", len(t.T), MaxSamples)
	}
	for i := 1; i < len(t.T); i++ {
		if t.T[i] <= t.T[i-1] {
			return fmt.Errorf("series: time goes back at sample %d", i)
		}
	}
	for i, col := range t.Columns {
		if col.Channel.Family() != t.Family {
			return fmt.Errorf("series: channel %s is not of family %s", col.Channel, t.Family)
		}
		if i > 0 && col.Channel <= t.Columns[i-1].Channel {
			return fmt.Errorf("series: channel %s is out of order", col.Channel)
		}
		if len(col.V) != len(t.T) {
			return fmt.Errorf("series: channel %s has %d values for %d moments", col.Channel, len(col.V), len(t.T))
		}
	}
	return nil
}

// TableOf is a table of the series of one family again, in channel order: the inverse of Table.Series, but
// for moments without any value.
func TableOf(f Family, all []Series) Table {
	t := Table{Family: f}
	for _, s := range all {
		t.T = append(t.T, s.T...)
	}
	slices.Sort(t.T)
	t.T = slices.Compact(t.T)
	for _, s := range all {
		col := Column{Channel: s.Channel, V: make([]int32, len(t.T))}
		at := 0
		for i, moment := range t.T {
			col.V[i] = Absent
			if at < len(s.T) && s.T[at] == moment {
				col.V[i] = s.V[at]
				at++
			}
		}
		t.Columns = append(t.Columns, col)
	}
	return t
}
