package workout_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// Whatever statement a write dies at, nothing of it is done; and a repeat with the
// same key does it once, also when the first one had been committed and only its answer was lost.
func TestWritesAreWholeOrNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		act  func(*testing.T, *workout.Service, person, world) error
		done string // what it comes to
	}{
		"import": {func(t *testing.T, s *workout.Service, p person, _ world) error {
			_, err := s.Import(t.Context(), p.caller(), upload{bytes.NewReader(twoRides), nil}, repeat("key", ""))
			return err
		}, `SELECT count(*) FROM workout WHERE source = 'file'`},
		"create": {func(t *testing.T, s *workout.Service, p person, _ world) error {
			_, _, err := s.Create(t.Context(), p.caller(), run(privacy.OnlyMe), repeat("key", ""))
			return err
		}, `SELECT 2 * count(*) FROM workout WHERE title = 'Along the river'`},
		"edit": {func(t *testing.T, s *workout.Service, p person, w world) error {
			_, _, err := s.Edit(t.Context(), p.caller(), w.kept, workout.Patch{Title: to("new"), DistanceM: to(9.0), Notes: to("new")}, always)
			return err
		}, `SELECT 2 * count(*) FROM workout WHERE title = 'new'`},
		"delete": {func(t *testing.T, s *workout.Service, p person, w world) error {
			return s.Delete(t.Context(), p.caller(), w.kept)
		}, `SELECT 2 - 2 * count(*) FROM workout WHERE title = 'kept'`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ada := w.member("ada")
			cutter := newCutter(t, w.url)
			s := w.serviceWith(cutter.url, recording.DefaultLimits())
			steps, lost := 0, 0
			for _, answerLost := range []bool{false, true} {
				for n := 1; ; n++ {
					w.sql(`DELETE FROM idempotency`)
					w.sql(`DELETE FROM workout`)
					e := run(privacy.OnlyMe)
					e.Title = new("kept")
					w.kept = w.create(ada, e)
					before := w.digest()
					cutter.arm(n, answerLost)
					err := c.act(t, s, ada, *w)
					if !cutter.disarm() {
						if err != nil {
							t.Fatalf("nothing was cut, and yet: %v", err)
						}
						break
					}
					steps++
					if err == nil {
						continue // it was the connection's farewell, or one that had been done with
					}
					if !answerLost && w.digest() != before {
						t.Fatalf("cut at statement %d: something is left of it", n)
					}
					if answerLost && w.digest() != before {
						lost++
						if w.count(c.done) != 2 {
							t.Fatalf("answer %d lost: half of it is done", n)
						}
					}
					if name == "import" || name == "create" {
						if err := c.act(t, s, ada, *w); err != nil {
							t.Fatalf("the repeat after statement %d: %v", n, err)
						}
						if got := w.count(c.done); got != 2 {
							t.Fatalf("the repeat after statement %d comes to %d, not 2", n, got)
						}
					}
				}
			}
			t.Logf("cut %d times", steps)
			if steps < 10 || lost == 0 {
				t.Errorf("cut %d times, after the commit %d times", steps, lost)
			}
		})
	}
}

var twoRides = func() []byte {
	one := recordingtest.Make(recordingtest.Options{Seconds: 20, Seed: 1})
	return recordingtest.FIT(recordingtest.FITForm{}, one, recordingtest.Make(one.After(recordingtest.Options{Seconds: 20, Seed: 2})))
}()

// digest is all that is stored of workouts.
func (w *world) digest() (sum string) {
	w.t.Helper()
	err := w.admin.QueryRow(w.t.Context(), `SELECT md5(concat(
		(SELECT string_agg(x::text, '|' ORDER BY x.id) FROM workout x),
		(SELECT string_agg(x::text, '|' ORDER BY x.workout_id, x.family) FROM workout_part x),
		(SELECT string_agg(x::text, '|' ORDER BY x.key_hash) FROM idempotency x)))`).Scan(&sum)
	if err != nil {
		w.t.Fatal(err)
	}
	return sum
}

// cutter stands between a service and PostgreSQL and cuts the connection at the n-th statement,
// before it arrives, or at the n-th group of statements, once it has been carried out.
type cutter struct {
	url, server string

	mu         sync.Mutex
	left       int
	afterwards bool
	cut        bool
}

func newCutter(t *testing.T, url string) *cutter {
	t.Helper()
	conf, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	c := &cutter{
		url:    "postgres:///" + conf.Database + "?host=" + dir + "&port=5432",
		server: filepath.Join(conf.Host, ".s.PGSQL."+strconv.Itoa(int(conf.Port))),
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.carry(client)
		}
	}()
	return c
}

func (c *cutter) arm(n int, afterwards bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left, c.afterwards, c.cut = n, afterwards, false
}

// disarm says whether a connection was cut.
func (c *cutter) disarm() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left = 0
	return c.cut
}

// due says whether this message is the one: an Execute, a Sync, or a simple Query.
func (c *cutter) due(message byte) (now, afterwards bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left == 0 || message != 'Q' && message != 'E' && !c.afterwards || message != 'Q' && message != 'S' && c.afterwards {
		return false, false
	}
	c.left--
	c.cut = c.cut || c.left == 0
	return c.left == 0, c.afterwards
}

// carry carries one connection, message by message (PostgreSQL's protocol, 55.2 and 55.7).
func (c *cutter) carry(client net.Conn) {
	defer client.Close() //nolint:errcheck // it is for cutting
	server, err := net.Dial("unix", c.server)
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // it is for cutting
	var cut atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1<<16)
		for {
			n, err := server.Read(buf)
			if err != nil {
				_ = client.Close()
				return
			}
			if !cut.Load() {
				_, _ = client.Write(buf[:n])
			}
		}
	}()
	// PostgreSQL carries out what it has, finds nobody there, undoes what is open, and goes.
	leave := func() {
		_ = server.(*net.UnixConn).CloseWrite()
		<-done
	}
	head := make([]byte, 4) // the first message has no type
	for {
		if _, err := io.ReadFull(client, head); err != nil {
			return
		}
		size := int64(binary.BigEndian.Uint32(head[len(head)-4:])) - 4
		now, afterwards := false, false
		if len(head) == 5 {
			now, afterwards = c.due(head[0])
		}
		cut.Store(now)
		if now && !afterwards {
			leave()
			return
		}
		if _, err := server.Write(head); err != nil {
			return
		}
		if _, err := io.CopyN(server, client, size); err != nil {
			return
		}
		if now {
			leave()
			return
		}
		head = make([]byte, 5)
	}
}
