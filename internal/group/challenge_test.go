package group_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

func goal(metric string, target int, from, to, zone string) map[string]any {
	return map[string]any{"title": "June", "metric": metric, "target": target, "from": from, "to": to, "time_zone": zone}
}

// challenge has somebody set a group a goal, and gives its path.
func (s scene) challenge(p *testkit.Person, group string, g map[string]any) string {
	s.t.Helper()
	return p.Do(http.MethodPost, group+"/challenges", g).Want(s.t, http.StatusCreated).Header.Get("Location")
}

// later moves the clock to a moment, at which everybody is signed in again.
func (s scene) later(moment string, people ...*testkit.Person) {
	s.t.Helper()
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Clock.Advance(at.Sub(s.Clock.Now()))
	for _, p := range people {
		s.Login(p)
	}
}

// rideAt uploads a ride of some seconds that began at a moment, and gives its path.
func (s scene) rideAt(p *testkit.Person, moment string, seconds int, audience string) string {
	s.t.Helper()
	start, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		s.t.Fatal(err)
	}
	file := recordingtest.RideFIT(recordingtest.Options{Start: start, Seconds: seconds, Seed: uint64(start.Unix())}) //nolint:gosec // of this century
	items, _ := p.Upload("/v1/workouts/import", "a.fit", file).Want(s.t, http.StatusCreated).Map(s.t)["items"].([]any)
	one, _ := items[0].(map[string]any)
	path := "/v1/workouts/" + fmt.Sprint(one["id"])
	p.Do(http.MethodPatch, path, map[string]any{"audience": audience}).Want(s.t, http.StatusOK)
	return path
}

// progress is how far somebody came by themself.
func (s scene) progress(p *testkit.Person, challenge string) string {
	s.t.Helper()
	body := p.Get(challenge).Want(s.t, http.StatusOK).Map(s.t)
	own, _ := body["progress"].(map[string]any)
	return fmt.Sprint(body["state"], " ", body["days_left"], " left ", own["value"], " ", own["reached"])
}

// standings are those of a challenge for somebody: rank, name, value and whether the target was reached.
func (s scene) standings(p *testkit.Person, challenge string) string {
	s.t.Helper()
	var all []string
	body := p.Get(challenge+"/standings").Want(s.t, http.StatusOK).Map(s.t)
	items, _ := body["items"].([]any)
	for _, item := range items {
		entry, _ := item.(map[string]any)
		name := "?"
		if who, named := entry["member"].(map[string]any); named {
			name = fmt.Sprint(who["username"])
		}
		all = append(all, fmt.Sprint(entry["rank"], " ", name, " ", entry["value"], " ", entry["reached"]))
	}
	if own, there := body["own"].(map[string]any); there {
		all = append(all, fmt.Sprint("own ", own["rank"]))
	}
	return fmt.Sprint(body["state"], ": ", strings.Join(all, ", "))
}

// The days of a challenge are those of its time zone, whatever the clock elsewhere says.
func TestAChallengeIsOfItsDays(t *testing.T) {
	t.Parallel()
	s := start(t) // it is noon of 1 June, UTC
	ada := s.Join("ada")
	path := s.make(ada, "public")
	// In New York these days begin and end at four, UTC. In Auckland it is 2 June already.
	days := s.challenge(ada, path, goal("days", 2, "2026-06-02", "2026-06-03", "America/New_York"))
	seconds := s.challenge(ada, path, goal("time", 300, "2026-06-02", "2026-06-03", "America/New_York"))
	ada.Do(http.MethodPost, path+"/challenges", goal("days", 1, "2026-06-01", "2026-06-02", "Pacific/Auckland")).Want(t, http.StatusUnprocessableEntity)
	today := s.challenge(ada, path, goal("days", 1, "2026-06-02", "2026-06-02", "Pacific/Auckland"))
	for _, c := range []string{days, seconds, today} {
		ada.Do(http.MethodPut, c+"/participation", nil).Want(t, http.StatusOK)
	}
	if got := s.progress(ada, days) + "; " + s.progress(ada, today); got != "coming 2 left 0 false; running 1 left 0 false" {
		t.Errorf("at first: %s", got)
	}
	s.later("2026-06-02T03:59:59Z", ada)
	if got := s.progress(ada, days); got != "coming 2 left 0 false" {
		t.Errorf("a second before: %s", got)
	}
	s.later("2026-06-02T04:00:00Z", ada)
	if got := s.progress(ada, days); got != "running 2 left 0 false" {
		t.Errorf("as it begins: %s", got)
	}
	s.later("2026-06-04T03:59:59Z", ada)
	s.rideAt(ada, "2026-06-02T03:59:59Z", 60, "members") // before
	s.rideAt(ada, "2026-06-02T04:00:00Z", 100, "members")
	s.rideAt(ada, "2026-06-03T03:59:00Z", 100, "members") // the evening of the same day
	if got := s.progress(ada, days) + "; " + s.progress(ada, seconds); got != "running 1 left 1 false; running 1 left 200 false" {
		t.Errorf("after its first day: %s", got)
	}
	s.rideAt(ada, "2026-06-04T03:55:00Z", 100, "only_me")
	if got := s.progress(ada, days) + "; " + s.progress(ada, seconds); got != "running 1 left 2 true; running 1 left 300 true" {
		t.Errorf("on its last day: %s", got)
	}
	s.later("2026-06-04T05:00:00Z", ada)
	s.rideAt(ada, "2026-06-04T04:00:00Z", 60, "members") // after
	if got := s.progress(ada, days) + "; " + s.progress(ada, seconds); got != "ended 0 left 2 true; ended 0 left 300 true" {
		t.Errorf("after its end: %s", got)
	}
	// What was typed reaches no goal.
	ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": "2026-06-02T08:00:00Z", "duration_s": 9000, "audience": "everyone",
	}).Want(t, http.StatusCreated)
	if got := s.progress(ada, seconds); got != "ended 0 left 300 true" {
		t.Errorf("with what was typed: %s", got)
	}
}

