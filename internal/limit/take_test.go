package limit_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/testkit"
)

const wrong = "a very loud evening by the river"

// Tries are exact, however many come at once and to whichever replica; one that succeeds takes nothing.
func TestTriesAreExact(t *testing.T) {
	t.Parallel()
	one := start(t, nil)
	two := one.replica(t, nil)
	one.person(t, "ada")
	for range 30 { // an owner who signs in often
		one.try("ada", password, "198.51.100.1").Want(t, http.StatusOK)
	}
	var let, refusedN atomic.Int64
	var all sync.WaitGroup
	for i := range 60 {
		w := []world{one, two}[i%2]
		all.Go(func() {
			switch r := w.try("ada", wrong, "198.51.100.1"); r.Status {
			case http.StatusUnauthorized:
				let.Add(1)
			case http.StatusTooManyRequests:
				refusedN.Add(1)
			default:
				t.Errorf("status %d: %s", r.Status, r.Body)
			}
		})
	}
	all.Wait()
	if let.Load() != 10 || refusedN.Load() != 50 {
		t.Errorf("%d of 60 tries were let through, not 10", let.Load())
	}
	r := two.try("ada", password, "198.51.100.1")
	refused(t, r)
	if got := r.Header.Get("Retry-After"); got != "90" {
		t.Errorf("the next try is in %s s, not in a tenth of a quarter of an hour", got)
	}
	if one.events(observe.LoginFlood)+two.events(observe.LoginFlood) != 51 {
		t.Error("not each refusal is an event")
	}
	// From elsewhere the owner enters at once, and here as soon as a try is free.
	two.try("ada", password, "203.0.113.1").Want(t, http.StatusOK)
	one.Clock.Advance(90 * time.Second)
	one.try("ada", password, "198.51.100.1").Want(t, http.StatusOK)
}

// A name that nobody has is limited like one that somebody has: status, headers, body and
// the moment of the refusal are the same, at each operation that takes a name.
func TestUnknownNamesAreLimitedAlike(t *testing.T) {
	t.Parallel()
	w := start(t, func(l *config.Limits) { l.AuthNetwork = 1000 })
	w.person(t, "ada")
	operations := map[string]map[string]any{
		"/v1/auth/login":           {"password": wrong},
		"/v1/auth/cookie":          {"password": wrong},
		"/v1/auth/appeal":          {"password": wrong, "words": "That was not me."},
		"/v1/auth/password/forgot": {},
		"/v1/auth/password/reset":  {"password": wrong, "code": "BCDFGHJK"},
		"/v1/auth/verify":          {"code": "BCDFGHJK"},
		"/v1/auth/register":        {"password": wrong, "username": "somebody", "display_name": "Some Body", "birth_date": "1990-04-05"},
	}
	known := 0
	for path, body := range operations {
		ask := func(name string) testkit.Response {
			body["email"] = name + "@example.test"
			return w.Do(http.MethodPost, path, body, from("198.51.100.1")...)
		}
		if ask("probe").Status == http.StatusNotFound {
			t.Errorf("%s is no operation", path)
			continue
		}
		stopped := false
		for i := range 14 {
			a, b := ask("ada"), ask("nobody")
			if path == "/v1/auth/register" { // its body is a fresh id
				a.Body, b.Body = nil, nil
			}
			if differ := a.Same(b); differ != "" {
				t.Errorf("%s, request %d: %s", path, i+1, differ)
			}
			stopped = stopped || a.Status == http.StatusTooManyRequests
		}
		if !stopped {
			t.Errorf("%s is never refused", path)
		}
		known++
	}
	if known != 7 {
		t.Errorf("%d operations were asked", known)
	}
	rows := w.Query(`SELECT coalesce(string_agg(encode(key, 'escape'), ' '), '') FROM auth.limit_bucket`)
	if strings.Contains(rows, "ada") || strings.Contains(rows, "198.51") {
		t.Errorf("a row names somebody: %s", rows)
	}
}

// A password is guessed at with the same tries wherever it is asked for.
func TestAPasswordHasOneBudget(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.person(t, "ada")
	for range 10 {
		w.try("ada", wrong, "198.51.100.1").Want(t, http.StatusUnauthorized)
	}
	for path, more := range map[string]map[string]any{"/v1/auth/cookie": {}, "/v1/auth/appeal": {"words": "That was not me."}} {
		more["email"], more["password"] = "ada@example.test", password
		refused(t, w.Do(http.MethodPost, path, more, from("198.51.100.1")...))
	}
}

// Strangers can't lock an owner out: from where they were signed in before they enter though
// every try that the name has is spent, and from elsewhere as soon as one is free.
func TestTheOwnerEntersDuringGuessing(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.person(t, "ada")
	w.try("ada", password, "198.51.100.1").Want(t, http.StatusOK)
	tries := 0
	for i := range 30 { // a botnet guesses at one name
		for range 10 {
			if w.try("ada", wrong, fmt.Sprintf("203.0.%d.1", i)).Status == http.StatusUnauthorized {
				tries++
			}
		}
	}
	if tries != 100 {
		t.Errorf("300 guesses from 30 networks had %d tries, not an hour's 100", tries)
	}
	refused(t, w.try("ada", password, "192.0.2.1"))
	for range 5 {
		w.try("ada", password, "198.51.100.1").Want(t, http.StatusOK)
	}
	// What was given back there was never taken from the others' tries.
	refused(t, w.try("ada", password, "192.0.2.1"))
	w.Clock.Advance(36 * time.Second)
	w.try("ada", password, "192.0.2.1").Want(t, http.StatusOK)
	// After 90 days a network is a stranger's again.
	if got := w.Query(`SELECT count(*)::text FROM auth.known_network`); got != "2" {
		t.Errorf("%s networks are known", got)
	}
}

