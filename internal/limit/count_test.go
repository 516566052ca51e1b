package limit_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/testkit"
)

func few(l *config.Limits) { l.Read = 20 }

// passed is how many of so many requests were let through.
func passed(t *testing.T, n int, ask func() testkit.Response) (ok int) {
	t.Helper()
	for range n {
		if ask().Status != http.StatusTooManyRequests {
			ok++
		}
	}
	return ok
}

// A member is limited whatever session they use, wherever they are, and on whichever replica.
func TestAMemberIsLimited(t *testing.T) {
	t.Parallel()
	one := start(t, few)
	two := one.replica(t, few)
	one.person(t, "ada")
	phone, watch := one.signIn(t, "ada", "198.51.100.1"), one.signIn(t, "ada", "203.0.113.1")
	me := func(w world, c session, address string) func() testkit.Response {
		return func() testkit.Response { return get(c.on(w), "/v1/me", address) }
	}
	if n := passed(t, 15, me(one, phone, "198.51.100.1")); n != 15 {
		t.Errorf("%d of 15 requests were let through", n)
	}
	one.exchange(t)
	// Another session on another replica learns of it by its first exchange.
	get(watch.on(two), "/v1/me", "203.0.113.1").Want(t, http.StatusOK)
	two.exchange(t)
	if n := passed(t, 20, me(two, watch, "203.0.113.1")); n != 4 {
		t.Errorf("after 16 of 20 requests %d more were let through", n)
	}
	two.exchange(t)
	get(phone.on(one), "/v1/me", "198.51.100.1")
	one.exchange(t)
	refused(t, get(phone.on(one), "/v1/me", "198.51.100.1"))
	refused(t, get(watch.on(two), "/v1/me", "203.0.113.1"))
	if one.events(observe.RateLimited) == 0 {
		t.Error("nobody is told")
	}
	// Somebody else is not, from the same address.
	one.person(t, "ben")
	get(one.signIn(t, "ben", "198.51.100.1"), "/v1/me", "198.51.100.1").Want(t, http.StatusOK)
	// The clock moves on, and the minute before counts for less and less.
	one.Clock.Advance(90 * time.Second)
	if n := passed(t, 30, me(one, phone, "198.51.100.1")); n < 9 || n > 11 {
		t.Errorf("a minute and a half later %d of 20 are free", n)
	}
	one.Clock.Advance(3 * time.Minute)
	if n := passed(t, 30, me(one, phone, "198.51.100.1")); n != 20 {
		t.Errorf("after a pause %d of 20 are free", n)
	}
}

// Others don't hear of who asks for little, and of who asks for more they hear all.
func TestAFewAreNotExchanged(t *testing.T) {
	t.Parallel()
	w := start(t, func(l *config.Limits) { l.Read = 640 })
	w.person(t, "ada")
	ada := w.signIn(t, "ada", "198.51.100.1")
	w.exchange(t)
	before := w.Query(`SELECT count(*)::text FROM auth.limit_count`)
	for i, told := range []bool{9: false, 10: true} {
		get(ada, "/v1/me", "198.51.100.1").Want(t, http.StatusOK)
		w.exchange(t)
		if now := w.Query(`SELECT count(*)::text FROM auth.limit_count`); (now != before) != told {
			t.Errorf("after %d requests of 640: %s counts, %s before", i+1, now, before)
		}
	}
	if got := w.Query(`SELECT max(n)::text FROM auth.limit_count`); got != "11" {
		t.Errorf("%s are told of, not 11", got)
	}
}

// Who is nobody is limited by the address and by the network around it, whatever a client
// says of itself: an IPv6 address is its /64.
func TestANetworkIsLimited(t *testing.T) {
	t.Parallel()
	w := start(t, few)
	ask := func(address string) func() testkit.Response {
		return func() testkit.Response { return get(w.nobody(), "/v1/members/nobody", address) }
	}
	if n := passed(t, 50, ask("198.51.100.1")); n != 40 {
		t.Errorf("an address has %d requests, not twice a member's 20", n)
	}
	refused(t, ask("198.51.100.1")())
	ask("198.51.100.2")().Want(t, http.StatusNotFound)
	i := 0
	if n := passed(t, 60, func() testkit.Response { i++; return ask(fmt.Sprintf("2001:db8:1:1::%x", i))() }); n != 40 {
		t.Errorf("a /64 has %d requests", n)
	}
	if n := passed(t, 400, func() testkit.Response { i++; return ask(fmt.Sprintf("2001:db8:1:%x::1", i))() }); n != 280 {
		t.Errorf("a /48 has %d requests, and 40 before, not 16 times a member's 20", n)
	}
	if n := passed(t, 400, func() testkit.Response { i++; return ask(fmt.Sprintf("203.0.113.%d", i%200))() }); n != 320 {
		t.Errorf("a /24 has %d requests, not 16 times a member's 20", n)
	}
	ask("192.0.2.1")().Want(t, http.StatusNotFound)
	// The operators' pages have limits of their own.
	get(w.nobody(), "/healthz", "198.51.100.1").Want(t, http.StatusOK)
}