// Taking part opens nothing: each gets, of those who take part, what shows to them anywhere; after the end as well.
func TestAChallengeOpensNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben, cleo, dora, eve := s.Join("ada"), s.Join("ben"), s.Join("cleo"), s.Join("dora"), s.Join("eve")
	everybody := []*testkit.Person{ada, ben, cleo, dora, eve}
	path := s.make(ada, "public")
	for _, p := range everybody[1:] {
		p.Do(http.MethodPut, path+"/membership", nil).Want(t, http.StatusOK)
	}
	shows := func(p *testkit.Person, audience string) {
		p.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"leaderboard": audience}}).Want(t, http.StatusOK)
	}
	for _, p := range []*testkit.Person{ada, ben, cleo, eve} {
		shows(p, "members")
	}
	// Dora shows nobody how she does, and eve, who is in the group, doesn't take part.
	run := s.challenge(ada, path, goal("time", 200, "2026-06-01", "2026-06-07", "UTC"))
	for _, p := range []*testkit.Person{ada, ben, cleo, dora} {
		p.Do(http.MethodPut, run+"/participation", nil).Want(t, http.StatusOK)
	}
	s.later("2026-06-05T12:00:00Z", everybody...)
	s.rideAt(ada, "2026-06-02T08:00:00Z", 150, "members")
	s.rideAt(ben, "2026-06-02T09:00:00Z", 180, "only_me")
	s.rideAt(ben, "2026-06-03T09:00:00Z", 30, "members")
	long := s.rideAt(cleo, "2026-06-02T10:00:00Z", 300, "members")
	s.rideAt(dora, "2026-06-02T11:00:00Z", 600, "everyone")
	s.rideAt(eve, "2026-06-02T12:00:00Z", 900, "everyone")
	for _, of := range []struct {
		who        *testkit.Person
		seen, self string
	}{
		{ada, "running: 1 cleo 300 true, 2 ada 150 false, 3 ben 30 false, own 2", "running 3 left 150 false"},
		{ben, "running: 1 cleo 300 true, 2 ben 210 true, 3 ada 150 false, own 2", "running 3 left 210 true"},
		{dora, "running: 1 dora 600 true, 2 cleo 300 true, 3 ada 150 false, 4 ben 30 false, own 1", "running 3 left 600 true"},
		{eve, "running: 1 cleo 300 true, 2 ada 150 false, 3 ben 30 false", "running 3 left <nil> <nil>"},
	} {
		if got := s.standings(of.who, run); got != of.seen {
			t.Errorf("for %s: %s", of.who.Name, got)
		}
		if got := s.progress(of.who, run); got != of.self {
			t.Errorf("%s came %s", of.who.Name, got)
		}
	}
	for _, secret := range []string{dora.ID, `"dora"`, "600"} {
		if r := ada.Get(run + "/standings"); strings.Contains(string(r.Body), secret) {
			t.Errorf("the standings hold %s: %s", secret, r.Body)
		}
	}
	// The result is no other thing: what is narrowed after the end is narrowed in it.
	s.later("2026-06-08T00:00:00Z", everybody...)
	if got := s.standings(ada, run); got != "ended: 1 cleo 300 true, 2 ada 150 false, 3 ben 30 false, own 2" {
		t.Errorf("the result: %s", got)
	}
	cleo.Do(http.MethodPatch, long, map[string]any{"audience": "followers"}).Want(t, http.StatusOK)
	if got := s.standings(ada, run); got != "ended: 1 ada 150 false, 2 ben 30 false, own 1" {
		t.Errorf("with a narrower workout: %s", got)
	}
	shows(ben, "only_me")
	if got := s.standings(ada, run); got != "ended: 1 ada 150 false, own 1" {
		t.Errorf("with a narrower field: %s", got)
	}
	cleo.Do(http.MethodPatch, long, map[string]any{"audience": "everyone"}).Want(t, http.StatusOK)
	shows(ben, "members")
	s.Block(ben, cleo)
	if got := s.standings(ben, run); got != "ended: 1 ben 210 true, 2 ada 150 false, own 1" {
		t.Errorf("across a block: %s", got)
	}
	if got := s.standings(cleo, run); got != "ended: 1 cleo 300 true, 2 ada 150 false, own 1" {
		t.Errorf("across a block: %s", got)
	}
	// Who left the group takes part no more, and not again by coming back.
	cleo.Do(http.MethodDelete, path+"/membership", nil).Want(t, http.StatusNoContent)
	cleo.Get(run).Want(t, http.StatusNotFound)
	cleo.Do(http.MethodPut, path+"/membership", nil).Want(t, http.StatusOK)
	if got := s.standings(ada, run); got != "ended: 1 ada 150 false, 2 ben 30 false, own 1" {
		t.Errorf("with one who left and came back: %s", got)
	}
	s.role(ada, s.membership(ada, path, "members", ben), "banned", http.StatusNoContent)
	s.hiddenChallenge(ben, run)
	if got := s.standings(ada, run) + s.Query(`SELECT count(*)::text FROM challenge_participation WHERE member_id = $1`, ben.ID); got != "ended: 1 ada 150 false, own 10" {
		t.Errorf("with one who was banned: %s", got)
	}
}

