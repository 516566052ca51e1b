package page_test

import (
	"testing"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/seal"
)

// A cursor is this list's own and gives the key that was put into it, or it is refused
// as the caller's mistake; nothing that a client makes up is either.
func FuzzCursor(f *testing.F) {
	ring, v := seal.NewRing(), viewer()
	r := page.Request{Limit: 1, Operation: "list"}
	p, err := page.Cut(ring, v, r, []string{"ada", "ben"}, func(s string) string { return s })
	if err != nil {
		f.Fatal(err)
	}
	other, err := page.Cut(ring, viewer(), r, []string{"ada", "ben"}, func(s string) string { return s })
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{p.Next, other.Next, p.Next + "A", p.Next[:len(p.Next)-1], "", "AA", "\r\n" + p.Next} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		r := page.Request{Limit: 1, Operation: "list", Cursor: cursor}
		key, more, err := page.After[string](ring, v, r)
		switch {
		case cursor == "":
			if more || err != nil {
				t.Fatalf("the first page goes on from %q: %v", key, err)
			}
		case cursor == p.Next:
			if key != "ada" || !more || err != nil {
				t.Fatalf("its own cursor gives %q, %v", key, err)
			}
		case fault.KindOf(err) != fault.KindInvalid || more || key != "":
			t.Fatalf("%q gives %q: %v", cursor, key, err)
		}
	})
}
