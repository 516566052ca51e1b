package testkit_test

import (
	"slices"
	"testing"

	"github.com/paceline/paceline/internal/testkit"
)

// No duty opens anything of a member: where owners are found and their workouts show, and every field of both is for
// the owner alone, every holder of a duty asks every reading operation about every owner, plainly, and gets what a
// stranger gets. What an access grant opens, which is recorded
// and shown to its member, is TestStaffReadByAccessGrantsOnly's.
func TestNoDutyOpensAGuardedField(t *testing.T) {
	t.Parallel()
	stage := assembled(t)
	refs := reference(t, stage)
	m := &matrix{t: t, Cast: stage.Twin(t), refs: refs, absent: map[string]testkit.Response{}}
	choices := testkit.Uniform(t, 0, false)
	choices.Name, choices.Discoverability, choices.Audiences["workout"] = "found, and every field only_me", 3, 2
	for _, p := range m.Subjects {
		if !p.Gone {
			m.Choose(p, choices)
		}
	}
	g := testkit.NewGenerator(m.Cast)
	asked := map[string]int{}
	for _, o := range testkit.Operations(t) {
		if !o.Reads() {
			continue
		}
		targets := slices.DeleteFunc(g.Targets(o), func(t testkit.Target) bool { return t.Of != nil && !slices.Contains(m.Subjects, t.Of) })
		for _, r := range g.Requests(o, targets, len(targets)) {
			for _, a := range m.Actors {
				if r.Base() && a.Person != nil && len(a.Person.Duties) > 0 {
					asked[a.Person.Duties[0]+" "+o.ID]++
					m.read(m.Prepare(a, r))
				}
			}
		}
	}
	for _, o := range testkit.Operations(t) {
		for _, role := range []string{"class_manager", "support", "moderator", "admin"} {
			if o.Reads() && asked[role+" "+o.ID] == 0 {
				t.Errorf("nobody who is %s asked %s", role, o.ID)
			}
		}
	}
	t.Logf("%d operations by each duty, %d requests", len(asked)/4, m.Requests())
}