// hiddenChallenge holds that a challenge is for somebody what an id is that never was, to the byte.
func (s scene) hiddenChallenge(p *testkit.Person, challenge string) {
	s.t.Helper()
	never := "/v1/challenges/" + uuid.Must(uuid.NewV7()).String()
	for _, ask := range []struct{ method, path string }{
		{http.MethodGet, ""}, {http.MethodGet, "/standings"}, {http.MethodPatch, ""}, {http.MethodDelete, ""},
		{http.MethodPut, "/participation"}, {http.MethodDelete, "/participation"},
	} {
		var body any
		if ask.method == http.MethodPatch {
			body = map[string]any{"title": "Mine"}
		}
		got := p.Do(ask.method, challenge+ask.path, body).Want(s.t, http.StatusNotFound)
		if differ := got.Same(p.Do(ask.method, never+ask.path, body)); differ != "" {
			s.t.Errorf("%s %s%s tells %s that it is there: %s", ask.method, challenge, ask.path, p.Name, differ)
		}
	}
}

// Who sets goals, and until when they can be another one.
func TestWhoSetsGoals(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben, cleo, dan, eve := s.Join("ada"), s.Join("ben"), s.Join("cleo"), s.Join("dan"), s.Join("eve")
	path := s.make(ada, "listed")
	for _, p := range []*testkit.Person{ben, cleo} {
		s.enter(ada, p, path)
	}
	dan.Do(http.MethodPut, path+"/membership", nil).Want(t, http.StatusOK) // asks
	s.role(ada, s.membership(ada, path, "members", ben), "coach", http.StatusNoContent)
	of := goal("distance", 1000, "2026-06-03", "2026-06-04", "UTC")
	cleo.Do(http.MethodPost, path+"/challenges", of).Want(t, http.StatusForbidden)
	dan.Do(http.MethodPost, path+"/challenges", of).Want(t, http.StatusNotFound)
	create := func() testkit.Response {
		return ben.Do(http.MethodPost, path+"/challenges", of, "Idempotency-Key", "june-goal-1").Want(t, http.StatusCreated)
	}
	made := create()
	june := made.Header.Get("Location")
	if again := create().Header.Get("Location"); again != june {
		t.Errorf("a repeat made %s beside %s", again, june)
	}
	if other := ada.Do(http.MethodPost, path+"/challenges", of, "Idempotency-Key", "june-goal-1").Want(t, http.StatusCreated).Header.Get("Location"); other == june {
		t.Error("a key of one member is another's")
	}
	for _, p := range []*testkit.Person{dan, eve} {
		s.hiddenChallenge(p, june)
		p.Get(path+"/challenges").Want(t, http.StatusNotFound)
	}
	cleo.Do(http.MethodPatch, june, map[string]any{"target": 5}).Want(t, http.StatusForbidden)
	cleo.Do(http.MethodDelete, june, nil).Want(t, http.StatusForbidden)
	tag := made.Header.Get("ETag")
	tag = ben.Do(http.MethodPatch, june, map[string]any{"target": 2000}, "If-Match", tag).Want(t, http.StatusOK).Header.Get("ETag")
	ada.Do(http.MethodPatch, june, map[string]any{"title": "By the sea"}, "If-Match", tag).Want(t, http.StatusOK)
	ben.Do(http.MethodPatch, june, map[string]any{"title": "Lost"}, "If-Match", tag).Want(t, http.StatusPreconditionFailed)
	for _, wrong := range []map[string]any{
		{"from": "2026-05-31"}, {"from": "2027-06-03", "to": "2027-06-03"}, {"to": "2026-06-02"}, {"to": "2027-06-04"},
		{"metric": "days"}, {"metric": "days", "target": 3}, {"time_zone": "Europe/Nowhere"}, {"time_zone": "Local"}, {"title": "\u202eno"},
	} {
		ben.Do(http.MethodPatch, june, wrong).Want(t, http.StatusUnprocessableEntity)
	}
	now := ben.Do(http.MethodPatch, june, map[string]any{"metric": "days", "target": 366, "to": "2027-06-03"}).Want(t, http.StatusOK).Map(t)
	if now["days_left"] != 366.0 || now["title"] != "By the sea" || now["from"] != "2026-06-03" {
		t.Errorf("it is %v", now)
	}
	ben.Do(http.MethodPatch, june, map[string]any{"metric": "time", "target": 60, "to": "2026-06-04"}).Want(t, http.StatusOK)
	cleo.Do(http.MethodPut, june+"/participation", nil).Want(t, http.StatusOK)
	s.later("2026-06-03T00:00:00Z", ada, ben, cleo)
	if code := ben.Do(http.MethodPatch, june, map[string]any{"target": 5}).Want(t, http.StatusConflict).Map(t)["code"]; code != "challenge_begun" {
		t.Errorf("after its beginning: %v", code)
	}
	for range 2 {
		cleo.Do(http.MethodDelete, june+"/participation", nil).Want(t, http.StatusNoContent)
	}
	if joined := cleo.Get(june).Want(t, http.StatusOK).Map(t)["joined"]; joined != false {
		t.Errorf("who left takes part: %v", joined)
	}
	s.later("2026-06-05T00:00:00Z", ada, ben, cleo)
	if code := cleo.Do(http.MethodPut, june+"/participation", nil).Want(t, http.StatusConflict).Map(t)["code"]; code != "challenge_over" {
		t.Errorf("after its end: %v", code)
	}
	ben.Do(http.MethodDelete, june, nil).Want(t, http.StatusNoContent)
	s.hiddenChallenge(ben, june)
}

