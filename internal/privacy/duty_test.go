package privacy_test

import (
	"math/bits"
	"strings"
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
}

// What a grant can name, duty by duty, field by field.
func TestAnAccessGrantNamesWhatTheDutyIsFor(t *testing.T) {
	t.Parallel()
	support := strings.Fields("username display_name bio gender age email birth_date")
	admin := append(strings.Fields("location height_cm weight_kg resting_hr max_hr ftp_watts"), support...)
	for duties := privacy.Duty(0); duties < 16; duties++ {
		v := privacy.NewStaff(uuid.New(), uuid.New(), duties, privacy.FactorFresh)
		var names []string
		switch {
		case duties&privacy.Admin != 0:
			names = admin
		case duties&privacy.Support != 0:
			names = support
		}
		want := privacy.FieldsNamed(names)
		if got := privacy.AccessFields(v); got != want || len(names) != bits.OnesCount64(uint64(got)) {
			t.Errorf("%q can name %b, not %b", duties, got, want)
		}
		s := privacy.Subject{Owner: uuid.New(), SeenBy: v.Member(), Edge: privacy.EdgeFollower}
		g, err := privacy.DecideAccess(v, s, want)
		if err != nil {
			t.Fatal(err)
		}
		if g.Relation() != privacy.RelationNone || g.Edge() != 0 || g.Owner() != s.Owner {
			t.Errorf("%q reads as %s with edge %b", duties, g.Relation(), g.Edge())
		}
	}
}

// The names of duties are the contract's, there and back, and nobody holds one for nothing.
func TestDutiesByName(t *testing.T) {
	t.Parallel()
	names := map[privacy.Duty]string{
		privacy.ClassManager: "class_manager", privacy.Support: "support", privacy.Moderator: "moderator", privacy.Admin: "admin",
	}
	if got := privacy.Duties(); len(got) != len(names) {
		t.Errorf("%d duties", len(got))
	}
	for i, d := range privacy.Duties() {
		if got, ok := privacy.ParseDuty(names[d]); d != 1<<i || !ok || got != d || d.String() != names[d] {
			t.Errorf("%q reads as %q, %t", names[d], got, ok)
		}
		staff := privacy.NewStaff(uuid.New(), uuid.New(), d, privacy.FactorNone)
		nobody := privacy.NewStaff(uuid.Nil, uuid.Nil, d, privacy.FactorFresh)
		for _, o := range privacy.Duties() {
			if staff.Holds(o) != (o == d || d == privacy.Admin) || nobody.Holds(o) {
				t.Errorf("%s holds %s: %t, nobody: %t", d, o, staff.Holds(o), nobody.Holds(o))
			}
		}
		if staff.Holds(0) || nobody.Factor() != privacy.FactorNone {
			t.Errorf("%s: the zero duty is held, or nobody is proved", d)
		}
	}
	if got, ok := privacy.ParseDuty("moderator support"); !ok || got != privacy.Support|privacy.Moderator || got.String() != "support moderator" {
		t.Errorf("two: %q, %t", got, ok)
	}
	for _, wrong := range []string{"", " ", "owner", "support owner", "owner support", "Support"} {
		if got, ok := privacy.ParseDuty(wrong); ok || got != 0 {
			t.Errorf("%q reads as %q, %t", wrong, got, ok)
		}
	}
}
