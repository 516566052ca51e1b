package series

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/klauspost/compress/zstd"
)

// ErrCorrupt is a blob that Encode did not make. It says no more: blobs are only ever read
// after their seal was checked, so this is a bug or a broken disk, not a caller's mistake.
var ErrCorrupt = errors.New("series: the blob is corrupt")

// maxPlain bounds what a blob may unpack to: per sample five bytes of time, and five bytes and
// a bit for each of the six channels that the largest family has.
const maxPlain = 64 + MaxSamples*(5+6*5+1)

var unpacker = must(zstd.NewReader(nil,
	zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxPlain), zstd.WithDecoderLowmem(true)))

// Decode unpacks a blob. It trusts nothing in it: every count is checked against the bytes that
// are there before memory is taken for it. Anything wrong is ErrCorrupt.
func Decode(blob []byte) (Table, error) {
	if len(blob) == 0 || blob[0] != version {
		return Table{}, ErrCorrupt
	}
	plain, err := unpacker.DecodeAll(blob[1:], nil)
	if err != nil {
		return Table{}, ErrCorrupt
	}
	in := reader{rest: plain}
	t := Table{Family: Family(in.byte())}
	n := in.uvarint()
	if n > MaxSamples || n > uint64(len(in.rest)) { // a moment takes a byte at least
		return Table{}, ErrCorrupt
	}
	t.T = make([]uint32, n)
	at := uint64(0)
	for i := range t.T {
		if at += min(in.uvarint(), math.MaxUint32+1); at > math.MaxUint32 {
			return Table{}, ErrCorrupt
		}
		t.T[i] = uint32(at)
	}
	columns := in.uvarint()
	if columns > uint64(Channels) {
		return Table{}, ErrCorrupt
	}
	for range columns {
		t.Columns = append(t.Columns, in.column(len(t.T)))
		if in.bad {
			return Table{}, ErrCorrupt
		}
	}
	if in.bad || len(in.rest) > 0 || t.check() != nil {
		return Table{}, ErrCorrupt
	}
	return t, nil
}

// reader takes values off a byte slice. After the first mistake it is bad and yields zeros.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.bad, r.rest = true, nil
		return make([]byte, n) // n ≤ MaxSamples/8
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) byte() byte { return r.take(1)[0] }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) varint() int64 {
	zigzag := r.uvarint()
	return int64(zigzag>>1) ^ -int64(zigzag&1)
}

func (r *reader) column(n int) Column {
	col := Column{Channel: Channel(r.byte())}
	var bitmap []byte
	switch r.byte() {
	case 0:
	case 1:
		bitmap = r.take((n + 7) / 8)
	default:
		r.bad = true
	}
	if r.bad {
		return col
	}
	col.V = make([]int32, n)
	value := int64(0)
	for i := range col.V {
		if bitmap != nil && bitmap[i/8]&(1<<(i%8)) == 0 {
			col.V[i] = Absent
			continue
		}
		step := r.varint()
		if step < -math.MaxUint32 || step > math.MaxUint32 {
			r.bad = true
			return col
		}
		if value += step; value < -math.MaxInt32 || value > math.MaxInt32 {
			r.bad = true
			return col
		}
		col.V[i] = int32(value)
	}
	return col
}
