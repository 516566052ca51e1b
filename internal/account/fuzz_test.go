package account

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/text"
)

// A stored hash that is read costs no more than a configuration may, ends in no panic,
// and lets no password in that it wasn't made of.
func FuzzStoredHash(f *testing.F) {
	const made = "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
	for _, seed := range []string{
		made, strings.Replace(made, "m=8", "m=4294967295", 1), strings.Replace(made, "t=1", "t=0", 1), strings.Replace(made, "p=1", "p=0", 1),
		strings.Replace(made, "p=1", "p=300", 1), made[:strings.LastIndex(made, "$")+1], strings.Replace(made, "$MDEyMzQ1Njc4OWFiY2RlZg$", "$$", 1),
		strings.Replace(made, "argon2id", "argon2i", 1), "$argon2id$v=19$m=8,t=1,p=1$$", "", "$$$$$",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, hash string) {
		if err := checkStored(hash); err != nil {
			return
		}
		p, _, key, err := argon2id.DecodeHash(hash)
		if err != nil || len(key) < 16 || p.Memory > 4<<20 || p.Iterations > 100 {
			t.Fatalf("%q is taken", hash)
		}
		if p.Memory > 1<<10 || p.Iterations > 2 {
			return // slow, as it is meant to be
		}
		one, _, err := argon2id.CheckHash("a password", hash)
		if err != nil {
			t.Fatal(err)
		}
		if other, _, _ := argon2id.CheckHash("another password", hash); one && other {
			t.Fatalf("%q lets everybody in", hash)
		}
	})
}

// An address that is taken is one bare address that folds to itself, one that is sought
// is the folded form, and folding never makes one of two that Unicode holds apart.
func FuzzEmail(f *testing.F) {
	for _, seed := range []string{"ada@example.test", "Ada@EXAMPLE.test", `"a b"@example.test`, "Ada <ada@example.test>", "a@b\r\nBcc: c@d", "ı@example.test", "a@[127.0.0.1]", "@", "a@b@c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, email string) {
		folded := text.FoldASCII(email)
		if text.FoldASCII(folded) != folded || utf8.ValidString(email) && len(folded) != len(email) {
			t.Fatalf("%q folds to %q", email, folded)
		}
		if err := checkEmail(email); err != nil {
			if fault.KindOf(err) != fault.KindUnprocessable || soughtEmail(email) != "" {
				t.Fatalf("%q is refused with %v and sought as %q", email, err, soughtEmail(email))
			}
			return
		}
		if strings.ContainsAny(email, " \t\r\n<>,;\"") || strings.Count(email, "@") != 1 || len(email) > 254 || checkEmail(folded) != nil || soughtEmail(email) != folded {
			t.Fatalf("%q is taken, and sought as %q", email, soughtEmail(email))
		}
	})
}

// A recovery code as typed is the one that was given or none, whatever its case.
func FuzzRecovery(f *testing.F) {
	for _, seed := range []string{"NKHL-PJNZQGQS", "nkhl-pjnzqgqs", "NKHL-PJNZ-GQS", "205686", "-", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		handle, rest, ok := splitRecovery(typed)
		if ok && (handle+"-"+rest != strings.ToUpper(typed) || len(handle) != handleLength || len(rest) != codeLength) {
			t.Fatalf("%q is %q and %q", typed, handle, rest)
		}
	})
}

// A username that is taken is of the letters that every part of the service takes as
// they are, and a code as typed is the code or it isn't, whatever its case.
func FuzzUsername(f *testing.F) {
	for _, seed := range []string{"ada", "a.d-a_", "ADA", "p.a.c.e.l.i.n.e", "0190a0a0-0000-7000-8000-000000000000", "ad\n", "аda", "BCDFGHJK"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if checkUsername(name) == nil && (len(name) < 3 || len(name) > 30 || strings.ToLower(name) != name || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != "") {
			t.Fatalf("%q is taken", name)
		}
		if isReserved(name) != isReserved(strings.ReplaceAll(name, ".", "")) && !reserved[name] {
			t.Fatalf("%q isn't seen through", name)
		}
		const code = "BCDFGHJK"
		if sameCode(code, name) != (strings.ToUpper(name) == code) {
			t.Fatalf("%q is the code", name)
		}
		if checkDisplayName(name) == nil && (!utf8.ValidString(name) || utf8.RuneCountInString(name) > 50 || strings.ContainsAny(name, "\x00\n\r\u202e\ufeff")) {
			t.Fatalf("%q is shown", name)
		}
	})
}
