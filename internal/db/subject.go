package db

import (
	"errors"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// Subject is a row of the view that every read of an owner's data joins. The
// compiled queries' rows of it convert to this type.
type Subject struct {
	MemberID        uuid.UUID
	Private         bool
	Minor           bool
	Discoverability int16
	Audiences       int64
	Edge            int16
	Wrapped         []byte // the owner's key, wrapped
	SeenBy          uuid.UUID
}

// Settings are the owner's choices. A value out of range is the narrowest.
func (s Subject) Settings() privacy.Settings {
	discoverability := privacy.FoundByNobody
	if s.Discoverability >= 0 && s.Discoverability <= int16(privacy.FoundByEveryone) {
		discoverability = privacy.Discoverability(s.Discoverability)
	}
	return privacy.Settings{
		Private:         s.Private,
		Minor:           s.Minor,
		Discoverability: discoverability,
		Audiences:       privacy.Audiences(s.Audiences), //nolint:gosec // the same 64 bits
	}
}

// ErrDisagree: row-level security let a row through that the policy keeps closed.
// Nothing of it is shown, and whoever meets it raises an alarm.
var ErrDisagree = errors.New("db: row-level security and the policy disagree")

// Decide asks the policy about the owner for the viewer of the transaction that
// read the row.
func (s Subject) Decide(tx *Tx) (privacy.Grant, error) { return s.DecideAs(tx, privacy.Among{}) }

// DecideAs is Decide for what is of a group, with what the two are to one another there: as the same row says.
func (s Subject) DecideAs(tx *Tx, among privacy.Among) (privacy.Grant, error) {
	return privacy.Decide(tx.Viewer(), privacy.Subject{
		Owner:    s.MemberID,
		Settings: s.Settings(),
		Edge:     privacy.Edge(s.Edge), //nolint:gosec // six bits, checked by the table
		SeenBy:   s.SeenBy,
		Among:    among,
	})
}

// DecideAccess asks the policy what an access grant opens for the viewer of the transaction
// that read the row, and the grant with it.
func (s Subject) DecideAccess(tx *Tx, fields []string) (privacy.Grant, error) {
	var named []privacy.Field
	for _, name := range fields {
		if f, known := privacy.ParseField(name); known {
			named = append(named, f)
		}
	}
	return privacy.DecideAccess(tx.Viewer(), privacy.Subject{Owner: s.MemberID, SeenBy: s.SeenBy}, privacy.FieldsOf(named...))
}

// Audience reads a stored audience; a value out of range is the narrowest.
func Audience(stored int16) privacy.Audience {
	if stored < 0 || stored > int16(privacy.Everyone) {
		return privacy.OnlyMe
	}
	return privacy.Audience(stored)
}
