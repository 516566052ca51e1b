package limit_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// scraper reads whom it can, for two weeks of the clock's time, over HTTP.
type scraper struct {
	perHour int
	// reads says as whom and from where the n-th request comes.
	reads func(n int) (session, string)
}

// run is how many different members it got: those whose data was in a body.
func (s scraper) run(t *testing.T, w world, crowd []string) int {
	t.Helper()
	got := map[string]bool{}
	next, n := 0, 0
	const hours = 14*24 - 1
	for range hours {
		for hits, no := 0, 0; hits < s.perHour && no < 2; hits++ { // the next hour may give more
			who, address := s.reads(n)
			n++
			name := crowd[next%len(crowd)]
			switch r := get(who, "/v1/members/"+name, address); r.Status {
			case http.StatusOK:
				got[name] = true
				next++
			case http.StatusTooManyRequests:
				no++
				refused(t, r)
			default:
				t.Fatalf("status %d: %s", r.Status, r.Body)
			}
		}
		w.Clock.Advance(time.Hour)
	}
	return len(got)
}

func TestScrapersAreStopped(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	crowd := w.crowd(t, 230)
	w.Exec(`UPDATE member SET created_at = created_at - interval '1 year'`)
	old := func(name string) { // an established member
		w.person(t, name)
		w.person(t, name+"friend")
		w.Exec(`UPDATE member SET created_at = created_at - interval '1 year'`)
		w.Exec(`INSERT INTO edge (member_id, other_id, bits, changed_at)
			SELECT a.member_id, b.member_id, CASE a.username WHEN $1 THEN 16 ELSE 1 END, now() FROM profile a, profile b
			WHERE (a.username, b.username) IN (($1, $1 || 'friend'), ($1 || 'friend', $1))`, name)
	}
	one := func(who session, address string) func(int) (session, string) {
		return func(int) (session, string) { return who, address }
	}
	simulations := []struct {
		name string
		make func() scraper
	}{
		{"fast, a member of a year", func() scraper {
			old("fast")
			return scraper{110, one(w.signIn(t, "fast", "198.51.1.1"), "198.51.1.1")}
		}},
		{"slow, just under each hour and day", func() scraper {
			old("slow")
			return scraper{4, one(w.signIn(t, "slow", "198.51.2.1"), "198.51.2.1")}
		}},
		{"spread out: 20 fresh accounts on one network", func() scraper {
			var all []session
			for i := range 20 {
				name := fmt.Sprintf("spread%d", i)
				w.person(t, name)
				all = append(all, w.signIn(t, name, "198.51.3.1"))
			}
			return scraper{20, func(n int) (session, string) { return all[n%20], "198.51.3.1" }}
		}},
		{"spread out: one account over 50 networks", func() scraper {
			old("nomad")
			s := w.signIn(t, "nomad", "198.51.4.1")
			return scraper{20, func(n int) (session, string) { return s, fmt.Sprintf("203.%d.4.1", n%50) }}
		}},
		{"one fresh account over 50 networks", func() scraper {
			w.person(t, "fresh")
			s := w.signIn(t, "fresh", "198.51.5.1")
			return scraper{20, func(n int) (session, string) { return s, fmt.Sprintf("203.%d.5.1", n%50) }}
		}},
		{"not signed in, one address", func() scraper { return scraper{20, one(w.nobody(), "198.51.6.1")} }},
		{"not signed in, the addresses of an IPv6 network", func() scraper {
			return scraper{20, func(n int) (session, string) { return w.nobody(), fmt.Sprintf("2001:db8:6:%x::1", n) }}
		}},
		{"fresh accounts and nobody, one network", func() scraper {
			w.person(t, "mixed")
			s := w.signIn(t, "mixed", "198.51.7.1")
			return scraper{20, func(n int) (session, string) { return []session{s, w.nobody()}[n%2], "198.51.7.1" }}
		}},
	}
	for _, s := range simulations {
		events := w.events(observe.EnumerationStopped)
		got := s.make().run(t, w, crowd)
		t.Logf("%-50s %3d members in two weeks", s.name, got)
		if got > 200 || got < 100 {
			t.Errorf("%s: %d members were read, not 200 at most", s.name, got)
		}
		if w.events(observe.EnumerationStopped) == events {
			t.Errorf("%s: nobody is told", s.name)
		}
		w.Clock.Advance(15 * 24 * time.Hour)
	}
	if text := w.Query(`SELECT string_agg(DISTINCT length(principal)::text || length(subject)::text, ',') FROM auth.enumeration`); text != "3232" {
		t.Errorf("the budget's rows hold %s", text)
	}
}

