//go:build unix

package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// superuser is the database role that may do everything.
const superuser = "postgres"

const (
	startPatience = 60 * time.Second // a crashed server's recovery may take a while
	fastPatience  = 15 * time.Second // for a fast shutdown, which writes all to disk
	quitPatience  = 5 * time.Second  // for an immediate one
)

// Options say what to start.
type Options struct {
	Dir      string    // the home folder; made when it isn't there
	Tuning   Tuning    // Development by default
	Settings []string  // more settings of the server, as name=value; they beat those of Tuning
	Fresh    bool      // throws the data away first, of whatever version they are
	Programs Programs  // those of the data's version, else [FindOrInstall]'s, by default
	Progress io.Writer // a line for each step; nil for silence
}

// Server is a running PostgreSQL. It ends when it is stopped, and when we end.
type Server struct {
	home    home
	sockets string
	lock    *os.File
	process *os.Process
	done    chan struct{}
	stop    sync.Once
	stopErr error
}

// Start starts the server of a home folder, making its database cluster the first time, and
// returns when it takes connections. ctx is for the start alone: the server outlives it. Errors:
// [ErrInUse], [ErrNoPrograms], [*VersionError], or what the server said.
func Start(ctx context.Context, o Options) (_ *Server, err error) {
	h, err := settle(ctx, o.Dir, o.Progress)
	if err != nil {
		return nil, err
	}
	s := &Server{home: h, done: make(chan struct{})}
	if s.lock, err = lock(filepath.Join(h.dir, "pg.lock")); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			unlock(s.lock)
		}
	}()
	if s.sockets, err = h.sockets(ctx); err != nil {
		return nil, err
	}
	if err := recoverFrom(ctx, h, s.sockets, o.Progress); err != nil {
		return nil, err
	}
	if o.Fresh {
		if err := os.RemoveAll(h.data()); err != nil {
			return nil, fmt.Errorf("local PostgreSQL: %w", err)
		}
	}
	p, err := h.choose(ctx, o.Programs, o.Progress)
	if err != nil {
		return nil, err
	}
	if err := makeCluster(ctx, h, p, o.Tuning, o.Progress); err != nil {
		return nil, err
	}
	if err := s.launch(p, o.Tuning, o.Settings); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.ready(ctx); err != nil {
		_ = s.end(ctx)
		return nil, err
	}
	say(o.Progress, "PostgreSQL %s is up in %s (%.1f s)", p.Version, h.dir, time.Since(began).Seconds())
	return s, nil
}

// launch starts the server's process.
func (s *Server) launch(p Programs, tuning Tuning, more []string) error {
	_ = os.Rename(s.home.log(), s.home.log()+".old") // absent the first time
	log, err := os.OpenFile(s.home.log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("local PostgreSQL: %w", err)
	}
	defer log.Close() //nolint:errcheck // the server writes it, not we
	args := append([]string{"-D", s.home.data()}, tuning.settings(s.sockets)...)
	for _, setting := range more {
		args = append(args, "-c", setting)
	}
	// Not the caller's context: it would kill the server (and break its data) instead of stopping it.
	cmd := s.home.as.command(context.Background(), p.Postgres, args...)
	cmd.Stdout, cmd.Stderr = log, log
	started := make(chan error)
	go func() {
		defer close(s.done)
		tied(cmd, started)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("local PostgreSQL: start %s: %w", p.Postgres, err)
	}
	s.process = cmd.Process
	return nil
}

// ready waits until the server takes connections.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL(superuser))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.done:
			return fmt.Errorf("local PostgreSQL: the server ended at once; it said:\n%s", s.said())
		case <-ctx.Done():
			return fmt.Errorf("local PostgreSQL: the server takes no connections (%w): %w; it said:\n%s", ctx.Err(), err, s.said())
		case <-time.After(15 * time.Millisecond):
		}
	}
}

// said is the end of the server's log.
func (s *Server) said() string {
	content, err := os.ReadFile(s.home.log())
	if err != nil {
		return err.Error()
	}
	const enough = 4 << 10
	return string(bytes.TrimSpace(content[max(0, len(content)-enough):]))
}

// URL is the connection URL of a database, as the superuser. Another role goes in with url.User.
func (s *Server) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	// The port picks the socket; unsaid, it would come from PGPORT.
	u.RawQuery = url.Values{"host": {s.sockets}, "port": {port}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

// Home is the folder that holds the data: Options.Dir, or what stands in for it.
func (s *Server) Home() string { return s.home.dir }

// Done is closed when the server has ended, asked or not.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the server and frees its folder: connections are cut and all is written to disk; what
// still runs after 15 s, or when ctx ends, is stopped at once and recovers at the next start. A
// second call does nothing and returns the same.
func (s *Server) Stop(ctx context.Context) error {
	s.stop.Do(func() {
		s.stopErr = s.end(ctx)
		unlock(s.lock)
	})
	return s.stopErr
}

func (s *Server) end(ctx context.Context) error {
	fast, cancel := context.WithTimeout(ctx, fastPatience)
	defer cancel()
	if s.signal(fast, syscall.SIGINT) {
		return nil
	}
	quit, cancel := context.WithTimeout(context.WithoutCancel(ctx), quitPatience)
	defer cancel()
	if !s.signal(quit, syscall.SIGQUIT) {
		s.signal(context.WithoutCancel(ctx), syscall.SIGKILL)
	}
	return errors.New("local PostgreSQL: the server did not stop in time and was stopped at once; it recovers at the next start")
}

// signal sends a signal and reports whether the server has ended before ctx.
func (s *Server) signal(ctx context.Context, sig syscall.Signal) bool {
	_ = s.process.Signal(sig) // fails only when it has ended already
	select {
	case <-s.done:
		return true
	case <-ctx.Done():
		return false
	}
}
