//go:build unix

package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// OldestMajor is the oldest PostgreSQL that the migrations are written for.
const OldestMajor = 15

// Programs are PostgreSQL's programs of one version. Paths are absolute, without symbolic links:
// the programs look for their share files beside the real path.
type Programs struct {
	Bin      string // the folder they lie in
	Version  string // as the server says it, such as "15.18"
	Major    int    // such as 15
	Postgres string
	Initdb   string
	PgCtl    string
	Psql     string // "" when it is not installed
	PgDump   string // "" when it is not installed
}

// Find returns the first usable programs: those of the PATH, then of pg_config, then of the usual
// folders with the newest version first. The error is [ErrNoPrograms] with all that was tried.
func Find(ctx context.Context) (Programs, error) {
	all, tried := usable(ctx, places(ctx))
	if len(all) == 0 {
		return Programs{}, fmt.Errorf("%w; tried:\n  %s\nTo mend it: install PostgreSQL (Debian, Ubuntu: apt-get install postgresql; "+
			"Fedora: dnf install postgresql-server; Alpine: apk add postgresql; macOS: brew install postgresql@18) "+
			"or put the folder of its programs on the PATH", ErrNoPrograms, strings.Join(tried, "\n  "))
	}
	return all[0], nil
}

// usable returns every usable set of programs in the order of the places, and a line for each place
// that has none.
func usable(ctx context.Context, places []place) (all []Programs, tried []string) {
	seen := map[string]bool{}
	for _, place := range places {
		if place.bin == "" {
			tried = append(tried, place.from+": nothing there")
			continue
		}
		p, err := inspect(ctx, place.bin)
		if err != nil {
			tried = append(tried, place.from+": "+err.Error())
			continue
		}
		if !seen[p.Bin] {
			seen[p.Bin] = true
			all = append(all, p)
		}
	}
	return all, tried
}

// inspect reads what programs a folder holds; the folder may be a link farm such as /usr/local/bin.
func inspect(ctx context.Context, bin string) (Programs, error) {
	server, err := filepath.EvalSymlinks(filepath.Join(bin, "postgres"))
	if err != nil {
		return Programs{}, fmt.Errorf("no postgres in %s", bin)
	}
	p := Programs{Bin: filepath.Dir(server), Postgres: server}
	for name, path := range map[string]*string{"initdb": &p.Initdb, "pg_ctl": &p.PgCtl, "psql": &p.Psql, "pg_dump": &p.PgDump} {
		*path = program(name, p.Bin, bin)
	}
	if p.Initdb == "" || p.PgCtl == "" {
		return Programs{}, fmt.Errorf("%s has postgres, but not initdb and pg_ctl", p.Bin)
	}
	out, err := exec.CommandContext(ctx, server, "--version").Output()
	if err != nil {
		return Programs{}, fmt.Errorf("%s --version: %w", server, err)
	}
	if p.Version, p.Major, err = parseVersion(string(out)); err != nil {
		return Programs{}, fmt.Errorf("%s: %w", server, err)
	}
	if p.Major < OldestMajor {
		return Programs{}, fmt.Errorf("%s is version %s, older than %d", p.Bin, p.Version, OldestMajor)
	}
	if who, err := runAs(""); err == nil && who != nil && !who.can(ctx, "-x", server) {
		return Programs{}, fmt.Errorf("%s can't be run by the account %q", server, who.name)
	}
	return p, nil
}

// program returns the real path of an executable in the first of the folders that has it, or "".
func program(name string, folders ...string) string {
	for _, folder := range folders {
		path, err := filepath.EvalSymlinks(filepath.Join(folder, name))
		if err != nil {
			continue
		}
		// A wrapper that serves several programs under one path (Debian's pg_wrapper) goes by the
		// name it is called with, so it must keep it.
		if filepath.Base(path) != name {
			path = filepath.Join(folder, name)
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

var versionPattern = regexp.MustCompile(`^postgres \(.*?\) ((\d+)\S*)`)

// parseVersion reads "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" as "15.18", 15.
func parseVersion(said string) (string, int, error) {
	m := versionPattern.FindStringSubmatch(said)
	if m == nil {
		return "", 0, fmt.Errorf("says %q, which is no version of PostgreSQL", strings.TrimSpace(said))
	}
	major, err := strconv.Atoi(m[2])
	if err != nil {
		return "", 0, fmt.Errorf("says %q, which is no version of PostgreSQL", strings.TrimSpace(said))
	}
	return m[1], major, nil
}