// A client that isn't a configured proxy keeps its bucket, whatever address it makes up.
func TestASpoofedAddressKeepsItsBucket(t *testing.T) {
	t.Parallel()
	w := world{testkit.Start(t, options(few), func(o *serviceOptions) { o.TrustedProxies = nil })}
	i := 0
	if n := passed(t, 60, func() testkit.Response {
		i++
		return get(w.nobody(), "/v1/members/nobody", fmt.Sprintf("198.51.%d.1", i))
	}); n != 40 {
		t.Errorf("%d of 60 requests from 60 made-up addresses were let through", n)
	}
}

// Whoever makes tokens up counts for their network, and for nobody else.
func TestMadeUpTokensAreNobodys(t *testing.T) {
	t.Parallel()
	w := start(t, few)
	for i := range 100 {
		get(session{Client: w.As(fmt.Sprintf("pl_at_made_up_%d", i))}, "/v1/me", fmt.Sprintf("198.51.%d.1", i)).Want(t, http.StatusUnauthorized)
	}
	if n := limit.Sessions(w.Service.Limits); n != 0 {
		t.Errorf("%d sessions are counted", n)
	}
}

// The limit is said on every answer, what is left of it when that is little; and a page of
// another origin that may call can read both.
func TestTheHeadersAreStandard(t *testing.T) {
	t.Parallel()
	const friend = "https://friend.example.test"
	w := world{testkit.Start(t, options(few), func(o *serviceOptions) { o.CORSOrigins = []string{friend} })}
	w.person(t, "ada")
	ada := w.signIn(t, "ada", "198.51.100.1")
	for i := range 20 {
		r := get(ada, "/v1/me", "198.51.100.1").Want(t, http.StatusOK)
		if got := r.Header.Get("RateLimit-Policy"); got != `"read";q=20;w=60` {
			t.Fatalf("the policy is %q", got)
		}
		want := ""
		if left := 19 - i; left < 5 {
			want = fmt.Sprintf(`"read";r=%d;t=60`, left)
		}
		if got := r.Header.Get("RateLimit"); got != want {
			t.Errorf("after %d requests it says %q, not %q", i+1, got, want)
		}
	}
	r := ada.Do(http.MethodGet, "/v1/me", nil, "X-Forwarded-For", "198.51.100.1", "Origin", friend)
	refused(t, r)
	if got := r.Header.Get("Access-Control-Expose-Headers"); got != "ETag,Location,Retry-After,RateLimit,RateLimit-Policy" {
		t.Errorf("exposed are %q", got)
	}
}

// Without its database a replica limits alone, and tells what it counted when the database is back.
func TestLimitsHoldWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	w := start(t, few)
	n := limit.NetworkOf(netip.MustParseAddr("198.51.100.7"))
	caller := db.Anonymous(w.Clock.Now())
	w.Exec(`ALTER TABLE auth.limit_count RENAME TO limit_count_away`)
	let := 0
	for range 60 {
		if _, _, err := w.Service.Limits.Count(t.Context(), caller, limit.Read, n); err == nil {
			let++
		}
	}
	if err := w.Service.Limits.Exchange(t.Context()); err == nil {
		t.Error("the exchange succeeds without its table")
	}
	if let != 40 {
		t.Errorf("%d of 60 were let through", let)
	}
	w.Exec(`ALTER TABLE auth.limit_count_away RENAME TO limit_count`)
	w.exchange(t)
	if got := w.Query(`SELECT max(n)::text FROM auth.limit_count`); got != "40" {
		t.Errorf("the others hear of %s", got)
	}
}

// A request that is counted costs no allocation.
func TestCountingAllocatesNothing(t *testing.T) {
	w := start(t, func(l *config.Limits) { l.Read = 1e8 })
	n := limit.NetworkOf(netip.MustParseAddr("198.51.100.7"))
	caller := db.WithToken("pl_at_something", w.Clock.Now())
	if got := testing.AllocsPerRun(1000, func() {
		_, _, _ = w.Service.Limits.Count(t.Context(), caller, limit.Read, n)
		w.Service.Limits.Seen(caller, limit.Read)
	}); got >= 1 {
		t.Errorf("%.1f allocations a request", got)
	}
}
