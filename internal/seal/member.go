package seal

import (
	"crypto/cipher"
	"crypto/rand"

	"github.com/google/uuid"
)

// wrapPurpose is the ring's purpose for members' keys.
const wrapPurpose = "member-key"

// Wrapped is a member's key as the database keeps it. It carries the id of the ring key.
type Wrapped []byte

// KeyID is the id of the ring key that wraps it.
func (w Wrapped) KeyID() (string, error) {
	id, _, _, err := splitRecord(w)
	return id, err
}

// NewMemberKey makes a key for a member and returns it wrapped by the primary.
func (r *Ring) NewMemberKey(member uuid.UUID) (Wrapped, error) {
	if member == uuid.Nil {
		return nil, ErrContext
	}
	secret := make([]byte, keyBytes)
	_, _ = rand.Read(secret) // never fails since Go 1.24
	return r.sealRecord(wrapPurpose, secret, member[:])
}

// Unwrap opens a member's key. It gives ErrOpen for a key wrapped for another member, and an
// *UnknownKeyError for one whose ring key is gone.
func (r *Ring) Unwrap(member uuid.UUID, wrapped Wrapped) (*Key, error) {
	secret, err := r.openRecord(wrapPurpose, wrapped, member[:])
	if err != nil {
		return nil, err
	}
	if len(secret) != keyBytes || member == uuid.Nil {
		return nil, ErrOpen
	}
	aead, err := newAEAD(secret)
	if err != nil {
		return nil, ErrOpen
	}
	return &Key{member: member, aead: aead}, nil
}

// Rewrap wraps a member's key by the primary. What is wrapped by it already comes back as it
// is, with changed false. The member's values stay as they are: their key is the same.
func (r *Ring) Rewrap(member uuid.UUID, wrapped Wrapped) (out Wrapped, changed bool, err error) {
	secret, err := r.openRecord(wrapPurpose, wrapped, member[:])
	if err != nil {
		return nil, false, err
	}
	if id, _ := wrapped.KeyID(); id == r.Primary() {
		return wrapped, false, nil
	}
	out, err = r.sealRecord(wrapPurpose, secret, member[:])
	return out, err == nil, err
}

// Key is one member's key. It is safe for concurrent use. Keep it no longer than the request.
type Key struct {
	unprintable

	member uuid.UUID
	aead   cipher.AEAD
}

// Context is the place of a sealed value. The member is the key's own.
type Context struct {
	Column string    // "table.column", a constant
	Row    uuid.UUID // the row's id; the member's own for tables with one row per member
}

// Member is whose key it is.
func (k *Key) Member() uuid.UUID {
	if k == nil {
		return uuid.Nil
	}
	return k.member
}

// ad binds everything that a value may not be moved between.
func (k *Key) ad(where Context) ([]byte, error) {
	if k == nil || k.aead == nil {
		return nil, ErrNoKey
	}
	if where.Column == "" || where.Row == uuid.Nil {
		return nil, ErrContext
	}
	return Bind("member-value", string([]byte{version}), string(k.member[:]), where.Column, string(where.Row[:])), nil
}

// Seal encrypts a value for its place. It fails with ErrNoKey or ErrContext only.
func (k *Key) Seal(plain []byte, where Context) ([]byte, error) {
	ad, err := k.ad(where)
	if err != nil {
		return nil, err
	}
	return sealBehind([]byte{version}, k.aead, plain, ad), nil
}

// Open decrypts a value sealed for this member and place, or gives ErrOpen.
func (k *Key) Open(sealed []byte, where Context) ([]byte, error) {
	ad, err := k.ad(where)
	if err != nil {
		return nil, err
	}
	if len(sealed) < 1+gcmBytes || sealed[0] != version {
		return nil, ErrOpen
	}
	plain, err := k.aead.Open(nil, nil, sealed[1:], ad)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}
