//go:build unix

package local

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// place is where the programs may lie; bin is "" when the place holds nothing.
type place struct{ from, bin string }

// usualFolders are where packages put the programs: Debian and Ubuntu, the PostgreSQL project's own
// RPMs, Alpine, Homebrew on both kinds of Mac, the graphical installer, Postgres.app.
var usualFolders = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/libexec/postgresql*",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/Library/PostgreSQL/*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
	"/usr/local/pgsql/bin",
}

func places(ctx context.Context) []place {
	found := []place{{from: "PATH"}, {from: "pg_config --bindir"}}
	if path, err := exec.LookPath("postgres"); err == nil {
		found[0].bin = filepath.Dir(path)
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		found[1].bin = strings.TrimSpace(string(out))
	}
	patterns := usualFolders
	if folder := downloadFolder(); folder != "" {
		patterns = append(slices.Clone(patterns), filepath.Join(folder, "*", "bin"))
	}
	for _, pattern := range patterns {
		bins, err := filepath.Glob(pattern)
		if err != nil || len(bins) == 0 {
			found = append(found, place{from: pattern})
			continue
		}
		slices.SortStableFunc(bins, func(a, b string) int { return folderVersion(b) - folderVersion(a) })
		for _, bin := range bins {
			found = append(found, place{from: bin, bin: bin})
		}
	}
	return found
}

var folderNumber = regexp.MustCompile(`\d+`)

// folderVersion is the major version that a programs folder is named after (".../18.3.0/bin",
// ".../postgresql16"), 0 when it names none ("latest").
func folderVersion(bin string) int {
	for _, name := range []string{filepath.Base(bin), filepath.Base(filepath.Dir(bin))} {
		if n, err := strconv.Atoi(folderNumber.FindString(name)); err == nil {
			return n
		}
	}
	return 0
}

// downloadFolder is where programs that we downloaded lie, a folder for each version: for root
// where the account that runs the server can read them too, else in the user's cache. It is ""
// for a user without a home: what we run must not come from a folder that others can write to.
func downloadFolder() string {
	if os.Geteuid() == 0 {
		return "/var/lib/paceline/programs"
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "paceline", "programs")
}
