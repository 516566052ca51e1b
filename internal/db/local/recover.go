//go:build unix

package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// recoverFrom cleans up what a killed run left in the home. The caller holds the home's lock, so
// whatever still runs there is an orphan.
func recoverFrom(ctx context.Context, h home, socketFolder string, progress io.Writer) error {
	if err := endOrphans(ctx, h, progress); err != nil {
		return err
	}
	// With no process left these are stale. PostgreSQL clears most of them itself, but not when
	// their process number has been given to a stranger since.
	stale := append(named(socketFolder, ".s.PGSQL."+port), filepath.Join(h.data(), "postmaster.pid"))
	for _, path := range stale {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("local PostgreSQL: clean up after a killed run: %w", err)
		}
	}
	for _, path := range named(h.dir, unfinished) {
		_ = os.RemoveAll(path) // a next run tries again: these are in nobody's way
	}
	return nil
}

// named lists what in a folder has a name that begins so. (A folder's own name may hold what
// filepath.Glob takes for a pattern.)
func named(dir, beginning string) (paths []string) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), beginning) {
			paths = append(paths, filepath.Join(dir, entry.Name()))
		}
	}
	return paths
}

// endOrphans stops a server that outlived its run: politely, then firmly, then by force.
func endOrphans(ctx context.Context, h home, progress io.Writer) error {
	steps := []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{syscall.SIGINT, 20 * time.Second}, {syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 10 * time.Second}}
	for i, step := range steps {
		running := occupants(ctx, h.data())
		if len(running) == 0 {
			return nil
		}
		if i == 0 {
			say(progress, "Stopping a PostgreSQL that a killed run left in %s", h.data())
		}
		for _, pid := range running {
			// Only the server itself is asked: it stops its helpers in good order. A helper alone
			// has lost its server and is about to end.
			if step.signal == syscall.SIGKILL || pid == postmaster(h.data()) {
				if err := syscall.Kill(pid, step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
					return fmt.Errorf("local PostgreSQL: stop process %d, left by a killed run: %w", pid, err)
				}
			}
		}
		for end := time.Now().Add(step.patience); time.Now().Before(end) && len(occupants(ctx, h.data())) > 0; {
			select {
			case <-ctx.Done():
				return fmt.Errorf("local PostgreSQL: waiting for a server that a killed run left: %w", ctx.Err())
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	if running := occupants(ctx, h.data()); len(running) > 0 {
		return fmt.Errorf("local PostgreSQL: processes %v, left by a killed run, still use %s; end them by hand", running, h.data())
	}
	return nil
}

// postmaster is the server's process number as the data folder has it, 0 when it has none.
func postmaster(data string) int {
	content, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return 0
	}
	return pid
}
