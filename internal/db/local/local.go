//go:build unix

// Package local keeps a private PostgreSQL for development and tests. It is never used in
// production, where DATABASE_URL names a server.
//
// What it promises:
//
//   - It works on a fresh machine. [Find] looks for PostgreSQL's programs (15 or newer) on the
//     PATH, in `pg_config --bindir` and in the usual folders; [FindOrInstall] else asks the
//     operating system's package manager when it may, and else downloads them.
//   - Nobody else gets in. The server listens on a Unix socket only, in a folder of mode 0700 that
//     belongs to the account it runs as; there is no TCP port. That folder is the authentication:
//     inside it every role is trusted.
//   - It never runs as root. When we are root it runs as the owner of the data, else as "postgres",
//     else as "nobody"; when that account can't reach the wanted folder (a checkout below /root),
//     the data goes to a folder of ours below /var/lib or /var/tmp, and that is said.
//   - One run per folder. A second one gets [ErrInUse] at once.
//   - It ends with us. The server is our child; Ctrl-C in a terminal reaches only us, so that we
//     can finish our work before we stop it; and when we are killed, it stops by itself.
//   - It recovers. What a killed run left behind (a server that still runs, a stale postmaster.pid
//     or socket, half an initdb) is cleaned up by the next [Start].
//   - Its log holds no member's data: failing statements and their values are not written to it.
//
// In the home folder (Options.Dir or its replacement) lie pg, the data; pg.lock, the lock;
// postgres.log and postgres.log.old, what the server said in this run and the one before; and
// usually run, the socket's folder.
package local

import (
	"errors"
	"fmt"
)

// ErrInUse means that another run holds the data folder.
var ErrInUse = errors.New("local PostgreSQL: the data folder is in use by another run")

// ErrNoPrograms means that no usable PostgreSQL was found (or could be installed).
var ErrNoPrograms = errors.New("local PostgreSQL: no programs of version 15 or newer")

// VersionError means that the data folder was made by another major version than any at hand.
type VersionError struct {
	Folder   string   // the data folder
	Made     int      // the major version that made it
	Programs Programs // what is at hand instead
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("local PostgreSQL: the data in %s was made by PostgreSQL %d, and the programs at hand are %s (%s). "+
		"To mend it: install PostgreSQL %d beside it, it is then chosen by itself; or, when the data may go, `rm -rf %s`",
		e.Folder, e.Made, e.Programs.Version, e.Programs.Bin, e.Made, shellQuote(e.Folder))
}
