package member_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paceline/paceline/internal/member"
)

// Folding a name twice is folding it once, whatever is typed; and between a prefix and
// its bound lie exactly the texts that start with it, in the order of code points.
func FuzzSearch(f *testing.F) {
	for _, seed := range []string{"ada", "Ａｄａ  L", "ı̇İ", "\U0010ffff", "a\U0010ffff", "\ud7ff", "%_", "straße ǅ"} {
		f.Add(seed, "ada lovelace")
		f.Add("ada", seed)
	}
	f.Fuzz(func(t *testing.T, typed, name string) {
		if !utf8.ValidString(typed) || !utf8.ValidString(name) || len(typed)+len(name) > 500 {
			return // refused before it gets here, by the contract's bounds and as no text
		}
		prefix := member.SearchName(typed)
		if again := member.SearchName(prefix); again != prefix {
			t.Fatalf("%q folds to %q, then to %q", typed, prefix, again)
		}
		if strings.Contains(prefix, "  ") || strings.TrimSpace(prefix) != prefix {
			t.Fatalf("%q folds to %q", typed, prefix)
		}
		if prefix == "" {
			return
		}
		high := member.UpperBound(prefix)
		if !utf8.ValidString(high) || high <= prefix {
			t.Fatalf("above %q is %q", prefix, high)
		}
		for _, candidate := range []string{name, prefix, prefix + name, name + prefix, prefix + string(utf8.MaxRune)} {
			if within := candidate >= prefix && candidate < high; within != strings.HasPrefix(candidate, prefix) {
				t.Fatalf("%q from %q below %q: %t", candidate, prefix, high, within)
			}
		}
	})
}
