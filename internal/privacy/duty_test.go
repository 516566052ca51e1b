package privacy_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// Every duty, and all of them, for every field: none opens more than the member's own session does,
// and an access grant opens what it names, as far as the duty goes.
func TestADutyOpensNothing(t *testing.T) {
	t.Parallel()
	owner, other, session := uuid.New(), uuid.New(), uuid.New()
	subject := privacy.Subject{Owner: owner, SeenBy: other}
	member := privacy.NewViewer(privacy.ActorSession, other, session, 0)
	plain, err := privacy.Decide(member, subject)
	if err != nil {
		t.Fatal(err)
	}
	for duties := privacy.Duty(0); duties < 16; duties++ {
		for _, factor := range []privacy.Factor{privacy.FactorNone, privacy.FactorGiven, privacy.FactorFresh} {
			v := privacy.NewStaff(other, session, duties, factor)
			g, err := privacy.Decide(v, subject)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range privacy.Model() {
				if g.Shows(r.Field) != plain.Shows(r.Field) {
					t.Errorf("%s opens %s", duties, r.Name)
				}
				by, err := privacy.DecideAccess(v, subject, privacy.FieldsOf(r.Field))
				if err != nil {
					t.Fatal(err)
				}
				health := r.Scope&(privacy.ScopeHealthRead|privacy.ScopeLocationRead) != 0
				want := r.Subject == "profile" && privacy.AccessFields(v).Has(r.Field) && factor > privacy.FactorNone
				if duties&(privacy.Support|privacy.Admin) == 0 || health && duties&privacy.Admin == 0 {
					want = false
				}
				for _, o := range privacy.Model() {
					if by.Shows(o.Field) != (want && o.Field == r.Field) {
						t.Errorf("%s with a grant for %s: %s shows %t", duties, r.Name, o.Name, by.Shows(o.Field))
					}
				}
			}
		}
	}
	if _, err := privacy.DecideAccess(member, privacy.Subject{Owner: owner, SeenBy: owner}, privacy.FieldsOf(privacy.Email)); err == nil {
		t.Error("a row that was read for another")
	}
	v := privacy.NewStaff(other, session, privacy.Admin, privacy.FactorFresh)
	for _, f := range []privacy.Field{privacy.Email, privacy.WeightKG, privacy.Location, privacy.BirthDate} {
		if !privacy.AccessFields(v).Has(f) {
			t.Errorf("an admin's grant can't name %s", f)
		}
	}
}
