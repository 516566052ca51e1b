package httpapi_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/testkit"
)

func registration(name string) map[string]any {
	return map[string]any{
		"email": name + "@example.test", "password": testkit.Password(name), "username": name,
		"display_name": "The " + name, "birth_date": "1990-04-05",
	}
}

func with(m map[string]any, pairs ...any) map[string]any {
	out := maps.Clone(m)
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func keys(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

// codeAfter waits for another code than the one that was mailed before.
func codeAfter(t *testing.T, w *testkit.World, address, before string) string {
	t.Helper()
	for range 500 {
		if now := w.Code(address); now != before {
			return now
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("no other code was mailed")
	return ""
}

func code(t *testing.T, r testkit.Response) any { return r.Map(t)["code"] }

func TestWayOfAnAccount(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	address, password := "ada@example.test", testkit.Password("ada")
	register := w.Do(http.MethodPost, "/v1/auth/register", registration("ada")).Want(t, http.StatusAccepted)
	id, _ := register.Map(t)["registration_id"].(string)
	if keys(register.Map(t)) != "registration_id" || uuid.Validate(id) != nil {
		t.Errorf("registering answers %s", register.Body)
	}
	verifying := w.Code(address)
	w.Do(http.MethodPost, "/v1/auth/verify", map[string]any{"email": address, "code": strings.ToLower(verifying), "registration_id": id}).Want(t, http.StatusNoContent)

	login := map[string]any{"email": address, "password": password}
	first := w.Do(http.MethodPost, "/v1/auth/login", login).Want(t, http.StatusOK).Map(t)
	if keys(first) != "access_token expires_in refresh_token token_type" || first["expires_in"] != 600.0 || first["token_type"] != "Bearer" {
		t.Errorf("signing in answers with %s", keys(first))
	}
	me := w.As(first["access_token"].(string)).Get("/v1/me").Want(t, http.StatusOK).Map(t)
	if keys(me) != "created_at email id minor username" || me["email"] != address || me["username"] != "ada" || me["minor"] != false {
		t.Errorf("the account is %v", me)
	}

	// Refreshing: the old token is void; a second use ends the session.
	refresh := func(token any) testkit.Response {
		return w.Do(http.MethodPost, "/v1/auth/refresh", map[string]any{"refresh_token": token})
	}
	second := refresh(first["refresh_token"]).Want(t, http.StatusOK).Map(t)
	w.As(first["access_token"].(string)).Get("/v1/me").Want(t, http.StatusUnauthorized)
	w.As(second["access_token"].(string)).Get("/v1/me").Want(t, http.StatusOK)
	refresh(first["refresh_token"]).Want(t, http.StatusUnauthorized)
	w.As(second["access_token"].(string)).Get("/v1/me").Want(t, http.StatusUnauthorized)
	refresh(second["refresh_token"]).Want(t, http.StatusUnauthorized)

	// Passwords: changed by who knows it, reset by who reads the mail.
	p := &testkit.Person{Email: address, Password: password}
	w.Login(p)
	change := map[string]any{"current_password": "not it", "new_password": "another long ride by the sea"}
	if r := p.Do(http.MethodPost, "/v1/me/password", change).Want(t, http.StatusUnprocessableEntity); code(t, r) != "wrong_password" {
		t.Errorf("a wrong password is %s", r.Body)
	}
	p.Do(http.MethodPost, "/v1/me/password", with(change, "current_password", password)).Want(t, http.StatusNoContent)
	w.Do(http.MethodPost, "/v1/auth/login", login).Want(t, http.StatusUnauthorized)
	w.Do(http.MethodPost, "/v1/auth/password/forgot", map[string]any{"email": address}).Want(t, http.StatusAccepted)
	w.Do(http.MethodPost, "/v1/auth/password/reset", map[string]any{
		"email": address, "code": codeAfter(t, w, address, verifying), "password": password,
	}).Want(t, http.StatusNoContent)
	p.Get("/v1/me").Want(t, http.StatusUnauthorized)

	w.Login(p)
	p.Do(http.MethodDelete, "/v1/me", map[string]any{"password": "not it"}).Want(t, http.StatusUnprocessableEntity)
	p.Do(http.MethodDelete, "/v1/me", map[string]any{"password": password}).Want(t, http.StatusNoContent)
	p.Get("/v1/me").Want(t, http.StatusUnauthorized)
	w.Do(http.MethodPost, "/v1/auth/login", login).Want(t, http.StatusUnauthorized)
	if n := w.Query(`SELECT count(*) FROM member_key`); n != "0" {
		t.Errorf("%s keys outlive the account", n)
	}
}

// What is known of an address shows in no answer.
func TestNoAnswerTellsWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Join("ada")
	w.Do(http.MethodPost, "/v1/auth/register", registration("carla")).Want(t, http.StatusAccepted) // not verified
	for path, body := range map[string]map[string]any{
		"/v1/auth/register":        registration("zoe"),
		"/v1/auth/verify":          {"code": "BCDFGHJK"},
		"/v1/auth/login":           {"password": "not the password"},
		"/v1/auth/cookie":          {"password": "not the password"},
		"/v1/auth/password/forgot": {},
		"/v1/auth/password/reset":  {"code": "BCDFGHJK", "password": "another long ride by the sea"},
	} {
		ask := func(address string) testkit.Response {
			r := w.Do(http.MethodPost, path, with(body, "email", address))
			r.Body = anyID.ReplaceAll(r.Body, []byte("an id"))
			return r
		}
		known := ask("Ada@example.test")
		for _, other := range []string{"bob@example.test", "carla@example.test"} {
			if differ := known.Same(ask(other)); differ != "" {
				t.Errorf("%s tells ada's address from %s by %s", path, other, differ)
			}
		}
	}
}

// anyID is an id that is made anew for every answer.
var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

func TestRegistrationsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Join("ada")
	for name, c := range map[string]struct {
		body   map[string]any
		status int
		code   string
	}{
		"14 characters": {with(registration("bob"), "password", "fourteen chars"), 400, "invalid_body"},
		"common":        {with(registration("bob"), "password", "passwordpassword"), 422, "password_refused"},
		"child":         {with(registration("bob"), "birth_date", "2013-06-02"), 422, "too_young"},
		"no day":        {with(registration("bob"), "birth_date", "2013-02-30"), 400, ""},
		"username":      {with(registration("bob"), "username", "Bob"), 400, "invalid_body"},
		"two addresses": {with(registration("bob"), "email", "bob@example.test,eve@example.test"), 0, ""},
		"control":       {with(registration("bob"), "email", "bob\u0000@example.test"), 422, "invalid_email"},
		"unknown":       {with(registration("bob"), "role", "admin"), 400, ""},
	} {
		r := w.Do(http.MethodPost, "/v1/auth/register", c.body)
		if r.Status/100 != 4 || c.status != 0 && r.Status != c.status || c.code != "" && code(t, r) != c.code {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	// Taken is only told to who proved an address.
	w.Do(http.MethodPost, "/v1/auth/register", with(registration("bob"), "username", "ada")).Want(t, http.StatusAccepted)
	verify := map[string]any{"email": "bob@example.test", "code": w.Code("bob@example.test")}
	if r := w.Do(http.MethodPost, "/v1/auth/verify", verify).Want(t, http.StatusConflict); code(t, r) != "username_taken" {
		t.Errorf("a taken name is %s", r.Body)
	}
	w.Do(http.MethodPost, "/v1/auth/verify", with(verify, "username", "bob")).Want(t, http.StatusNoContent)
}

func TestCookie(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("ada")
	login := map[string]any{"email": p.Email, "password": p.Password}
	r := w.Do(http.MethodPost, "/v1/auth/cookie", login).Want(t, http.StatusNoContent)
	if len(r.Body) != 0 {
		t.Errorf("the answer has a body: %s", r.Body)
	}
	parsed, err := http.ParseSetCookie(r.Header.Get("Set-Cookie"))
	if err != nil || len(r.Header["Set-Cookie"]) != 1 {
		t.Fatalf("%v: %v", r.Header["Set-Cookie"], err)
	}
	if parsed.Name != "__Host-paceline" || !parsed.Secure || !parsed.HttpOnly || parsed.SameSite != http.SameSiteStrictMode ||
		parsed.Path != "/" || parsed.Domain != "" || parsed.MaxAge != 30*24*3600 {
		t.Errorf("the cookie is %s", r.Header.Get("Set-Cookie"))
	}
	brought := "__Host-paceline=" + parsed.Value
	ask := func(method, path string, body any) testkit.Response {
		return w.Do(method, path, body, "Cookie", brought)
	}
	if me := ask(http.MethodGet, "/v1/me", nil).Want(t, http.StatusOK).Map(t); me["username"] != "ada" {
		t.Errorf("the cookie is of %v", me["username"])
	}
	if strings.Contains(w.Log.String(), parsed.Value) {
		t.Error("the log holds the token")
	}
	cleared := func(r testkit.Response) {
		t.Helper()
		c, err := http.ParseSetCookie(r.Header.Get("Set-Cookie"))
		if err != nil || c.Name != "__Host-paceline" || c.Value != "" || c.MaxAge >= 0 || !c.Secure || c.Path != "/" {
			t.Errorf("the cookie is not cleared: %q", r.Header.Get("Set-Cookie"))
		}
	}
	cleared(ask(http.MethodPost, "/v1/auth/logout", nil).Want(t, http.StatusNoContent))
	ask(http.MethodGet, "/v1/me", nil).Want(t, http.StatusUnauthorized)

	// A dead cookie is no obstacle to signing in, and signing in changes the token.
	again, err := http.ParseSetCookie(ask(http.MethodPost, "/v1/auth/cookie", login).Want(t, http.StatusNoContent).Header.Get("Set-Cookie"))
	if err != nil || again.Value == parsed.Value {
		t.Fatalf("%v, or the same token", err)
	}
	brought = "__Host-paceline=" + again.Value
	ask(http.MethodPost, "/v1/auth/cookie", login).Want(t, http.StatusNoContent)
	ask(http.MethodGet, "/v1/me", nil).Want(t, http.StatusUnauthorized)
	p.Get("/v1/me").Want(t, http.StatusOK)
	cleared(p.Do(http.MethodDelete, "/v1/me", map[string]any{"password": p.Password}).Want(t, http.StatusNoContent))
}

func TestSessionsOverHTTP(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p, bob := w.Join("ada"), w.Join("bob")
	const marker = "canary-7f3a"
	labels := map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                   "Safari on macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari on iOS",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                            "Chrome on Android",
		"curl/8.9.1":                            "curl",
		marker + " (of one person's own phone)": "An app",
	}
	for agent := range labels {
		w.Do(http.MethodPost, "/v1/auth/login", map[string]any{"email": p.Email, "password": p.Password}, "User-Agent", agent).Want(t, http.StatusOK)
	}
	var list struct{ Items []map[string]any }
	p.Get("/v1/me/sessions").Want(t, http.StatusOK).JSON(t, &list)
	found, current, other := map[string]int{}, 0, ""
	for _, s := range list.Items {
		if keys(s) != "created_at current expires_at id kind label last_used_at" {
			t.Fatalf("a session has %s", keys(s))
		}
		found[s["label"].(string)]++
		if s["current"] == true {
			current++
		} else {
			other = s["id"].(string)
		}
	}
	for _, label := range labels {
		if found[label] == 0 {
			t.Errorf("no session is of %q: %v", label, found)
		}
	}
	if current != 1 || len(list.Items) != len(labels)+1 {
		t.Errorf("%d of %d sessions are the current one", current, len(list.Items))
	}

	stranger := bob.Do(http.MethodDelete, "/v1/me/sessions/"+other, nil).Want(t, http.StatusNotFound)
	madeUp := bob.Do(http.MethodDelete, "/v1/me/sessions/5f0c2c1e-8a44-4c1b-9c5e-2f6f0e6f9a11", nil)
	if differ := stranger.Same(madeUp); differ != "" {
		t.Errorf("somebody's session differs from none by %s", differ)
	}
	p.Do(http.MethodDelete, "/v1/me/sessions/"+other, nil).Want(t, http.StatusNoContent)
	p.Do(http.MethodDelete, "/v1/me/sessions", nil).Want(t, http.StatusNoContent)
	p.Get("/v1/me/sessions").Want(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 {
		t.Errorf("%d sessions are left", len(list.Items))
	}
	bob.Get("/v1/me").Want(t, http.StatusOK)
}
