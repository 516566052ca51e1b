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

// Generic, in a query, has a search planned once for all prefixes, as a pooler or a driver without
// plans for single values does it.
const Generic = "plan=generic"

type server struct {
	pool    *pgxpool.Pool
	generic *pgxpool.Pool // whose plans are made once for all values
}

// Serve serves on the listener until the context ends.
func Serve(ctx context.Context, url string, l net.Listener) error {
	s := &server{}
	for pool, mode := range map[**pgxpool.Pool]string{&s.pool: "auto", &s.generic: "force_generic_plan"} {
		conf, err := pgxpool.ParseConfig(url)
		if err != nil {
			return err
		}
		conf.MaxConns = int32(2 * runtime.NumCPU()) //nolint:gosec // few
		conf.ConnConfig.RuntimeParams["application_name"] = "floor"
		conf.ConnConfig.RuntimeParams["plan_cache_mode"] = mode
		if *pool, err = pgxpool.NewWithConfig(ctx, conf); err != nil {
			return err
		}
		defer (*pool).Close()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/workouts/{id}", s.workout)
	mux.HandleFunc("GET /v1/workouts/{id}/streams", s.streams)
	mux.HandleFunc("GET /v1/feed", s.feed)
	mux.HandleFunc("GET /v1/members", s.search)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.pool.Ping(r.Context()); err != nil {
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

// searching is the pool for a search.
func (s *server) searching(r *http.Request) *pgxpool.Pool {
	if r.URL.Query().Has("plan") {
		return s.generic
	}
	return s.pool
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
