package pairing

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Scope is a thing that a console may do. None reads other members.
type Scope string

const (
	ScopeSync        Scope = "sync"         // send its rider's workouts, and hear of changes to those
	ScopeClassesRead Scope = "classes:read" // read the catalogue and the schedule of classes
)

const (
	maxModel    = 64
	maxFirmware = 32
	maxScope    = 64
)

var (
	// ErrModel and ErrFirmware are names that no registry would hold.
	ErrModel    = errors.New("pairing: the model is 1 to 64 small letters, digits, dots and dashes")
	ErrFirmware = errors.New("pairing: the firmware is a version of 1 to 32 letters, digits, and .+_-")
	// ErrScope is RFC 6749's invalid_scope: one that no console may have, or one twice.
	ErrScope = errors.New("pairing: the scope is of sync and classes:read, each at most once")
)

// Asked is what is stored of a console's request.
type Asked struct {
	Model    string       // the key in the registry, which has the name that people read
	Firmware string       // a version
	Scopes   []Scope      // sorted; never empty
	Network  netip.Prefix // where it asked from, coarsely: a /24 or a /48; the zero one if not known
	At       time.Time
}

// Ask takes a console's request as it came: the scopes with single spaces between (RFC 6749, 3.3),
// and "" for ScopeSync; the address as the edge knows it. It gives ErrModel, ErrFirmware or ErrScope.
func Ask(model, firmware, scope string, from netip.Addr, now time.Time) (Asked, error) {
	a := Asked{Model: model, Firmware: firmware, Network: coarse(from), At: now}
	if !isWord(model, maxModel, ".-") || strings.ToLower(model) != model {
		return Asked{}, ErrModel
	}
	if !isWord(firmware, maxFirmware, ".+_-") {
		return Asked{}, ErrFirmware
	}
	if scope == "" {
		scope = string(ScopeSync)
	}
	if len(scope) > maxScope {
		return Asked{}, ErrScope
	}
	for one := range strings.SplitSeq(scope, " ") {
		s := Scope(one)
		if s != ScopeSync && s != ScopeClassesRead || slices.Contains(a.Scopes, s) {
			return Asked{}, ErrScope
		}
		a.Scopes = append(a.Scopes, s)
	}
	slices.Sort(a.Scopes)
	return a, nil
}

// isWord: letters and digits of ASCII, and inside some other characters. No room for a sentence to
// an owner.
func isWord(s string, longest int, inside string) bool {
	if s == "" || len(s) > longest || strings.ContainsRune(inside, rune(s[0])) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(inside, r)
	})
}

// Place is where a console is, as seen from its owner. It is all that is told of an address.
type Place string

const (
	SameNetwork  Place = "same_network"  // most likely the owner's own walls
	OtherNetwork Place = "other_network" // somewhere else, or the phone isn't on the Wi-Fi
	UnknownPlace Place = "unknown"       // one of them by IPv4, the other by IPv6: nothing to compare
)

// Consent is what an owner sees before approving or denying.
type Consent struct {
	Model    string // the registry's name
	Firmware string
	Studio   string // whose console it is; "" where it will be the owner's own
	Place    Place
	Scopes   []Scope
	Lasts    time.Duration // how long the console may at most, if nobody ends it before
	Age      time.Duration // since it asked: a code that isn't on a screen in front of you is older
	Left     time.Duration // until the code stops working; 0 if it has
}

// Consent puts together what the owner sees. Model and studio are names from the registry, lasts is
// what tokens will be issued for, owner is the address the owner comes from.
func (a Asked) Consent(model, studio string, lasts time.Duration, owner netip.Addr, p Pairing, now time.Time) Consent {
	return Consent{
		Model: model, Firmware: a.Firmware, Studio: studio, Place: place(a.Network, owner), Scopes: slices.Clone(a.Scopes),
		Lasts: lasts, Age: max(0, now.Sub(a.At)), Left: max(0, p.Expires.Sub(now)),
	}
}

// coarse is an address's network: all that a home shares, and some thousand others with it.
func coarse(address netip.Addr) netip.Prefix {
	address = address.Unmap().WithZone("")
	bits := 24
	if address.Is6() {
		bits = 48
	}
	network, err := address.Prefix(bits)
	if err != nil { // no address
		return netip.Prefix{}
	}
	return network
}

func place(asked netip.Prefix, owner netip.Addr) Place {
	other := coarse(owner)
	switch {
	case !asked.IsValid() || !other.IsValid() || asked.Addr().BitLen() != other.Addr().BitLen():
		return UnknownPlace
	case asked.Contains(other.Addr()):
		return SameNetwork
	}
	return OtherNetwork
}
