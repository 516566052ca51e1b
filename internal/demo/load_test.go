package demo_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/demo"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit"
)

const few = 24 // members

// told is all of a world that does not hang on random ids and keys: names, who follows whom, what was
// recorded and in which class, the catalogue and its schedule, who booked what, is in which group, and says what.
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
		UNION ALL
		SELECT 'taken ' || p.username || ' ' || w.started_at || ' ' || c.title || coalesce(' given ' || s.starts_at, '')
		FROM workout_class t JOIN workout w ON w.member_id = t.member_id AND w.id = t.workout_id JOIN profile p ON p.member_id = w.member_id
		JOIN class c ON c.id = t.class_id LEFT JOIN scheduled_class s ON s.id = t.scheduled_class_id
		UNION ALL
		SELECT 'instructor ' || i.name || i.bio || i.disciplines::text || i.state || coalesce(md5(p.image), '')
		FROM instructor i LEFT JOIN instructor_picture p ON p.instructor_id = i.id
		UNION ALL
		SELECT 'class ' || c.title || i.name || c.duration_s || c.difficulty || c.language || c.live || c.state || c.tags::text || c.plan::text || c.music::text
		FROM class c JOIN instructor i ON i.id = c.instructor_id
		UNION ALL
		SELECT 'given ' || s.starts_at || ' ' || c.title || ' ' || s.capacity || s.state || coalesce(t.name || t.time_zone, '')
		FROM scheduled_class s JOIN class c ON c.id = s.class_id LEFT JOIN studio t ON t.id = s.studio_id
		UNION ALL
		SELECT 'seat ' || s.starts_at || ' ' || c.title || ' ' || p.username || ' ' || t.turn || t.state
		FROM class_seat t JOIN scheduled_class s ON s.id = t.scheduled_id JOIN class c ON c.id = s.class_id JOIN profile p ON p.member_id = t.member_id
		UNION ALL
		SELECT 'group ' || g.name || g.kind || ' ' || p.username || ' ' || m.role
		FROM group_member m JOIN groups g ON g.id = m.group_id JOIN profile p ON p.member_id = m.member_id
		UNION ALL
		SELECT 'goal ' || c.title || c.metric || c.target || c.first_day || c.last_day || ' ' || p.username
		FROM challenge c JOIN challenge_participation t ON t.challenge_id = c.id JOIN profile p ON p.member_id = t.member_id
		UNION ALL
		SELECT 'like ' || p.username || ' ' || encode(w.fingerprint, 'hex')
		FROM workout_like l JOIN profile p ON p.member_id = l.member_id JOIN workout w ON w.id = l.workout_id
		UNION ALL
		SELECT 'comment ' || p.username || ' ' || encode(w.fingerprint, 'hex') || c.body
		FROM workout_comment c JOIN profile p ON p.member_id = c.member_id JOIN workout w ON w.id = c.workout_id
		UNION ALL
		SELECT 'fan ' || p.username || ' ' || i.name FROM instructor_follow f JOIN profile p ON p.member_id = f.member_id JOIN instructor i ON i.id = f.instructor_id
	) all_lines`

// loads is how a world is loaded, by a class manager of its own.
func loads(w *testkit.World) func(t *testing.T) string {
	token := w.Staff("keeper", "class_manager").Token
	return func(t *testing.T) string { t.Helper(); return loadCrowd(t, w, token) }
}

func loadCrowd(t *testing.T, w *testkit.World, token string) string {
	t.Helper()
	c := crowd(1, few)
	c.Today = w.Clock.Now().UTC().Truncate(24 * 3600e9)
	s := w.Service
	f := demo.Features{
		Accounts: s.Accounts, Members: s.Members, Workouts: s.Workouts, Classes: s.Classes, Bookings: s.Bookings, Groups: s.Groups, Social: s.Social,
		Manager: func(context.Context) (string, error) { return token, nil },
	}
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
	load := loads(w)
	once := load(t)
	for _, kind := range []string{"taken", "instructor", "class", "given", "seat", "group", "goal", "like", "comment", "fan"} {
		if n := strings.Count("\n"+once, "\n"+kind+" "); n == 0 || kind == "class" && n != demo.Classes || kind == "instructor" && n != demo.Instructors {
			t.Errorf("%d of %s", n, kind)
		}
	}
	if n := strings.Count(once, "workout "); n < 20 {
		t.Fatalf("%d workouts", n)
	}
	if other := loads(testkit.Start(t))(t); other != once {
		t.Error("another world of the same seed")
	}
	if again := load(t); again != once {
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
	if finished := load(t); finished != once {
		t.Error("what was cut off is not finished")
	}
}

// What the crowd shows is what it chose: a stranger sees the workouts that are for members, and no more.
func TestTheCrowdIsUnderTheModel(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	loads(w)(t)
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
