package demo_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/demo"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit"
)

const few = 8 // members

// told is all of a world that does not hang on random ids and keys: names, who follows whom, and
// what was recorded.
const told = `
	SELECT string_agg(line, E'\n' ORDER BY line) FROM (
		SELECT 'member ' || p.username || ' ' || p.display_name || ' ' || m.private || m.discoverability || ' ' || m.audiences AS line
		FROM profile p JOIN member m ON m.id = p.member_id
		UNION ALL
		SELECT 'edge ' || a.username || ' ' || b.username || ' ' || e.bits
		FROM edge e JOIN profile a ON a.member_id = e.member_id JOIN profile b ON b.member_id = e.other_id
		UNION ALL
		SELECT 'workout ' || p.username || ' ' || w.title || ' ' || w.started_at || ' ' || w.audience || ' ' || encode(w.fingerprint, 'hex')
		FROM workout w JOIN profile p ON p.member_id = w.member_id
	) all_lines`

func loadCrowd(t *testing.T, w *testkit.World) string {
	t.Helper()
	c := crowd(1, few)
	c.Today = w.Clock.Now().UTC().Truncate(24 * 3600e9)
	f := demo.Features{Accounts: w.Service.Accounts, Members: w.Service.Members, Workouts: w.Service.Workouts}
	last := 0.0
	if err := demo.LoadCrowd(t.Context(), f, c, w.Clock.Now(), func(share float64, _ string) { last = share }); err != nil {
		t.Fatal(err)
	}
	if last != 1 && last != 0.05/few {
		t.Errorf("progress ends at %v", last)
	}
	return w.Query(told)
}

// Two loads of a seed are the same world, a second load adds nothing, and one that was cut off is finished.
func TestTheCrowdIsLoadedOnce(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	once := loadCrowd(t, w)
	if n := strings.Count(once, "workout "); n < 20 {
		t.Fatalf("%d workouts", n)
	}
	if other := loadCrowd(t, testkit.Start(t)); other != once {
		t.Error("another world of the same seed")
	}
	if again := loadCrowd(t, w); again != once {
		t.Error("a second load changed something")
	}
	for _, cut := range []string{
		`DELETE FROM workout WHERE member_id IN (SELECT member_id FROM profile WHERE username LIKE '%5')`,
		`DELETE FROM member WHERE id = (SELECT member_id FROM profile WHERE username = 'zuzu')`,
	} {
		if _, err := w.Root.Exec(t.Context(), cut); err != nil {
			t.Fatal(err)
		}
	}
	if finished := loadCrowd(t, w); finished != once {
		t.Error("what was cut off is not finished")
	}
}

// What the crowd shows is what it chose: a stranger sees the workouts that are for members, and no more.
func TestTheCrowdIsUnderTheModel(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	loadCrowd(t, w)
	c := crowd(1, few)
	me := &testkit.Person{Name: "zuzu", Email: demo.Email("zuzu"), Password: demo.CrowdPassword}
	w.Login(me)
	hidden := 0
	for i := range c.Members {
		p := c.Person(i)
		got := me.Get("/v1/members/" + p.Username)
		if found := p.Discoverability >= privacy.FoundByMembers; (got.Status == http.StatusOK) != found {
			t.Errorf("%s, discoverability %v: %d", p.Username, p.Discoverability, got.Status)
		}
		if got.Status == http.StatusOK && p.Bio != "" && (p.Audiences[privacy.Bio] >= privacy.Members) != strings.Contains(string(got.Body), p.Bio) {
			t.Errorf("%s, bio for %v: %s", p.Username, p.Audiences[privacy.Bio], got.Body)
		}
		if p.Private {
			hidden++
		}
	}
	if hidden == 0 {
		t.Error("nobody is private")
	}
}
