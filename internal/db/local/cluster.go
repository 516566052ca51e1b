//go:build unix

package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// unfinished begins the names of the folders where an initdb works until it is done. Each gets one
// of its own: the one of a killed run may still be at work.
const unfinished = "pg.new-"

// version is the major version that made the home's data, 0 when there is none yet.
func (h home) version() (int, error) {
	content, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("local PostgreSQL: %w; the data may belong to another account, then run this as that one", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return 0, fmt.Errorf("local PostgreSQL: %s says %q, which is no version; when the data may go, `rm -rf %s`",
			filepath.Join(h.data(), "PG_VERSION"), content, shellQuote(h.data()))
	}
	return major, nil
}

// choose picks the programs: those of the version that made the data, so that installing a newer
// PostgreSQL beside an old one breaks nothing; the best ones when there is no data yet.
func (h home) choose(ctx context.Context, wanted Programs, progress io.Writer) (Programs, error) {
	made, err := h.version()
	if err != nil {
		return Programs{}, err
	}
	if wanted.Major == 0 {
		all, _ := usable(ctx, places(ctx))
		for _, p := range all {
			if p.Major == made {
				return p, nil
			}
		}
		if wanted, err = FindOrInstall(ctx, progress); err != nil {
			return Programs{}, err
		}
	}
	if made != 0 && made != wanted.Major {
		return Programs{}, &VersionError{Folder: h.data(), Made: made, Programs: wanted}
	}
	return wanted, nil
}

// makeCluster makes the data folder when it isn't there yet. initdb works aside and its result is
// renamed, so that a data folder is whole whenever it exists.
func makeCluster(ctx context.Context, h home, p Programs, tuning Tuning, progress io.Writer) error {
	if made, err := h.version(); err != nil || made != 0 {
		return err
	}
	if err := os.Remove(h.data()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("local PostgreSQL: %s is in the way and holds no cluster: %w; remove it", h.data(), err)
	}
	began := time.Now()
	var failures []error
	for _, locale := range locales(p) {
		aside, err := os.MkdirTemp(h.dir, unfinished+"*")
		if err != nil {
			return fmt.Errorf("local PostgreSQL: %w", err)
		}
		defer os.RemoveAll(aside) //nolint:errcheck // renamed by then; else the next run tries again
		if err := h.as.give(aside); err != nil {
			return err
		}
		args := append([]string{
			"--pgdata=" + aside, "--username=" + superuser, "--encoding=UTF8",
			"--auth-local=trust", "--auth-host=reject", "--no-instructions",
		}, locale...)
		if tuning == Throwaway {
			args = append(args, "--no-sync", "--wal-segsize=1") // in MB; small, for tests may keep it in memory
		}
		initdb := h.as.command(ctx, p.Initdb, args...)
		var said bytes.Buffer
		initdb.Stdout, initdb.Stderr = &said, &said
		if err := runTied(initdb); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w\n%s", initdb, err, strings.TrimSpace(said.String())))
			if ctx.Err() != nil {
				break
			}
			continue
		}
		if err := os.Rename(aside, h.data()); err != nil {
			return fmt.Errorf("local PostgreSQL: %w", err)
		}
		say(progress, "Made a PostgreSQL %s database cluster in %s (%.1f s)", p.Version, h.data(), time.Since(began).Seconds())
		return nil
	}
	return fmt.Errorf("local PostgreSQL: initdb failed: %w", errors.Join(failures...))
}

// runTied runs a command to its end, which comes early when we die.
func runTied(cmd *exec.Cmd) error {
	started := make(chan error, 1)
	tied(cmd, started)
	if err := <-started; err != nil {
		return err
	}
	if !cmd.ProcessState.Success() {
		return errors.New(cmd.ProcessState.String())
	}
	return nil
}

// locales are the locales to try, best first. All sort by code point, so that every machine gives
// the same order; the first two also know upper and lower case beyond ASCII.
func locales(p Programs) [][]string {
	all := [][]string{{"--locale=C.UTF-8"}, {"--locale=C"}}
	if p.Major >= 17 { // 17 brought its own C.UTF-8, the same on every system
		all = append([][]string{{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}}, all...)
	}
	return all
}
