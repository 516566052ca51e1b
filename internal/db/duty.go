package db

import (
	"strings"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// Duty is a demand on whoever asks: a duty of the staff, held at that very moment, in a
// session that a second factor proved. The zero value demands nothing.
type Duty struct {
	Of    privacy.Duty
	Fresh bool // the second factor was given minutes ago
}

// OnDuty is the same caller, about to do what takes a duty. Whoever doesn't hold it is
// refused by authentication in each transaction, so that a duty that was taken away is
// missed at once.
func (c Caller) OnDuty(d Duty) Caller {
	c.duty = d
	return c
}

// Demand refuses a viewer who doesn't hold a duty. It is for the feature that acts: what
// it does is the staff's, however it was reached. No duty is refused as well.
func (t *Tx) Demand(d Duty) error { return d.of(t.viewer) }

// DemandFresh refuses a viewer whose session no second factor proved minutes ago, of whatever
// duty or none.
func (t *Tx) DemandFresh() error { return Duty{Fresh: true}.proved(t.viewer) }

// of refuses a viewer who doesn't hold the duty.
func (d Duty) of(v privacy.Viewer) error {
	if !v.Holds(d.Of) {
		return fault.Forbidden("not_staff", "this is for staff who hold the duty that it takes")
	}
	return d.proved(v)
}

func (d Duty) proved(v privacy.Viewer) error {
	need := privacy.FactorGiven
	if d.Fresh {
		need = privacy.FactorFresh
	}
	if v.Factor() < need {
		return fault.Forbidden("second_factor_required", "prove your session with a code of your second factor first")
	}
	return nil
}

// staff is the viewer of a session that authenticate named these words behind: the duties
// its member holds, and how recently a second factor proved it.
func staff(member, session uuid.UUID, words string) privacy.Viewer {
	var duties privacy.Duty
	factor := privacy.FactorNone
	for word := range strings.FieldsSeq(words) {
		switch word {
		case "proved":
			factor = max(factor, privacy.FactorGiven)
		case "fresh":
			factor = privacy.FactorFresh
		default:
			duty, _ := privacy.ParseDuty(word) // what is no duty gives none
			duties |= duty
		}
	}
	return privacy.NewStaff(member, session, duties, factor)
}
