package httpapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/service"
	"github.com/paceline/paceline/internal/testkit"
)

// may leave, and nothing else.
var mayLeave = []string{
	"Access-Control-Allow-Origin", "Allow", "Cache-Control", "Content-Length", "Content-Security-Policy", "Content-Type",
	"Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Date", "Etag", "Permissions-Policy",
	"Ratelimit", "Ratelimit-Policy", "Referrer-Policy",
	"Retry-After", "Set-Cookie", "Strict-Transport-Security", "Vary", "Www-Authenticate", "X-Content-Type-Options", "X-Frame-Options",
}

// always are on every answer, whatever it is.
var always = map[string]string{
	"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "X-Content-Type-Options": "nosniff",
	"Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin",
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("rider")
	answers := map[string]testkit.Response{
		"200":        p.Get("/v1/me"),
		"page":       w.Get("/openapi.json"),
		"204":        p.Do(http.MethodDelete, "/v1/me/sessions", nil),
		"400":        w.Get("/v1/members?q=a"),
		"401":        w.Get("/v1/me"),
		"404":        w.Get("/v1/members/nobody-at-all"),
		"no route":   w.Get("/nothing/here"),
		"405":        w.Do(http.MethodPut, "/v1/me", nil),
		"TRACE":      w.Do(http.MethodTrace, "/v1/me", nil),
		"an odd one": w.Do("PROPFIND", "/v1/me", nil),
		"403":        w.Do(http.MethodPost, "/v1/auth/login", map[string]any{}, "Sec-Fetch-Site", "cross-site"),
	}
	for name, r := range answers {
		for header, value := range always {
			if got := r.Header.Get(header); got != value {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		for header := range r.Header {
			if !slices.Contains(mayLeave, header) {
				t.Errorf("%s: %s leaves: %q", name, header, r.Header[header])
			}
		}
		if csp := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", name, csp)
		}
		if name != "page" && r.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: Cache-Control %q", name, r.Header.Get("Cache-Control"))
		}
		if r.Status >= 400 && r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", name, r.Header.Get("Content-Type"))
		}
	}
	for _, name := range []string{"405", "TRACE", "an odd one"} {
		if answers[name].Status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", name, answers[name].Status)
		}
	}
	if answers["401"].Header.Get("Www-Authenticate") != "Bearer" {
		t.Error("401 doesn't say how to sign in")
	}
}

// HEAD says what GET would, for probes and link checkers, without the body.
func TestHEADIsGETWithoutTheBody(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("prober")
	for path, status := range map[string]int{"/healthz": 200, "/openapi.json": 200, "/v1/me": 200, "/v1/members/nobody-at-all": 404, "/v1/auth/login": 405} {
		head, get := p.Do(http.MethodHead, path, nil).Want(t, status), p.Get(path)
		if len(head.Body) != 0 || head.Header.Get("Content-Length") != get.Header.Get("Content-Length") || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
			t.Errorf("%s: %d bytes, %v against %v", path, len(head.Body), head.Header, get.Header)
		}
	}
}

func TestProblemsAreProblems(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	for path, status := range map[string]int{"/v1/me": 401, "/v1/members/x": 404, "/v1/members?q=ab": 400, "/nothing": 404} {
		var p struct {
			Type, Title, Code string
			Status            int
		}
		r := w.Get(path).Want(t, status)
		r.JSON(t, &p)
		if p.Type != "about:blank" || p.Status != status || p.Title != http.StatusText(status) || p.Code == "" {
			t.Errorf("%s: %s", path, r.Body)
		}
	}
	// A path that no route has, an id that nobody has, a malformed one: all alike.
	first := w.Get("/v1/workouts/0190a0a0-0000-7000-8000-000000000000")
	for _, path := range []string{"/v1/workouts/not-an-id", "/v1/workouts/%2561", "/v1/members/nobody-at-all", "/v1/members/No%20Body", "/v1/nothing"} {
		if differ := first.Same(w.Get(path)); differ != "" {
			t.Errorf("%s: %s", path, differ)
		}
	}
}

