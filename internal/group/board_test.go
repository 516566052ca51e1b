package group_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// ride uploads a ride of so many seconds that began so many hours ago, and gives its id.
func (s scene) ride(p *testkit.Person, hoursAgo, seconds int, audience string) string {
	s.t.Helper()
	file := recordingtest.RideFIT(recordingtest.Options{
		Start: s.Clock.Now().Add(-time.Duration(hoursAgo) * time.Hour), Seconds: seconds, Seed: uint64(hoursAgo), //nolint:gosec // small
	})
	made := p.Upload("/v1/workouts/import", "a.fit", file).Want(s.t, http.StatusCreated).Map(s.t)
	items, _ := made["items"].([]any)
	one, _ := items[0].(map[string]any)
	id := fmt.Sprint(one["id"])
	p.Do(http.MethodPatch, "/v1/workouts/"+id, map[string]any{"audience": audience}).Want(s.t, http.StatusOK)
	return id
}

// ranked are the places of a board for somebody: rank and name, or a question mark.
func (s scene) ranked(p *testkit.Person, path string) string {
	s.t.Helper()
	var all []string
	body := p.Get(path).Want(s.t, http.StatusOK).Map(s.t)
	items, _ := body["items"].([]any)
	for _, item := range items {
		entry, _ := item.(map[string]any)
		name := "?"
		if who, named := entry["member"].(map[string]any); named {
			name = fmt.Sprint(who["username"])
		}
		all = append(all, fmt.Sprint(entry["rank"], " ", name))
	}
	if own, there := body["own"].(map[string]any); there {
		all = append(all, fmt.Sprint("own ", own["rank"]))
	}
	return strings.Join(all, ", ")
}

// Being in a group opens nothing: its feed and its board hold for each what shows to them anywhere, and a rank is among these.
func TestAGroupOpensNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben, cleo, dora := s.Join("ada"), s.Join("ben"), s.Join("cleo"), s.Join("dora")
	path := s.make(ada, "public")
	for _, p := range []*testkit.Person{ben, cleo} {
		p.Do(http.MethodPut, path+"/membership", nil).Want(t, http.StatusOK)
	}
	for _, p := range []*testkit.Person{ada, ben, cleo, dora} {
		p.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"leaderboard": "members"}}).Want(t, http.StatusOK)
	}
	s.ride(ada, 30, 60, "members")
	s.ride(ben, 31, 120, "only_me")
	s.ride(ben, 32, 30, "members")
	long := s.ride(cleo, 33, 300, "members")
	s.ride(dora, 34, 900, "everyone") // who isn't in the group
	feed := func(p *testkit.Person) int {
		items, _ := p.Get(path+"/feed").Want(t, http.StatusOK).Map(t)["items"].([]any)
		return len(items)
	}
	if feed(ada) != 3 || feed(ben) != 4 {
		t.Errorf("feeds of %d and %d workouts", feed(ada), feed(ben))
	}
	board := path + "/leaderboard?metric=time"
	if got := s.ranked(ada, board); got != "1 cleo, 2 ada, 3 ben, own 2" {
		t.Errorf("ada's board: %s", got)
	}
	if got := s.ranked(ben, board); got != "1 cleo, 2 ben, 3 ada, own 2" { // by what only he sees
		t.Errorf("ben's board: %s", got)
	}
	if got := s.ranked(ada, path+"/leaderboard?metric=days&period=month"); got != "1 ada, 1 ben, 1 cleo, own 1" && !strings.Contains(got, "own 1") {
		t.Errorf("days: %s", got)
	}
	for _, list := range []string{"/feed", "/leaderboard"} {
		got := dora.Get(path+list).Want(t, http.StatusNotFound)
		if differ := got.Same(dora.Get("/v1/groups/0197a1b2-6c3d-7e4f-8a5b-9c0d1e2f3a4d" + list)); differ != "" {
			t.Errorf("%s tells somebody outside: %s", list, differ)
		}
	}
	// A narrower workout, a narrower field and a block bind the next read.
	cleo.Do(http.MethodPatch, "/v1/workouts/"+long, map[string]any{"audience": "followers"}).Want(t, http.StatusOK)
	if got := s.ranked(ada, board); got != "1 ada, 2 ben, own 1" || feed(ada) != 2 {
		t.Errorf("a narrower workout: %s, a feed of %d", got, feed(ada))
	}
	ben.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"leaderboard": "only_me"}}).Want(t, http.StatusOK)
	if got := s.ranked(ada, board); got != "1 ada, own 1" || feed(ada) != 2 {
		t.Errorf("a narrower field: %s, a feed of %d", got, feed(ada))
	}
	cleo.Do(http.MethodPatch, "/v1/workouts/"+long, map[string]any{"audience": "everyone"}).Want(t, http.StatusOK)
	s.Block(cleo, ada)
	cleo.Get(path).Want(t, http.StatusNotFound) // the owner's group
	if got := s.ranked(ada, board); got != "1 ada, own 1" || feed(ada) != 2 {
		t.Errorf("a block: %s, a feed of %d", got, feed(ada))
	}
	// What was typed ranks nobody, and neither does what is older.
	ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": s.Clock.Now().Add(-5 * time.Hour).Format(time.RFC3339), "duration_s": 9000, "audience": "everyone",
	}).Want(t, http.StatusCreated)
	s.ride(ben, 24*40, 600, "everyone")
	if got := s.ranked(ben, board); got != "1 ben, 2 ada, own 1" {
		t.Errorf("what was typed, or is older, counts: %s", got)
	}
}

// A feed and a board have full pages, in one order.
func TestPagesOfAGroup(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.Join("ada")
	path := s.make(ada, "public")
	for i := range 5 {
		p := s.Join(fmt.Sprintf("mate%d", i))
		p.Do(http.MethodPut, path+"/membership", nil).Want(t, http.StatusOK)
		p.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"leaderboard": "members"}}).Want(t, http.StatusOK)
		s.ride(p, 30+i, 60, "members")
		s.ride(p, 60+i, 60*(1+i/2), []string{"members", "only_me"}[i%2])
	}
	for _, list := range []string{"/feed?", "/leaderboard?metric=time&"} {
		whole, _ := ada.Get(path+list+"limit=100").Want(t, http.StatusOK).Map(t)["items"].([]any)
		var paged []any
		for cursor := ""; ; {
			body := ada.Get(path+list+"limit=2"+cursor).Want(t, http.StatusOK).Map(t)
			items, _ := body["items"].([]any)
			paged = append(paged, items...)
			next, more := body["next_cursor"].(string)
			if !more {
				break
			}
			if len(items) != 2 {
				t.Errorf("%s: a page of %d with more to come", list, len(items))
			}
			cursor = "&cursor=" + next
		}
		if len(whole) < 5 || fmt.Sprint(paged) != fmt.Sprint(whole) {
			t.Errorf("%s: pages of two are not the whole of %d", list, len(whole))
		}
	}
}

// Days are those of the zone, over a change of the clocks as well.
func TestDaysOfAPeriod(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	days := group.Week.Days(time.Date(2026, 3, 9, 3, 30, 0, 0, time.UTC), zone) // the evening of the 8th, when clocks went forward
	if len(days) != 8 || !days[0].Equal(time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)) || !days[7].Equal(time.Date(2026, 3, 9, 4, 0, 0, 0, time.UTC)) {
		t.Errorf("a week of %v", days)
	}
	if len(group.Month.Days(days[0], zone)) != 31 {
		t.Error("a month is thirty days")
	}
}