// A list is of all, or of those of a state, those that end last first; a group's end takes them with it.
func TestChallengesOfAGroup(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben := s.Join("ada"), s.Join("ben")
	path := s.make(ada, "public")
	ben.Do(http.MethodPut, path+"/membership", nil).Want(t, http.StatusOK)
	for i, days := range [][2]string{{"2026-06-01", "2026-06-01"}, {"2026-06-01", "2026-06-30"}, {"2026-06-03", "2026-06-09"}, {"2026-07-01", "2026-07-02"}} {
		g := goal("output", 100, days[0], days[1], "UTC")
		g["title"] = fmt.Sprint("goal ", i)
		s.challenge(ada, path, g)
	}
	s.later("2026-06-02T00:00:00Z", ada, ben)
	for query, want := range map[string]string{
		"": "goal 3 coming, goal 1 running, goal 2 coming, goal 0 ended", "state=coming": "goal 3 coming, goal 2 coming", "state=running": "goal 1 running", "state=ended": "goal 0 ended",
	} {
		var got []string
		for cursor := ""; ; {
			body := ben.Get(path+"/challenges?limit=1&"+query+cursor).Want(t, http.StatusOK).Map(t)
			items, _ := body["items"].([]any)
			for _, item := range items {
				entry, _ := item.(map[string]any)
				got = append(got, fmt.Sprint(entry["title"], " ", entry["state"]))
			}
			next, more := body["next_cursor"].(string)
			if !more {
				break
			}
			cursor = "&cursor=" + next
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %s", query, strings.Join(got, ", "))
		}
	}
	for range 17 { // three aren't over
		s.challenge(ada, path, goal("output", 100, "2026-06-03", "2026-06-04", "UTC"))
	}
	full := ada.Do(http.MethodPost, path+"/challenges", goal("output", 100, "2026-06-03", "2026-06-04", "UTC")).Want(t, http.StatusConflict)
	if code := full.Map(t)["code"]; code != "too_many_challenges" {
		t.Errorf("one more: %v", code)
	}
	ada.Do(http.MethodDelete, path, nil).Want(t, http.StatusNoContent)
	if left := s.Query(`SELECT count(*)::text FROM challenge`); left != "0" {
		t.Errorf("%s challenges of no group", left)
	}
}

