package text_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/paceline/paceline/internal/text"
)

// What is taken can be stored and read as it is written; a line is also a text of
// several lines; putting two texts together makes a third.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"Ada L.", " ", "\u200d", "a\u202eb", "👩‍🚴", "a\nb", "\xff", "\x00", "⠀", "é", "\u0301", "\ufeffa"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, lines := text.Line(s), text.Lines(s)
		for _, err := range []error{line, lines} {
			if err != nil && !errors.Is(err, text.ErrBlank) && !errors.Is(err, text.ErrUnreadable) {
				t.Fatalf("%q is refused with %v", s, err)
			}
		}
		if lines != nil {
			if line == nil {
				t.Fatalf("%q is a line, but not lines", s)
			}
			return
		}
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }) || strings.TrimSpace(s) == "" {
			t.Fatalf("%q is taken", s)
		}
		if text.Lines(s+s) != nil || line == nil && text.Line(s+" "+s) != nil {
			t.Fatalf("%q is taken once, and not twice", s)
		}
	})
}
