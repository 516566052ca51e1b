package limit_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/paceline/paceline/api"
	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/service"
	"github.com/paceline/paceline/internal/testkit"
)

type serviceOptions = service.Options

// world is a service whose limits are those of production but for what a test
// changes, behind a proxy: a request says where it comes from.
type world struct{ *testkit.World }

func start(t *testing.T, change func(*config.Limits)) world {
	t.Helper()
	return world{testkit.Start(t, options(change))}
}

func options(change func(*config.Limits)) func(*service.Options) {
	return func(o *service.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		o.Limits = config.Limits(limit.Standard())
		if change != nil {
			change(&o.Limits)
		}
	}
}

// replica is another process on the same database.
func (w world) replica(t *testing.T, change func(*config.Limits)) world {
	t.Helper()
	return world{testkit.Start(t, options(change), func(o *service.Options) {
		o.Database.URL, o.Ring, o.Now, o.Mail = w.PG.Superuser(), w.Ring, w.Clock.Now, w.Outbox
	})}
}

// on is the same session, asking another replica.
func (s session) on(w world) session { return session{w.As(s.token), s.token} }

func (w world) exchange(t *testing.T) {
	t.Helper()
	if err := w.Service.Limits.Exchange(t.Context()); err != nil {
		t.Fatal(err)
	}
}

const password = "a very quiet evening by the river"

// person makes an account by the operator's way, which no limit is in.
func (w world) person(t *testing.T, name string) uuid.UUID {
	t.Helper()
	id, err := w.Service.Accounts.Create(context.Background(), w.Clock.Now(), account.Registration{
		Email: name + "@example.test", Password: password, Username: name, DisplayName: "Display " + name,
		BirthDate: time.Date(1990, 4, 5, 0, 0, 0, 0, time.UTC),
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// crowd are so many members whom everybody may see.
func (w world) crowd(t *testing.T, n int) []string {
	t.Helper()
	var names []string
	for i := range n {
		name := fmt.Sprintf("crowd%04d", i)
		names = append(names, name)
		w.person(t, name)
	}
	w.Exec(`UPDATE member SET discoverability = 3, audiences = (1::bigint << 60) - 1, private = false WHERE id IN (SELECT member_id FROM profile WHERE username LIKE 'crowd%')`)
	return names
}

// signIn is a login from an address; its token lives for a quarter of a year.
func (w world) signIn(t *testing.T, name, address string) session {
	t.Helper()
	tokens := w.try(name, password, address).Want(t, http.StatusOK).Map(t)
	w.Exec(`UPDATE auth.session SET expires_at = expires_at + interval '90 days'`)
	w.Exec(`UPDATE auth.token SET expires_at = expires_at + interval '90 days'`)
	token, _ := tokens["access_token"].(string)
	return session{w.As(token), token}
}

func (w world) try(name, password, address string) testkit.Response {
	w.T.Helper()
	return w.Do(http.MethodPost, "/v1/auth/login", map[string]any{"email": name + "@example.test", "password": password}, from(address)...)
}

func from(address string) []string { return []string{"X-Forwarded-For", address} }

// nobody asks without a token.
func (w world) nobody() session { return session{w.As(""), ""} }

// session is somebody who is signed in.
type session struct {
	*testkit.Client
	token string
}

func get(c session, path, address string) testkit.Response {
	return c.Do(http.MethodGet, path, nil, from(address)...)
}

// events is how often a kind was raised.
func (w world) events(kind observe.EventKind) int {
	return strings.Count(w.Log.String(), `"event":"`+string(kind)+`"`)
}

// refused wants a 429 that tells when to come back, and nothing else.
func refused(t *testing.T, r testkit.Response) {
	t.Helper()
	r.Want(t, http.StatusTooManyRequests)
	if want := `{"code":"rate_limited","detail":"too many requests; come back later","status":429,"title":"Too Many Requests","type":"about:blank"}`; string(r.Body) != want {
		t.Errorf("the refusal is %s", r.Body)
	}
	if r.Header.Get("Retry-After") == "" || !strings.Contains(r.Header.Get("RateLimit"), ";r=0;t="+r.Header.Get("Retry-After")) || r.Header.Get("RateLimit-Policy") == "" {
		t.Errorf("the headers are %v", r.Header)
	}
}

type limits = config.Limits

// operation is one of the contract's.
type operation struct{ id, method, path, object, quota, auth string }

func operationsOf(t *testing.T) []operation {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(api.Document)
	if err != nil {
		t.Fatal(err)
	}
	var out []operation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			access, _ := op.Extensions["x-access"].(map[string]any)
			object, _ := access["object"].(string)
			quota, _ := access["quota"].(string)
			auth, _ := access["auth"].(string)
			out = append(out, operation{op.OperationID, method, path, object, quota, auth})
		}
	}
	return out
}
