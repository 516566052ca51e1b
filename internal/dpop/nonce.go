package dpop

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

const (
	stampBytes = 8
	macBytes   = 16
)

// Nonce is what DPoP-Nonce says at that moment: when it was issued, and a keyed hash of that. All
// replicas with the key take it; nothing is stored. A client can't make one, so a proof that holds
// it was made after.
func (v *Verifier) Nonce(now time.Time) string {
	stamp := binary.BigEndian.AppendUint64(nil, uint64(now.Unix())) //nolint:gosec // issued reads it back the same way
	return base64.RawURLEncoding.EncodeToString(append(stamp, v.mac(stamp)...))
}

// issued is when a nonce was.
func (v *Verifier) issued(nonce string) (time.Time, bool) {
	if len(nonce) != base64.RawURLEncoding.EncodedLen(stampBytes+macBytes) {
		return time.Time{}, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(nonce)
	if err != nil || len(raw) != stampBytes+macBytes || !hmac.Equal(raw[stampBytes:], v.mac(raw[:stampBytes])) {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.BigEndian.Uint64(raw)), 0), true //nolint:gosec // Nonce wrote it the same way
}

func (v *Verifier) mac(stamp []byte) []byte {
	h := hmac.New(sha256.New, v.key)
	_, _ = h.Write([]byte("dpop nonce v1")) // a hash never fails
	_, _ = h.Write(stamp)
	return h.Sum(nil)[:macBytes]
}
