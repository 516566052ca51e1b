package pairing

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
)

// Hasher makes what is kept of codes: HMAC-SHA256, 32 bytes. All user codes can be tried in minutes
// on a bare hash, and not on one with a key. It is safe for concurrent use.
type Hasher struct{ key []byte }

// NewHasher makes one with a key of at least 32 bytes that all replicas share (seal.Ring.Keyed). With
// another key codes that were given out aren't found: consoles ask anew.
func NewHasher(key []byte) (*Hasher, error) {
	if len(key) < sha256.Size {
		return nil, errors.New("pairing: the key of codes has fewer than 32 bytes")
	}
	return &Hasher{append([]byte(nil), key...)}, nil
}

// UserCode is what is kept of a user code.
func (h *Hasher) UserCode(c UserCode) []byte { return h.hash("user code v1:", c.letters) }

// DeviceCode is what is kept of a device code.
func (h *Hasher) DeviceCode(c DeviceCode) []byte { return h.hash("device code v1:", c.text) }

func (h *Hasher) hash(kind, code string) []byte {
	mac := hmac.New(sha256.New, h.key)
	_, _ = mac.Write([]byte(kind + code)) // a hash never fails
	return mac.Sum(nil)
}
