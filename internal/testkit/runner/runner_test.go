package runner_test

import (
	"bufio"
	"context"
	"io"
	"sync/atomic"
	"testing"

	"github.com/paceline/paceline/internal/testkit/runner"
)

// What a command started ends with it.
func TestNothingGoesOn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := runner.Command(ctx, "sh", "-c", "(sleep 5; echo it goes on) & echo started; wait")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "started\n" {
		t.Fatalf("%q, %v", line, err)
	}
	cancel()
	// The pipe ends when the last one that could write to it has.
	if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
		t.Errorf("what the command started: %s, %v", rest, err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the command came to a good end")
	}
}

func TestEachDoesAllOnce(t *testing.T) {
	t.Parallel()
	var done [100]atomic.Int32
	runner.Each(t.Context(), 3, len(done), func(i int) { done[i].Add(1) })
	for i := range done {
		if n := done[i].Load(); n != 1 {
			t.Errorf("%d was done %d times", i, n)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var after atomic.Int32
	runner.Each(ctx, 1, 100, func(int) {
		cancel()
		after.Add(1)
	})
	if n := after.Load(); n < 1 || n > 2 {
		t.Errorf("%d were begun after the end", n)
	}
}