// Who takes part is told of the end, and hears no more of it once they are in the group no more.
func TestTheEndOfAChallengeIsTold(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben, dora, cleo := s.Join("ada"), s.Join("ben"), s.Join("dora"), s.Join("cleo")
	path := s.make(ada, "secret")
	code, _ := s.invite(ada, path, 3)
	for _, p := range []*testkit.Person{ben, dora, cleo} {
		s.accept(p, code, http.StatusOK)
	}
	one := s.challenge(ada, path, goal("days", 1, "2026-06-01", "2026-06-01", "UTC"))
	for _, p := range []*testkit.Person{ada, ben, dora} {
		p.Do(http.MethodPut, one+"/participation", nil).Want(t, http.StatusOK)
	}
	told := func(p *testkit.Person) (all []string) {
		items, _ := p.Get("/v1/me/notifications").Want(t, http.StatusOK).Map(t)["items"].([]any)
		for _, item := range items {
			n, _ := item.(map[string]any)
			all = append(all, fmt.Sprint(n["kind"], " ", n["about"], " ", n["object_id"], " ", n["actor"]))
		}
		return all
	}
	s.later("2026-06-02T00:00:00Z", ada, ben, dora, cleo)
	s.Exec(`SELECT tell_of_challenges($1, 20)`, s.Clock.Now()) // as the job does, sooner or later
	want := []string{"challenge_ended challenge " + strings.TrimPrefix(one, "/v1/challenges/") + " <nil>"}
	for _, p := range []*testkit.Person{ada, ben, dora, cleo} {
		switch got := told(p); {
		case p == cleo && len(got) != 0, p != cleo && !slices.Equal(got, want):
			t.Errorf("%s is told %v", p.Name, got)
		}
	}
	ben.Do(http.MethodDelete, path+"/membership", nil).Want(t, http.StatusNoContent)
	dora.Do(http.MethodDelete, one+"/participation", nil).Want(t, http.StatusNoContent)
	for _, p := range []*testkit.Person{ben, dora} {
		if got := told(p); len(got) != 0 {
			t.Errorf("%s, who left, is told %v", p.Name, got)
		}
	}
	ada.Do(http.MethodDelete, one, nil).Want(t, http.StatusNoContent)
	if got := told(ada); len(got) != 0 {
		t.Errorf("of what was taken away ada is told %v", got)
	}
}

// Where clocks skip midnight, or show it twice, a day begins with its first moment.
func TestDaysWithoutAMidnight(t *testing.T) {
	t.Parallel()
	for _, of := range []struct {
		zone, now string
		begin     string // of the last two days, and when they end
	}{
		{"Africa/Cairo", "2026-04-24T12:00:00Z", "2026-04-22T22:00:00Z 2026-04-23T22:00:00Z 2026-04-24T21:00:00Z"},
		{"America/Havana", "2026-11-01T12:00:00Z", "2026-10-31T04:00:00Z 2026-11-01T04:00:00Z 2026-11-02T05:00:00Z"},
	} {
		zone, err := time.LoadLocation(of.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.Parse(time.RFC3339, of.now)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, day := range group.Week.Days(now, zone)[5:] {
			got = append(got, day.UTC().Format(time.RFC3339))
		}
		if strings.Join(got, " ") != of.begin {
			t.Errorf("%s: %s", of.zone, strings.Join(got, " "))
		}
	}
}
