package pairing_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/pairing"
)

// What is taken is one of the codes that could have been made, and is taken again as it shows.
func FuzzParseUserCode(f *testing.F) {
	for _, seed := range []string{"BCDF-GHJK", "ｂｃｄｆ　ｇｈｊｋ", "", "B\u0301CDFGHJK", "\ufdfa", "BCDFGHJ\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := pairing.ParseUserCode(typed)
		if err != nil {
			return
		}
		shown := code.Show()
		if len(shown) != 9 || strings.Trim(shown, alphabet) != "-" && strings.Count(shown, "-") != 1 || shown[4] != '-' {
			t.Fatalf("%q is %q", typed, shown)
		}
		for _, r := range strings.ReplaceAll(shown, "-", "") {
			if !strings.ContainsRune(alphabet, r) {
				t.Fatalf("%q is %q", typed, shown)
			}
		}
		if again, err := pairing.ParseUserCode(shown); err != nil || again != code {
			t.Fatalf("%q shows as %q, which isn't taken: %v", typed, shown, err)
		}
	})
}

func FuzzParseDeviceCode(f *testing.F) {
	f.Add(pairing.NewDeviceCode().Reveal())
	f.Add("pl_dc_")
	f.Fuzz(func(t *testing.T, sent string) {
		if code, err := pairing.ParseDeviceCode(sent); err == nil && (code.Reveal() != sent || len(sent) != 49) {
			t.Fatalf("%q is %q", sent, code.Reveal())
		}
	})
}

// What is kept of a request has no room for words, and only scopes of consoles.
func FuzzAsk(f *testing.F) {
	f.Add("acme-3", "1.2", "sync classes:read", []byte{203, 0, 113, 7})
	f.Add("<b>", "\n", "sync sync", []byte{})
	f.Fuzz(func(t *testing.T, model, firmware, scope string, from []byte) {
		address, _ := netip.AddrFromSlice(from)
		a, err := pairing.Ask(model, firmware, scope, address, start)
		if err != nil {
			return
		}
		if strings.ContainsAny(a.Model+a.Firmware, " \n<>\"'&/\\") || len(a.Model)+len(a.Firmware) > 96 {
			t.Fatalf("%+v", a)
		}
		if len(a.Scopes) < 1 || len(a.Scopes) > 2 || a.Network.IsSingleIP() {
			t.Fatalf("%+v", a)
		}
	})
}
