package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
)

func observer(t *testing.T) (*observe.Observer, *bytes.Buffer) {
	t.Helper()
	out := &bytes.Buffer{}
	return observe.New(out, slog.LevelDebug), out
}

// line decodes the only line there is.
func line(t *testing.T, out *bytes.Buffer) map[string]any {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return got
}

type profile struct {
	Email string
	Name  fmt.Stringer
}

type talkative struct{ text string }

func (e talkative) Error() string                { return e.text }
func (e talkative) LogValue() slog.Value         { return slog.StringValue(e.text) }
func (e talkative) String() string               { return e.text }
func (e talkative) MarshalJSON() ([]byte, error) { return json.Marshal(e.text) }

// Whatever way a personal value takes into the log, it does not come out.
func TestPersonalValuesAreNowhere(t *testing.T) {
	t.Parallel()
	member := uuid.MustParse("5ca1ab1e-0000-4000-8000-00000000cafe")
	for _, marker := range []string{"ada-marker@demo.test", "Ada Marker, 1990-02-03", "52.5200,13.4050", member.String(), "2001:db8::beef 203.0.113.77"} {
		o, out := observer(t)
		ctx, log := context.Background(), o.Log
		value := talkative{marker}
		err := fmt.Errorf("reading %s: %w", marker, value)
		pg := &pgconn.PgError{Code: "23505", Message: marker, Detail: marker, Where: marker, Hint: marker, ConstraintName: "members_email_key"}

		log.Info(marker)
		log.Info("read " + marker)
		log.Info("attr", "email", marker, marker, 1, "error", marker, "count", marker, "reason", marker, "route", "/v1/"+marker)
		log.Info("odd", []any{marker}...) // a value without a key
		log.Info("any", "member", profile{marker, value}, "reason", &profile{marker, value}, "error", []string{marker}, "stack", []string{marker})
		log.Info("group", slog.Group("http", "reason", marker, slog.Group(marker, "count", 1)), slog.Group(marker, "reason", "x"), slog.Group("", "email", marker))
		log.With("email", marker, "reason", value).WithGroup(marker).WithGroup("db").Info("with", "query", marker)
		log.Info("valuer", "reason", value, "error", value, "code", slog.AnyValue(value))
		log.Error("error", "error", err)
		log.Error("error", "err", errors.Join(err, pg, fault.Conflict("taken", marker).Because(err)))
		o.Fail(ctx, "failed", pg)
		o.Fail(ctx, marker, err, slog.String("name", marker))
		o.Event(ctx, observe.LoginFailed, slog.String("email", marker), slog.Any("reason", err))
		o.Event(ctx, observe.EventKind(marker))
		o.Login(observe.LoginOutcome(marker))
		o.Request(ctx, observe.Request{Method: marker, Route: "/v1/members/{id}", Code: marker, Actor: marker, Status: 200})
		func() {
			defer func() { o.Panic(ctx, recover()) }()
			panic(marker)
		}()
		func() {
			defer func() { o.Panic(ctx, recover()) }()
			panic(err)
		}()
		o.StdLog("http").Printf("http: panic serving %s: %s", marker, marker)
		slog.NewLogLogger(log.Handler(), slog.LevelWarn).Println("old:", marker)
		log.Info("id", "reason", member, "code", member.String(), "addr", netip.MustParseAddr("203.0.113.77"))

		text := out.String() + scrape(t, o)
		for _, part := range append(strings.FieldsFunc(marker, func(r rune) bool { return strings.ContainsRune(" ,", r) }), marker, member.String(), "203.0.113.77") {
			for l := range strings.Lines(text) {
				if strings.Contains(l, part) {
					t.Errorf("%q leaks in %s", part, l)
				}
			}
		}
		if strings.Count(out.String(), "\n") < 20 {
			t.Errorf("the lines themselves are lost:\n%s", out)
		}
	}
}

