package observe

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var stamp = regexp.MustCompile(`"time":"[^"]*"`)

// A request's line is the one that slog writes of it, whatever is in it; and what
// the keys table holds back is held back.
func TestARequestsLineIsSlogs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[a-z_.-]{0,12}`), rapid.StringMatching(`/v1/[a-z]+/\{id\}`), rapid.String(),
			rapid.Just("5ca1ab1e-0000-4000-8000-00000000cafe"), rapid.StringMatching(`[a-z0-9_-]{110,130}`))
		r := Request{
			Method: rapid.SampledFrom([]string{"GET", "HEAD", "BREW"}).Draw(t, "method"), Route: text.Draw(t, "route"),
			Status: rapid.IntRange(0, 700).Draw(t, "status"), Bytes: rapid.Int64().Draw(t, "bytes"),
			Duration: time.Duration(rapid.Int64().Draw(t, "duration")), Code: text.Draw(t, "code"), Actor: text.Draw(t, "actor"),
		}
		var quick, slow bytes.Buffer
		New(&quick, nil).Request(context.Background(), r)
		r.Method = knownMethod(r.Method)
		if r.Route == "" {
			r.Route = "unmatched"
		}
		level := slog.LevelInfo
		if r.Status >= 500 {
			level = slog.LevelError
		}
		New(&slow, nil).Log.LogAttrs(context.Background(), level, "request", r.attrs()...)
		for _, line := range []string{quick.String(), slow.String()} {
			if !stamp.MatchString(line) {
				t.Fatal("no time in it: ", line)
			}
		}
		if got, want := stamp.ReplaceAllString(quick.String(), ""), stamp.ReplaceAllString(slow.String(), ""); got != want {
			t.Fatalf("\n%s\n%s", got, want)
		}
	})
}

func BenchmarkRequest(b *testing.B) {
	o := New(&discard{}, nil)
	r := Request{Method: "GET", Route: "/v1/workouts/{id}", Status: 200, Bytes: 500, Duration: 1234 * time.Microsecond, Actor: "session"}
	b.Run("quick", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			o.Request(context.Background(), r)
		}
	})
	b.Run("slog", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			o.Metrics.requests.WithLabelValues(r.Route, r.Method, statusClass(r.Status)).Observe(r.Duration.Seconds())
			o.Log.LogAttrs(context.Background(), slog.LevelInfo, "request", r.attrs()...)
		}
	})
}

type discard struct{}

func (*discard) Write(p []byte) (int, error) { return len(p), nil }
