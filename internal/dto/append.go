package dto

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// The bodies that are sent most encode themselves: encode.gen.go, made from the
// contract's models by tools/encoders. What they give is what encoding/json gives,
// byte by byte, at a tenth of its time.
type appender interface {
	appendJSON(b []byte) ([]byte, error)
}

// plain are the bytes that stand for themselves in a JSON text, as encoding/json
// writes it: for HTML as well.
var plain = func() (set [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		set[c] = true
	}
	for _, c := range `"\<>&` {
		set[c] = false
	}
	return set
}()

func appendText(b []byte, s string) ([]byte, error) {
	for i := range len(s) {
		if !plain[s[i]] {
			return appendAny(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"'), nil
}

// appendFloat writes a number as ECMAScript does: with an exponent where it is
// very large or very small.
func appendFloat(b []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("dto: a figure that is no number")
	}
	if whole := int64(f); float64(whole) == f && (whole != 0 || !math.Signbit(f)) && whole > -1e15 && whole < 1e15 {
		return strconv.AppendInt(b, whole, 10), nil
	}
	shape := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		shape = 'e'
	}
	b = strconv.AppendFloat(b, f, shape, -1, 64)
	if n := len(b); shape == 'e' && n >= 4 && b[n-4] == 'e' && (b[n-3] == '-' || b[n-3] == '+') && b[n-2] == '0' {
		b[n-2] = b[n-1] // e-09 is e-9
		b = b[:n-1]
	}
	return b, nil
}

// appendDecimal writes a number of at most seven decimals, given in steps of the last of them that fit
// 32 bits, as appendFloat writes it: so few digits are those of the float that it stands for.
func appendDecimal(b []byte, steps int64, decimals int) []byte {
	if steps < 0 {
		b, steps = append(b, '-'), -steps
	}
	left := uint32(steps) //nolint:gosec // as said above
	if left == 0 {
		return append(b, '0')
	}
	if decimals == 7 && left < 10 { // below a millionth there is an exponent
		return append(b, byte('0'+left), 'e', '-', '7')
	}
	if decimals == 3 && left%1000 == 0 { // a whole second, as most of them are
		left, decimals = left/1000, 0
	}
	for decimals > 0 && left%10 == 0 {
		left, decimals = left/10, decimals-1
	}
	at := len(b) + max(digitsOf(left), decimals+1)
	if decimals > 0 {
		at++
	}
	b = slices.Grow(b, 16)[:at]
	if decimals > 0 {
		for range decimals {
			at--
			b[at] = byte('0' + left%10)
			left /= 10
		}
		at--
		b[at] = '.'
	}
	for {
		at--
		b[at] = byte('0' + left%10)
		if left /= 10; left == 0 {
			return b
		}
	}
}

func digitsOf(u uint32) int {
	n := 1
	for most := uint64(10); uint64(u) >= most; most *= 10 {
		n++
	}
	return n
}

func appendTime(b []byte, t time.Time) ([]byte, error) {
	b, err := t.AppendText(append(b, '"'))
	return append(b, '"'), err
}

func appendDate(b []byte, t time.Time) []byte {
	b = t.AppendFormat(append(b, '"'), time.DateOnly)
	return append(b, '"')
}

func appendUUID(b []byte, id uuid.UUID) []byte {
	b = append(b, '"')
	for i, end := range [...]int{4, 6, 8, 10, 16} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, id[[...]int{0, 4, 6, 8, 10}[i]:end])
	}
	return append(b, '"')
}

// appendAny leaves a value to encoding/json.
func appendAny(b []byte, v any) ([]byte, error) {
	encoded, err := json.Marshal(v)
	return append(b, encoded...), err
}

// closed ends an object, each member of which ends in a comma.
func closed(b []byte) []byte { return instead(b, '{', '}') }

// ended ends a list in the same way.
func ended(b []byte) []byte { return instead(b, '[', ']') }

func instead(b []byte, start, end byte) []byte {
	if b[len(b)-1] == start {
		return append(b, end)
	}
	b[len(b)-1] = end
	return b
}
