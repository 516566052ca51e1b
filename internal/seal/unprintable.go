package seal

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// ErrMarshal is the answer to every attempt to marshal a key or a ring.
var ErrMarshal = errors.New("seal: a key cannot be marshalled")

// unprintable is embedded in what holds key material.
type unprintable struct{}

// Format writes [sealed], whatever the verb.
func (unprintable) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[sealed]") }

// LogValue is [sealed].
func (unprintable) LogValue() slog.Value { return slog.StringValue("[sealed]") }

// MarshalJSON always fails.
func (unprintable) MarshalJSON() ([]byte, error) { return nil, ErrMarshal }

// MarshalText always fails.
func (unprintable) MarshalText() ([]byte, error) { return nil, ErrMarshal }

// MarshalBinary always fails.
func (unprintable) MarshalBinary() ([]byte, error) { return nil, ErrMarshal }
