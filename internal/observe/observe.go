// Package observe says what the service does without saying whom it does it for.
//
//   - Logs are JSON lines. Only attributes whose key is in the keys table get out, and of those
//     only values of the kind the table names: a personal value logged by mistake is dropped and
//     counted, whatever way it took (attribute, group, struct, error, message).
//   - The text of an error never gets out: a driver quotes rows in it. What gets out is its types,
//     the PostgreSQL SQLSTATE and constraint, the code of a fault, and a few well-known sentinels.
//   - No line and no metric holds the id, address or name of a member, or of a client. Routes are
//     patterns, never paths.
//   - Label values come from fixed sets, so that no client can make new time series.
package observe

import (
	"context"
	"io"
	"log/slog"
	"time"
)

// Observer is where everything is reported. It is safe for concurrent use.
type Observer struct {
	Log     *slog.Logger // filtered: see the package
	Metrics *Metrics
}

// New makes an observer that writes JSON lines at or above the level to w.
func New(w io.Writer, level slog.Leveler) *Observer {
	m := newMetrics()
	return &Observer{Log: slog.New(newHandler(w, level, m.dropped)), Metrics: m}
}

// Request is one answered request. Strings from the client have no place in it.
type Request struct {
	Method   string // an unknown one becomes OTHER
	Route    string // the pattern from the contract; empty for what matched none
	Status   int
	Bytes    int64 // of the answer's body
	Duration time.Duration
	Code     string // the problem's code; empty for success
	Actor    string // anonymous, session, console, app or staff
}

// Request writes the access log line and counts the request.
func (o *Observer) Request(ctx context.Context, r Request) {
	r.Method = knownMethod(r.Method)
	if r.Route == "" {
		r.Route = "unmatched"
	}
	o.Metrics.requests.WithLabelValues(r.Route, r.Method, statusClass(r.Status)).Observe(r.Duration.Seconds())
	level := slog.LevelInfo
	if r.Status >= 500 {
		level = slog.LevelError
	}
	o.Log.LogAttrs(ctx, level, "request",
		slog.String("method", r.Method),
		slog.String("route", r.Route),
		slog.Int("status", r.Status),
		slog.Int64("bytes", r.Bytes),
		slog.Float64("duration_ms", float64(r.Duration.Microseconds())/1000),
		slog.String("code", r.Code),
		slog.String("actor", r.Actor))
}

// InFlight counts a request as being served until the function it returns is called.
func (o *Observer) InFlight() (done func()) {
	o.Metrics.inFlight.Inc()
	return o.Metrics.inFlight.Dec
}

// Fail logs an error that nobody is told about otherwise. The message is a constant.
func (o *Observer) Fail(ctx context.Context, message string, err error, attrs ...slog.Attr) {
	o.Log.LogAttrs(ctx, slog.LevelError, message, append(attrs, slog.Any("error", err))...)
}

// Panic logs a recovered panic: the type of its value and the functions it went through.
func (o *Observer) Panic(ctx context.Context, recovered any) {
	o.Metrics.panics.Inc()
	o.Log.LogAttrs(ctx, slog.LevelError, "panic", slog.Any("error", panicked{recovered}), slog.Any("stack", callers()))
}

func knownMethod(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return method
	}
	return "OTHER"
}

func statusClass(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return string(rune('0'+status/100)) + "xx"
}
