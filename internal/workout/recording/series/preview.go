package series

import "slices"

// PreviewPoints is how many points a stored preview has of a channel: those of a chart.
const PreviewPoints = 500

// A preview is a packed text (see numbers.go) of a list for the head and, for each series, one of its
// moments and one of its values. In the head, for each series in the table's order:
//
//	channel
//	points   n
//	unit     of the moments, as in a blob; 0 = they are those of the series before, and no list follows
//	steep    1 = each point is predicted to go on as the last two did, 0 = to be the last one
//
// Moments are as in a blob, values are zigzag: the difference to the point before, less what was
// predicted. Version 1 was zstd's; no release wrote it.
const (
	previewVersion = 2
	seriesOf       = 4
)

// Preview packs what Downsample(PreviewPoints) gives, so that a chart needs not open, unpack and
// thin all samples. It is nil for a table that has no more of them anyway.
func (t Table) Preview() ([]byte, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	if len(t.T) <= PreviewPoints {
		return nil, nil
	}
	c := getCoder()
	defer coders.Put(c)
	thinned := t.Downsample(PreviewPoints)
	head := make([]uint64, 0, seriesOf*len(thinned))
	c.body = c.body[:0]
	for i, s := range thinned {
		unit := uint32(0)
		if i == 0 || !slices.Equal(s.T, thinned[i-1].T) {
			unit = unitOf(s.T)
			c.body = c.axis(c.body, s.T, unit)
		}
		c.plain, c.best = s.misses(c.plain[:0], false), s.misses(c.best[:0], true)
		missed, steep := c.plain, uint64(0)
		if cost(c.best) < cost(missed) {
			missed, steep = c.best, 1
		}
		c.body = c.signed(c.body, missed)
		head = append(head, uint64(s.Channel), uint64(len(s.T)), uint64(unit), steep)
	}
	return c.packed(previewVersion, head), nil
}

// misses gives the differences of the points as far as they are not predicted.
func (s Series) misses(out []int64, steep bool) []int64 {
	var by slope
	at, before := int64(0), int64(0)
	for i, v := range s.V {
		took, step := int64(s.T[i])-at, int64(v)-before
		out = append(out, step-by.next(took))
		at, before = int64(s.T[i]), int64(v)
		if steep && i > 0 {
			by = slope{step, took}
		}
	}
	return out
}

// DecodePreview unpacks a preview, as carefully as Decode does a blob. Anything wrong is ErrCorrupt.
func DecodePreview(blob []byte) ([]Series, error) {
	in := open(blob, previewVersion)
	out := in.preview()
	if !in.close() {
		return nil, ErrCorrupt
	}
	return out, nil
}

func (r *reader) preview() []Series {
	var space [seriesOf * Channels]uint64
	head := space[:copy(space[:], r.next(len(space)))]
	if len(head)%seriesOf != 0 {
		r.fail()
	}
	out := make([]Series, 0, len(head)/seriesOf)
	for ; len(head) >= seriesOf && !r.bad; head = head[seriesOf:] {
		if head[0] >= uint64(Channels) || head[1] > PreviewPoints || head[3] > 1 {
			r.fail()
			break
		}
		s, n := Series{Channel: Channel(head[0])}, int(head[1]) //nolint:gosec // bounded
		if head[2] > 0 {
			s.T = r.axis(n, head[2])
		} else if len(out) > 0 && len(out[len(out)-1].T) == n {
			s.T = out[len(out)-1].T
		} else {
			r.fail()
		}
		s.V = r.points(s.T, head[3] == 1)
		out = append(out, s)
	}
	return out
}

// points reads the values of a series.
func (r *reader) points(axis []uint32, steep bool) []int32 {
	missed := r.next(len(axis))
	if len(missed) != len(axis) {
		r.fail()
		return nil
	}
	out := make([]int32, len(axis))
	var by slope
	at, value := int64(0), int64(0)
	for i, u := range missed {
		took := int64(axis[i]) - at
		step := zagzig(u) + by.next(took)
		if value += step; !inRange(value) {
			r.fail()
			return nil
		}
		if out[i], at = int32(value), int64(axis[i]); steep && i > 0 { //nolint:gosec // in range
			by = slope{step, took}
		}
	}
	return out
}
