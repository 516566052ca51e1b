package observe

import (
	"context"
	"log/slog"
)

// EventKind is a sort of security event. Each is a line in the log and a counter.
type EventKind string

const (
	LoginFailed        EventKind = "login_failed"        // wrong password, or a name nobody has
	LoginThrottled     EventKind = "login_throttled"     // too many attempts, or the queue is full
	TokenReuse         EventKind = "token_reuse"         // a rotated refresh token came back: its family is revoked
	TokenRefused       EventKind = "token_refused"       // a token that is unknown, expired or revoked
	ProofRefused       EventKind = "proof_refused"       // a console's proof that is wrong, or came before
	AccessDenied       EventKind = "access_denied"       // the caller may not do that
	CodeRefused        EventKind = "code_refused"        // a wrong or stale mail code
	PasswordChanged    EventKind = "password_changed"    // by its owner, or by a reset
	SessionsRevoked    EventKind = "sessions_revoked"    // by the owner, or after a change of password
	CrossOrigin        EventKind = "cross_origin"        // a request from a page that is not ours
	InputRefused       EventKind = "input_refused"       // a body that no honest client sends
	RateLimited        EventKind = "rate_limited"        // more requests than the quota allows
	LoginFlood         EventKind = "login_flood"         // more wrong passwords than one tries, from a network or for a name
	CodeGuessing       EventKind = "code_guessing"       // more wrong mail codes than one tries
	EnumerationStopped EventKind = "enumeration_stopped" // somebody read more different members than one reads
	RecordRefused      EventKind = "record_refused"      // a sealed record or cursor that was changed or moved
	SeenByMismatch     EventKind = "seen_by_mismatch"    // a row that was read for another viewer
	PolicyError        EventKind = "policy_error"        // the policy could not decide; the answer was refused
	ResponseRefused    EventKind = "response_refused"    // a body or header that may not leave
	KeyRingChanged     EventKind = "key_ring_changed"    // the ring took over another primary
	KeyRingRefused     EventKind = "key_ring_refused"    // the ring's file was wrong; the old keys stay
	MemberKeyDropped   EventKind = "member_key_dropped"  // a member's key was destroyed with the account
)

// eventLevels names every kind. What can only be a fault of ours, or a theft, is an error.
var eventLevels = map[EventKind]slog.Level{
	LoginFailed: slog.LevelWarn, LoginThrottled: slog.LevelWarn, TokenReuse: slog.LevelError,
	TokenRefused: slog.LevelInfo, ProofRefused: slog.LevelWarn, AccessDenied: slog.LevelWarn, CodeRefused: slog.LevelWarn,
	PasswordChanged: slog.LevelInfo, SessionsRevoked: slog.LevelInfo, CrossOrigin: slog.LevelWarn,
	InputRefused: slog.LevelInfo, RateLimited: slog.LevelWarn, LoginFlood: slog.LevelWarn,
	CodeGuessing: slog.LevelWarn, EnumerationStopped: slog.LevelWarn, RecordRefused: slog.LevelWarn,
	SeenByMismatch: slog.LevelError, PolicyError: slog.LevelError, ResponseRefused: slog.LevelError,
	KeyRingChanged: slog.LevelInfo, KeyRingRefused: slog.LevelError, MemberKeyDropped: slog.LevelInfo,
}

// Event logs and counts a security event. The attributes pass the same filter as every other;
// a kind that is not listed above counts as "other".
func (o *Observer) Event(ctx context.Context, kind EventKind, attrs ...slog.Attr) {
	level, ok := eventLevels[kind]
	if !ok {
		kind, level = "other", slog.LevelError
	}
	o.Metrics.events.WithLabelValues(string(kind)).Inc()
	o.Log.LogAttrs(ctx, level, "security event", append([]slog.Attr{slog.String("event", string(kind))}, attrs...)...)
}

// LoginOutcome is how a login ended, for the counter.
type LoginOutcome string

const (
	LoginOK       LoginOutcome = "ok"
	LoginWrong    LoginOutcome = "wrong"    // also for a name nobody has: they are not told apart
	LoginLimited  LoginOutcome = "limited"  // throttled
	LoginOverload LoginOutcome = "overload" // the queue was full
)

// Login counts a login.
func (o *Observer) Login(outcome LoginOutcome) {
	switch outcome {
	case LoginOK, LoginWrong, LoginLimited, LoginOverload:
	default:
		outcome = "other"
	}
	o.Metrics.logins.WithLabelValues(string(outcome)).Inc()
}
