package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"sync"
)

// kek is one key of the ring. It never encrypts itself: each purpose has a key derived from it,
// so that a record made for one purpose is noise to every other.
type kek struct {
	secret  []byte
	derived sync.Map // purpose → cipher.AEAD; purposes are constants, so there are few
}

func (k *kek) aead(purpose string) (cipher.AEAD, error) {
	if a, ok := k.derived.Load(purpose); ok {
		return a.(cipher.AEAD), nil //nolint:errcheck // only this function stores
	}
	if purpose == "" {
		return nil, ErrContext
	}
	raw, err := hkdf.Key(sha256.New, k.secret, nil, "paceline.seal.v1/"+purpose, keyBytes)
	if err != nil {
		return nil, err
	}
	a, err := newAEAD(raw)
	if err != nil {
		return nil, err
	}
	kept, _ := k.derived.LoadOrStore(purpose, a)
	return kept.(cipher.AEAD), nil //nolint:errcheck // as above
}

// validID keeps ids short and plain, so that one can be printed wherever it came from.
func validID(id string) bool {
	if id == "" || len(id) > 32 {
		return false
	}
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// splitRecord takes a ring record apart without opening it.
func splitRecord(record []byte) (id string, header, box []byte, err error) {
	if len(record) < 2 || record[0] != version {
		return "", nil, nil, ErrOpen
	}
	n := int(record[1])
	if len(record) < 2+n+gcmBytes || !validID(string(record[2:2+n])) {
		return "", nil, nil, ErrOpen
	}
	return string(record[2 : 2+n]), record[:2+n], record[2+n:], nil
}

func header(id string) []byte {
	return append([]byte{version, byte(len(id))}, id...) //nolint:gosec // validID keeps ids to 32 bytes
}

// sealRecord seals with the ring's primary key for the purpose.
func (r *Ring) sealRecord(purpose string, plain, ad []byte) ([]byte, error) {
	keys, err := r.keys()
	if err != nil {
		return nil, err
	}
	a, err := keys.byID[keys.primary].aead(purpose)
	if err != nil {
		return nil, err
	}
	head := header(keys.primary)
	return sealBehind(head, a, plain, recordAD(head, ad)), nil
}

// openRecord opens what sealRecord made. Whatever is wrong with the record is an ErrOpen.
func (r *Ring) openRecord(purpose string, record, ad []byte) ([]byte, error) {
	keys, err := r.keys()
	if err != nil {
		return nil, err
	}
	id, head, box, err := splitRecord(record)
	if err != nil {
		return nil, err
	}
	k, ok := keys.byID[id]
	if !ok {
		return nil, &UnknownKeyError{ID: id}
	}
	a, err := k.aead(purpose)
	if err != nil {
		return nil, err
	}
	plain, err := a.Open(nil, nil, box, recordAD(head, ad))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

func recordAD(head, ad []byte) []byte { return Bind(string(head), string(ad)) }
