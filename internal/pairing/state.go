package pairing

import (
	"errors"
	"time"
)

// State is how far a pairing has come. The words are what is stored.
type State string

const (
	Pending  State = "pending"  // nobody has decided
	Approved State = "approved" // the owner said yes; the console hasn't heard
	Denied   State = "denied"
	Spent    State = "spent" // the console has heard yes; its codes are worth nothing
)

// Answer is what a poll hears: RFC 8628's and RFC 6749's error codes, or Granted, for which tokens
// are issued.
type Answer string

const (
	Granted              Answer = "granted"
	AuthorizationPending Answer = "authorization_pending"
	SlowDown             Answer = "slow_down"
	AccessDenied         Answer = "access_denied"
	ExpiredToken         Answer = "expired_token"
	InvalidGrant         Answer = "invalid_grant" // there was such a code, and it is spent
)

var (
	// ErrExpired is a decision after the codes' end.
	ErrExpired = errors.New("pairing: the code has expired")
	// ErrDecided is a decision where there is none to make any more.
	ErrDecided = errors.New("pairing: it is decided")
)

// Pairing is what is stored of one under way, beside its hashes and what was Asked.
type Pairing struct {
	State    State
	Expires  time.Time     // from this moment on the codes don't work
	Polled   time.Time     // the last poll; zero before the first
	Interval time.Duration // the least between two polls
}

// Start is a pairing that begins now.
func Start(now time.Time) Pairing {
	return Pairing{State: Pending, Expires: now.Add(CodeLife), Interval: FirstInterval}
}

// Poll is what a poll at that moment hears, and the pairing after it, to be stored whatever the
// answer. Time is looked at first, but for what is spent: nothing is granted at or after Expires. A
// console is told to slow down only while it has nothing else to hear (RFC 8628, 3.5), and each such
// poll counts as one, so that whoever keeps on hammering keeps on waiting. A clock that was set back
// costs it one slow_down.
func (p Pairing) Poll(now time.Time) (Pairing, Answer) {
	switch {
	case p.State == Spent:
		return p, InvalidGrant
	case !now.Before(p.Expires):
		return p, ExpiredToken
	case p.State == Denied:
		return p, AccessDenied
	case p.State == Approved:
		p.State, p.Polled = Spent, now
		return p, Granted
	case p.State != Pending:
		return p, InvalidGrant // nothing that we store
	}
	early := !p.Polled.IsZero() && now.Sub(p.Polled) < p.Interval-slack
	p.Polled = now
	if !early {
		return p, AuthorizationPending
	}
	p.Interval = min(p.Interval+slower, CodeLife) // more makes no difference
	return p, SlowDown
}

// Decide is the pairing after the owner's word. A no also takes back a yes that the console hasn't
// heard. It gives ErrExpired or ErrDecided, and the pairing as it was.
func (p Pairing) Decide(approve bool, now time.Time) (Pairing, error) {
	switch {
	case p.State != Pending && (approve || p.State != Approved):
		return p, ErrDecided
	case !now.Before(p.Expires):
		return p, ErrExpired
	}
	p.State = Denied
	if approve {
		p.State = Approved
	}
	return p, nil
}
