package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/service"
	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/testkit/timing"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// twins is a question about what is there and hidden from who asks, or known to the
// service, and the same about what is not.
type twins struct {
	name string
	ask  func(there bool) testkit.Response
}

// the addresses and names are as long as their twins.
const (
	knownAddress, otherAddress = "hiddn@example.test", "nobdy@example.test"
	knownName, otherName       = "hiddn", "nobdy"
)

// either is the one that is there, or the other.
func either(there bool, one, other string) string {
	if there {
		return one
	}
	return other
}

// hidden makes a member who shows nothing to anybody and has something of everything,
// and a stranger to her.
func hidden(t testing.TB, with ...func(*service.Options)) (w *testkit.World, stranger *testkit.Person, ride string) {
	t.Helper()
	w = testkit.Start(t, with...)
	h := w.Join(knownName)
	made := h.Upload("/v1/workouts/import", "a.fit", recordingtest.RideFIT(recordingtest.Options{Seconds: 600})).Want(t, http.StatusCreated).Map(t)
	first, _ := made["items"].([]any)[0].(map[string]any)
	ride, _ = first["id"].(string)
	h.Do(http.MethodPut, "/v1/me/avatar", testkit.Picture(t), "Content-Type", "image/png").Want(t, http.StatusNoContent)
	stranger = w.Join("stranger")
	w.Follow(stranger, h)
	h.Do(http.MethodDelete, "/v1/me/followers/"+stranger.ID, nil).Want(t, http.StatusNoContent)
	h.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "nobody", "private": true}).Want(t, http.StatusOK)
	h.Do(http.MethodPatch, "/v1/workouts/"+ride, map[string]any{"audience": "only_me"}).Want(t, http.StatusOK)
	return w, stranger, ride
}

// allTwins are the questions, of a stranger who is signed in and of nobody.
func allTwins(t testing.TB) (*testkit.World, []twins) {
	t.Helper()
	w, stranger, ride := hidden(t)
	var all []twins
	for path, body := range map[string]map[string]any{
		"/v1/auth/register":        registration("zoe"),
		"/v1/auth/verify":          {"code": "BCDFGHJK"},
		"/v1/auth/login":           {"password": "not the password of any"},
		"/v1/auth/cookie":          {"password": "not the password of any"},
		"/v1/auth/password/forgot": {},
		"/v1/auth/password/reset":  {"code": "BCDFGHJK", "password": "another long ride by the sea"},
	} {
		all = append(all, twins{name: path, ask: func(there bool) testkit.Response {
			r := w.Do(http.MethodPost, path, with(body, "email", either(there, knownAddress, otherAddress)))
			r.Body = anyID.ReplaceAll(r.Body, []byte("an id"))
			return r
		}})
	}
	made := uuid.Must(uuid.NewV7()).String()
	for who, client := range map[string]*testkit.Client{"a stranger": stranger.Client, "nobody": w.Client} {
		for what, path := range map[string][2]string{
			"profile":   {"/v1/members/" + knownName, "/v1/members/" + otherName},
			"avatar":    {"/v1/members/" + knownName + "/avatar", "/v1/members/" + otherName + "/avatar"},
			"followers": {"/v1/members/" + knownName + "/followers", "/v1/members/" + otherName + "/followers"},
			"workouts":  {"/v1/members/" + knownName + "/workouts", "/v1/members/" + otherName + "/workouts"},
			"workout":   {"/v1/workouts/" + ride, "/v1/workouts/" + made},
			"streams":   {"/v1/workouts/" + ride + "/streams", "/v1/workouts/" + made + "/streams"},
			"search":    {"/v1/members?q=" + knownName, "/v1/members?q=" + otherName},
		} {
			all = append(all, twins{name: what + " for " + who, ask: func(there bool) testkit.Response {
				return client.Get(either(there, path[0], path[1]))
			}})
		}
	}
	slices.SortFunc(all, func(a, b twins) int { return strings.Compare(a.name, b.name) }) // those of signing in come first
	return w, all
}

// strict are limits that are met soon.
func strict(o *service.Options) {
	o.Limits = config.Limits{
		Read: 1e6, Search: 1e6, Write: 1e6, Ops: 1e6, Import: 1e6, Auth: 3, AuthNetwork: 1e6, AuthAccount: 1e6,
		Hour: 1e6, Day: 1e6, Fortnight: 1e6, Shared: 1e6,
	}
}

// refusals are the same for what is refused for coming too often.
func refusals(t testing.TB) (*testkit.World, []twins) {
	t.Helper()
	w, _, _ := hidden(t, strict)
	w.Clock.Advance(24 * time.Hour)
	var all []twins
	for path, body := range map[string]map[string]any{
		"/v1/auth/login":           {"password": "not the password of any"},
		"/v1/auth/password/forgot": {},
		"/v1/auth/register":        registration("zoe"),
	} {
		one := twins{name: "429 of " + path, ask: func(there bool) testkit.Response {
			return w.Do(http.MethodPost, path, with(body, "email", either(there, knownAddress, otherAddress)))
		}}
		for _, there := range []bool{true, false} {
			for range 4 {
				one.ask(there)
			}
		}
		all = append(all, one)
	}
	return w, all
}

// What is hidden or known answers as what isn't there: by status, headers and bytes.
func TestTwinsAnswerAlike(t *testing.T) {
	t.Parallel()
	_, all := allTwins(t)
	_, refused := refusals(t)
	for _, one := range refused {
		one.ask(true).Want(t, http.StatusTooManyRequests)
	}
	for _, one := range append(all, refused...) {
		first := one.ask(true)
		if differ := first.Same(one.ask(false)); differ != "" || first.Status >= 500 {
			t.Errorf("%s: %s (%d)", one.name, differ, first.Status)
		}
	}
	if len(all) < 20 || len(refused) < 3 {
		t.Errorf("only %d and %d were asked", len(all), len(refused))
	}
}

// Whether the time of an answer tells what its bytes don't (ASVS 6.3.8): see package timing.
func BenchmarkTwinsTakeAsLong(b *testing.B) {
	report := func(w *testkit.World, all []twins, step time.Duration) {
		for _, one := range all {
			b.Run(one.name, func(b *testing.B) {
				// Codes of the round before are over, so none is one too many.
				timing.Report(b, func() { w.Clock.Advance(step) }, [2]func(){func() { one.ask(true) }, func() { one.ask(false) }})
			})
		}
	}
	w, all := allTwins(b)
	signIn := slices.IndexFunc(all, func(one twins) bool { return !strings.HasPrefix(one.name, "/v1/auth/") })
	report(w, all[:signIn], 16*time.Minute)
	w, all = allTwins(b) // the sessions of the one before have ended by its clock
	report(w, all[signIn:], 0)
	w, refused := refusals(b)
	report(w, refused, 0)
}
