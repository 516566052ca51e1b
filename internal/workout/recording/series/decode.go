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

// maxPlain bounds what a frame may unpack to: per sample five bytes of time, and five bytes and
// a bit for each of the six channels that the largest family has.
const maxPlain = 64 + MaxSamples*(5+6*5+1)

var unpacker = must(zstd.NewReader(nil,
	zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxPlain), zstd.WithDecoderLowmem(true)))

// Decode unpacks a blob of any version. It trusts nothing in it: every count is checked against the
// bytes that are there before memory is taken for it. Anything wrong is ErrCorrupt.
func Decode(blob []byte) (Table, error) {
	if len(blob) == 0 {
		return Table{}, ErrCorrupt
	}
	in := reader{sections: blob[1:]}
	switch blob[0] {
	case version:
		in.next()
	case 1: // one frame, and each column at order 1
		in.whole = true
		in.open(in.sections)
		in.sections = nil
	default:
		return Table{}, ErrCorrupt
	}
	t := Table{Family: Family(in.byte())}
	t.T = in.axis(in.uvarint(), 1)
	columns := in.uvarint()
	if columns > uint64(Channels) {
		return Table{}, ErrCorrupt
	}
	for range columns {
		if !in.whole {
			in.end()
			in.next()
		}
		t.Columns = append(t.Columns, in.column(len(t.T)))
		if in.bad {
			return Table{}, ErrCorrupt
		}
	}
	if in.end(); in.bad || len(in.sections) > 0 || t.check() != nil {
		return Table{}, ErrCorrupt
	}
	return t, nil
}

// reader takes values off the sections. After the first mistake it is bad and yields zeros.
type reader struct {
	sections []byte // those that were not opened yet
	rest     []byte // of the one that is
	whole    bool   // there is but one
	bad      bool
}

// next opens the next section; end holds that nothing of it is left.
func (r *reader) next() {
	n, used := binary.Uvarint(r.sections)
	if used <= 0 || n > uint64(len(r.sections)-used) { //nolint:gosec // used is within the slice
		r.fail()
		return
	}
	frame := r.sections[used : used+int(n)] //nolint:gosec // bounded above
	r.sections = r.sections[used+int(n):]   //nolint:gosec // bounded above
	r.open(frame)
}

func (r *reader) open(frame []byte) {
	plain, err := unpacker.DecodeAll(frame, nil)
	if err != nil {
		r.fail()
		return
	}
	r.rest = plain
}

func (r *reader) end() { r.bad = r.bad || len(r.rest) > 0 }

func (r *reader) fail() { r.bad, r.rest, r.sections = true, nil, nil }

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.fail()
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
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) varint() int64 {
	zigzag := r.uvarint()
	return int64(zigzag>>1) ^ -int64(zigzag&1)
}

// axis reads n moments, given in units of so many milliseconds.
func (r *reader) axis(n, unit uint64) []uint32 {
	if n > MaxSamples || n > uint64(len(r.rest)) || unit == 0 || unit > math.MaxUint32 { // a moment takes a byte at least
		r.fail()
		return nil
	}
	out := make([]uint32, n)
	at := uint64(0)
	for i := range out {
		if at += min(r.uvarint(), math.MaxUint32+1) * unit; at > math.MaxUint32 {
			r.fail()
			return nil
		}
		out[i] = uint32(at)
	}
	return out
}

func (r *reader) column(n int) Column {
	col := Column{Channel: Channel(r.byte())}
	var bitmap []byte
	switch r.byte() {
	case 0:
	case 1:
		bitmap = r.take((n + 7) / 8)
	default:
		r.fail()
	}
	col.V = r.values(n, bitmap)
	return col
}

// values reads the values of n moments, or of those that the bitmap says.
func (r *reader) values(n int, bitmap []byte) []int32 {
	order := byte(1)
	if !r.whole {
		order = r.byte()
	}
	if r.bad || order < 1 || order > 2 {
		r.fail()
		return nil
	}
	out := make([]int32, n)
	value, slope := int64(0), int64(0)
	for i := range out {
		if bitmap != nil && bitmap[i/8]&(1<<(i%8)) == 0 {
			out[i] = Absent
			continue
		}
		step := r.varint()
		if step < -2*math.MaxUint32 || step > 2*math.MaxUint32 {
			r.fail()
			return nil
		}
		step += slope
		if value += step; value < -math.MaxInt32 || value > math.MaxInt32 {
			r.fail()
			return nil
		}
		if order == 2 {
			slope = step
		}
		out[i] = int32(value)
	}
	return out
}
