package observe

import (
	"context"
	"io"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
)

// handler lets only what the keys table allows through to a JSON handler. A record that lost
// something says how much, in "dropped".
type handler struct {
	next    slog.Handler
	dropped prometheus.Counter
	before  int // what With already lost
}

func newHandler(w io.Writer, level slog.Leveler, dropped prometheus.Counter) *handler {
	return &handler{next: slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}), dropped: dropped}
}

func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	message, lost := r.Message, 0
	if !plainText.holds(message) {
		message = "[dropped]"
		lost++
	}
	kept := make([]slog.Attr, 0, 16)
	r.Attrs(func(a slog.Attr) bool {
		var n int
		kept, n = clean(kept, a)
		lost += n
		return true
	})
	h.dropped.Add(float64(lost))
	if total := lost + h.before; total > 0 {
		kept = append(kept, slog.Int("dropped", total))
	}
	out := slog.NewRecord(r.Time, r.Level, message, r.PC)
	out.AddAttrs(kept...)
	return h.next.Handle(ctx, out)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	var kept []slog.Attr
	lost := 0
	for _, a := range attrs {
		var n int
		kept, n = clean(kept, a)
		lost += n
	}
	h.dropped.Add(float64(lost))
	return &handler{next: h.next.WithAttrs(kept), dropped: h.dropped, before: h.before + lost}
}

func (h *handler) WithGroup(name string) slog.Handler {
	if keys[name] != group {
		name = "group" // the attributes are looked at one by one; the name is a value like any other
	}
	return &handler{next: h.next.WithGroup(name), dropped: h.dropped, before: h.before}
}

// clean appends what is left of an attribute, and says how many values were dropped from it.
func clean(kept []slog.Attr, a slog.Attr) ([]slog.Attr, int) {
	s := keys[a.Key]
	if s == failure { // before Resolve: an error may be a LogValuer that says more than it should
		switch v := a.Value.Any().(type) {
		case error:
			return append(kept, slog.Attr{Key: a.Key, Value: Describe(v)}), 0
		case panicked:
			return append(kept, slog.Attr{Key: a.Key, Value: v.describe()}), 0
		}
		return kept, 1
	}
	v := a.Value.Resolve()
	switch {
	case v.Kind() == slog.KindGroup && (s == group || a.Key == ""):
		var members []slog.Attr
		lost := 0
		for _, member := range v.Group() {
			var n int
			members, n = clean(members, member)
			lost += n
		}
		if len(members) > 0 {
			kept = append(kept, slog.Attr{Key: a.Key, Value: slog.GroupValue(members...)})
		}
		return kept, lost
	case s.allowed(v):
		return append(kept, slog.Attr{Key: a.Key, Value: v}), 0
	case a.Equal(slog.Attr{}):
		return kept, 0
	}
	return kept, 1
}
