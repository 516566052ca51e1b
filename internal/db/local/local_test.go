//go:build unix

package local

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// holdVariable makes the test binary a run of its own: it starts a server in the folder that the
// variable names, says its URL, and stays until it is killed.
const holdVariable = "PACELINE_TEST_HOLD_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdVariable); dir != "" {
		s, err := Start(context.Background(), Options{Dir: dir})
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(s.URL("postgres"))
		select {}
	}
	code := m.Run()
	_ = os.RemoveAll(original.home) // "" when no test needed it
	os.Exit(code)
}

// folder makes a folder that every account can reach, as a checkout below /srv would be.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(Scratch(), "paceline-local-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

var original struct {
	once sync.Once
	home string
	err  error
}

// cluster makes a folder with a database cluster that was stopped in good order: a copy of one
// that is made once, for initdb costs most of a second.
func cluster(t *testing.T) string {
	t.Helper()
	original.once.Do(func() {
		if original.home, original.err = os.MkdirTemp(Scratch(), "paceline-local-*"); original.err != nil {
			return
		}
		if original.err = os.Chmod(original.home, 0o711); original.err != nil {
			return
		}
		var s *Server
		if s, original.err = Start(context.Background(), Options{Dir: original.home, Tuning: Throwaway}); original.err == nil {
			original.err = s.Stop(context.Background())
		}
	})
	if original.err != nil {
		t.Fatal(original.err)
	}
	dir := folder(t)
	if out, err := exec.Command("cp", "-Rp", filepath.Join(original.home, "pg"), dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// start starts a server, and at the test's end stops it and checks that nothing is left of it.
func start(t *testing.T, o Options) *Server {
	t.Helper()
	var told bytes.Buffer
	o.Progress = &told
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatalf("start in %s: %v\n%s", o.Dir, err, &told)
	}
	t.Cleanup(func() {
		stop(t, s)
		_ = os.RemoveAll(s.sockets)
	})
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Errorf("stop: %v", err)
	}
	if left := occupants(context.Background(), s.home.data()); len(left) > 0 {
		t.Errorf("processes %v still run in %s", left, s.home.data())
	}
}

// vacant waits until no process works in the folder's data.
func vacant(t *testing.T, dir string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if len(occupants(t.Context(), filepath.Join(dir, "pg"))) == 0 {
			return
		}
	}
	t.Fatalf("processes still run in %s", dir)
}

// query runs one statement that gives one text.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var got string
	if err := conn.QueryRow(t.Context(), sql).Scan(&got); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

// execute runs statements without an answer.
func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// hold starts a run of its own on the folder and returns its process and its server's URL.
func hold(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holdVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line := make([]byte, 4096)
	n, err := out.Read(line)
	said := strings.TrimSpace(string(line[:n]))
	if err != nil || !strings.HasPrefix(said, "postgres://") {
		t.Fatalf("the other run said %q (%v)", said, err)
	}
	return cmd, said
}
