package privacy

import (
	"log/slog"

	"github.com/google/uuid"
)

// Actor is how somebody acts: not at all, without signing in, or through a
// session, a console or a third-party app of a member.
type Actor uint8

const (
	ActorNobody Actor = iota
	ActorAnonymous
	ActorSession
	ActorConsole
	ActorApp
)

var actorNames = [...]string{"nobody", "anonymous", "session", "console", "app"}

// String is the actor's name, fit for a log line: it names nobody.
func (a Actor) String() string {
	if int(a) >= len(actorNames) {
		return actorNames[ActorNobody]
	}
	return actorNames[a]
}

// Scopes is a set of scopes. Scopes only ever take away: a console or an app
// sees what its member may see AND what its scopes cover.
type Scopes uint16

const (
	ScopeProfileRead Scopes = 1 << iota
	ScopeLocationRead
	ScopeProfilePrivate
	ScopeHealthRead
	ScopeAccountRead
	ScopeSocialRead
	ScopeWorkoutsRead
	ScopeSync
	ScopeClassesRead
	ScopeBookingsRead
)

var scopeNames = map[Scopes]string{
	ScopeProfileRead:    "profile:read",
	ScopeLocationRead:   "location:read",
	ScopeProfilePrivate: "profile:private",
	ScopeHealthRead:     "health:read",
	ScopeAccountRead:    "account:read",
	ScopeSocialRead:     "social:read",
	ScopeWorkoutsRead:   "workouts:read",
	ScopeSync:           "sync",
	ScopeClassesRead:    "classes:read",
	ScopeBookingsRead:   "bookings:read",
}

// ConsoleScopes are all that a console may have. Of the model they open what a console
// sent itself, and nothing else.
const ConsoleScopes = ScopeSync | ScopeClassesRead

// ParseScope reads a scope's API name; not ok for any other.
func ParseScope(name string) (Scopes, bool) {
	for s, known := range scopeNames {
		if known == name {
			return s, true
		}
	}
	return 0, false
}

// String is a single scope's name in the API; a set of several has none.
func (s Scopes) String() string { return scopeNames[s] }

// Viewer is who asks. It is passed as an argument, never hidden in a context.
// The zero value is nobody and may do nothing; it is not the same as anonymous,
// who may see what is for everyone.
type Viewer struct {
	actor   Actor
	member  uuid.UUID
	session uuid.UUID
	scopes  Scopes
	duties  Duty
	factor  Factor
}

// Anonymous is somebody who did not sign in.
func Anonymous() Viewer { return Viewer{actor: ActorAnonymous, scopes: ^Scopes(0)} }

// NewViewer is a member who acts through a session, a console or an app. A
// session has every scope. Only authentication calls it; lint holds that.
func NewViewer(actor Actor, member, session uuid.UUID, scopes Scopes) Viewer {
	if member == uuid.Nil || actor <= ActorAnonymous || actor > ActorApp {
		return Viewer{}
	}
	switch actor {
	case ActorSession:
		scopes = ^Scopes(0)
	case ActorConsole:
		scopes &= ConsoleScopes
	default:
	}
	return Viewer{actor: actor, member: member, session: session, scopes: scopes}
}

// Has says whether the viewer has all of the scopes.
func (v Viewer) Has(s Scopes) bool { return s != 0 && v.scopes&s == s }

// Actor says how the viewer acts.
func (v Viewer) Actor() Actor { return v.actor }

// Member is the signed-in member, uuid.Nil for everybody else.
func (v Viewer) Member() uuid.UUID { return v.member }

// Session is the session, console grant or app grant that the viewer acts
// through, uuid.Nil for everybody else.
func (v Viewer) Session() uuid.UUID { return v.session }

// SignedIn says whether the viewer acts for a member.
func (v Viewer) SignedIn() bool { return v.member != uuid.Nil }

// LogValue names the kind of viewer and no member.
func (v Viewer) LogValue() slog.Value { return slog.StringValue(v.actor.String()) }

// String is what LogValue shows.
func (v Viewer) String() string { return v.actor.String() }

// GoString is what LogValue shows.
func (v Viewer) GoString() string { return v.String() }
