package privacy

import (
	"errors"
	"log/slog"

	"github.com/google/uuid"
)

// Subject is what one statement brings back about an owner next to the data:
// who it is, what they chose, the edge to the viewer, and the viewer that the
// database saw when it read the row.
type Subject struct {
	Owner    uuid.UUID
	Settings Settings
	Edge     Edge      // the owner's edge to the viewer
	SeenBy   uuid.UUID // uuid.Nil: the database saw nobody signed in
	Among    Among     // what the two are to one another in the group that the data is of
}

// Among is what owner and viewer are to one another in one group, as the statement that read the data
// saw it. The zero value is nothing: most data is of no group.
type Among struct {
	// Mate: both are in the group, or the viewer leads it and the owner asks to be or was banned.
	Mate bool
	// Coached are the fields that the owner grants the viewer, who is a coach of the group they are both in.
	Coached Fields
}

// ErrWrongViewer: a row was read for somebody else than who asks. It is never
// an answer; whoever meets it raises an alarm.
var ErrWrongViewer = errors.New("privacy: a row was read for another viewer")

// Grant is the proof that the policy was asked about one owner. The zero value
// opens nothing.
type Grant struct {
	owner    uuid.UUID
	relation Relation
	edge     Edge
	scopes   Scopes
	settings Settings
	access   Fields // what an access grant opens for staff
	among    Among
}

// Decide asks the policy what a viewer may see of an owner.
func Decide(v Viewer, s Subject) (Grant, error) {
	if s.Owner == uuid.Nil {
		return Grant{}, errors.New("privacy: a subject without an owner")
	}
	if v.member != s.SeenBy {
		return Grant{}, ErrWrongViewer
	}
	return Grant{owner: s.Owner, relation: relate(v, s), edge: s.Edge, scopes: v.scopes, settings: s.Settings, among: s.Among}, nil
}

// As is the owner's own look at themselves through somebody else's eyes: the
// same policy with that relation and that edge. Only an owner's grant can be
// looked through; any other becomes one that opens nothing.
func (g Grant) As(r Relation, e Edge) Grant {
	if g.relation != RelationSelf || r == RelationSelf {
		return Grant{}
	}
	g.relation, g.edge, g.among = r, e, Among{}
	return g
}

// AsMember is As for a named member whose edge with the owner is e.
func (g Grant) AsMember(e Edge) Grant {
	switch {
	case e.Has(EdgeBlocks | EdgeBlocked):
		return g.As(RelationBlocked, e)
	case e.Has(EdgeFollower):
		return g.As(RelationFollower, e)
	default:
		return g.As(RelationMember, e)
	}
}

// Owner is whose data the grant is about.
func (g Grant) Owner() uuid.UUID { return g.owner }

// Relation is what the viewer is to the owner.
func (g Grant) Relation() Relation { return g.relation }

// Edge is the owner's edge to the viewer.
func (g Grant) Edge() Edge { return g.edge }

// Shows says whether the grant opens a field of the owner's profile.
func (g Grant) Shows(f Field) bool { return g.ShowsWithin(f, Everyone) }

// ShowsWithin says whether the grant opens a field of an object of the owner
// whose own audience is ceiling.
func (g Grant) ShowsWithin(f Field, ceiling Audience) bool {
	r := f.rule()
	if g.access.Has(f) && g.owner != uuid.Nil && r.Source != FromNowhere && r.Subject == "profile" {
		return true
	}
	if r.Source == FromNowhere || g.owner == uuid.Nil || g.scopes&r.Scope == 0 {
		return false
	}
	if r.Source == FromDiscoverability && g.discloses() {
		return true
	}
	if r.Source == FromGroup && g.among.Mate && g.meets() || g.coached(f, ceiling) {
		return true
	}
	return g.settings.audience(f, ceiling).reaches(g.relation)
}

// meets: a member who is neither the owner nor blocked.
func (g Grant) meets() bool { return g.relation == RelationMember || g.relation == RelationFollower }

// coached: the owner grants the field to this viewer, who coaches them. That opens what the owner keeps from others,
// a private account's values too, but nothing that can't be granted, no workout that is for the owner
// alone, of a workout that doesn't show no part, and of a minor nothing of health and place. Where a workout
// comes from goes with it: nobody can tell what it is worth without.
func (g Grant) coached(f Field, ceiling Audience) bool {
	if f == Provenance {
		f = Workout
	}
	if !g.among.Coached.Has(f) || !f.Grantable() || !g.meets() || ceiling < Followers {
		return false
	}
	if g.settings.Minor && f.OfHealthOrPlace() {
		return false
	}
	return f == Workout || f.rule().Subject != "workout" || g.ShowsWithin(Workout, ceiling)
}

// discloses: whoever follows or asks to follow the viewer has shown the viewer
// who they are.
func (g Grant) discloses() bool {
	return g.edge.Has(EdgeFollows|EdgeAsks) && g.meets()
}

// LogValue names the relation and no member.
func (g Grant) LogValue() slog.Value { return slog.StringValue("grant:" + g.relation.String()) }

// String is what LogValue shows.
func (g Grant) String() string { return "grant:" + g.relation.String() }

// GoString is what LogValue shows.
func (g Grant) GoString() string { return g.String() }
