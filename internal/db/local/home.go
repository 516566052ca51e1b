//go:build unix

package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// home is the folder that holds everything of one server, and the account it runs as.
type home struct {
	dir string // absolute, without symbolic links
	as  *account
}

// systemFolder is where root's servers live whose wanted folder their account can't reach.
const systemFolder = "/var/lib/paceline"

func (h home) data() string { return filepath.Join(h.dir, "pg") }
func (h home) log() string  { return filepath.Join(h.dir, "postgres.log") }

// hash names the home in folders that many share.
func (h home) hash() string { return shortHash(h.dir) }

func shortHash(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:6])
}

// settle picks the home for the wanted folder: where its data already lies, else the folder
// itself, else (root only) a folder of ours in the system.
func settle(ctx context.Context, wanted string, progress io.Writer) (home, error) {
	dir, err := realPath(wanted)
	if err != nil {
		return home{}, fmt.Errorf("local PostgreSQL: folder %s: %w", wanted, err)
	}
	instead := filepath.Join(systemFolder, shortHash(dir))
	for _, d := range []string{dir, instead} {
		h := home{dir: d}
		if _, err := os.Stat(filepath.Join(h.data(), "PG_VERSION")); err == nil {
			return h.with(ctx)
		}
	}
	h, err := home{dir: dir}.with(ctx)
	if err == nil || h.as == nil {
		return h, err
	}
	name := h.as.name
	if err := os.MkdirAll(systemFolder, 0o755); err != nil {
		return home{}, fmt.Errorf("local PostgreSQL: the account %q can't reach %s, and its replacement can't be made: %w", name, dir, err)
	}
	if h, err = (home{dir: instead}).with(ctx); err != nil {
		return home{}, err
	}
	say(progress, "The account %q, which runs PostgreSQL for root, can't reach %s: the data goes to %s", name, dir, instead)
	return h, nil
}

// with makes the folder and picks its account; the error says that the account can't reach it.
func (h home) with(ctx context.Context) (home, error) {
	var err error
	if h.as, err = runAs(h.data()); err != nil {
		return home{}, err
	}
	// Asked before anything is made, so that an unusable folder stays as it was.
	if above := existing(h.dir); h.as != nil && !h.as.can(ctx, "-x", above) {
		return h, fmt.Errorf("local PostgreSQL: the account %q can't reach %s; open its parents with `chmod o+x`", h.as.name, above)
	}
	mode := os.FileMode(0o700)
	if h.as != nil {
		mode = 0o711
	}
	if err := os.MkdirAll(h.dir, mode); err != nil {
		return h, fmt.Errorf("local PostgreSQL: %w", err)
	}
	return h, nil
}

// existing is the deepest folder of a path that is there.
func existing(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

// realPath makes a path absolute and follows its links, also when its end is not there yet.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	above := existing(path)
	rest, err := filepath.Rel(above, path)
	if err != nil {
		return "", err
	}
	if above, err = filepath.EvalSymlinks(above); err != nil {
		return "", err
	}
	return filepath.Join(above, rest), nil
}

// port only names the socket: nothing listens on TCP.
const port = "5432"

// plainPath are the paths that neither PostgreSQL's list of socket folders nor a connection URL
// splits or quotes.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9/._-]+$`)

// socketLimit is the length in bytes that a socket's path may have: 104 with the closing NUL on
// macOS, 108 on Linux; a little less, for PostgreSQL's own names.
const socketLimit = 100

// sockets returns the socket's folder, made if need be: "run" in the home, or one named after the
// home in the system's temporary folder when the home's path is too long or has odd characters.
func (h home) sockets(ctx context.Context) (string, error) {
	name := "paceline-" + strconv.FormatUint(uint64(h.as.id()), 10) + "-" + h.hash()
	for _, dir := range []string{filepath.Join(h.dir, "run"), filepath.Join(os.TempDir(), name), filepath.Join("/tmp", name)} {
		fits := plainPath.MatchString(dir) && len(dir)+len("/.s.PGSQL."+port) <= socketLimit
		if !fits || (h.as != nil && !h.as.can(ctx, "-x", existing(filepath.Dir(dir)))) {
			continue
		}
		return dir, h.as.own(dir)
	}
	return "", fmt.Errorf("local PostgreSQL: no folder for the socket: %s and %s are too long or out of reach; set TMPDIR to a short one", h.dir, os.TempDir())
}

// say writes one line of progress.
func say(progress io.Writer, format string, args ...any) {
	if progress != nil {
		fmt.Fprintf(progress, format+"\n", args...)
	}
}
