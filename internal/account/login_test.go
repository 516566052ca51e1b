package account_test

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
)

func TestLoginIsRefusedAlike(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	w.register(registration("bob")) // not verified
	var first *fault.Error
	for name, l := range map[string]account.Login{
		"wrong password":  {Email: email("ada"), Password: password("bob")},
		"no password":     {Email: email("ada")},
		"unknown address": {Email: email("carla"), Password: password("carla")},
		"unverified":      {Email: email("bob"), Password: password("bob")},
		"no address":      {Email: "\x00", Password: password("ada")},
		"endless":         {Email: email("ada"), Password: password("ada") + strings.Repeat("x", 300)},
	} {
		_, err := w.Login(t.Context(), w.anonymous(), l)
		w.wants(err, "invalid_credentials", fault.KindUnauthenticated)
		if first == nil {
			first = fault.Of(err)
		}
		if !reflect.DeepEqual(fault.Of(err), first) {
			t.Errorf("%s: %#v, not %#v", name, fault.Of(err), first)
		}
	}
	if w.events(observe.LoginFailed) != 6 {
		t.Errorf("six failed logins leave %d events", w.events(observe.LoginFailed))
	}
	if strings.Contains(w.log.String(), "example.test") {
		t.Error("the log holds an address")
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	w := start(t)
	tokens := w.join("ada")
	if tokens.ExpiresIn != 10*time.Minute {
		t.Errorf("the access token lives %v", tokens.ExpiresIn)
	}
	for _, token := range []account.Secret{tokens.Access, tokens.Refresh} {
		if len(token.Reveal()) != len("pl_at_")+43 {
			t.Errorf("a token has %d characters", len(token.Reveal()))
		}
		if n := w.count(`SELECT count(*) FROM auth.token WHERE hash = $1`, db.WithToken(token.Reveal(), w.now).TokenHash()); n != 1 {
			t.Error("a token is not found by the hash that callers bring")
		}
		printed := fmt.Sprintf("%v %+v %#v %s %q", token, token, tokens, token, token) + slog.AnyValue(token).Resolve().String()
		if strings.Contains(printed, "pl_") {
			t.Error("a token can be printed")
		}
	}
	if n := w.count(`SELECT count(*) FROM auth.token t WHERE encode(t.hash, 'escape') LIKE '%pl_%' OR octet_length(t.hash) <> 32`); n != 0 {
		t.Error("more than hashes is kept")
	}
	if w.lives(tokens.Refresh) {
		t.Error("a refresh token is taken for an access token")
	}
	_, err := w.Refresh(t.Context(), w.anonymous(), tokens.Access.Reveal())
	w.wants(err, "invalid_token", fault.KindUnauthenticated)
	w.now = w.now.Add(10*time.Minute - time.Second)
	if !w.lives(tokens.Access) {
		t.Error("the access token ends early")
	}
	w.now = w.now.Add(time.Second)
	if w.lives(tokens.Access) {
		t.Error("the access token lives on")
	}
}

func TestCookieLivesByItsUse(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	login := func() account.Secret {
		cookie, err := w.LoginCookie(t.Context(), w.anonymous(), account.Login{Email: email("ada"), Password: password("ada")})
		w.must(err)
		if cookie.MaxAge != 30*24*time.Hour {
			t.Errorf("the cookie lives %v", cookie.MaxAge)
		}
		return cookie.Token
	}
	began := w.now
	used, idle := login(), login()
	if !w.lives(used) || !w.lives(idle) {
		t.Fatal("a new cookie doesn't sign in")
	}
	for w.now.Add(6 * 24 * time.Hour).Before(began.Add(30 * 24 * time.Hour)) {
		w.now = w.now.Add(6 * 24 * time.Hour)
		if !w.lives(used) {
			t.Fatalf("used every six days, it ends after %v", w.now.Sub(began))
		}
	}
	w.now = began.Add(7 * 24 * time.Hour)
	if w.lives(idle) {
		t.Error("it outlives seven days without use")
	}
	w.now = began
	for _, rest := range []time.Duration{7*24*time.Hour - time.Second, 7 * 24 * time.Hour} {
		token := login()
		w.now = w.now.Add(24 * time.Hour)
		w.lives(token)
		w.now = w.now.Add(rest)
		if want := rest < 7*24*time.Hour; w.lives(token) != want {
			t.Errorf("%v after its last use it lives: %v", rest, !want)
		}
		w.now = began
	}
	w.now = began.Add(30*24*time.Hour - time.Second)
	if !w.lives(used) {
		t.Error("it ends before its 30 days")
	}
	w.now = began.Add(30 * 24 * time.Hour)
	if w.lives(used) {
		t.Error("it outlives its 30 days")
	}
}

func TestLoginEndsTheSessionItCameWith(t *testing.T) {
	t.Parallel()
	w := start(t)
	old := w.join("ada")
	if _, err := w.Login(t.Context(), w.with(old.Access), account.Login{Email: email("ada"), Password: "wrong"}); err == nil || !w.lives(old.Access) {
		t.Fatal("a login that fails ends a session")
	}
	next, err := w.Login(t.Context(), w.with(old.Access), account.Login{Email: email("ada"), Password: password("ada")})
	w.must(err)
	if w.lives(old.Access) || !w.lives(next.Access) {
		t.Error("the token didn't change at the login")
	}
}

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	w := start(t)
	first := w.join("ada")
	w.now = w.now.Add(time.Second)
	second := w.login("ada")
	for range 49 {
		w.now = w.now.Add(time.Second)
		w.login("ada")
	}
	if w.lives(first.Access) || !w.lives(second.Access) {
		t.Error("the 51st session didn't end the one that lay unused longest, and that one only")
	}
}

