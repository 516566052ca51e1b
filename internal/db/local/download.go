//go:build unix

package local

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	embedded "github.com/fergusstrange/embedded-postgres"
)

// downloaded is the version that is fetched when nothing else is there.
const downloaded = embedded.V18

// download fetches the programs, checked against their published SHA-256, into a folder of their
// version below dir, where [Find] looks too. repository is a Maven repository, "" for Maven Central.
func download(ctx context.Context, dir, repository string, progress io.Writer) (Programs, error) {
	if dir == "" {
		return Programs{}, errors.New("not tried: this user has no home folder to put the programs into (set HOME)")
	}
	say(progress, "Downloading PostgreSQL %s (some 20 MB) ...", downloaded)
	began := time.Now()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Programs{}, err
	}
	// Unpacked aside and renamed, so that the programs are whole whenever their folder exists.
	aside, err := os.MkdirTemp(dir, ".unpack-*")
	if err != nil {
		return Programs{}, err
	}
	unpacked := make(chan error, 1)
	go func() {
		err := unpack(aside, filepath.Join(dir, string(downloaded)), repository)
		unpacked <- errors.Join(err, os.RemoveAll(aside))
	}()
	select {
	case err = <-unpacked:
	case <-ctx.Done(): // the library can't be interrupted: it ends by itself, and cleans up then
		err = ctx.Err()
	}
	if err != nil {
		return Programs{}, err
	}
	p, err := inspect(ctx, filepath.Join(dir, string(downloaded), "bin"))
	if err != nil {
		return Programs{}, err
	}
	say(progress, "  done: PostgreSQL %s in %s (%.1f s)", p.Version, p.Bin, time.Since(began).Seconds())
	return p, nil
}

// unpack fetches the programs into aside and moves them to target. The library has no call that
// only fetches, so it is asked to start a server on a data folder that is none: it fetches, takes
// that folder for a database of ours, and its start fails. What counts is that the programs are
// there then.
func unpack(aside, target, repository string) error {
	noData := filepath.Join(aside, "data")
	if err := os.Mkdir(noData, 0o700); err != nil {
		return err
	}
	major, _, _ := strings.Cut(string(downloaded), ".")
	if err := os.WriteFile(filepath.Join(noData, "PG_VERSION"), []byte(major+"\n"), 0o600); err != nil {
		return err
	}
	config := embedded.DefaultConfig().
		Version(downloaded).
		CachePath(filepath.Join(aside, "archive")).
		BinariesPath(filepath.Join(aside, "programs")).
		RuntimePath(filepath.Join(aside, "runtime")).
		DataPath(noData).
		Port(0). // any free one: the library wants to see one
		Logger(io.Discard)
	if repository != "" {
		config = config.BinaryRepositoryURL(repository)
	}
	failed := embedded.NewDatabase(config).Start()
	if _, err := os.Stat(filepath.Join(aside, "programs", "bin", "pg_ctl")); err != nil {
		return failed
	}
	if err := os.Chmod(filepath.Join(aside, "programs"), 0o755); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(aside, "programs"), target); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}
