package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/db/local"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

// simulated runs paceline simulate consoles, and gives what it printed and its exit code.
func simulated(t *testing.T, args ...string) (ledger string, code int) {
	t.Helper()
	bin, err := build()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var out, told bytes.Buffer
	cmd := exec.CommandContext(ctx, bin, append([]string{"simulate", "consoles"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &told
	err = cmd.Run()
	if exit, failed := errors.AsType[*exec.ExitError](err); failed {
		return out.String() + told.String(), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), 0
}

// figure is a row of a ledger.
func figure(t *testing.T, ledger, what string) int {
	t.Helper()
	row := regexp.MustCompile(`(?m)^ *(\d+) +` + regexp.QuoteMeta(what) + `$`).FindStringSubmatch(ledger)
	if row == nil {
		t.Fatalf("no row %q in\n%s", what, ledger)
	}
	n, err := strconv.Atoi(row[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const asSent = "acknowledged and there once, of the right member, samples equal"

// port is how a local run is called: it calls itself localhost.
func (p *process) port() string {
	return "http://localhost:" + p.base[strings.LastIndex(p.base, ":")+1:]
}

// Badly connected consoles lose nothing and double nothing; what happened in the database says so as
// well, and the same rides again add none.
func TestSimulatedConsoles(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t)
	root := pgtest.Connect(t, pg.Superuser())
	p := start(t, "dev", "DATABASE_URL="+pg.Superuser(), "PACELINE_DATA="+t.TempDir()).ready()
	args := []string{"--count", "4", "--rides", "6", "--seconds", "120", "--faults", "30%", "--seed", "11", "--url", p.port()}
	for range 2 {
		ledger, code := simulated(t, args...)
		if code != 0 || figure(t, ledger, asSent) != 24 || figure(t, ledger, "lost")+figure(t, ledger, "doubled") != 0 {
			t.Fatalf("exit code %d\n%s", code, ledger)
		}
		var workouts, members int
		err := root.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT member_id) FROM workout WHERE source = 'console'`).Scan(&workouts, &members)
		if err != nil || workouts != 24 || members != 2 {
			t.Fatalf("%d workouts of %d members, %v", workouts, members, err)
		}
	}
}

// between is a service that answers as another one does, but for what somebody does to the answers.
func between(t *testing.T, p *process, change func(r *http.Request, body []byte) []byte) string {
	t.Helper()
	to, err := url.Parse(p.base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &http.Server{ReadHeaderTimeout: time.Minute, Handler: &httputil.ReverseProxy{
		ErrorLog: log.New(io.Discard, "", 0), // connections break, as they are meant to
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			if err != nil || r.StatusCode != http.StatusOK {
				r.Body = io.NopCloser(bytes.NewReader(body))
				return err
			}
			body = change(r.Request, body)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	}}
	address := freePort(t)
	proxy.Addr = address
	go func() { _ = proxy.ListenAndServe() }()
	t.Cleanup(func() { _ = proxy.Close() })
	return "http://" + address
}

// A service that loses, doubles, changes or mixes up what it acknowledged is found out.
func TestTheSimulatorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t)
	// All of them come from the address of the one in between.
	p := start(t, "dev", "DATABASE_URL="+pg.Superuser(), "PACELINE_DATA="+t.TempDir(), "PACELINE_LIMIT_AUTH_NETWORK=1000", "PACELINE_LIMIT_WRITE=10000").ready()
	changes := func(with func(items []map[string]any) []map[string]any) func(*http.Request, []byte) []byte {
		return func(r *http.Request, body []byte) []byte {
			var page map[string]any
			var list struct{ Items []map[string]any }
			if r.URL.Path != "/v1/sync/changes" || json.Unmarshal(body, &page) != nil || json.Unmarshal(body, &list) != nil || len(list.Items) == 0 {
				return body
			}
			page["items"] = with(list.Items)
			changed, _ := json.Marshal(page)
			return changed
		}
	}
	var other atomic.Pointer[map[string]any]
	var dropped atomic.Bool
	for n, broken := range []struct {
		row    string
		change func(*http.Request, []byte) []byte
	}{
		{"lost", func(r *http.Request, body []byte) []byte { // from the database itself, before anybody looks
			if strings.HasSuffix(r.URL.Path, "/streams") && dropped.CompareAndSwap(false, true) {
				root, err := pgx.Connect(context.WithoutCancel(r.Context()), pg.Superuser())
				if err == nil {
					id := strings.Split(r.URL.Path, "/")[3]
					_, err = root.Exec(r.Context(), `DELETE FROM workout WHERE source = 'console' AND member_id = (SELECT member_id FROM workout WHERE id = $1) AND id <> $1`, id)
				}
				if err != nil {
					t.Error(err)
				}
			}
			return body
		}},
		{"lost", changes(func(items []map[string]any) []map[string]any { return items[1:] })},
		{"doubled", changes(func(items []map[string]any) []map[string]any {
			return append(items, map[string]any{"workout_id": "0190a0a0-0000-7000-8000-000000000000", "client_ids": items[0]["client_ids"]})
		})},
		{"doubled", changes(func(items []map[string]any) []map[string]any {
			return append(items, map[string]any{"workout_id": "0190a0a0-0000-7000-8000-000000000000"})
		})},
		{"differing", func(r *http.Request, body []byte) []byte {
			if !strings.HasSuffix(r.URL.Path, "/streams") {
				return body
			}
			return regexp.MustCompile(`("heart_rate_bpm":\{.*?"values":\[)\d+`).ReplaceAll(body, []byte("${1}77"))
		}},
		{"with another member", changes(func(items []map[string]any) []map[string]any {
			if first := other.Swap(&items[0]); first != nil {
				return append(items, *first)
			}
			return items
		})},
	} {
		t.Run(strconv.Itoa(n)+" "+broken.row, func(t *testing.T) {
			t.Parallel()
			ledger, code := simulated(t, "--count", "3", "--rides", "3", "--seconds", "20", "--seed", strconv.Itoa(100+n),
				"--url", between(t, p, broken.change), "--public-url", p.port())
			if code != 1 || figure(t, ledger, broken.row) == 0 {
				t.Errorf("exit code %d\n%s", code, ledger)
			}
		})
	}
}

// The service is killed and PostgreSQL restarted, again and again while consoles send: what was
// acknowledged is there.
func TestSimulatedConsolesWhileServersFall(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp(local.Scratch(), "paceline-falling")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	postgres := func() *local.Server {
		t.Helper()
		s, err := local.Start(context.WithoutCancel(t.Context()), local.Options{Dir: dir + "/pg"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	pg := postgres()
	t.Cleanup(func() { _ = pg.Stop(context.Background()) })
	if err := db.CreateDatabase(t.Context(), pg.URL("postgres"), "paceline"); err != nil {
		t.Fatal(err)
	}
	address := freePort(t)
	serve := func() *process {
		t.Helper()
		p := start(t, "dev", "DATABASE_URL="+pg.URL("paceline"), "PACELINE_DATA="+dir, "PACELINE_ADDR="+address)
		p.base = "http://" + address
		return p.ready()
	}
	p := serve()
	root := pgtest.Connect(t, pg.URL("paceline"))
	count := func() (n int) {
		t.Helper()
		if err := root.QueryRow(t.Context(), `SELECT count(*) FROM workout WHERE source = 'console'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const consoles, rides = 4, 25
	type end struct {
		ledger string
		code   int
	}
	ended := make(chan end, 1)
	go func() {
		ledger, code := simulated(t, "--count", strconv.Itoa(consoles), "--rides", strconv.Itoa(rides), "--seconds", "120", "--seed", "5", "--url", p.port())
		ended <- end{ledger, code}
	}()
	for fall := 1; fall <= 2; fall++ { // in the middle each time: a share of the rides is there
		for count() < fall*consoles*rides/4 {
			select {
			case e := <-ended:
				t.Fatalf("it was at its end before the fall %d, exit code %d\n%s", fall, e.code, e.ledger)
			case <-time.After(5 * time.Millisecond):
			}
		}
		if fall%2 == 1 {
			p.kill()
			p = serve()
			continue
		}
		if err := root.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := pg.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		pg = postgres()
		root = pgtest.Connect(t, pg.URL("paceline"))
	}
	e := <-ended
	if e.code != 0 || figure(t, e.ledger, asSent) != consoles*rides || figure(t, e.ledger, "connections refused or lost") == 0 {
		t.Errorf("exit code %d\n%s", e.code, e.ledger)
	}
	if n := count(); n != consoles*rides {
		t.Errorf("%d workouts", n)
	}
	t.Log(e.ledger)
}
