// Package runner is what the commands share that run tests by running others: they
// end when they are interrupted, and nothing that they started goes on.
package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
)

// Main is the main function of a command. Ctrl-C or SIGTERM ends the context; an
// error is printed, and the exit status is 1.
func Main(run func(context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Command is exec.CommandContext for a program that starts others, as go test does:
// when the context ends, those end too. They are a group of processes of their own,
// to which Ctrl-C says nothing; so it is for the context of Main only, not for tests.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // go, or what it built
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

// Each does the work of 0 to n-1, so many at a time, and begins none once the
// context has ended.
func Each(ctx context.Context, workers, n int, do func(int)) {
	work := make(chan int)
	var wait sync.WaitGroup
	for range max(1, workers) {
		wait.Go(func() {
			for i := range work {
				do(i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		work <- i
	}
	close(work)
	wait.Wait()
}