func TestAllowedValuesComeOut(t *testing.T) {
	t.Parallel()
	o, out := observer(t)
	o.Log.With("component", "mail").Info("listening", "addr", "127.0.0.1:8080", "count", 3,
		slog.Group("http", "status", 200, "name", "x"), "weight_kg", 71.5)
	got := line(t, out)
	want := map[string]any{"component": "mail", "addr": "127.0.0.1:8080", "count": 3.0, "dropped": 2.0, "msg": "listening"}
	for key, v := range want {
		if got[key] != v {
			t.Errorf("%s is %v, want %v", key, got[key], v)
		}
	}
	if group := got["http"].(map[string]any); len(group) != 1 || group["status"] != 200.0 {
		t.Errorf("http is %v", group)
	}
	if !strings.Contains(scrape(t, o), "paceline_log_values_dropped_total 2\n") {
		t.Error("the two dropped values are not counted")
	}
}

func TestWithRemembersWhatItDropped(t *testing.T) {
	t.Parallel()
	o, out := observer(t)
	o.Log.With("email", "x").With("name", "y").Info("here", "city", "z")
	if got := line(t, out); got["dropped"] != 3.0 {
		t.Errorf("dropped is %v", got["dropped"])
	}
}

func TestErrorsAreDescribedByTheirConstants(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want map[string]any
	}{
		{fmt.Errorf("insert: %w", &pgconn.PgError{Code: "23505", ConstraintName: "members_email_key"}),
			map[string]any{"type": "*fmt.wrapError > *pgconn.PgError", "sqlstate": "23505", "constraint": "members_email_key"}},
		{fault.Conflict("username_taken", "taken"), map[string]any{"type": "*fault.Error", "kind": "conflict", "code": "username_taken"}},
		{fmt.Errorf("dial: %w", syscall.ECONNREFUSED), map[string]any{"type": "*fmt.wrapError > syscall.Errno", "errno": "connection refused"}},
		{context.DeadlineExceeded, map[string]any{"type": "context.deadlineExceededError", "is": "deadline_exceeded"}},
		{&seal.UnknownKeyError{ID: "k1"}, map[string]any{"type": "*seal.UnknownKeyError > *errors.errorString", "is": "seal_open"}},
		{&pgconn.PgError{Code: "bad code!"}, map[string]any{"type": "*pgconn.PgError", "sqlstate": "[dropped]"}},
	} {
		o, out := observer(t)
		o.Fail(context.Background(), "it failed", c.err)
		if got := line(t, out)["error"]; fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%T: got %v, want %v", c.err, got, c.want)
		}
	}
}

func TestPanicNamesFunctions(t *testing.T) {
	t.Parallel()
	o, out := observer(t)
	func() {
		defer func() { o.Panic(context.Background(), recover()) }()
		panic(42)
	}()
	got := line(t, out)
	if fmt.Sprint(got["error"]) != "map[type:int]" || !strings.Contains(fmt.Sprint(got["stack"]), "TestPanicNamesFunctions") {
		t.Errorf("%s", out)
	}
}

func TestRequestLine(t *testing.T) {
	t.Parallel()
	o, out := observer(t)
	o.Request(context.Background(), observe.Request{
		Method: "GET", Route: "/v1/workouts/{id}", Status: 404, Bytes: 120,
		Duration: 1500 * time.Microsecond, Code: "not_found", Actor: "session",
	})
	got := line(t, out)
	delete(got, "time")
	want := map[string]any{
		"level": "INFO", "msg": "request", "method": "GET", "route": "/v1/workouts/{id}", "status": 404.0,
		"bytes": 120.0, "duration_ms": 1.5, "code": "not_found", "actor": "session",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func BenchmarkRequest(b *testing.B) {
	o := observe.New(discard{}, slog.LevelInfo)
	r := observe.Request{Method: "GET", Route: "/v1/workouts/{id}", Status: 200, Bytes: 900, Duration: time.Millisecond, Actor: "session"}
	b.ReportAllocs()
	for b.Loop() {
		o.Request(context.Background(), r)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
