//go:build unix && !linux

package local

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
)

// occupants is the server that postmaster.pid names, when that process is a PostgreSQL started on
// this data folder and not a stranger that was given its number since. Its helpers end with it.
func occupants(ctx context.Context, data string) []int {
	pid := postmaster(data)
	if pid == 0 {
		return nil
	}
	out, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "stat=,args=", "-p", strconv.Itoa(pid)).Output()
	said := strings.TrimSpace(string(out))
	if err != nil || strings.HasPrefix(said, "Z") || !strings.Contains(said, "postgres") || !strings.Contains(said, data) {
		return nil
	}
	return []int{pid}
}
