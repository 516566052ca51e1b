package privacy_test

import (
	"slices"
	"testing"

	"github.com/paceline/paceline/internal/privacy"
)

// Of what may be granted at all, in the design's words: nothing that is fixed, no name, no place where somebody lives,
// nobody they know.
var grantable = []string{
	"gender", "age", "height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts", "workout", "effort", "heart_rate", "route",
}

// What a minor can't grant: health and place.
var notOfMinors = []string{"height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts", "heart_rate", "route"}

// granted is what a coach gets beyond what anybody with their relation gets, written as the sentences of
// docs/privacy-model.md.
func granted(r privacy.Rule, to privacy.Fields, s privacy.Settings, w who, ceiling privacy.Audience, workoutShows bool) bool {
	if r.Name == "provenance" { // goes with the workout
		r = privacy.Model()[privacy.Workout-1]
	}
	switch {
	case w.never || w.reach == privacy.OnlyMe || w.reach == privacy.Everyone: // blocked, the owner, not signed in
		return false
	case !to.Has(r.Field) || !slices.Contains(grantable, r.Name):
		return false
	case s.Minor && slices.Contains(notOfMinors, r.Name):
		return false
	case ceiling == privacy.OnlyMe:
		return false
	case r.Subject == "workout" && r.Name != "workout":
		return workoutShows
	}
	return true
}

// A coach gets what anybody with their relation gets and the fields that were granted, of whatever else: every field, viewer,
// choice, ceiling, switch, age, and grant of one field, of it with the workout, of all, of none.
func TestACoachSeesWhatWasGranted(t *testing.T) {
	t.Parallel()
	workout := privacy.Model()[privacy.Workout-1]
	var all privacy.Fields
	for _, r := range privacy.Model() {
		all = all.With(r.Field)
	}
	checked := 0
	for _, r := range privacy.Model() {
		if r.Field.Grantable() != slices.Contains(grantable, r.Name) {
			t.Errorf("%s: grantable is %t", r.Name, r.Field.Grantable())
		}
		var none privacy.Fields
		for _, to := range []privacy.Fields{none, none.With(r.Field), none.With(r.Field).With(privacy.Workout), none.With(privacy.Workout), all} {
			for _, w := range everybody() {
				for chosen := privacy.OnlyMe; chosen <= privacy.Everyone; chosen++ {
					for ceiling := privacy.OnlyMe; ceiling <= privacy.Everyone; ceiling++ {
						for _, of := range []privacy.Settings{{}, {Private: true}, {Private: true, Minor: true}} {
							of.Audiences = of.Audiences.With(r.Field, chosen)
							g, err := privacy.Decide(w.viewer, privacy.Subject{
								Owner: owner, Settings: of, Edge: w.edge, SeenBy: w.viewer.Member(), Among: privacy.Among{Coached: to},
							})
							if err != nil {
								t.Fatal(err)
							}
							shows := expected(workout, of, w, ceiling) || granted(workout, to, of, w, ceiling, true)
							want := expected(r, of, w, ceiling) || granted(r, to, of, w, ceiling, shows)
							if got := g.ShowsWithin(r.Field, ceiling); got != want {
								t.Fatalf("%s to %s: granted %b, chosen %s, ceiling %s, private %t, minor %t: shows %t, the model says %t",
									r.Name, w.name, to, chosen, ceiling, of.Private, of.Minor, got, want)
							}
							checked++
						}
					}
				}
			}
		}
	}
	t.Logf("%d decisions", checked)
}

// Presence in a group is for who is in it with the owner, and not blocked; nothing else is by it.
func TestPresenceIsForTheGroup(t *testing.T) {
	t.Parallel()
	for _, w := range everybody() {
		for _, r := range privacy.Model() {
			for _, mate := range []bool{false, true} {
				g, err := privacy.Decide(w.viewer, privacy.Subject{Owner: owner, Edge: w.edge, SeenBy: w.viewer.Member(), Among: privacy.Among{Mate: mate}})
				if err != nil {
					t.Fatal(err)
				}
				want := expected(r, privacy.Settings{}, w, privacy.Everyone)
				if r.Field == privacy.Presence && mate && !w.never && w.reach != privacy.Everyone {
					want = true
				}
				if got := g.Shows(r.Field); got != want {
					t.Errorf("%s to %s, in the group %t: shows %t, the model says %t", r.Name, w.name, mate, got, want)
				}
			}
		}
	}
}

// Nobody looks through their own eyes as a coach: what was granted is of the group, not of the relation.
func TestLookingThroughOthersEyesIsOfNoGroup(t *testing.T) {
	t.Parallel()
	self := who{viewer: privacy.NewViewer(privacy.ActorSession, owner, session, 0)}
	g, err := privacy.Decide(self.viewer, privacy.Subject{
		Owner: owner, SeenBy: owner, Among: privacy.Among{Mate: true, Coached: privacy.Fields(0).With(privacy.WeightKG)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if as := g.As(privacy.RelationMember, 0); as.Shows(privacy.WeightKG) || as.Shows(privacy.Presence) {
		t.Error("a look as somebody else shows what is for a group")
	}
}