func TestRehashAtLogin(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	hash := func() string {
		var h string
		w.must(w.root.QueryRow(t.Context(), `SELECT password_hash FROM auth.credential`).Scan(&h))
		return h
	}
	old := hash()
	if !strings.HasPrefix(old, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("the hash is of the form %.30s", old)
	}
	w.login("ada")
	if hash() != old {
		t.Error("hashed anew without a reason")
	}
	dearer := cheap
	dearer.MemoryKiB, dearer.Time = 128, 2
	w.Service = w.service(dearer)
	if _, err := w.Login(t.Context(), w.anonymous(), account.Login{Email: email("ada"), Password: "wrong"}); err == nil || hash() != old {
		t.Fatal("a wrong password changes the hash")
	}
	w.login("ada")
	if !strings.HasPrefix(hash(), "$argon2id$v=19$m=128,t=2,p=1$") {
		t.Errorf("after a login the hash is of the form %.30s", hash())
	}
	w.login("ada")
}

// A login whose password was right when it was checked, and is the old one by
// the time its session would begin, begins none.
func TestLoginDoesNotOutliveAChangeOfPassword(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	err := w.whilePasswordChanges(func() error {
		_, err := w.Login(t.Context(), w.anonymous(), account.Login{Email: email("ada"), Password: password("ada")})
		return err
	})
	w.wants(err, "invalid_credentials", fault.KindUnauthenticated)
	if n := w.count(`SELECT count(*) FROM auth.session`); n != 1 {
		t.Errorf("there are %d sessions", n)
	}
}

// Whatever is known of an address, a password for it takes its turn at hashing:
// where there is none to have, nobody is told more than that.
func TestEveryAddressTakesItsTurn(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.join("ada")
	release := w.HoldHashing()
	for _, name := range []string{"ada", "nobody"} {
		_, err := w.Login(t.Context(), w.anonymous(), account.Login{Email: email(name), Password: fresh})
		w.wants(err, "busy", fault.KindUnavailable)
		_, err = w.LoginCookie(t.Context(), w.anonymous(), account.Login{Email: email(name), Password: fresh})
		w.wants(err, "busy", fault.KindUnavailable)
		r := registration("somebody")
		r.Email = email(name)
		_, err = w.Register(t.Context(), w.anonymous(), r)
		w.wants(err, "busy", fault.KindUnavailable)
	}
	release()
	w.login("ada")
}
