package observe

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

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
	o.timer(r).Observe(r.Duration.Seconds())
	level := slog.LevelInfo
	if r.Status >= 500 {
		level = slog.LevelError
	}
	if !o.Log.Enabled(ctx, level) {
		return
	}
	if r.plain() {
		o.out.request(time.Now(), level, r) //nolint:forbidigo // a line's time is the clock's, as slog's is
		return
	}
	o.Log.LogAttrs(ctx, level, "request", r.attrs()...)
}

// attrs are a request as any other line's values, each looked at by the keys table.
func (r Request) attrs() []slog.Attr {
	return []slog.Attr{
		slog.String("method", r.Method),
		slog.String("route", r.Route),
		slog.Int("status", r.Status),
		slog.Int64("bytes", r.Bytes),
		slog.Float64("duration_ms", r.milliseconds()),
		slog.String("code", r.Code),
		slog.String("actor", r.Actor),
	}
}

func (r Request) milliseconds() float64 { return float64(r.Duration.Microseconds()) / 1000 }

// plain says whether the keys table would let all of it out as it is.
func (r Request) plain() bool {
	return plainPattern.holds(r.Route) && !hasID(r.Route) && plainWord.holds(r.Code) && !hasID(r.Code) &&
		plainWord.holds(r.Actor) && !hasID(r.Actor)
}

// lines takes whole lines, one at a time.
type lines struct {
	mu    sync.Mutex
	w     io.Writer
	spare []byte
}

// Write is for lines that slog made.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// request writes the line that slog would, of values that need no escaping: one is
// written for each request, and slog's takes several times as long.
func (l *lines) request(at time.Time, level slog.Level, r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := append(l.spare[:0], `{"time":"`...)
	b = at.AppendFormat(b, time.RFC3339Nano)
	b = pair(b, `","level":"`, level.String())
	b = pair(b, `","msg":"request","method":"`, r.Method)
	b = pair(b, `","route":"`, r.Route)
	b = strconv.AppendInt(append(b, `","status":`...), int64(r.Status), 10)
	b = strconv.AppendInt(append(b, `,"bytes":`...), r.Bytes, 10)
	b = strconv.AppendFloat(append(b, `,"duration_ms":`...), r.milliseconds(), 'f', -1, 64)
	b = pair(b, `,"code":"`, r.Code)
	b = pair(b, `","actor":"`, r.Actor)
	b = append(b, "\"}\n"...)
	l.spare = b
	_, _ = l.w.Write(b) // where a line can't be written there is nobody to tell
}

func pair(b []byte, key, value string) []byte { return append(append(b, key...), value...) }

// series is a time series of the requests. There are few: its labels come from fixed sets.
type series struct{ route, method, status string }

func (o *Observer) timer(r Request) prometheus.Observer {
	s := series{r.Route, r.Method, statusClass(r.Status)}
	if known, ok := o.timers.Load(s); ok {
		return known.(prometheus.Observer) //nolint:errcheck // nothing else is stored
	}
	made, _ := o.timers.LoadOrStore(s, o.Metrics.requests.WithLabelValues(s.route, s.method, s.status))
	return made.(prometheus.Observer) //nolint:errcheck // nothing else is stored
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
	return [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}[status/100-1]
}
