//go:build unix && !linux

package local

import (
	"os/exec"
	"strconv"
	"syscall"
)

// tied runs the server so that it stops (a fast shutdown) when we die, however we die: a shell
// waits for the end of a pipe whose other end only we hold. It says on started how the start
// went, and returns when the server has ended.
func tied(cmd *exec.Cmd, started chan<- error) {
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	watch := exec.Command("/bin/sh", "-c", `read -r _; kill -INT "$0"`, strconv.Itoa(cmd.Process.Pid))
	watch.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is not for the watch either
	_, err := watch.StdinPipe()                             // never written to: the kernel closes it
	if err == nil {
		err = watch.Start()
	}
	if err != nil { // no server without its watch
		_ = cmd.Process.Kill()
	}
	started <- err
	_ = cmd.Wait()
	if err == nil {
		_ = watch.Process.Kill()
		_ = watch.Wait()
	}
}
