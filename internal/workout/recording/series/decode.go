package series

import (
	"errors"
	"math"
)

// ErrCorrupt is a blob that Encode did not make. It says no more: blobs are only ever read
// after their seal was checked, so this is a bug or a broken disk, not a caller's mistake.
var ErrCorrupt = errors.New("series: the blob is corrupt")

// Decode unpacks a blob. It trusts nothing in it: every count is bounded before memory is taken for
// it. Anything wrong is ErrCorrupt.
func Decode(blob []byte) (Table, error) {
	in := open(blob, version)
	t := in.table()
	if !in.close() || t.Check() != nil {
		return Table{}, ErrCorrupt
	}
	return t, nil
}

func (r *reader) table() (t Table) {
	var space [maxHead]uint64
	head := space[:copy(space[:], r.next(maxHead))]
	if len(head) < 4 || head[0] > uint64(Place) || head[1] > MaxSamples || uint64(len(head)) != 4+head[2]*uint64(columnOf) {
		r.fail()
		return t
	}
	t.Family = Family(head[0]) //nolint:gosec // bounded
	n := int(head[1])          //nolint:gosec // bounded
	if t.T = r.axis(n, head[3]); r.bad {
		return t
	}
	t.Columns = make([]Column, 0, head[2])
	for head = head[4:]; len(head) > 0 && !r.bad; head = head[columnOf:] {
		col := Column{Channel: Channel(min(head[0], math.MaxUint8)), V: make([]int32, n)}
		if head[1] > 0 {
			r.presence(col.V)
		}
		r.values(col.V, &weights{zagzig(head[2]), zagzig(head[3]), zagzig(head[4])})
		t.Columns = append(t.Columns, col)
	}
	return t
}

// axis reads n moments.
func (r *reader) axis(n int, unit uint64) []uint32 {
	steps := r.next(n)
	if len(steps) != n || unit == 0 || unit > math.MaxUint32 {
		r.fail()
		return nil
	}
	out := make([]uint32, n)
	at := uint64(0)
	for i, step := range steps {
		if at += min(step, math.MaxUint32+1) * unit; at > math.MaxUint32 {
			r.fail()
			return nil
		}
		out[i] = uint32(at)
	}
	return out
}

// presence marks the values that are absent.
func (r *reader) presence(values []int32) {
	have := true
	for _, run := range r.next(len(values) + 2) {
		if run > uint64(len(values)) {
			r.fail()
			return
		}
		if !have {
			for i := range values[:run] {
				values[i] = Absent
			}
		}
		values, have = values[run:], !have
	}
	if len(values) > 0 {
		r.fail()
	}
}

// values reads all values but those that are marked as absent.
func (r *reader) values(out []int32, w *weights) {
	missed := r.next(len(out))
	var p past
	value, first := int64(0), true
	for i := range out {
		if out[i] == Absent {
			continue
		}
		if len(missed) == 0 {
			r.fail()
			return
		}
		step := zagzig(missed[0]) + w.next(&p)
		missed = missed[1:]
		if value += step; !inRange(value) {
			r.fail()
			return
		}
		out[i] = int32(value) //nolint:gosec // in range
		if first {
			first = false
			continue
		}
		p.add(step)
	}
	if len(missed) > 0 {
		r.fail()
	}
}
