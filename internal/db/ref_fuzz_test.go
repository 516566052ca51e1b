package db_test

import (
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/db"
)

// A reference is an id or a name, never both and never neither; a name is of characters
// that the database can hold and a username can have.
func FuzzParseRef(f *testing.F) {
	for _, seed := range []string{"ada", "ADA", "0190a0a0-0000-7000-8000-000000000000", "{0190a0a0-0000-7000-8000-000000000000}", "\x00", "é", "", strings.Repeat("a", 36)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		ref := db.ParseRef(typed)
		if ref.ID.Valid == (ref.Username != nil) {
			t.Fatalf("%q is %v", typed, ref)
		}
		if ref.ID.Valid {
			if !strings.EqualFold(ref.ID.UUID.String(), typed) {
				t.Fatalf("%q is the id %v", typed, ref.ID.UUID)
			}
			return
		}
		if name := *ref.Username; strings.ContainsFunc(name, func(r rune) bool { return r == 0 || r >= 0x80 || r >= 'A' && r <= 'Z' }) || name != "" && !strings.EqualFold(name, typed) {
			t.Fatalf("%q is the name %q", typed, name)
		}
	})
}
