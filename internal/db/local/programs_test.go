//go:build unix

package local

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	p, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Major < OldestMajor || !strings.HasPrefix(p.Version, "1") {
		t.Errorf("version %q, %d", p.Version, p.Major)
	}
	for _, path := range []string{p.Postgres, p.Initdb, p.PgCtl} {
		if real, err := filepath.EvalSymlinks(path); err != nil || real != path {
			t.Errorf("%s is not a real path: %s, %v", path, real, err)
		}
	}
}

// pretend makes a folder with programs that say they are a version.
func pretend(t *testing.T, dir, version string, names ...string) place {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho 'postgres (PostgreSQL) "+version+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return place{from: dir, bin: dir}
}

func TestWhichProgramsAreUsable(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Symlink(in("18"), in("linked")); err != nil {
		t.Fatal(err)
	}
	found, tried := usable(t.Context(), []place{
		{from: "nowhere"},
		{from: in("absent"), bin: in("absent")},
		pretend(t, in("14"), "14.12", "postgres", "initdb", "pg_ctl"),
		pretend(t, in("client"), "17.1", "postgres", "psql"),
		pretend(t, in("odd"), "devel", "postgres", "initdb", "pg_ctl"),
		pretend(t, in("18"), "18.1", "postgres", "initdb", "pg_ctl", "psql"),
		{from: in("linked"), bin: in("linked")},
		pretend(t, in("beta"), "19beta1", "postgres", "initdb", "pg_ctl"),
	})
	if len(found) != 2 || found[0].Version != "18.1" || found[0].Bin != in("18") || found[0].Psql != in("18/psql") || found[0].PgDump != "" || found[1].Major != 19 {
		t.Errorf("found %+v", found)
	}
	want := []string{"nothing there", "no postgres", "older than 15", "not initdb", "no version of PostgreSQL"}
	if len(tried) != len(want) {
		t.Fatalf("tried:\n%s", strings.Join(tried, "\n"))
	}
	for i, line := range tried {
		if !strings.Contains(line, want[i]) {
			t.Errorf("tried %q, want %q", line, want[i])
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": "15.18",
		"postgres (PostgreSQL) 18.3\n":                           "18.3",
		"postgres (Postgres.app) 17.0":                           "17.0",
		"postgres (PostgreSQL) 19devel":                          "19devel",
		"pg_ctl: command not found":                              "",
		"":                                                       "",
	} {
		if got, _, err := parseVersion(said); got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v", said, got, err)
		}
	}
	for bin, want := range map[string]int{
		"/usr/lib/postgresql/15/bin": 15, "/usr/pgsql-16/bin": 16, "/usr/libexec/postgresql17": 17,
		"/opt/homebrew/opt/postgresql@18/bin": 18, "/home/u2/.cache/paceline/programs/18.3.0/bin": 18,
		"/Applications/Postgres.app/Contents/Versions/latest/bin": 0,
	} {
		if got := folderVersion(bin); got != want {
			t.Errorf("%s: %d", bin, got)
		}
	}
}

func TestWhatPackageManagersOffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		offer *regexp.Regexp
		said  string
		want  string // "" when it will do
	}{
		{"apt", aptOffer, "postgresql:\n  Installed: (none)\n  Candidate: 15+248\n", ""},
		{"apt, too old", aptOffer, "postgresql:\n  Installed: (none)\n  Candidate: 14+238\n", "older"},
		{"apt, nothing", aptOffer, "", "offers no"},
		{"dnf", dnfOffer, "Available Packages\nName         : postgresql-server\nVersion      : 16.3\n", ""},
		{"dnf, too old", dnfOffer, "Name : postgresql-server\nVersion      : 13.20\n", "older"},
		{"apk", apkOffer, "postgresql17-17.6-r0\npostgresql16-16.10-r0\n", ""},
	} {
		err := (&managing{ctx: t.Context()}).offered(c.offer, "printf", "%s", c.said)
		if (c.want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// Programs as the Maven repository has them: shell scripts that say they are 18.3.
//
//go:embed testdata/programs.txz
var archive []byte

func TestDownload(t *testing.T) {
	t.Parallel()
	var jar bytes.Buffer
	z := zip.NewWriter(&jar)
	if w, err := z.Create("postgres.txz"); err != nil {
		t.Fatal(err)
	} else if _, err := w.Write(archive); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(jar.Bytes())
	repository := func(sum string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".sha256") {
				_, _ = w.Write([]byte(sum))
				return
			}
			_, _ = w.Write(jar.Bytes())
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	dir := folder(t)
	if _, err := download(t.Context(), dir, repository(strings.Repeat("0", 64)), nil); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("a changed archive: %v", err)
	}
	for range 2 {
		var told bytes.Buffer
		p, err := download(t.Context(), dir, repository(hex.EncodeToString(sum[:])), &told)
		if err != nil {
			t.Fatalf("%v\n%s", err, &told)
		}
		if p.Version != "18.3" || p.Bin != filepath.Join(dir, string(downloaded), "bin") {
			t.Errorf("programs %+v", p)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".unpack-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
