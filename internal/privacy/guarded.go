package privacy

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/google/uuid"
)

const closed = "[guarded]"

// ErrGuarded is what marshalling a guarded value gives.
var ErrGuarded = errors.New("privacy: a guarded value can't be marshalled; open it with a grant")

// Guarded is a value that only a grant for its owner opens. It can't be
// printed, logged, marshalled or compared. The zero value is closed for good.
type Guarded[T any] struct {
	_       [0]func() // no comparing: an == would be an oracle
	value   *T
	owner   uuid.UUID
	field   Field
	ceiling Audience
}

// Guard wraps a field of the owner's profile.
func Guard[T any](owner uuid.UUID, f Field, v T) Guarded[T] {
	return GuardWithin(owner, f, Everyone, v)
}

// GuardWithin wraps a field of an object whose own audience is ceiling.
func GuardWithin[T any](owner uuid.UUID, f Field, ceiling Audience, v T) Guarded[T] {
	return Guarded[T]{value: &v, owner: owner, field: f, ceiling: ceiling}
}

// GuardOptional wraps a value that may not be there: nil never opens, and so
// can't be told from a value that is hidden.
func GuardOptional[T any](owner uuid.UUID, f Field, ceiling Audience, v *T) Guarded[T] {
	return Guarded[T]{value: v, owner: owner, field: f, ceiling: ceiling}
}

// Open is the value, if the grant is for its owner and shows its field.
func (g Guarded[T]) Open(by Grant) (T, bool) {
	if g.value == nil || g.owner == uuid.Nil || g.owner != by.owner || !by.ShowsWithin(g.field, g.ceiling) {
		var zero T
		return zero, false
	}
	return *g.value, true
}

// Convert makes another guarded value of one, with the same owner, field and
// ceiling, if the grant opens it; what stays closed is never looked into. It is
// how sealed bytes become a value only for those who may see it.
func Convert[T, U any](by Grant, g Guarded[T], f func(T) (*U, error)) (Guarded[U], error) {
	v, ok := g.Open(by)
	if !ok {
		return Guarded[U]{}, nil
	}
	u, err := f(v)
	if err != nil {
		return Guarded[U]{}, err
	}
	return GuardOptional(g.owner, g.field, g.ceiling, u), nil
}

// MarshalJSON is always an error.
func (Guarded[T]) MarshalJSON() ([]byte, error) { return nil, ErrGuarded }

// MarshalText is always an error.
func (Guarded[T]) MarshalText() ([]byte, error) { return nil, ErrGuarded }

// MarshalBinary is always an error.
func (Guarded[T]) MarshalBinary() ([]byte, error) { return nil, ErrGuarded }

// GobEncode is always an error.
func (Guarded[T]) GobEncode() ([]byte, error) { return nil, ErrGuarded }

// LogValue shows that there is something guarded, and nothing of it.
func (Guarded[T]) LogValue() slog.Value { return slog.StringValue(closed) }

// Format shows the same under every verb.
func (Guarded[T]) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, closed) }