// A budget that is spent hides who is there: who can't be found is refused as well. The
// owner, whom one follows, and who follows one, stay to be read.
func TestASpentBudgetTellsNothing(t *testing.T) {
	t.Parallel()
	w := start(t, func(l *limits) { l.Hour, l.Day, l.Fortnight = 5, 5, 5 })
	crowd := w.crowd(t, 9)
	w.person(t, "ada")
	w.person(t, "ben")
	w.Exec(`INSERT INTO edge (member_id, other_id, bits, changed_at)
		SELECT a.member_id, b.member_id, CASE a.username WHEN 'ada' THEN 16 ELSE 1 END, now() FROM profile a, profile b
		WHERE (a.username, b.username) IN (('ada', 'ben'), ('ben', 'ada'))`)
	ada := w.signIn(t, "ada", "198.51.100.1")
	read := func(path string) testkit.Response { return get(ada, path, "198.51.100.1") }
	read("/v1/members/never-there").Want(t, http.StatusNotFound)
	for _, name := range crowd[:5] {
		read("/v1/members/"+name).Want(t, http.StatusOK)
	}
	refused(t, read("/v1/members/"+crowd[5]))
	differ := read("/v1/members/" + crowd[5]).Same(read("/v1/members/never-there"))
	if differ != "" {
		t.Errorf("whether somebody is there shows: %s", differ)
	}
	refused(t, read("/v1/members?q=nobodyatall"))
	refused(t, read("/v1/workouts/0190a0a0-0000-7000-8000-000000000000"))
	read("/v1/members/"+crowd[0]).Want(t, http.StatusOK) // was paid for
	read("/v1/members/ben").Want(t, http.StatusOK)
	read("/v1/members/ada").Want(t, http.StatusOK)
	read("/v1/me").Want(t, http.StatusOK)
	read("/v1/feed").Want(t, http.StatusOK)
	// An operator forgives.
	if n, err := w.Service.Limits.Forgive(t.Context(), "ada"); err != nil || n != 5 {
		t.Errorf("forgiven were %d, %v", n, err)
	}
	w.Exec(`UPDATE member SET created_at = created_at - interval '1 year'`) // established: the network pays no more
	read("/v1/members/"+crowd[5]).Want(t, http.StatusOK)
}

// What a body was paid for with isn't asked about again, for its reader and those that it showed,
// and for nobody else and no others.
func TestABodyIsRememberedAsAWhole(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.person(t, "ada")
	w.person(t, "ben")
	const address = "198.51.100.1"
	ada, ben := w.signIn(t, "ada", address), w.signIn(t, "ben", address)
	network := limit.NetworkOf(netip.MustParseAddr(address))
	w.Exec(`UPDATE member SET created_at = created_at - interval '1 year'`) // established: the network pays no more
	w.Exec(`INSERT INTO edge (member_id, other_id, bits, changed_at)
		SELECT a.member_id, b.member_id, 17, now() FROM profile a, profile b WHERE a.member_id <> b.member_id`)
	one, two, three := uuid.New(), uuid.New(), uuid.New()
	for _, step := range []struct {
		by    session
		shown []uuid.UUID
		rows  string // that are written
	}{
		{ada, []uuid.UUID{one, two, three}, "3"},
		{ada, []uuid.UUID{one, two, three}, "0"},
		{ada, []uuid.UUID{one, two}, "2"},
		{ada, []uuid.UUID{two}, "1"},
		{ada, []uuid.UUID{two}, "0"},
		{ben, []uuid.UUID{one, two, three}, "3"},
	} {
		w.Exec(`DELETE FROM auth.enumeration`) // as if all but this replica had forgotten
		if err := w.Service.Limits.Charge(t.Context(), db.WithToken(step.by.token, w.Clock.Now()), network, step.shown); err != nil {
			t.Fatal(err)
		}
		if rows := w.Query(`SELECT count(*)::text FROM auth.enumeration`); rows != step.rows {
			t.Errorf("%d shown: %s rows written, want %s", len(step.shown), rows, step.rows)
		}
	}
}

