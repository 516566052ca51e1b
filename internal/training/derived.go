package training

import (
	"fmt"
	"log/slog"

	"github.com/paceline/paceline/internal/privacy"
)

// Derived is a value with a lock of each guarded value that it was made from. Only a grant that
// opens all of them opens it. Like a privacy.Guarded it can't be printed, logged, marshalled or
// compared. The zero value never opens.
type Derived[T any] struct {
	_     [0]func() // no comparing: an == would be an oracle
	value *T
	locks []lock
}

// lock stands for a guarded value: it has its owner, field and ceiling, and nothing of it.
type lock = privacy.Guarded[struct{}]

// Open is the value, if the grant opens everything that it was made from.
func (d Derived[T]) Open(by privacy.Grant) (T, bool) {
	if d.value == nil || len(d.locks) == 0 {
		var none T
		return none, false
	}
	for _, l := range d.locks {
		m := making{by: by}
		if _, ok := take(&m, l); !ok {
			var none T
			return none, false
		}
	}
	return *d.value, true
}

// MarshalJSON is always an error.
func (Derived[T]) MarshalJSON() ([]byte, error) { return nil, privacy.ErrGuarded }

// LogValue shows that there is something guarded, and nothing of it.
func (Derived[T]) LogValue() slog.Value { return privacy.Guarded[T]{}.LogValue() }

// Format shows the same under every verb.
func (Derived[T]) Format(f fmt.State, verb rune) { privacy.Guarded[T]{}.Format(f, verb) }

// making is the making of one derived value for whom a grant is.
type making struct {
	by    privacy.Grant
	locks []lock
}

// summing is the making of what sums up a member's workouts, which stands under stats besides.
func summing(by privacy.Grant) (*making, bool) {
	m := &making{by: by}
	_, ok := take(m, privacy.Guard(by.Owner(), privacy.Stats, struct{}{}))
	return m, ok
}

// take opens an input and keeps its lock. This is the only way to an input.
func take[T any](m *making, g privacy.Guarded[T]) (value T, ok bool) {
	l, err := privacy.Convert(m.by, g, func(v T) (*struct{}, error) {
		value, ok = v, true
		return new(struct{}), nil
	})
	if !ok || err != nil {
		return value, false
	}
	m.locks = append(m.locks, l)
	return value, true
}

// takeDerived goes on with what was derived, which brings its locks.
func takeDerived[T any](m *making, d Derived[T]) (T, bool) {
	v, ok := d.Open(m.by)
	if ok {
		m.locks = append(m.locks, d.locks...)
	}
	return v, ok
}

// made is the value with all the locks so far.
func made[T any](m *making, v T) Derived[T] { return Derived[T]{value: &v, locks: m.locks} }
