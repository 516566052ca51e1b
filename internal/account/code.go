package account

import (
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"time"
)

const (
	codeLife     = 15 * time.Minute
	codeAttempts = 5
	// maxCodes bounds the mails that strangers can have sent to one address while a code lives.
	maxCodes = 5

	codeLength = 8
	// codeLetters are RFC 8628's twenty: no vowel to make a word, no two that look alike.
	codeLetters = "BCDFGHJKLMNPQRSTVWXZ"
)

// newCode makes a code of 20^8 equally likely ones.
func newCode() string {
	code := make([]byte, 0, codeLength)
	var random [2 * codeLength]byte
	for {
		_, _ = rand.Read(random[:]) // never fails since Go 1.24
		for _, b := range random {
			if b >= 240 { // the largest multiple of 20 below 256
				continue
			}
			if code = append(code, codeLetters[b%20]); len(code) == codeLength {
				return string(code)
			}
		}
	}
}

// sameCode takes a code as typed, in capitals or not.
func sameCode(want, got string) bool { return sameSecret(want, strings.ToUpper(got)) }

// sameSecret compares in a time that doesn't depend on where the two differ.
func sameSecret(want, got string) bool {
	return subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}
