package db

import (
	"crypto/hmac"
	"crypto/sha256"
	"log/slog"
	"time"

	"github.com/paceline/paceline/internal/privacy"
)

// Caller is what a request brought to say who it comes from, and when it came:
// the hash of a token, or nothing at all. It is no authority by itself; only
// the database makes a viewer of it, anew in each transaction. The zero value
// may not even ask.
type Caller struct {
	hash  []byte
	at    time.Time
	asked bool
	job   job // what the hash is a claim on, where it is no token's
	from  Origin
	needs privacy.Scopes // what a console has to have for what is asked; without any it may do nothing
	duty  Duty           // what staff have to hold for what is asked
}

// Origin is where a request came from, for whoever shares out what is scarce. It
// says nothing of who asks, and decides nothing about what they may see.
type Origin struct {
	Network [16]byte // a name of the network in this process; all zero where it is not known
	Known   bool     // whom the request names was signed in from there before
}

// From is the same caller with its origin.
func (c Caller) From(o Origin) Caller {
	c.from = o
	return c
}

// Origin is where the request came from.
func (c Caller) Origin() Origin { return c.from }

// Anonymous is a caller without a token, at a moment that stays the same for
// the whole request.
func Anonymous(at time.Time) Caller { return Caller{at: at.UTC(), asked: true} }

// WithToken is a caller with a token. Only its hash goes further.
func WithToken(token string, at time.Time) Caller {
	hash := sha256.Sum256([]byte(token))
	return Caller{hash: hash[:], at: at.UTC(), asked: true}
}

// WithProof is a caller with a token that is bound to a key, who proved to hold the key
// of that thumbprint (RFC 9449). Which key the token is bound to is part of the hash that
// finds it, so the proof of another key finds nothing, and neither does no proof.
func WithProof(token, jkt string, at time.Time) Caller {
	return Caller{hash: BoundHash(token, jkt), at: at.UTC(), asked: true}
}

// BoundHash is what is kept of a token that is bound to a key. No token alone has it.
func BoundHash(token, jkt string) []byte {
	mac := hmac.New(sha256.New, []byte("paceline bound token v1:"+jkt))
	_, _ = mac.Write([]byte(token)) // a hash never fails
	return mac.Sum(nil)
}

// For is the same caller, about to do what takes these scopes. Who is not a console
// needs none; a console that has them not is refused by authentication, and so it is
// everywhere that nobody said what it takes.
func (c Caller) For(needs privacy.Scopes) Caller {
	c.needs = needs
	return c
}

// job is work that goes on without a request, as a member.
type job uint8

const (
	jobImport   job = 1 + iota // as the session that asked for it
	jobUpkeep                  // of a member's rows, without a scope
	jobNotices                 // a mail about notices, as their reader, with the scopes of reading alone
	jobLive                    // an open stream, as the session that asked for its ticket
	jobCalendar                // a read of a calendar feed, as its member, with the scope of bookings alone
)

// WithClaim is who does the work that a member's session asked for, and holds the claim on it: in
// AsViewer that session, for as long as it stands, and nobody anywhere else.
func WithClaim(claim string, at time.Time) Caller {
	hash := sha256.Sum256([]byte(claim))
	return Caller{hash: hash[:], at: at.UTC(), asked: true, job: jobImport}
}

// WithUpkeep is who keeps a member's rows in shape that nobody asked for, and holds the claim on it: in
// AsViewer somebody who reaches that member's rows alone, and to whom the policy opens nothing.
func WithUpkeep(claim string, at time.Time) Caller {
	hash := sha256.Sum256([]byte(claim))
	return Caller{hash: hash[:], at: at.UTC(), asked: true, job: jobUpkeep}
}

// WithNoticeClaim is who looks through a member's notices for a mail to them, and holds the claim on it:
// in AsViewer that member, and nobody anywhere else.
func WithNoticeClaim(claim string, at time.Time) Caller {
	hash := sha256.Sum256([]byte(claim))
	return Caller{hash: hash[:], at: at.UTC(), asked: true, job: jobNotices}
}

// WithCalendar is who comes with the secret address of a calendar feed: in AsViewer its member, to
// read what the feed is about and nothing else, for as long as the address stands; nobody anywhere else.
func WithCalendar(secret string, at time.Time) Caller {
	hash := sha256.Sum256([]byte(secret))
	return Caller{hash: hash[:], at: at.UTC(), asked: true, job: jobCalendar}
}

// WithTicket is an open stream, which asks at a moment by the ticket that opened it: in ReadAlone the session
// that asked for the ticket, for as long as it stands, and nobody anywhere else.
func WithTicket(ticket string, at time.Time) Caller {
	hash := sha256.Sum256([]byte(ticket))
	return Caller{hash: hash[:], at: at.UTC(), asked: true, job: jobLive}
}

// Anonymous says whether the caller brought no token.
func (c Caller) Anonymous() bool { return c.asked && c.hash == nil }

// HasToken says whether the caller brought a token.
func (c Caller) HasToken() bool { return c.hash != nil }

// At is the moment of the request, in UTC.
func (c Caller) At() time.Time { return c.at }

// TokenHash is the SHA-256 of the token, nil without one. It names the token to
// those who end it; it can't be used in its place.
func (c Caller) TokenHash() []byte { return append([]byte(nil), c.hash...) }

// Fingerprint is TokenHash as an array; not ok without a token.
func (c Caller) Fingerprint() (hash [32]byte, ok bool) {
	return hash, copy(hash[:], c.hash) == len(hash)
}

// LogValue shows whether there was a token.
func (c Caller) LogValue() slog.Value {
	if c.hash == nil {
		return slog.StringValue("anonymous")
	}
	return slog.StringValue("token")
}

// String is what LogValue shows.
func (c Caller) String() string { return c.LogValue().String() }

// GoString is what LogValue shows.
func (c Caller) GoString() string { return c.String() }
