package local

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
)

// occupants are the PostgreSQL processes that work in a data folder: the server and its helpers all
// make it their working folder. Unlike the number in postmaster.pid this can't mean a stranger,
// and it sees helpers whose server is gone. Somebody's shell in that folder is not one.
func occupants(_ context.Context, data string) []int {
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return nil
	}
	var pids []int
	for _, link := range links {
		// Fails for processes of other users, which can't be in a folder of mode 0700, and for
		// dead ones that nobody has collected.
		if dir, err := os.Readlink(link); err != nil || dir != data {
			continue
		}
		process := filepath.Dir(link)
		if name, err := os.ReadFile(filepath.Join(process, "comm")); err != nil || string(name) != "postgres\n" {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(process)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
