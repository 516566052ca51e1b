//go:build unix

package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A run that is killed -9 takes its server with it, loses nothing that was committed, and the next
// run starts as if nothing had been.
func TestAKilledRun(t *testing.T) {
	t.Parallel()
	dir := cluster(t)
	other, url := hold(t, dir)
	execute(t, url, "CREATE TABLE ride (watts int); INSERT INTO ride VALUES (250)")
	if _, err := Start(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("beside the other run: %v", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	s := start(t, Options{Dir: dir}) // at once, while the old server may still be stopping
	if got := query(t, s.URL("postgres"), "SELECT watts::text FROM ride"); got != "250" {
		t.Errorf("after the kill: %q", got)
	}
	stop(t, s)
	vacant(t, dir)
}

func TestAKilledRunLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	dir := cluster(t)
	other, _ := hold(t, dir)
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	vacant(t, dir)
}

// An orphan is a server that outlived its run all the same: here, one that was started by hand.
func TestAnOrphanIsStopped(t *testing.T) {
	t.Parallel()
	dir := cluster(t)
	first := start(t, Options{Dir: dir})
	stop(t, first)
	p, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings := fmt.Sprintf("-c listen_addresses='' -c unix_socket_directories='%s'", first.sockets)
	byHand := first.home.as.command(t.Context(), p.PgCtl, "start", "-w", "-s", "-D", first.home.data(), "-l", filepath.Join(first.home.data(), "by-hand.log"), "-o", settings)
	if out, err := byHand.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	execute(t, first.URL("postgres"), "CREATE TABLE ride (watts int); INSERT INTO ride VALUES (250)")
	var told bytes.Buffer
	s, err := Start(t.Context(), Options{Dir: dir, Progress: &told})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, s)
	if !strings.Contains(told.String(), "Stopping a PostgreSQL that a killed run left") {
		t.Errorf("told:\n%s", &told)
	}
	if got := query(t, s.URL("postgres"), "SELECT watts::text FROM ride"); got != "250" {
		t.Errorf("after the orphan: %q", got)
	}
}

// After a crash of the machine the number in postmaster.pid may be a stranger's, who must not be
// harmed; and PostgreSQL alone would refuse to start.
func TestAStaleProcessNumber(t *testing.T) {
	t.Parallel()
	dir := cluster(t)
	first := start(t, Options{Dir: dir, Tuning: Throwaway})
	stop(t, first)
	stranger := first.home.as.command(context.Background(), "/bin/sleep", "600")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = stranger.Process.Kill()
		_ = stranger.Wait()
	}()
	content := fmt.Sprintf("%d\n%s\n1700000000\n%s\n%s\n\n  1 1\nready   \n", stranger.Process.Pid, first.home.data(), port, first.sockets)
	for _, path := range []string{filepath.Join(dir, "pg", "postmaster.pid"), filepath.Join(first.sockets, ".s.PGSQL."+port+".lock")} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if first.home.as != nil {
			if err := os.Chown(path, int(first.home.as.uid), int(first.home.as.gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	start(t, Options{Dir: dir, Tuning: Throwaway})
	if stranger.ProcessState != nil {
		t.Error("the stranger has ended")
	}
}

// A run that is killed in the middle of initdb leaves no data folder that looks like one.
func TestHalfAnInitdb(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holdVariable+"="+dir)
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); len(named(dir, unfinished)) == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // into the work
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	if _, err := os.Stat(filepath.Join(dir, "pg")); err == nil {
		t.Error("there is a data folder")
	}
	start(t, Options{Dir: dir, Tuning: Throwaway})
	if left := named(dir, unfinished); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAnEmptyDataFolderIsFilled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.Mkdir(filepath.Join(dir, "pg"), 0o700); err != nil {
		t.Fatal(err)
	}
	start(t, Options{Dir: dir, Tuning: Throwaway})
}

func TestAFolderThatHoldsSomethingElseIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	precious := filepath.Join(dir, "pg", "precious")
	if err := os.Mkdir(filepath.Dir(precious), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in the way") {
		t.Errorf("error: %v", err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

func TestDataOfAnotherVersion(t *testing.T) {
	t.Parallel()
	dir := cluster(t)
	if err := os.WriteFile(filepath.Join(dir, "pg", "PG_VERSION"), []byte("14\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir})
	var version *VersionError
	if !errors.As(err, &version) || version.Made != 14 || version.Folder != filepath.Join(dir, "pg") {
		t.Fatalf("error: %v", err)
	}
	if !strings.Contains(err.Error(), "To mend it") {
		t.Errorf("the error does not say how to mend it: %v", err)
	}
	s := start(t, Options{Dir: dir, Tuning: Throwaway, Fresh: true})
	if got := query(t, s.URL("postgres"), "SHOW server_version"); !strings.HasPrefix(got, "1") {
		t.Errorf("started afresh: %s", got)
	}
}
