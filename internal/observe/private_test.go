package observe_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paceline/paceline/internal/observe"
)

func scrape(t *testing.T, o *observe.Observer) string {
	t.Helper()
	w := httptest.NewRecorder()
	o.Private(func(context.Context) error { return nil }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("/metrics answers %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	o, _ := observer(t)
	ctx := context.Background()
	o.Request(ctx, observe.Request{Method: "GET", Route: "/v1/feed", Status: 200, Duration: time.Millisecond})
	o.Request(ctx, observe.Request{Method: "BREW", Status: 999})
	o.Login(observe.LoginOK)
	o.Event(ctx, observe.SeenByMismatch)
	done := o.InFlight()
	if err := o.Metrics.MailDepth(func() float64 { return 7 }); err != nil {
		t.Error(err)
	}
	pool, err := pgxpool.New(ctx, "postgres://nobody@localhost:1/none?pool_max_conns=3")
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := o.Metrics.Pool("app", pool.Stat); err != nil {
		t.Error(err)
	}
	if err := o.Metrics.Pool("auth", pool.Stat); err != nil {
		t.Errorf("a second role: %v", err)
	}
	if err := o.Metrics.Pool("app", pool.Stat); err == nil {
		t.Error("the same role twice")
	}
	text := scrape(t, o)
	for _, want := range []string{
		`paceline_http_request_duration_seconds_count{method="GET",route="/v1/feed",status="2xx"} 1`,
		`paceline_http_request_duration_seconds_count{method="OTHER",route="unmatched",status="other"} 1`,
		`paceline_logins_total{outcome="ok"} 1`,
		`paceline_logins_total{outcome="wrong"} 0`,
		`paceline_security_events_total{kind="seen_by_mismatch"} 1`,
		`paceline_security_events_total{kind="token_reuse"} 0`,
		`paceline_http_requests_in_flight 1`,
		`paceline_mail_outbox_depth 7`,
		`paceline_db_pool_max_connections{role="app"} 3`,
		`go_goroutines`,
		`process_resident_memory_bytes`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	done()
	if !strings.Contains(scrape(t, o), "paceline_http_requests_in_flight 0") {
		t.Error("still in flight")
	}
}

func TestPrivateRoutes(t *testing.T) {
	t.Parallel()
	o := observe.New(io.Discard, slog.LevelInfo)
	var down error
	h := o.Private(func(context.Context) error { return down })
	get := func(method, path string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code, w.Body.String()
	}
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/metrics": 200, "/debug/pprof/": 200, "/debug/pprof/goroutine": 200,
		"/debug/pprof/cmdline": 404, "/": 404, "/v1/me": 404,
	} {
		if got, _ := get("GET", path); got != want {
			t.Errorf("%s answers %d, want %d", path, got, want)
		}
	}
	if got, _ := get("POST", "/metrics"); got != http.StatusMethodNotAllowed {
		t.Errorf("POST /metrics answers %d", got)
	}
	down = errors.New("postgres://secret@host is gone")
	if code, body := get("GET", "/readyz"); code != 503 || body != "not ready\n" {
		t.Errorf("%d %q", code, body)
	}
	if code, _ := get("GET", "/healthz"); code != 200 {
		t.Errorf("not ready is not dead: %d", code)
	}
}
