package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
)

// Keyed is a secret of 32 bytes for keyed hashes, derived from the ring's primary for a purpose
// (a constant of the program). It seals nothing. After a rotation it is another one: what was
// hashed by the old one is not found again.
func (r *Ring) Keyed(purpose string) ([]byte, error) {
	keys, err := r.keys()
	if err != nil {
		return nil, err
	}
	if purpose == "" {
		return nil, ErrContext
	}
	return hkdf.Key(sha256.New, keys.byID[keys.primary].secret, nil, "paceline.mac.v1/"+purpose, keyBytes)
}
