package privacy

import (
	"strings"

	"github.com/google/uuid"
)

// Duty is what a member of the staff is there for; a set of them is one too. It lets its
// holder do what the duty is for, and opens nothing: Decide doesn't ask for it. The zero
// value is no duty, which nobody holds.
type Duty uint8

const (
	ClassManager Duty = 1 << iota // classes, schedule, instructors, rosters
	Support                       // access grants, without health and place
	Moderator                     // what was reported
	Admin                         // who holds which duty, and all of the above
)

var dutyNames = map[Duty]string{
	ClassManager: "class_manager", Support: "support", Moderator: "moderator", Admin: "admin",
}

// Duties are all of them, the narrowest first.
func Duties() []Duty { return []Duty{ClassManager, Support, Moderator, Admin} }

// ParseDuty reads the API names of duties, separated by spaces; not ok for any other, and for none.
func ParseDuty(names string) (Duty, bool) {
	var set Duty
	for name := range strings.FieldsSeq(names) {
		one := Duty(0)
		for d, known := range dutyNames {
			if known == name {
				one = d
			}
		}
		if one == 0 {
			return 0, false
		}
		set |= one
	}
	return set, set != 0
}

// String is the duties' names in the API, separated by spaces.
func (d Duty) String() string {
	var names []string
	for _, one := range Duties() {
		if d&one != 0 {
			names = append(names, dutyNames[one])
		}
	}
	return strings.Join(names, " ")
}

// Factor is how recently a session was proved with a second factor.
type Factor uint8

const (
	FactorNone  Factor = iota
	FactorGiven        // within the working day
	FactorFresh        // within minutes
)

// NewStaff is a member's session together with the duties they hold. Only authentication
// calls it; lint holds that.
func NewStaff(member, session uuid.UUID, duties Duty, factor Factor) Viewer {
	v := NewViewer(ActorSession, member, session, 0)
	if v.SignedIn() {
		v.duties, v.factor = duties, factor
	}
	return v
}

// Holds says whether the viewer holds a duty, of a set any; an admin holds each. It says nothing of the
// second factor.
func (v Viewer) Holds(d Duty) bool { return d != 0 && v.duties&(d|Admin) != 0 }

// Factor says how recently the viewer's session was proved with a second factor.
func (v Viewer) Factor() Factor { return v.factor }