func TestStrictJSON(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("strict")
	before := string(p.Get("/v1/me/profile").Body)
	for name, body := range map[string]string{
		"a member twice":            `{"bio":"a","bio":"b"}`,
		"a nested member twice":     `{"location":{"city":"A","country":"CH","city":"B"}}`,
		"an unknown member":         `{"bio":"a","admin":true}`,
		"a wrongly cased member":    `{"Bio":"a"}`,
		"a nested wrongly cased":    `{"location":{"City":"a","country":"CH"}}`,
		"somebody else's id":        `{"bio":"a","id":"0190a0a0-0000-7000-8000-000000000000"}`,
		"two values":                `{"bio":"a"}{"bio":"b"}`,
		"something behind it":       `{"bio":"a"} x`,
		"no JSON":                   `bio=a`,
		"nothing":                   ``,
		"an array":                  `[{"bio":"a"}]`,
		"null":                      `null`,
		"null where it can't clear": `{"display_name":null}`,
		"a wrong type":              `{"bio":7}`,
		"too long":                  `{"bio":"` + strings.Repeat("x", 5000) + `"}`,
		"a number below its bound":  `{"height_cm":-1}`,
		"a number above its bound":  `{"height_cm":1e308}`,
		"a huge integer":            `{"ftp_watts":9223372036854775808}`,
		"not a number":              `{"height_cm":NaN}`,
		"bad UTF-8":                 "{\"bio\":\"\xff\"}",
	} {
		r := p.Do(http.MethodPatch, "/v1/me/profile", []byte(body), "Content-Type", "application/json")
		if r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
		if strings.Contains(string(r.Body), "xxxx") {
			t.Errorf("%s: the answer repeats the body", name)
		}
	}
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "application/merge-patch+json"} {
		r := p.Do(http.MethodPatch, "/v1/me/profile", []byte(`{"bio":"a"}`), "Content-Type", media)
		if r.Status != http.StatusUnsupportedMediaType {
			t.Errorf("content type %q: %d", media, r.Status)
		}
	}
	if r := p.Do(http.MethodPatch, "/v1/me/profile", []byte(`{"bio":"`+strings.Repeat("x", 2<<20)+`"}`), "Content-Type", "application/json"); r.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("2 MiB: %d", r.Status)
	}
	// Many members that are each told of would make a large answer of a small body.
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, `"a%d":1,`, i)
	}
	for _, body := range []string{`{` + many.String() + `"z":1}`, `{"audiences":{` + many.String() + `"z":1}}`, `[[` + strings.Repeat("[],", 5000) + `[]]]`} {
		if r := w.Do(http.MethodPost, "/v1/auth/login", []byte(body), "Content-Type", "application/json"); r.Status != http.StatusBadRequest || len(r.Body) > 4096 {
			t.Errorf("%d bytes of members: %d, and %d bytes", len(body), r.Status, len(r.Body))
		}
	}
	if after := string(p.Get("/v1/me/profile").Body); after != before {
		t.Errorf("something was changed:\n%s\n%s", before, after)
	}
	// Encoded once on the way out, as it was on the way in.
	for _, text := range []string{`%2561`, "a\r\nSet-Cookie: x", `</script><script>`, "a\u2028b", `"\`, "<b>"} {
		p.Do(http.MethodPatch, "/v1/me/profile", map[string]any{"bio": text}).Want(t, http.StatusOK)
		if got := p.Get("/v1/me/profile").Map(t)["bio"]; got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
}

func TestParametersAreBounded(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("params")
	for _, query := range []string{
		"limit=0", "limit=-1", "limit=101", "limit=x", "limit=1&limit=2", "limit=9223372036854775808", "limit=", "unknown=1",
		"cursor=made-up", "cursor=" + strings.Repeat("a", 5000), "Limit=1", "limit=1;cursor=x",
	} {
		if r := p.Get("/v1/feed?" + query); r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, r.Status, r.Body)
		}
	}
	if r := p.Get("/v1/feed?limit=1"); r.Status != http.StatusOK {
		t.Errorf("limit=1: %d", r.Status)
	}
	if r := p.Do(http.MethodGet, "/v1/feed", []byte("{}")); r.Status != http.StatusBadRequest {
		t.Errorf("a body where none is taken: %d", r.Status)
	}
}

func TestCrossOriginWritesAreRefused(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("browser")
	cookie := w.Do(http.MethodPost, "/v1/auth/cookie", map[string]any{"email": p.Email, "password": p.Password}).
		Want(t, http.StatusNoContent).Header.Get("Set-Cookie")
	for _, part := range []string{"__Host-paceline=", "Secure", "HttpOnly", "Path=/", "SameSite="} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie lacks %s: %s", part, cookie)
		}
	}
	if strings.Contains(cookie, "Domain=") || strings.Contains(cookie, "SameSite=None") {
		t.Errorf("the cookie goes too far: %s", cookie)
	}
	pair, _, _ := strings.Cut(cookie, ";")
	if r := w.Do(http.MethodGet, "/v1/me", nil, "Cookie", pair); r.Status != http.StatusOK {
		t.Errorf("the cookie doesn't sign in: %d %s", r.Status, r.Body)
	}
	body := map[string]any{"bio": "forged"}
	for name, headers := range map[string][]string{
		"another site":     {"Sec-Fetch-Site", "cross-site"},
		"a sibling":        {"Sec-Fetch-Site", "same-site"},
		"an old browser":   {"Origin", "https://evil.test"},
		"a null origin":    {"Origin", "null"},
		"a look-alike":     {"Origin", "http://127.0.0.1.evil.test"},
		"a form, in words": {"Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"},
	} {
		if r := w.Do(http.MethodPatch, "/v1/me/profile", body, append(headers, "Cookie", pair)...); r.Status != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	if r := w.Do(http.MethodPatch, "/v1/me/profile", body, "Sec-Fetch-Site", "same-origin", "Cookie", pair); r.Status != http.StatusOK {
		t.Errorf("one's own page: %d %s", r.Status, r.Body)
	}
	if !strings.Contains(w.Log.String(), "cross_origin") {
		t.Error("no event tells of it")
	}
}

func TestCORSIsOffUnlessConfigured(t *testing.T) {
	t.Parallel()
	const friend = "https://app.example.org"
	off, on := testkit.Start(t), testkit.Start(t, func(o *service.Options) { o.CORSOrigins = []string{friend} })
	for _, origin := range []string{friend, "null", "https://evil.test", "https://app.example.org.evil.test", "https://app.example.org:444", "http://app.example.org"} {
		for name, w := range map[string]*testkit.World{"off": off, "on": on} {
			r := w.Do(http.MethodGet, "/healthz", nil, "Origin", origin)
			preflight := w.Do(http.MethodOptions, "/v1/me/profile", nil, "Origin", origin, "Access-Control-Request-Method", "PATCH")
			want := ""
			if name == "on" && origin == friend {
				want = friend
				if exposed := r.Header.Get("Access-Control-Expose-Headers"); !strings.Contains(exposed, "ETag") {
					t.Errorf("a page of %s can't read the entity tag: exposed is %q", origin, exposed)
				}
			}
			if got := r.Header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s: %s is answered %q", name, origin, got)
			}
			if got := preflight.Header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s: the preflight of %s is answered %q", name, origin, got)
			}
		}
	}
}

func TestTokensInEveryWrongForm(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("tokens")
	for name, header := range map[string]string{
		"another scheme": "Basic " + p.Token, "nothing behind": "Bearer", "an empty one": "Bearer  ", "cut short": "Bearer " + p.Token[:len(p.Token)-1],
		"doubled": "Bearer " + p.Token + p.Token, "huge": "Bearer " + strings.Repeat("a", 5000), "the refresh token": "Bearer " + p.Refresh,
	} {
		for _, path := range []string{"/v1/me", "/v1/members/tokens", "/v1/members?q=tok"} {
			if r := w.Do(http.MethodGet, path, nil, "Authorization", header); r.Status != http.StatusUnauthorized {
				t.Errorf("%s on %s: %d", name, path, r.Status)
			}
		}
	}
	w.Clock.Advance(10*time.Minute + time.Second)
	if r := p.Get("/v1/members?q=tok"); r.Status != http.StatusUnauthorized {
		t.Errorf("an access token past its time: %d", r.Status)
	}
}

func TestHungDatabaseAnswersInTime(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t, func(o *service.Options) { o.Timeout = 300 * time.Millisecond })
	p := w.Join("patient")
	if _, err := w.Root.Exec(t.Context(), "BEGIN; LOCK TABLE profile IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	r := p.Get("/v1/me/profile")
	if _, err := w.Root.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if r.Status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := p.Get("/v1/me/profile"); r.Status != http.StatusOK {
		t.Errorf("afterwards: %d %s", r.Status, r.Body)
	}
}

func TestReferenceAndContract(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t, func(o *service.Options) {
		o.Security = config.Security{Contact: "mailto:security@example.org", Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
		o.PublicURL = "https://ride.example.org"
	})
	var doc struct {
		OpenAPI string
		Paths   map[string]any
		Model   []map[string]any `json:"x-privacy-model"`
	}
	if err := json.Unmarshal(w.Get("/openapi.json").Want(t, http.StatusOK).Body, &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Paths) < 30 || len(doc.Model) < 20 {
		t.Errorf("openapi %s, %d paths, %d fields", doc.OpenAPI, len(doc.Paths), len(doc.Model))
	}
	text := string(w.Get("/.well-known/security.txt").Want(t, http.StatusOK).Body)
	for _, line := range []string{"Contact: mailto:security@example.org", "Expires: 2027-01-01T00:00:00Z", "Canonical: https://ride.example.org/.well-known/security.txt"} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("security.txt lacks %q:\n%s", line, text)
		}
	}
	for _, path := range []string{"/docs/assets/..%2findex.html", "/docs/assets/%2e%2e", "/docs/assets/nothing.js", "/docs/assets/.keep"} {
		if r := w.Get(path); r.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.Status)
		}
	}
}

// Production shows no mail, no metrics, no profiles, no version.
func TestNothingPrivateOnThePublicPort(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	for _, path := range []string{"/dev/outbox", "/metrics", "/debug/pprof/", "/debug/vars", "/version", "/admin", "/.env", "/"} {
		if r := w.Get(path); r.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.Status)
		}
	}
	local := testkit.Start(t, func(o *service.Options) { o.Outbox = func() []mail.Written { return nil } })
	local.Get("/dev/outbox").Want(t, http.StatusOK)
	// Another name that points to this machine is another site's.
	if r := local.Named("rebound.example.org").Get("/dev/outbox"); r.Status != http.StatusNotFound {
		t.Errorf("the outbox under another name: %d", r.Status)
	}
}

// Whatever a client sends before it is known, it is told that it isn't, and
// nothing of its body is read.
func TestNobodysBodyIsRead(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	for _, o := range testkit.Operations(t) {
		if o.Auth != "session" && o.Auth != "session_or_console" {
			continue
		}
		path := testkit.Fill(o.Path, map[string]string{"id": "0190a0a0-0000-7000-8000-000000000000", "ref": "somebody", "code": "WDJB-MJHT", "sanction": "0190a0a0-0000-7000-8000-000000000000", "factor_id": "0190a0a0-0000-7000-8000-000000000000"})
		var body any
		if o.Spec.RequestBody != nil {
			body = []byte("{not JSON")
		}
		if o.ID == "viewAs" {
			path += "?relation=anonymous"
		}
		for name, token := range map[string]string{"nobody": "", "a made-up token": "made-up"} {
			if r := w.As(token).Do(o.Method, path, body, "Content-Type", "application/json"); r.Status != http.StatusUnauthorized {
				t.Errorf("%s %s by %s: %d %s", o.Method, path, name, r.Status, r.Body)
			}
		}
	}
}

// A client that opens a connection and says nothing more is let go.
func TestSlowClientsAreLetGo(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	private, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	ctx, stop := testkit.Cancellable(t)
	go func() { done <- w.Service.Serve(ctx, ln, private) }()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the test is over
	if _, err := fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	answer, err := io.ReadAll(conn)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("still open after 15 s, said %q", answer)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A client that begins a body and stalls is answered and let go: it holds nothing
// that others wait for.
func TestStalledBodiesAreLetGo(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t, func(o *service.Options) { o.Timeout = 300 * time.Millisecond })
	conn, err := net.Dial("tcp", w.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the test is over
	_, err = fmt.Fprint(conn, "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"email\":")
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	answer := make([]byte, 64)
	n, err := conn.Read(answer)
	// Told that it stalled, or that its time is over: whichever is noticed first.
	if said := string(answer[:n]); err != nil || !strings.HasPrefix(said, "HTTP/1.1 400 ") && !strings.HasPrefix(said, "HTTP/1.1 503 ") {
		t.Errorf("%q, %v", answer[:n], err)
	}
}

// A client that hangs up in the middle of its request raises no alarm, whatever it asked for: nothing
// failed, and nobody is there to be answered.
func TestWhoHangsUpIsNoFailure(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	p := w.Join("hasty")
	before := strings.Count(w.Log.String(), `"level":"ERROR"`)
	if _, err := w.Root.Exec(t.Context(), "BEGIN; LOCK TABLE auth.proof, profile IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	const waiting = `SELECT count(*)::text FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
	asked := 0
	for path, body := range map[string]string{
		"/v1/consoles/device_authorization": fmt.Sprintf(`{"model":%q,"firmware":%q}`, testkit.Model, testkit.Firmware),
		"/v1/consoles/token":                `{"grant_type":"refresh_token","refresh_token":"none"}`,
		"/v1/me/profile":                    "",
	} {
		method, more := http.MethodGet, "Authorization: Bearer "+p.Token+"\r\n"
		if body != "" {
			method = http.MethodPost
			more = fmt.Sprintf("DPoP: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", w.NewKey().Proof(t, method, path, ""), len(body))
		}
		conn, err := net.Dial("tcp", w.Address())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n%s", method, path, more, body); err != nil {
			t.Fatal(err)
		}
		asked++
		within(t, path+" waits for the database", func() bool {
			return w.Query(waiting) != "0"
		})
		_ = conn.Close()
		within(t, path+" is over", func() bool { return strings.Count(w.Log.String(), `"client_gone"`) == asked })
		within(t, path+" holds no connection", func() bool {
			return w.Query(waiting) == "0"
		})
	}
	if _, err := w.Root.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	log := w.Log.String()
	if n := strings.Count(log, `"level":"ERROR"`); n != before {
		t.Errorf("%d failures are told of:\n%s", n-before, log)
	}
	if !strings.Contains(log, `"status":499`) {
		t.Errorf("no line says that the client was gone:\n%s", log)
	}
}

// within waits until something is so.
func within(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 6000 {
		if so() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("not so: %s", what)
}

func TestRecordsSayNothingOfWho(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("discreet")
	p.Get("/v1/members/discreet").Want(t, http.StatusOK)
	p.Get("/v1/members?q=discreet").Want(t, http.StatusOK)
	log := w.Log.String()
	for name, text := range map[string]string{"username": "discreet", "id": p.ID, "address": p.Email, "token": p.Token, "client": "127.0.0.1"} {
		if strings.Contains(log, text) {
			t.Errorf("the log holds the %s", name)
		}
	}
	if !strings.Contains(log, "/v1/members/{ref}") {
		t.Errorf("no line tells of the request:\n%s", log)
	}
}
