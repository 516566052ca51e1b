package observe

import (
	"bytes"
	"context"
	"log"
	"log/slog"
)

// StdLog is for what insists on a *log.Logger, such as http.Server: its lines name clients'
// addresses and panic values, so that only the sort of trouble gets out.
func (o *Observer) StdLog(component string) *log.Logger {
	return log.New(stdWriter{o, component}, "", 0)
}

type stdWriter struct {
	o         *Observer
	component string
}

func (w stdWriter) Write(line []byte) (int, error) {
	reason := "other"
	for _, known := range []struct{ part, name string }{
		{"TLS handshake error", "tls_handshake"},
		{"panic serving", "panic"},
		{"superfluous response.WriteHeader", "written_twice"},
		{"Accept error", "accept"},
	} {
		if bytes.Contains(line, []byte(known.part)) {
			reason = known.name
			break
		}
	}
	w.o.Log.LogAttrs(context.Background(), slog.LevelWarn, "library log line",
		slog.String("component", w.component), slog.String("reason", reason))
	return len(line), nil
}