// Every body that shows a stranger is paid for, whatever path it takes: the paths are the contract's.
func TestEveryPathIsPaidFor(t *testing.T) {
	t.Parallel()
	w := start(t, func(l *limits) { *l = testkit.Generous })
	crowd := w.crowd(t, 3)
	owner := crowd[0]
	ben := w.signIn(t, owner, "198.51.100.2")
	ben.Do(http.MethodPut, "/v1/me/avatar", testkit.Picture(t), "Content-Type", "image/png").Want(t, http.StatusNoContent)
	for _, name := range crowd { // by their own choice: search has a list of its own
		who := w.signIn(t, name, "198.51.100.2")
		who.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "members"}).Want(t, http.StatusOK)
		who.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "everyone"}).Want(t, http.StatusOK)
	}
	ride := recordingtest.RideFIT(recordingtest.Options{Start: w.Clock.Now().Add(-time.Hour), Seconds: 120, Laps: 2})
	made, _ := ben.Upload("/v1/workouts/import", "ride.fit", ride, "audience", "everyone").Want(t, http.StatusCreated).Map(t)["items"].([]any)
	workout, _ := made[0].(map[string]any)["id"].(string)
	ben.Do(http.MethodPut, "/v1/workouts/"+workout+"/likes", nil).Want(t, http.StatusNoContent)
	ben.Do(http.MethodPost, "/v1/workouts/"+workout+"/comments", map[string]any{"text": "of mine"}).Want(t, http.StatusCreated)
	taught := w.Teach("Paid for")
	ben.Do(http.MethodPut, "/v1/workouts/"+workout+"/class", map[string]any{"scheduled_class_id": taught.Scheduled}).Want(t, http.StatusOK)
	w.Exec(`INSERT INTO edge (member_id, other_id, bits, changed_at)
		SELECT a.member_id, b.member_id, 17, now() FROM profile a, profile b
		WHERE a.username LIKE 'crowd%' AND b.username LIKE 'crowd%' AND a.member_id <> b.member_id`)
	ben.Do(http.MethodPost, "/v1/groups", map[string]any{"kind": "public", "name": "Dawn"}).Want(t, http.StatusCreated)
	ben.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"groups": "everyone"}}).Want(t, http.StatusOK)
	paths := 0
	for _, o := range operationsOf(t) {
		ref, about := map[string]string{
			"member": owner, "workout": workout, "shown_workout": workout, "taken_class": taught.Class, "live_class": taught.Scheduled,
		}[o.object]
		if o.method != http.MethodGet || !about && o.path != "/v1/members" {
			continue
		}
		path := testkit.Fill(o.path, map[string]string{"id": ref, "ref": ref})
		switch {
		case o.quota == "search":
			path += "?q=crowd"
		case strings.HasSuffix(o.path, "/export"):
			path += "?format=csv"
		case strings.HasSuffix(o.path, "/original"):
			continue // its owner's alone, who pays nobody for it
		case strings.HasSuffix(o.path, "/figures"), strings.HasSuffix(o.path, "/high-fives"), strings.HasSuffix(o.path, "/live"):
			continue // of ten and more; of who greeted the reader; of who is on their way right now
		}
		for _, signedIn := range []bool{true, false} {
			if !signedIn && o.auth != "none" {
				continue
			}
			paths++
			w.Exec(`TRUNCATE auth.enumeration`)
			reader := w.nobody()
			if signedIn { // a fresh one, whom no replica remembers
				name := fmt.Sprintf("reader%d", paths)
				w.person(t, name)
				reader = w.signIn(t, name, "192.0.2.1")
			}
			r := get(reader, path, fmt.Sprintf("192.0.%d.1", paths)).Want(t, http.StatusOK)
			shows := r.Header.Get("Content-Type") != "application/json" || shown(t, r.Body)
			charged := w.Query(`SELECT count(DISTINCT principal)::text || '/' || count(*)::text FROM auth.enumeration`)
			if shows == (charged == "0/0") {
				t.Errorf("%s, signed in %t: shows somebody is %t, charged are %s (readers/pairs): %s", path, signedIn, shows, charged, r.Body)
			}
			if !shows {
				t.Errorf("%s shows nobody, so it proves nothing: %s", path, r.Body)
			}
		}
	}
	if paths < 14 {
		t.Errorf("only %d reads", paths)
	}
}

// shown says whether a body holds anything of a member: an item, or a member beyond what
// says nothing of a person.
func shown(t *testing.T, body []byte) bool {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if items, ok := m["items"].([]any); ok {
		return len(items) > 0
	}
	return len(m) > 0
}
