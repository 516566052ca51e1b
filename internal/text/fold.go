package text

import "strings"

// FoldASCII is a text with A to Z as a to z and all else as it is. E-mail addresses
// and usernames are compared by it: two that Unicode's rules would make one may have
// two owners.
func FoldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}
