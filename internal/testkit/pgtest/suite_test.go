package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/db/local"
)

// holdVariable makes the test binary a test process of its own: it takes a database from a suite
// in the folder that the variable names, says its URL, and stays until it is killed.
const holdVariable = "PACELINE_TEST_HOLD_SUITE"

func TestMain(m *testing.M) {
	if folder := os.Getenv(holdVariable); folder != "" {
		other := testing.InternalTest{Name: "Hold", F: func(t *testing.T) {
			fmt.Println(small("v1", folder).new(t).Superuser())
			select {}
		}}
		os.Args = os.Args[:1]
		testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{other}, nil, nil)
	}
	os.Exit(m.Run())
}

// small is a suite over a schema of one table, named after the version.
func small(version, folder string) *suite {
	return &suite{folder: folder, schema: schema{
		hash: func() (string, error) { return hashOf(fstest.MapFS{version: &fstest.MapFile{}}) },
		build: func(ctx context.Context, url string) error {
			conn, err := pgx.Connect(ctx, url)
			if err != nil {
				return err
			}
			defer conn.Close(ctx)
			_, err = conn.Exec(ctx, "CREATE TABLE "+version+" (); DO $$ BEGIN CREATE ROLE role_of_"+version+" LOGIN; EXCEPTION WHEN duplicate_object THEN END $$")
			return err
		},
	}}
}

// shared makes a folder that the account of root's servers can reach.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(local.Scratch(), "paceline-pgtest-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAFolderOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	dir := shared(t)
	if _, err := private(filepath.Join(dir, "ours")); err != nil {
		t.Error(err)
	}
	if _, err := private(filepath.Join(dir, "ours")); err != nil {
		t.Errorf("the second time: %v", err)
	}
	if err := os.Symlink("ours", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "open"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "open"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", "open"} {
		if _, err := private(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// closing stops the suite's server at the test's end, which else ends with the process.
func closing(t *testing.T, s *suite) *suite {
	t.Cleanup(func() {
		if s.server != nil {
			if err := s.server.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	return s
}

const (
	tables     = "SELECT coalesce(string_agg(relname, ' '), '') FROM pg_stat_user_tables"
	roles      = "SELECT coalesce(string_agg(rolname, ' '), '') FROM pg_roles WHERE rolname LIKE 'role_of_%'"
	ofPaceline = "SELECT coalesce(string_agg(datname, ' ' ORDER BY datname), '') FROM pg_database WHERE datname LIKE 'paceline_%'"
)

// Two test processes at once have a server each; one that is killed takes its server with it, and
// what it left is gone when the folder is used again.
func TestProcesses(t *testing.T) {
	t.Parallel()
	folder := shared(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holdVariable+"="+folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	theirs, err := bufio.NewReader(out).ReadString('\n')
	theirs = strings.TrimSpace(theirs)
	if err != nil || !strings.HasPrefix(theirs, "postgres://") {
		t.Fatalf("the other process said %q (%v)", theirs, err)
	}
	ours := closing(t, small("v1", folder)).new(t)
	if a, b := ask(t, theirs, "SHOW data_directory"), ask(t, ours.Superuser(), "SHOW data_directory"); a == b {
		t.Errorf("two processes share %s", a)
	}

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), theirs)
		if err != nil {
			break
		}
		_ = conn.Close(t.Context())
		if time.Now().After(end) {
			t.Fatal("the killed process's server still runs")
		}
	}
	next := closing(t, small("v1", folder))
	d := next.new(t)
	if got, want := ask(t, d.Superuser(), ofPaceline), next.template+" "+ask(t, d.Superuser(), "SELECT current_database()::text"); got != want {
		t.Errorf("databases %s, want %s", got, want)
	}
}

func TestAChangedSchemaStartsAfresh(t *testing.T) {
	t.Parallel()
	folder := shared(t)
	for _, version := range []string{"v1", "v1", "v2"} {
		s := small(version, folder)
		t.Run(version, func(t *testing.T) {
			d := s.new(t)
			if got := ask(t, d.Superuser(), tables); got != version {
				t.Errorf("tables: %s", got)
			}
			if got := ask(t, d.URL("role_of_"+version), roles); got != "role_of_"+version {
				t.Errorf("roles: %s", got)
			}
		})
		if err := s.server.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBrokenDataAreReplaced(t *testing.T) {
	t.Parallel()
	folder := shared(t)
	first := small("v1", folder)
	if err := first.open(); err != nil {
		t.Fatal(err)
	}
	if err := first.server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(first.server.Home(), "pg", "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, closing(t, small("v1", folder)).new(t).Superuser(), tables); got != "v1" {
		t.Errorf("tables: %s", got)
	}
}

// On a server of one's own several processes share the template, which one of them makes.
func TestAServerOfOnesOwn(t *testing.T) {
	t.Parallel()
	server, err := local.Start(t.Context(), local.Options{Dir: shared(t), Tuning: local.Throwaway})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	var template string
	t.Run("at once", func(t *testing.T) {
		for range 4 {
			s := small("v1", "")
			s.external = server.URL("postgres")
			t.Run("", func(t *testing.T) {
				t.Parallel()
				if got := ask(t, s.new(t).Superuser(), tables); got != "v1" {
					t.Errorf("tables: %s", got)
				}
				template = s.template
			})
		}
	})
	if got := ask(t, server.URL("postgres"), ofPaceline); got != template {
		t.Errorf("left behind: %s", got)
	}
}

// recorder is a test that only notes how it failed.
type recorder struct {
	testing.TB
	fatal, skipped bool
}

func (r *recorder) Fatalf(string, ...any) { r.fatal = true; runtime.Goexit() }
func (r *recorder) Skipf(string, ...any)  { r.skipped = true; runtime.Goexit() }

func TestWithoutAServerATestFails(t *testing.T) {
	t.Parallel()
	unreadable, away, broken := small("v1", ""), small("v1", ""), closing(t, small("v1", shared(t)))
	unreadable.external = "not a URL"
	away.external = "postgres://postgres@/postgres?host=" + shared(t)
	broken.schema.build = func(context.Context, string) error { return errors.New("broken on purpose") }
	for name, s := range map[string]*suite{"unreadable": unreadable, "away": away, "broken": broken} {
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.new(r)
		}()
		<-done
		if !r.fatal || r.skipped {
			t.Errorf("%s: failed %t, skipped %t", name, r.fatal, r.skipped)
		}
	}
}

func TestHashes(t *testing.T) {
	t.Parallel()
	files := func(names ...string) fs.FS {
		all := fstest.MapFS{}
		for _, name := range names {
			all[name] = &fstest.MapFile{Data: []byte(name)}
		}
		return all
	}
	hash := func(all ...fs.FS) string {
		h, err := hashOf(all...)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	if hash(files("a", "b")) != hash(files("b", "a")) {
		t.Error("the same files have two hashes")
	}
	if hash(files("a", "b")) == hash(files("a")) || hash(files("a"), files("b")) == hash(files("a", "b")) {
		t.Error("different files have the same hash")
	}
	if first, second := hash(files("a"), nil), hash(files("a"), nil); first == second {
		t.Error("unreadable files are taken for unchanged ones")
	}
	source := sourceOf(db.Provision)
	if source == nil {
		t.Fatal("the sources of package db were not found")
	}
	entries, err := fs.ReadDir(source, ".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if all := strings.Join(names, " "); !strings.Contains(all, "migrate.go") || strings.Contains(all, "_test.go") || strings.Contains(all, "local") {
		t.Errorf("sources: %s", all)
	}
}
