package floor

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Header says who asks, by id.
const Header = "X-Member"

type server struct{ pool *pgxpool.Pool }

// Serve serves on the listener until the context ends.
func Serve(ctx context.Context, url string, l net.Listener) error {
	conf, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err
	}
	conf.MaxConns = int32(2 * runtime.NumCPU()) //nolint:gosec // few
	conf.ConnConfig.RuntimeParams["application_name"] = "floor"
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return err
	}
	defer pool.Close()
	s := &server{pool: pool}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/workouts/{id}", s.workout)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := pool.Ping(r.Context()); err != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})
	h := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = h.Close()
	}()
	if err := h.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}

func send(w http.ResponseWriter, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encoded)
}
