//go:build unix

package local

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// lock takes the file's lock, which the kernel gives back however we end. The error is
// [ErrInUse] when somebody else has it. The file is never removed: a second file of that name
// would be a second lock.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("local PostgreSQL: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, 20))
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: process %s holds %s; stop it, or use another folder", ErrInUse, strings.TrimSpace(string(holder)), path)
		}
		return nil, fmt.Errorf("local PostgreSQL: lock %s: %w", path, err)
	}
	if err := f.Truncate(0); err == nil {
		_, _ = fmt.Fprintln(f, os.Getpid()) // only for the message above
	}
	return f, nil
}

// unlock frees the folder at once. Closing alone would leave the lock to a child that
// has been forked and not yet become its program.
func unlock(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	_ = f.Close()
}
