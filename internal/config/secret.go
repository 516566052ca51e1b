package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is text that only Reveal shows.
type Secret struct{ text string }

// Reveal gives the text, for the one call that needs it.
func (s Secret) Reveal() string { return s.text }

// IsSet says whether there is any.
func (s Secret) IsSet() bool { return s.text != "" }

// Format writes [secret], whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[secret]") }

// LogValue is [secret].
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalText is [secret], for every encoder that asks.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }
