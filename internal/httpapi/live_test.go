package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
)

// live is a world with a class that goes on, and riders whose consoles say how far they are.
type live struct {
	*testkit.World
	testkit.Taught
}

func startLive(t *testing.T) *live {
	t.Helper()
	w := testkit.Start(t)
	w.Register()
	return &live{w, w.Teach("Live climbs")}
}

// rider is somebody who shows their place to every member, and who rides by a console of theirs.
func (l *live) rider(name string, kj float64) *testkit.Person {
	l.T.Helper()
	return l.showing(name, kj, 100*kj, map[string]any{})
}

// showing is a rider who chose other audiences, too.
func (l *live) showing(name string, kj, m float64, audiences map[string]any) *testkit.Person {
	l.T.Helper()
	p := l.JoinBorn(name, "1990-04-05")
	audiences["leaderboard"], audiences["workout"] = "members", "members"
	p.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": audiences}).Want(l.T, http.StatusOK)
	l.progress(l.Pair(p, "sync").Client, kj, m, 600).Want(l.T, http.StatusNoContent)
	return p
}

func (l *live) post(c *testkit.Client, kj float64, seconds int) testkit.Response {
	l.T.Helper()
	return l.progress(c, kj, 100*kj, seconds)
}

func (l *live) progress(c *testkit.Client, kj, m float64, seconds int) testkit.Response {
	l.T.Helper()
	return c.Do(http.MethodPost, "/v1/schedule/"+l.Scheduled+"/progress", map[string]any{"output_kj": kj, "distance_m": m, "elapsed_s": seconds})
}

// stream is an open one.
type stream struct {
	t      testing.TB
	cancel context.CancelFunc
	answer *http.Response
	lines  *bufio.Scanner
}

func (l *live) open(p *testkit.Person, lastID string) *stream {
	l.T.Helper()
	return l.openBy(p.Ticket(l.Scheduled), lastID)
}

func (l *live) openBy(ticket, lastID string) *stream {
	l.T.Helper()
	return l.openAsking(ticket, lastID, "")
}

func (l *live) openAsking(ticket, lastID, asked string) *stream {
	l.T.Helper()
	ctx, cancel := context.WithCancel(l.T.Context())
	l.T.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.Address()+"/v1/schedule/"+l.Scheduled+"/live?max_events=100&ticket="+ticket+asked, nil)
	if err != nil {
		l.T.Fatal(err)
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		l.T.Fatal(err)
	}
	l.T.Cleanup(func() { _ = answer.Body.Close() })
	return &stream{l.T, cancel, answer, bufio.NewScanner(answer.Body)}
}

// patience is how long a test waits for what comes within a second or two, or never.
const patience = 30 * time.Second

// next is the next event: its id, and each rider in it as "name rank output"; not ok at the end.
func (s *stream) next() (id string, riders []string, ok bool) {
	s.t.Helper()
	var late atomic.Bool
	defer time.AfterFunc(patience, func() { late.Store(true); s.cancel() }).Stop()
	for s.lines.Scan() {
		line := s.lines.Text()
		if value, is := strings.CutPrefix(line, "id: "); is {
			id = value
		}
		data, is := strings.CutPrefix(line, "data: ")
		if !is {
			continue
		}
		var board struct {
			Items []struct {
				Rank     int
				You      bool
				OutputKJ float64 `json:"output_kj"`
				Member   struct{ Username string }
			}
		}
		if err := json.Unmarshal([]byte(data), &board); err != nil {
			s.t.Fatal(err)
		}
		for _, r := range board.Items {
			riders = append(riders, fmt.Sprint(r.Member.Username, " ", r.Rank, " ", r.OutputKJ))
		}
		return id, riders, true
	}
	if late.Load() {
		s.t.Fatalf("neither an event nor an end came within %s", patience)
	}
	return "", nil, false
}

func (s *stream) want(riders ...string) (id string) {
	s.t.Helper()
	id, got, ok := s.next()
	if !ok || !slices.Equal(got, riders) {
		s.t.Fatalf("the next event is %v (%t), want %v", got, ok, riders)
	}
	return id
}

// A block during a live class removes both from each other's very next event, on streams that are open; and so
// do a narrower field and the private switch. Ranks are among those who are left.
func TestABlockBindsTheNextEvent(t *testing.T) {
	t.Parallel()
	l := startLive(t)
	ada, ben := l.rider("ada-live", 90), l.rider("ben-live", 95)
	cleo := l.rider("cleo-live", 80)
	ofAda, ofBen := l.open(ada, ""), l.open(ben, "")
	all := []string{"ben-live 1 95", "ada-live 2 90", "cleo-live 3 80"}
	ofAda.want(all...)
	ofBen.want(all...)
	ben.Do(http.MethodPut, "/v1/me/blocks/"+ada.ID, nil).Want(t, http.StatusNoContent)
	ofAda.want("ada-live 1 90", "cleo-live 2 80")
	ofBen.want("ben-live 1 95", "cleo-live 2 80")
	cleo.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"leaderboard": "followers"}}).Want(t, http.StatusOK)
	ofAda.want("ada-live 1 90")
	last := ofBen.want("ben-live 1 95")

	// Whoever comes back with the last id gets what is different, and nothing again.
	again := l.open(ben, last)
	cleo.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"leaderboard": "everyone"}}).Want(t, http.StatusOK)
	again.want("ben-live 1 95", "cleo-live 2 80")

	// A session that ends takes its stream along.
	ada.Do(http.MethodPost, "/v1/auth/logout", nil).Want(t, http.StatusNoContent)
	for {
		_, riders, ok := ofAda.next()
		if !ok {
			break
		}
		if slices.Contains(riders, "ben-live 1 95") {
			t.Fatalf("after the block: %v", riders)
		}
	}
}

