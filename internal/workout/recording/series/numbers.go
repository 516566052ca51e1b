package series

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"slices"
	"sync"

	"github.com/klauspost/compress/fse"
)

// A packed text is a version byte, lists of numbers, and the CRC-32C of all that. Samples are noise around
// what can be predicted. So there is nothing for a dictionary to find, and entropy codes alone
// take less room than zstd, and less time. A list is
//
//	count    uvarint n
//	how      uvarint: 0 = the symbols follow, a byte each; 1 = one byte follows, which all of them are;
//	         more = so many bytes follow, finite state entropy codes with their table, as in zstd
//	symbols  one for each number
//	rest     the bits of the numbers that symbols leave out, one after another, the lowest first
//
// A number below 16 is its symbol. The symbol of another one says how many bits it has, n, and the
// second of them: 16 + 2·(n − 5) + that bit; the others are the rest.
const (
	direct = 16
	// Numbers have 48 bits at most; what is kept of samples has 40.
	maxSymbol = direct + 2*(48-5) + 1
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	coders     = sync.Pool{New: func() any { return &coder{fse: fse.Scratch{DecompressLimit: MaxSamples + 64}} }}
)

// coder is what packing and unpacking needs of memory.
type coder struct {
	fse         fse.Scratch
	symbols     []byte
	numbers     []uint64
	plain, best []int64
	body        []byte
}

func getCoder() *coder { return coders.Get().(*coder) } //nolint:forcetypeassert,errcheck // by New

// list appends a list.
func (c *coder) list(out []byte, numbers []uint64) []byte {
	out = binary.AppendUvarint(out, uint64(len(numbers)))
	c.symbols = slices.Grow(c.symbols[:0], len(numbers))[:len(numbers)]
	left := 0
	for i, u := range numbers {
		if u < direct {
			c.symbols[i] = byte(u)
			continue
		}
		n := bits.Len64(u)
		c.symbols[i] = byte(direct + 2*(n-5) + int(u>>(n-2)&1)) //nolint:gosec // below maxSymbol
		left += n - 2
	}
	if len(numbers) > 1 && bytes.Count(c.symbols, c.symbols[:1]) == len(numbers) {
		out = append(binary.AppendUvarint(out, 1), c.symbols[0])
	} else if packed, err := fse.Compress(c.symbols, &c.fse); err == nil && len(packed) > 1 {
		out = append(binary.AppendUvarint(out, uint64(len(packed))), packed...)
	} else { // too few, or without a pattern
		out = append(binary.AppendUvarint(out, 0), c.symbols...)
	}
	if left == 0 {
		return out
	}
	var waiting uint64
	have := 0
	for _, u := range numbers {
		if u < direct {
			continue
		}
		n := bits.Len64(u) - 2
		waiting |= (u & (1<<n - 1)) << have
		for have += n; have >= 8; have -= 8 {
			out = append(out, byte(waiting))
			waiting >>= 8
		}
	}
	if have > 0 {
		out = append(out, byte(waiting))
	}
	return out
}

// signed appends a list of numbers that may be below zero.
func (c *coder) signed(out []byte, values []int64) []byte {
	c.numbers = slices.Grow(c.numbers[:0], len(values))[:len(values)]
	for i, v := range values {
		c.numbers[i] = zigzag(v)
	}
	return c.list(out, c.numbers)
}

func appendSum(out []byte) []byte {
	return binary.LittleEndian.AppendUint32(out, crc32.Checksum(out, castagnoli))
}

func zigzag(v int64) uint64 { return uint64(v<<1 ^ v>>63) } //nolint:gosec // a bijection

func zagzig(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }
