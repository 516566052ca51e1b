package pairing

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	userLength = 8
	// letters are RFC 8628's twenty (6.1): no vowel to make a word, no two that look alike.
	letters      = "BCDFGHJKLMNPQRSTVWXZ"
	maxTyped     = 64 // bytes; full-width letters with spaces between have fewer
	devicePrefix = "pl_dc_"
	deviceBytes  = 32
	hidden       = "[secret]"
)

// ErrCode is a text that is no code of the kind. Whether there is such a code it doesn't say.
var ErrCode = errors.New("pairing: this is no code")

// UserCode is what an owner types. It can't be printed but by Show.
type UserCode struct{ letters string }

// NewUserCode makes one of 20^8 equally likely ones.
func NewUserCode() UserCode {
	code := make([]byte, 0, userLength)
	var random [2 * userLength]byte
	for {
		_, _ = rand.Read(random[:]) // never fails since Go 1.24
		for _, b := range random {
			if b >= 240 { // the largest multiple of 20 below 256
				continue
			}
			if code = append(code, letters[int(b)%len(letters)]); len(code) == userLength {
				return UserCode{string(code)}
			}
		}
	}
}

// ParseUserCode takes a code as people type and paste it: in capitals or not, full-width, with
// dashes, spaces and characters of no width anywhere. It gives ErrCode for all else. Letters that
// only look alike (a Cyrillic В) are others.
func ParseUserCode(typed string) (UserCode, error) {
	if len(typed) > maxTyped {
		return UserCode{}, ErrCode
	}
	code := make([]byte, 0, userLength)
	for _, r := range norm.NFKC.String(typed) { // full-width and other shapes of a letter are that letter
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		switch {
		case isGap(r):
		case r < unicode.MaxASCII && strings.ContainsRune(letters, r) && len(code) < userLength:
			code = append(code, byte(r)) //nolint:gosec // it is one of the letters
		default:
			return UserCode{}, ErrCode
		}
	}
	if len(code) != userLength {
		return UserCode{}, ErrCode
	}
	return UserCode{string(code)}, nil
}

// isGap is what stands between letters. The long-vowel mark is what a Japanese keyboard types for a
// dash, the minus sign what some phones do.
func isGap(r rune) bool {
	return unicode.In(r, unicode.Pd, unicode.Z, unicode.Cf) || strings.ContainsRune("\t\r\n\u2212\u30fc", r)
}

// Show is the code for the console's screen: BCDF-GHJK.
func (c UserCode) Show() string {
	if c.letters == "" {
		return ""
	}
	return c.letters[:userLength/2] + "-" + c.letters[userLength/2:]
}

// LogValue shows nothing of it.
func (UserCode) LogValue() slog.Value { return slog.StringValue(hidden) }

// Format shows nothing of it.
func (UserCode) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// DeviceCode is what a console polls with. It can't be printed but by Reveal.
type DeviceCode struct{ text string }

// NewDeviceCode makes one of 256 random bits. The prefix is for people and scanners who find one.
func NewDeviceCode() DeviceCode {
	var random [deviceBytes]byte
	_, _ = rand.Read(random[:]) // never fails since Go 1.24
	return DeviceCode{devicePrefix + base64.RawURLEncoding.EncodeToString(random[:])}
}

// ParseDeviceCode takes a code as a console sends it, which is as it got it, or gives ErrCode.
func ParseDeviceCode(sent string) (DeviceCode, error) {
	random, ok := strings.CutPrefix(sent, devicePrefix)
	if !ok || len(random) != base64.RawURLEncoding.EncodedLen(deviceBytes) {
		return DeviceCode{}, ErrCode
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(random)
	if err != nil || len(raw) != deviceBytes { // fewer where there are line breaks, which decoders pass over
		return DeviceCode{}, ErrCode
	}
	return DeviceCode{sent}, nil
}

// Reveal is the code itself, for the console.
func (c DeviceCode) Reveal() string { return c.text }

// LogValue shows nothing of it.
func (DeviceCode) LogValue() slog.Value { return slog.StringValue(hidden) }

// Format shows nothing of it.
func (DeviceCode) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }
