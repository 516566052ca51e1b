package series

import (
	"encoding/binary"

	"github.com/klauspost/compress/zstd"
)

// A blob is one version byte and sections, each its length as a uvarint and one zstd frame
// (RFC 8878): the head, then each column in channel order, so that each has an entropy code of its
// own. In the head:
//
//	family   byte
//	samples  uvarint n
//	axis     n × uvarint: the first offset, then the differences (≥ 1)
//	columns  uvarint
//
// In a column:
//
//	channel   byte
//	presence  byte: 0 = a value at every moment, 1 = a bitmap of ⌈n/8⌉ bytes follows
//	order     byte: 1 = values are differences to the one before, 2 = differences of those
//	values    for each value present: zigzag varint
//
// Differences of neighbours are small and repeat, which is what varint and zstd thrive on; what
// flows, such as distance, changes by about the same each time, and its second differences are
// smaller still. In version 1 all of it was one frame, without the order byte: always 1.
const version = 2

// One encoder serves everybody: EncodeAll is safe for concurrent use and starts no goroutines.
// A window of 1 MiB covers days of samples and keeps its memory small.
var packer = must(zstd.NewWriter(nil,
	zstd.WithEncoderLevel(zstd.SpeedBetterCompression),
	zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<20), zstd.WithEncoderCRC(true)))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // constant options: it fails at the first start or never
	}
	return v
}

// Encode packs the table into a blob. A table that breaks its own rules is an error.
func (t Table) Encode() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	plain := make([]byte, 0, 16+4*len(t.T))
	plain = append(plain, byte(t.Family))
	plain = binary.AppendUvarint(plain, uint64(len(t.T)))
	plain = appendAxis(plain, t.T, 1)
	plain = binary.AppendUvarint(plain, uint64(len(t.Columns)))
	blob := appendSection([]byte{version}, plain)
	for _, col := range t.Columns {
		blob = appendSection(blob, col.append(plain[:0]))
	}
	return blob, nil
}

func appendSection(blob, plain []byte) []byte {
	frame := packer.EncodeAll(plain, nil)
	return append(binary.AppendUvarint(blob, uint64(len(frame))), frame...)
}

// appendAxis writes moments that are whole multiples of unit.
func appendAxis(out []byte, axis []uint32, unit uint32) []byte {
	before := uint32(0)
	for _, at := range axis {
		out = binary.AppendUvarint(out, uint64((at-before)/unit))
		before = at
	}
	return out
}

func (c Column) append(out []byte) []byte {
	out = append(out, byte(c.Channel))
	full := true
	for _, v := range c.V {
		full = full && v != Absent
	}
	if full {
		out = append(out, 0)
	} else {
		bitmap := make([]byte, (len(c.V)+7)/8)
		for i, v := range c.V {
			if v != Absent {
				bitmap[i/8] |= 1 << (i % 8)
			}
		}
		out = append(append(out, 1), bitmap...)
	}
	return appendValues(out, c.V)
}

// appendValues writes the values that are present, by whichever order takes fewer bytes.
func appendValues(out []byte, values []int32) []byte {
	if lengthOf(values, 2) < lengthOf(values, 1) {
		out = append(out, 2)
		differences(values, 2, func(d int64) { out = binary.AppendVarint(out, d) })
	} else {
		out = append(out, 1)
		differences(values, 1, func(d int64) { out = binary.AppendVarint(out, d) })
	}
	return out
}

func lengthOf(values []int32, order int) (bytes int) {
	var one [binary.MaxVarintLen64]byte
	differences(values, order, func(d int64) { bytes += binary.PutVarint(one[:], d) })
	return bytes
}

// differences gives what predicting each value from those before it leaves.
func differences(values []int32, order int, each func(int64)) {
	before, slope := int64(0), int64(0)
	for _, v := range values {
		if v == Absent {
			continue
		}
		step := int64(v) - before
		each(step - slope)
		if before = int64(v); order == 2 {
			slope = step
		}
	}
}
