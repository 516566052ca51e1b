package series

import (
	"math"
	"slices"
)

// A blob is a packed text (see numbers.go) of a list for the head, one for the axis, and one or two for
// each column in channel order, so that each has an entropy code of its own. In the head:
//
//	family, samples n, columns
//	unit       what all moments are whole multiples of, in milliseconds
//	channel    from here on for each column
//	gaps       1 = there are moments without a value
//	weights    3 × zigzag: what predicts a difference from those before it, in 1/1024
//
// The axis is the first offset, then the differences (≥ 1), in units. The lists of a column:
//
//	presence   if there are gaps: how many moments have a value, then how many have none, and so on
//	values     for each value present, zigzag: the difference to the one before, less what was predicted
//
// Versions 1 and 2 were zstd's; no release wrote them.
const (
	version  = 3
	maxHead  = 4 + Channels*columnOf
	columnOf = 2 + len(weights{})
)

// Encode packs the table into a blob. A table that breaks its own rules is an error.
func (t Table) Encode() ([]byte, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	c := getCoder()
	defer coders.Put(c)
	unit := unitOf(t.T)
	head := append(make([]uint64, 0, maxHead), uint64(t.Family), uint64(len(t.T)), uint64(len(t.Columns)), uint64(unit))
	c.body = c.axis(c.body[:0], t.T, unit)
	for _, col := range t.Columns {
		gaps := uint64(0)
		if !col.full() {
			gaps = 1
			c.body = c.list(c.body, col.presence())
		}
		w, missed := c.predict(col.V)
		c.body = c.signed(c.body, missed)
		head = append(head, uint64(col.Channel), gaps, zigzag(w[0]), zigzag(w[1]), zigzag(w[2]))
	}
	return c.packed(version, head), nil
}

// packed is the packed text of a head and the lists behind it.
func (c *coder) packed(version byte, head []uint64) []byte {
	out := c.list(append(make([]byte, 0, 128+len(c.body)), version), head)
	return appendSum(append(out, c.body...))
}

// axis appends the list of moments, as differences in units.
func (c *coder) axis(out []byte, axis []uint32, unit uint32) []byte {
	c.numbers = slices.Grow(c.numbers[:0], len(axis))[:len(axis)]
	before := uint32(0)
	for i, at := range axis {
		c.numbers[i] = uint64((at - before) / unit)
		before = at
	}
	return c.list(out, c.numbers)
}

// unitOf is the greatest number of milliseconds that divides all moments.
func unitOf(axis []uint32) uint32 {
	unit := uint32(0)
	for _, at := range axis {
		if unit != 0 && at%unit == 0 {
			continue
		}
		for at != 0 {
			unit, at = at, unit%at
		}
	}
	return max(unit, 1)
}

// presence gives the lengths of runs, of values and of gaps in turns.
func (c Column) presence() []uint64 {
	out, have := []uint64{0}, true
	for _, v := range c.V {
		if (v != Absent) != have {
			out, have = append(out, 0), !have
		}
		out[len(out)-1]++
	}
	return out
}

// inRange says whether a value is one that a column can hold.
func inRange(v int64) bool { return v >= -math.MaxInt32 && v <= math.MaxInt32 }
