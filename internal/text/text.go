// Package text is the one rule for what members write for people to read: names, titles, notes. A
// text holds something to see, and nothing that can't be stored or that makes it read as another:
//
//   - it is UTF-8 without control characters; one of several lines may hold newlines, carriage
//     returns and tabs
//   - no character embeds, overrides or isolates a direction (U+202A–U+202E, U+2066–U+2069): such a
//     one turns around what stands next to it too
//   - no byte order mark (U+FEFF): it has no width, and is eaten or kept as the reader likes
//   - at least one character shows
//
// How long a text may be is for whoever keeps it to say. FoldASCII is for what members are known by,
// which has rules of its own.
package text

import (
	"errors"
	"unicode"
	"unicode/utf8"
)

var (
	// ErrBlank: nothing in the text shows.
	ErrBlank = errors.New("the text is blank")
	// ErrUnreadable: the text isn't UTF-8, or holds a character that isn't for people.
	ErrUnreadable = errors.New("the text holds a character that can't be read")
)

// Line checks a text of one line. It gives ErrUnreadable or ErrBlank.
func Line(s string) error { return check(s, isLineBreak) }

// Lines is Line for a text of several lines.
func Lines(s string) error { return check(s, nil) }

func check(s string, refused func(rune) bool) error {
	if !utf8.ValidString(s) {
		return ErrUnreadable
	}
	shows := false
	for _, r := range s {
		if isHidden(r) || refused != nil && refused(r) {
			return ErrUnreadable
		}
		shows = shows || isVisible(r)
	}
	if !shows {
		return ErrBlank
	}
	return nil
}

// isLineBreak: what else than a space ends a line or leaves a gap in one.
func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\t', '\u2028', '\u2029':
		return true
	}
	return false
}

// isHidden is what no text holds. The joiners (U+200C, U+200D) and the marks of direction (U+200E,
// U+200F) are not among it: Persian, emoji and Hebrew need them, and they turn nothing around.
func isHidden(r rune) bool {
	switch {
	case r == '\n' || r == '\r' || r == '\t':
		return false
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
		return true
	}
	return unicode.IsControl(r)
}

// isVisible: spaces, marks with nothing to stand on and characters without a shape don't show. The
// braille cell without dots is a symbol to Unicode, and blank.
func isVisible(r rune) bool {
	return !unicode.In(r, unicode.Z, unicode.Cc, unicode.Cf, unicode.M, unicode.Other_Default_Ignorable_Code_Point) &&
		r != '\u2800'
}
