package series

import (
	"encoding/binary"

	"github.com/klauspost/compress/zstd"
)

// A blob is one version byte and one zstd frame (RFC 8878). In the frame:
//
//	family   byte
//	samples  uvarint n
//	axis     n × uvarint: the first offset, then the differences (≥ 1)
//	columns  uvarint, then for each, in channel order:
//	  channel   byte
//	  presence  byte: 0 = a value at every moment, 1 = a bitmap of ⌈n/8⌉ bytes follows
//	  values    for each value present: zigzag varint of the difference to the one before
//
// Differences of neighbours are small and repeat, which is what varint and zstd thrive on.
const version = 1

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
	plain := make([]byte, 0, 16+len(t.T)*(1+2*len(t.Columns)))
	plain = append(plain, byte(t.Family))
	plain = binary.AppendUvarint(plain, uint64(len(t.T)))
	before := uint32(0)
	for _, at := range t.T {
		plain = binary.AppendUvarint(plain, uint64(at-before))
		before = at
	}
	plain = binary.AppendUvarint(plain, uint64(len(t.Columns)))
	for _, col := range t.Columns {
		plain = col.append(plain)
	}
	return packer.EncodeAll(plain, []byte{version}), nil
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
	before := int64(0)
	for _, v := range c.V {
		if v != Absent {
			out = binary.AppendVarint(out, int64(v)-before)
			before = int64(v)
		}
	}
	return out
}
