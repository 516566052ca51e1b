package social_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/social"
	"github.com/paceline/paceline/internal/text"
)

var username = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{1,28}[a-z0-9]$`)

// Whatever is written: each name can be a username; who finds nobody reads what was typed, byte by byte;
// and a rename changes the names and nothing between them.
func FuzzMentions(f *testing.F) {
	for _, seed := range []string{"@ada", "hi @Ada.", "me@ada.test", "@@ada @ben@cleo", "(@ada-),@ben_", "@" + strings.Repeat("a", 31), "é@ada", "@ada\n@ada", "@.ada"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if text.Lines(s) != nil {
			return
		}
		names := social.ParseMentions(s)
		found, renamed := map[string]uuid.UUID{}, map[uuid.UUID]string{}
		for _, name := range names {
			if !username.MatchString(name) || found[name] != uuid.Nil {
				t.Fatalf("%q mentions %q", s, name)
			}
			if got, rest, ok := social.SplitMention("@" + name); !ok || got != name || rest != "" {
				t.Fatalf("%q isn't a mention of itself", name)
			}
			found[name] = uuid.New()
			renamed[found[name]] = "<" + name + ">"
		}
		body, mentioned := social.Store(s, found)
		if len(mentioned) > 10 || len(mentioned) < min(len(names), 10) {
			t.Fatalf("%q: %d of %d names are stored", s, len(mentioned), len(names))
		}
		if got := social.Render(body, mentioned, nil); got != s {
			t.Fatalf("%q is read as %q", s, got)
		}
		got := social.Render(body, mentioned, renamed)
		if back := strings.NewReplacer("<", "", ">", "").Replace(text.FoldASCII(got)); back != strings.NewReplacer("<", "", ">", "").Replace(text.FoldASCII(s)) || !utf8.ValidString(got) {
			t.Fatalf("%q renamed is %q", s, got)
		}
		if none, nobody := social.Store(s, nil); none != s || len(nobody) != 0 {
			t.Fatalf("%q without anybody found is %q", s, none)
		}
	})
}
