package series

import (
	"encoding/binary"
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/fse"
)

// reader takes lists off a packed text. After the first mistake it is bad and yields nothing.
type reader struct {
	*coder
	rest []byte
	bad  bool
}

// open begins to read a packed text; close ends it.
func open(packed []byte, version byte) *reader {
	r := &reader{coder: getCoder()}
	end := len(packed) - crc32.Size
	if end < 1 || packed[0] != version || crc32.Checksum(packed[:end], castagnoli) != binary.LittleEndian.Uint32(packed[end:]) {
		r.fail()
		return r
	}
	r.rest = packed[1:end]
	return r
}

// close says whether all was read, and nothing went wrong.
func (r *reader) close() bool {
	coders.Put(r.coder)
	return !r.bad && len(r.rest) == 0
}

func (r *reader) fail() { r.bad, r.rest = true, nil }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// next reads a list of at most that many numbers; it is good until the next one is read.
func (r *reader) next(most int) []uint64 {
	n, how := r.uvarint(), r.uvarint()
	if r.bad || n > uint64(most) { //nolint:gosec // never negative
		r.fail()
		return nil
	}
	symbols := r.unpack(int(n), how) //nolint:gosec // bounded
	if len(symbols) != int(n) {      //nolint:gosec // bounded
		r.fail()
		return nil
	}
	r.numbers = slices.Grow(r.numbers[:0], len(symbols))
	out := r.numbers[:len(symbols)]
	at := 0 // bits
	for i, s := range symbols {
		if s < direct {
			out[i] = uint64(s)
			continue
		}
		if s > maxSymbol {
			r.fail()
			return nil
		}
		left := int(s-direct)/2 + 3
		if at+left > 8*len(r.rest) {
			r.fail()
			return nil
		}
		out[i] = (2|uint64(s&1))<<left | bitsAt(r.rest, at)&(1<<left-1)
		at += left
	}
	r.rest = r.rest[(at+7)/8:]
	return out
}

// unpack gives the symbols of a list, or too few.
func (r *reader) unpack(n int, how uint64) []byte {
	switch how {
	case 0:
		return r.take(uint64(n)) //nolint:gosec // never negative
	case 1:
		one := r.take(1)
		if r.bad {
			return nil
		}
		r.symbols = slices.Grow(r.symbols[:0], n)[:n]
		for i := range r.symbols {
			r.symbols[i] = one[0]
		}
		return r.symbols
	default:
		symbols, err := fse.Decompress(r.take(how), &r.fse)
		if err != nil {
			return nil
		}
		return symbols
	}
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

// bitsAt gives the bits from a place on, at least 57 of them, as far as there are any.
func bitsAt(b []byte, at int) uint64 {
	b = b[at/8:]
	if len(b) >= 8 {
		return binary.LittleEndian.Uint64(b) >> (at % 8)
	}
	var last [8]byte
	copy(last[:], b)
	return binary.LittleEndian.Uint64(last[:]) >> (at % 8)
}
