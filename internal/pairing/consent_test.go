package pairing_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/pairing"
)

func TestAsk(t *testing.T) {
	t.Parallel()
	home := netip.MustParseAddr("203.0.113.7")
	for name, c := range map[string]struct {
		model, firmware, scope string
		want                   error
	}{
		"as it should be":     {"acme.bike-3", "2.11.0-rc.1+build_7", "sync classes:read", nil},
		"short":               {"a", "1", "", nil},
		"long":                {strings.Repeat("a", 64), strings.Repeat("1", 32), "sync", nil},
		"no model":            {"", "1", "sync", pairing.ErrModel},
		"a longer model":      {strings.Repeat("a", 65), "1", "sync", pairing.ErrModel},
		"a sentence":          {"your prize is waiting", "1", "sync", pairing.ErrModel},
		"capitals":            {"Acme", "1", "sync", pairing.ErrModel},
		"a dash in front":     {"-acme", "1", "sync", pairing.ErrModel},
		"other letters":       {"\u0430cme", "1", "sync", pairing.ErrModel},
		"markup":              {"<b>", "1", "sync", pairing.ErrModel},
		"no firmware":         {"acme", "", "sync", pairing.ErrFirmware},
		"longer firmware":     {"acme", strings.Repeat("1", 33), "sync", pairing.ErrFirmware},
		"firmware in words":   {"acme", "call 555 0100 now", "sync", pairing.ErrFirmware},
		"a line break":        {"acme", "1\n2", "sync", pairing.ErrFirmware},
		"a path":              {"acme", "../1", "sync", pairing.ErrFirmware},
		"no UTF-8":            {"acme", "\xff", "sync", pairing.ErrFirmware},
		"another scope":       {"acme", "1", "sync workouts:read", pairing.ErrScope},
		"a scope in capitals": {"acme", "1", "SYNC", pairing.ErrScope},
		"a scope twice":       {"acme", "1", "sync sync", pairing.ErrScope},
		"two spaces":          {"acme", "1", "sync  classes:read", pairing.ErrScope},
		"a space alone":       {"acme", "1", " ", pairing.ErrScope},
		"a comma":             {"acme", "1", "sync,classes:read", pairing.ErrScope},
		"a megabyte":          {"acme", "1", strings.Repeat("sync ", 200_000), pairing.ErrScope},
	} {
		if _, err := pairing.Ask(c.model, c.firmware, c.scope, home, start); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	a, err := pairing.Ask("acme", "1.2", "sync classes:read", home, start)
	want := pairing.Asked{
		Model: "acme", Firmware: "1.2", Scopes: []pairing.Scope{pairing.ScopeClassesRead, pairing.ScopeSync},
		Network: netip.MustParsePrefix("203.0.113.0/24"), At: start,
	}
	if diff := cmp.Diff(want, a, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if a, err = pairing.Ask("acme", "1.2", "", home, start); err != nil || len(a.Scopes) != 1 || a.Scopes[0] != pairing.ScopeSync {
		t.Error(a.Scopes, err)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		console, owner string
		want           pairing.Place
	}{
		{"203.0.113.7", "203.0.113.7", pairing.SameNetwork},
		{"203.0.113.7", "203.0.113.250", pairing.SameNetwork},
		{"203.0.113.7", "::ffff:203.0.113.9", pairing.SameNetwork},
		{"203.0.113.7", "203.0.114.7", pairing.OtherNetwork},
		{"2001:db8:1:2::3", "2001:db8:1:ffff::4", pairing.SameNetwork},
		{"2001:db8:1:2::3", "2001:db8:2:2::3", pairing.OtherNetwork},
		{"fe80::1%eth0", "fe80::2%wlan0", pairing.SameNetwork},
		{"203.0.113.7", "2001:db8::1", pairing.UnknownPlace},
		{"::", "0.0.0.0", pairing.UnknownPlace},
		{"", "203.0.113.7", pairing.UnknownPlace},
		{"203.0.113.7", "", pairing.UnknownPlace},
		{"", "", pairing.UnknownPlace},
	} {
		a, err := pairing.Ask("acme", "1", "", address(c.console), start)
		if err != nil {
			t.Fatal(err)
		}
		got := a.Consent("Acme Bike", "", time.Hour, address(c.owner), pairing.Start(start), start).Place
		if got != c.want {
			t.Errorf("console at %q, owner at %q: %s, want %s", c.console, c.owner, got, c.want)
		}
	}
}

func address(s string) netip.Addr {
	if s == "" {
		return netip.Addr{}
	}
	return netip.MustParseAddr(s)
}

func TestConsent(t *testing.T) {
	t.Parallel()
	a, err := pairing.Ask("acme-3", "1.2", "sync", address("203.0.113.7"), start)
	if err != nil {
		t.Fatal(err)
	}
	p := pairing.Start(start)
	see := func(after time.Duration) pairing.Consent {
		return a.Consent("Acme Bike 3", "Studio Nord", 4*time.Hour, address("198.51.100.1"), p, start.Add(after))
	}
	want := pairing.Consent{
		Model: "Acme Bike 3", Firmware: "1.2", Studio: "Studio Nord", Place: pairing.OtherNetwork,
		Scopes: []pairing.Scope{pairing.ScopeSync}, Lasts: 4 * time.Hour, Age: 4 * time.Minute, Left: 6 * time.Minute,
	}
	got := see(4 * time.Minute)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Scopes[0] = "x"; a.Scopes[0] != pairing.ScopeSync {
		t.Error("the consent and what was asked share memory")
	}
	if got = see(time.Hour); got.Left != 0 || got.Age != time.Hour {
		t.Errorf("%s left", got.Left)
	}
	if got = see(-time.Second); got.Age != 0 {
		t.Errorf("it is %s old", got.Age)
	}
}
