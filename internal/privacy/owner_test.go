package privacy_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// A grant is for one owner: not even one's own opens what is somebody else's.
func TestAGrantOpensItsOwnersOnly(t *testing.T) {
	t.Parallel()
	for _, w := range everybody() {
		g := decide(t, w, open())
		for _, r := range privacy.Model() {
			if _, ok := privacy.Guard(uuid.New(), r.Field, marker).Open(g); ok {
				t.Errorf("%s opened %s of another owner", w.name, r.Name)
			}
			if _, ok := privacy.Guard(uuid.Nil, r.Field, marker).Open(g); ok {
				t.Errorf("%s opened %s of nobody", w.name, r.Name)
			}
			if _, ok := privacy.Guard(owner, r.Field, marker).Open(privacy.Grant{}); ok {
				t.Errorf("the zero grant opened %s", r.Name)
			}
		}
		if g.Owner() != owner {
			t.Errorf("%s has a grant for %v", w.name, g.Owner())
		}
	}
}
