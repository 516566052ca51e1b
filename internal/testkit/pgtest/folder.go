package pgtest

import (
	"fmt"
	"os"
	"syscall"
)

// private makes a folder of ours in one that everybody can write to, and refuses one that somebody
// else has put there. Others may pass through: the account of root's servers has to.
func private(path string) (string, error) {
	if err := os.Mkdir(path, 0o711); err != nil && !os.IsExist(err) { //nolint:gosec // passing through is meant
		return "", fmt.Errorf("a folder for the test servers: %w", err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return "", fmt.Errorf("a folder for the test servers: %w", err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return "", fmt.Errorf("%s should be a folder that only we can write to, but is %s of somebody; remove it", path, info.Mode())
	}
	return path, nil
}