// 2,000 clients flood the login with a known and with unknown names. Memory stays bounded, and the owner enters.
func TestALoginFlood(t *testing.T) {
	t.Parallel()
	w := world{testkit.Start(t, options(nil), func(o *serviceOptions) {
		o.Login = config.Login{ArgonMemoryKiB: 8 << 10, ArgonTime: 1, ArgonParallelism: 1, Concurrency: 2, Queue: 16}
	})}
	w.person(t, "ada")
	w.try("ada", password, "198.51.100.1").Want(t, http.StatusOK)
	var before, peak runtime.MemStats
	runtime.ReadMemStats(&before)
	stop := make(chan struct{})
	answers := map[int]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	const clients = 2000
	work := make(chan int)
	for range 200 { // so many at a time: each has a connection
		all.Go(func() {
			for i := range work {
				name := "ada"
				if i%2 == 0 {
					name = fmt.Sprintf("nobody%d", i)
				}
				r := w.try(name, wrong, fmt.Sprintf("203.%d.%d.1", i%50, i%7))
				mu.Lock()
				answers[r.Status]++
				mu.Unlock()
			}
		})
	}
	go func() {
		defer close(work)
		for i := range clients {
			work <- i
		}
		<-stop
	}()
	entered, tries := 0, 0
	for tries < 40 && entered < 10 {
		tries++
		if w.try("ada", password, "198.51.100.1").Status == http.StatusOK {
			entered++
		}
	}
	runtime.ReadMemStats(&peak)
	close(stop)
	all.Wait()
	t.Logf("the owner entered %d times in %d tries; the flood got %v; the heap grew by %d MiB", entered, tries, answers, (int64(peak.HeapSys)-int64(before.HeapSys))>>20)
	// On a machine that is busy otherwise a request may run into its deadline;
	// TestTurnsAreSharedOut holds the order itself.
	if entered < 10 {
		t.Errorf("the owner entered %d times in %d tries", entered, tries)
	}
	if answers[http.StatusUnauthorized]+answers[http.StatusTooManyRequests]+answers[http.StatusServiceUnavailable] != clients || answers[http.StatusTooManyRequests] == 0 {
		t.Errorf("the flood got %v", answers)
	}
	if grown := int64(peak.HeapSys) - int64(before.HeapSys); grown > 192<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

// A stranger on one network spends their own tries at a code and not the code.
func TestAStrangerSpoilsNoCode(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.person(t, "ada")
	w.Do(http.MethodPost, "/v1/auth/password/forgot", map[string]any{"email": "ada@example.test"}, from("198.51.100.1")...).Want(t, http.StatusAccepted)
	code := w.Code("ada@example.test")
	reset := func(code, address string) testkit.Response {
		return w.Do(http.MethodPost, "/v1/auth/password/reset", map[string]any{
			"email": "ada@example.test", "code": code, "password": "a quiet morning by the lake"}, from(address)...)
	}
	for i := range 60 {
		want := http.StatusUnprocessableEntity
		if i >= 10 {
			want = http.StatusTooManyRequests
		}
		reset("CCCCCCCC", "203.0.113.1").Want(t, want)
	}
	if w.events(observe.CodeGuessing) != 50 {
		t.Errorf("%d events", w.events(observe.CodeGuessing))
	}
	reset(code, "198.51.100.1").Want(t, http.StatusNoContent)
}

// A thief of a session guesses no password with it; imports have their hour.
func TestMembersTriesAndImports(t *testing.T) {
	t.Parallel()
	w := start(t, func(l *config.Limits) { l.Import = 3 })
	w.person(t, "ada")
	ada := w.signIn(t, "ada", "198.51.100.1")
	i := 0
	if n := passed(t, 15, func() testkit.Response {
		i++
		return ada.Do(http.MethodDelete, "/v1/me", map[string]any{"password": wrong}, from(fmt.Sprintf("203.0.%d.1", i))...)
	}); n != 10 {
		t.Errorf("%d wrong passwords were looked at", n)
	}
	file, media := testkit.Multipart(t, "a.fit", []byte("no recording"))
	upload := func() testkit.Response {
		return ada.Do(http.MethodPost, "/v1/workouts/import", file, "Content-Type", media, "X-Forwarded-For", "198.51.100.1")
	}
	if n := passed(t, 6, upload); n != 3 {
		t.Errorf("%d files were looked at", n)
	}
	w.Clock.Advance(20 * time.Minute)
	if n := passed(t, 6, upload); n != 1 {
		t.Errorf("a third of an hour later %d files were looked at", n)
	}
}

// A limit that should not matter is high, as high as one can be set, and refuses nobody.
func TestHighLimitsRefuseNobody(t *testing.T) {
	t.Parallel()
	for _, most := range []int{250_000_000, 1 << 29, 1_000_000_000} {
		w := start(t, func(l *config.Limits) { l.Auth, l.AuthNetwork, l.AuthAccount, l.Import = most, most, most, most })
		id := w.person(t, "ada")
		w.try("ada", wrong, "198.51.100.1").Want(t, http.StatusUnauthorized)
		w.try("ada", password, "198.51.100.1").Want(t, http.StatusOK)
		for _, class := range []limit.Class{limit.Auth, limit.Import} {
			try := limit.Try{Class: class, What: "login", Member: id, Name: "ada@example.test"}
			if taken, err := w.Service.Limits.Take(t.Context(), w.Clock.Now(), try); err != nil || taken.Remaining < most/2 {
				t.Errorf("%s of %d: %d remain, %v", class, most, taken.Remaining, err)
			}
		}
	}
}
