package member

import (
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// The sealed columns. The names are bound into what is sealed: they never change.
const (
	location  = "profile.location_sealed"
	gender    = "profile.gender_sealed"
	birthDate = "profile.birth_date_sealed" // a string, 2006-01-02
	height    = "profile.height_sealed"
	weight    = "profile.weight_sealed"
	restingHR = "profile.resting_hr_sealed"
	maxHR     = "profile.max_hr_sealed"
)

// box opens and closes one member's sealed values. It unwraps the key when the
// first value asks for it, and keeps the first error.
type box struct {
	ring    *seal.Ring
	member  uuid.UUID
	wrapped seal.Wrapped
	key     *seal.Key
	err     error
}

func (s *Service) boxOf(subject query.Subject) *box {
	return &box{ring: s.ring, member: subject.MemberID, wrapped: subject.Wrapped}
}

func (b *box) unwrap() (*seal.Key, error) {
	if b.key == nil && b.err == nil {
		b.key, b.err = b.ring.Unwrap(b.member, b.wrapped)
	}
	return b.key, b.err
}

func (b *box) at(column string) seal.Context { return seal.Context{Column: column, Row: b.member} }

// unseal opens a sealed field if the grant does; otherwise it isn't looked into.
func unseal[T any](b *box, g privacy.Grant, f privacy.Field, column string, sealed []byte) privacy.Guarded[T] {
	var present *[]byte
	if sealed != nil {
		present = &sealed
	}
	v, err := privacy.Convert(g, privacy.GuardOptional(b.member, f, privacy.Everyone, present), func(ciphertext []byte) (*T, error) {
		return openColumn[T](b, column, ciphertext)
	})
	if err != nil && b.err == nil {
		b.err = err
	}
	return v
}

// openColumn opens a column for an edit of its owner; NULL is nil.
func openColumn[T any](b *box, column string, sealed []byte) (*T, error) {
	key, err := b.unwrap()
	if err != nil {
		return nil, err
	}
	return seal.OpenOptional[T](key, b.at(column), sealed)
}

// sealColumn is the column after a change.
func sealColumn[T any](b *box, column string, sealed []byte, c Change[T]) []byte {
	if !c.set || b.err != nil {
		return sealed
	}
	key, err := b.unwrap()
	if err != nil {
		return nil
	}
	out, err := seal.SealOptional(key, b.at(column), c.value)
	if err != nil {
		b.err = err
	}
	return out
}