// A ticket opens one stream, in its minute, of its class, for its session; and a member has four streams at most.
func TestTicketsOpenOnce(t *testing.T) {
	t.Parallel()
	l := startLive(t)
	ada := l.rider("ada-tick", 50)
	refused := func(why, ticket string) {
		t.Helper()
		got := l.Get("/v1/schedule/"+l.Scheduled+"/live?max_events=1&ticket="+ticket).Want(t, http.StatusUnauthorized)
		if got.Map(t)["code"] != "invalid_ticket" {
			t.Errorf("%s: %s", why, got.Body)
		}
	}
	used := ada.Ticket(l.Scheduled)
	l.Get("/v1/schedule/"+l.Scheduled+"/live?max_events=1&ticket="+used).Want(t, http.StatusOK)
	refused("used", used)
	refused("another class", ada.Ticket(l.Teach("Another").Scheduled))
	late := ada.Ticket(l.Scheduled)
	l.Clock.Advance(time.Minute)
	refused("late", late)
	if n := l.Query(`SELECT count(*)::text FROM auth.live_ticket WHERE encode(hash, 'escape') LIKE '%pl_lt%'`); n != "0" {
		t.Error("a ticket is kept as it is")
	}
	inUse := ada.Ticket(l.Scheduled)
	l.openBy(inUse, "").want("ada-tick 1 50")
	refused("its stream is open", inUse)
	for range 3 {
		l.open(ada, "").want("ada-tick 1 50")
	}
	l.Get("/v1/schedule/"+l.Scheduled+"/live?max_events=1&ticket="+ada.Ticket(l.Scheduled)).Want(t, http.StatusServiceUnavailable)
	revoked := ada.Ticket(l.Scheduled)
	ada.Do(http.MethodPost, "/v1/auth/logout", nil).Want(t, http.StatusNoContent)
	refused("its session has ended", revoked)
}

// What a phone posts, only its rider sees, without a rank; so it is once a phone posted in between. What comes
// late changes nothing, and nothing is posted when the class isn't on.
func TestOnlyConsolesAreRankedLive(t *testing.T) {
	t.Parallel()
	l := startLive(t)
	ada, ben := l.rider("ada-rank", 50), l.rider("ben-rank", 60)
	l.post(ben.Client, 61, 601).Want(t, http.StatusNoContent)
	l.open(ada, "").want("ada-rank 1 50")
	l.open(ben, "").want("ada-rank 1 50", "ben-rank 0 61")
	l.post(ben.Client, 12, 90).Want(t, http.StatusNoContent)
	l.open(ben, "").want("ada-rank 1 50", "ben-rank 0 61")
	l.post(ben.Client, 700, 100).Want(t, http.StatusUnprocessableEntity)
	l.Clock.Advance(5 * time.Minute)
	l.Exec(`UPDATE scheduled_class SET starts_at = starts_at - interval '3 hours', ends_at = ends_at - interval '3 hours',
		booking_opens_at = booking_opens_at - interval '4 hours', cancel_until = cancel_until - interval '4 hours', promote_until = promote_until - interval '4 hours'`)
	if got := l.post(ben.Client, 62, 700).Want(t, http.StatusConflict); got.Map(t)["code"] != "class_not_live" {
		t.Errorf("%s", got.Body)
	}
	l.Exec(`UPDATE class SET state = 'draft'`)
	l.post(ben.Client, 62, 700).Want(t, http.StatusNotFound)
}

// A stream is of what was asked: by work or by distance, of everybody whom one sees or of those whom one follows, of a
// gender or an age of those only who show it, themselves among them; ranks are among these.
func TestALiveClassByWhatIsAsked(t *testing.T) {
	t.Parallel()
	l := startLive(t)
	shown := func(name, gender string, kj, m float64, audiences map[string]any) *testkit.Person {
		p := l.showing(name, kj, m, audiences)
		p.Do(http.MethodPatch, "/v1/me/profile", map[string]any{"gender": gender}).Want(t, http.StatusOK)
		return p
	}
	shown("ben-asks", "woman", 100, 10000, map[string]any{})
	cleo := shown("cleo-asks", "woman", 50, 20000, map[string]any{"gender": "members", "age": "followers"})
	dana := shown("dana-asks", "woman", 50, 3000, map[string]any{"gender": "members"})
	shown("eve-asks", "man", 40, 2000, map[string]any{"gender": "members"})
	ada := shown("ada-asks", "woman", 30, 1000, map[string]any{})
	l.Follow(ada, cleo)
	tied := []string{"cleo-asks", "dana-asks"} // in the order of their ids
	if dana.ID < cleo.ID {
		slices.Reverse(tied)
	}
	all := []string{"ben-asks 1 100", tied[0] + " 2 50", tied[1] + " 2 50", "eve-asks 4 40", "ada-asks 5 30"}
	for asked, want := range map[string][]string{
		"": all, "&metric=output": all,
		"&metric=distance":           {"cleo-asks 1 50", "ben-asks 2 100", "dana-asks 3 50", "eve-asks 4 40", "ada-asks 5 30"},
		"&followed=true":             {"cleo-asks 1 50", "ada-asks 2 30"},
		"&gender=woman":              {tied[0] + " 1 50", tied[1] + " 1 50", "ada-asks 3 30"},
		"&gender=man":                {"eve-asks 1 40"},
		"&age_band=30-39":            {"cleo-asks 1 50", "ada-asks 2 30"},
		"&age_band=20-29":            nil,
		"&age_band=30-39&gender=man": nil,
	} {
		s := l.openAsking(ada.Ticket(l.Scheduled), "", asked)
		s.want(want...)
		s.cancel()
	}
}
