//go:build unix

package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// account is the unprivileged account that runs the programs when we are root. A nil *account
// stands for ourselves.
type account struct {
	name     string
	uid, gid uint32
}

// runAs picks the account: nil when we are not root; else the owner of the data folder when it
// already exists (PostgreSQL insists on it), else "postgres", else "nobody". data may be "".
func runAs(data string) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	if info, err := os.Stat(data); err == nil {
		if uid := owner(info); uid != 0 {
			u, err := user.LookupId(strconv.FormatUint(uint64(uid), 10))
			if err != nil {
				return nil, fmt.Errorf("local PostgreSQL: %s belongs to the unknown user %d (%w): give it to an account with "+
					"`chown -R postgres %s`, or remove it", data, uid, err, shellQuote(data))
			}
			return newAccount(u)
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil && u.Uid != "0" {
			return newAccount(u)
		}
	}
	return nil, errors.New("local PostgreSQL: PostgreSQL refuses to run as root, and there is no account \"postgres\" or \"nobody\" " +
		"to run it as. To mend it: `useradd --system postgres`, or run this as an ordinary user")
}

func newAccount(u *user.User) (*account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("local PostgreSQL: account %q: user id %q: %w", u.Username, u.Uid, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("local PostgreSQL: account %q: group id %q: %w", u.Username, u.Gid, err)
	}
	return &account{name: u.Username, uid: uint32(uid), gid: uint32(gid)}, nil
}

// passedOn are the variables that the programs get: none of ours (which may hold secrets), none
// of PostgreSQL's own (PGDATA, PGOPTIONS and such would change what they do).
var passedOn = []string{"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}

// command prepares one of the programs to run as the account, from the root folder because the
// account may not be able to enter ours. Messages are English on every machine.
func (a *account) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C"}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); slices.Contains(passedOn, name) {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return cmd
}

// can asks the system, which knows about every parent folder, ACL and read-only mount, whether
// the account passes a check of test(1), such as "-x", on a path.
func (a *account) can(ctx context.Context, check, path string) bool {
	return a.command(ctx, "/bin/sh", "-c", `test "$0" "$1"`, check, path).Run() == nil
}

// own makes sure that path is a folder of mode 0700 which belongs to the account and to nobody
// else. A link or someone else's folder under that name is refused, not followed: in a shared
// folder such as /tmp anybody can put one there first.
func (a *account) own(path string) error {
	if err := os.Mkdir(path, 0o700); err == nil {
		return a.give(path)
	} else if !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("local PostgreSQL: %w", err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("local PostgreSQL: %w", err)
	}
	if uid := owner(info); !info.IsDir() || uid != a.id() || info.Mode().Perm() != 0o700 {
		return fmt.Errorf("local PostgreSQL: %s should be a folder of mode 0700 that belongs to user %d, but is %s of user %d; remove it",
			path, a.id(), info.Mode(), uid)
	}
	return nil
}

// give makes the account the owner of a file of ours.
func (a *account) give(path string) error {
	if a == nil {
		return nil
	}
	if err := os.Lchown(path, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("local PostgreSQL: give %s to %q: %w", path, a.name, err)
	}
	return nil
}

func (a *account) id() uint32 {
	if a == nil {
		return uint32(os.Geteuid()) //nolint:gosec // no user has a negative number
	}
	return a.uid
}

// owner is the user id that a file belongs to.
func owner(info os.FileInfo) uint32 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Uid
	}
	return 0
}

// shellQuote makes a path safe to paste into a shell.
func shellQuote(path string) string {
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
