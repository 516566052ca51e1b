package jobs

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/testkit/pgtest"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
)

// post is a Sender that keeps what it is given, or refuses it with err.
type post struct {
	mu   sync.Mutex
	sent []mail.Message
	err  error
	hold chan struct{} // if there is one, each mail waits for it
}

func (p *post) Send(ctx context.Context, m mail.Message) error {
	if p.hold != nil {
		select {
		case <-p.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	p.sent = append(p.sent, m)
	return nil
}

func (p *post) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.sent)
}

func (p *post) refuse(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

type world struct {
	*Runner
	t        *testing.T
	post     *post
	accounts *account.Service
	root     *pgx.Conn
	ringFile string
	log      strings.Builder

	mu  sync.Mutex
	now time.Time
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, post: &post{}, ringFile: filepath.Join(t.TempDir(), "ring.json"), now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	w.must(seal.GenerateFile(w.ringFile))
	ring, err := seal.LoadRing(w.ringFile)
	w.must(err)
	pg := pgtest.New(t)
	database, err := db.Open(t.Context(), db.Config{URL: pg.Superuser(), Connections: 4})
	w.must(err)
	t.Cleanup(database.Close)
	w.root = pgtest.Connect(t, pg.Superuser())
	o := observe.New(&w.log, nil)
	w.Runner = New(Config{DB: database, Ring: ring, Sender: w.post, Observe: o, Digests: workout.New(database, ring, recording.DefaultLimits()), Now: w.clock})
	w.accounts, err = account.New(account.Config{
		DB: database, Ring: ring, Observe: o, SearchName: strings.ToLower, Mailed: w.Wake,
		Cost: account.HashCost{MemoryKiB: 8, Time: 1, Parallelism: 1, Concurrency: 2, Queue: 100},
	})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v (%v)", err, errors.Unwrap(err))
	}
}

func (w *world) anonymous() db.Caller { return db.Anonymous(w.clock()) }

func registration(name string) account.Registration {
	return account.Registration{
		Email: name + "@example.test", Password: "a quiet ride of " + name + " at dusk", Username: name, DisplayName: name,
		BirthDate: time.Date(1990, 4, 5, 0, 0, 0, 0, time.UTC),
	}
}

func (w *world) register(name string) {
	w.t.Helper()
	_, err := w.accounts.Register(w.t.Context(), w.anonymous(), registration(name))
	w.must(err)
}

func (w *world) create(name string) {
	w.t.Helper()
	_, err := w.accounts.Create(w.t.Context(), w.clock(), registration(name), true)
	w.must(err)
}

func (w *world) count(sql string, args ...any) int {
	w.t.Helper()
	var n int
	w.must(w.root.QueryRow(w.t.Context(), sql, args...).Scan(&n))
	return n
}

func (w *world) waiting() int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM auth.mail`)
}
