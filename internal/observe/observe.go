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
	"sync"
)

// Observer is where everything is reported. It is safe for concurrent use.
type Observer struct {
	Log     *slog.Logger // filtered: see the package
	Metrics *Metrics
	out     *lines
	timers  sync.Map // series → prometheus.Observer
}

// New makes an observer that writes JSON lines at or above the level to w.
func New(w io.Writer, level slog.Leveler) *Observer {
	m := newMetrics()
	out := &lines{w: w}
	return &Observer{Log: slog.New(newHandler(out, level, m.dropped)), Metrics: m, out: out}
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
