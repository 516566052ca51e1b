package local

import (
	"os/exec"
	"runtime"
	"syscall"
)

// tied runs the server so that the kernel stops it (a fast shutdown) when we die, however we die.
// It says on started how the start went, and returns when the server has ended. The kernel goes by
// the thread that started it, so that thread is kept until then.
func tied(cmd *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	err := cmd.Start()
	started <- err
	if err == nil {
		_ = cmd.Wait()
	}
}
