package series

import (
	"encoding/binary"
	"slices"
)

// PreviewPoints is how many points a stored preview has of a channel: those of a chart.
const PreviewPoints = 500

// A preview is one version byte and two sections as in a blob, all moments and all values: so short,
// frames of their own for each channel would be no smaller, and four times as slow to open.
//
//	series   uvarint, then for each, in the table's order:
//	channel  byte
//	points   uvarint n
//	same     byte: 1 = at the moments of the series before, and no axis follows
//	unit     uvarint: what all moments are whole multiples of, in milliseconds
//	axis     n × uvarint: the first offset, then the differences, in units
//
// The values are, for each series, order and values as in a column.
const previewVersion = 1

// Preview packs what Downsample(PreviewPoints) gives, so that a chart needs not open, unpack and
// thin all samples. It is nil for a table that has no more of them anyway.
func (t Table) Preview() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if len(t.T) <= PreviewPoints {
		return nil, nil
	}
	thinned := t.Downsample(PreviewPoints)
	moments := binary.AppendUvarint(nil, uint64(len(thinned)))
	var values []byte
	for i, s := range thinned {
		moments = append(moments, byte(s.Channel))
		moments = binary.AppendUvarint(moments, uint64(len(s.T)))
		if i > 0 && slices.Equal(s.T, thinned[i-1].T) {
			moments = append(moments, 1)
		} else {
			unit := unitOf(s.T)
			moments = binary.AppendUvarint(append(moments, 0), uint64(unit))
			moments = appendAxis(moments, s.T, unit)
		}
		values = appendValues(values, s.V)
	}
	return appendSection(appendSection([]byte{previewVersion}, moments), values), nil
}

// DecodePreview unpacks a preview, as carefully as Decode does a blob. Anything wrong is ErrCorrupt.
func DecodePreview(blob []byte) ([]Series, error) {
	if len(blob) == 0 || blob[0] != previewVersion {
		return nil, ErrCorrupt
	}
	in := reader{sections: blob[1:]}
	in.next()
	count := in.uvarint()
	if count > uint64(Channels) {
		return nil, ErrCorrupt
	}
	out := make([]Series, count)
	for i := range out {
		out[i].Channel = Channel(in.byte())
		n := in.uvarint()
		switch same := in.byte(); {
		case same == 1 && i > 0 && n == uint64(len(out[i-1].T)):
			out[i].T = out[i-1].T
		case same == 0:
			unit := in.uvarint()
			out[i].T = in.axis(n, unit)
		default:
			in.fail()
		}
		in.bad = in.bad || !out[i].Channel.known()
	}
	in.end()
	in.next()
	for i := range out {
		out[i].V = in.values(len(out[i].T), nil)
	}
	if in.end(); in.bad || len(in.sections) > 0 {
		return nil, ErrCorrupt
	}
	return out, nil
}

// unitOf is the greatest number of milliseconds that divides all moments.
func unitOf(axis []uint32) uint32 {
	unit := uint32(0)
	for _, at := range axis {
		for at != 0 {
			unit, at = at, unit%at
		}
	}
	return max(unit, 1)
}
