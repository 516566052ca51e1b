package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/paceline/paceline/internal/bench/load"
)

const profileFor = 10 * time.Second

// profileOf takes a CPU profile of the service under requests of one goal, after they were
// measured: it costs a little itself.
func (b *bench) profileOf(ctx context.Context, goal int, a asker) error {
	ours, _ := b.sides(a)
	ended := make(chan error, 1)
	path := filepath.Join(b.dir, fmt.Sprintf("service-%d.pprof", goal))
	go func() {
		ended <- fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", b.service.private, int(profileFor.Seconds())), path)
	}()
	if _, err := (load.Loop{Address: b.service.address, Connections: 32, For: profileFor + time.Second, Ask: ours}).Run(ctx); err != nil {
		return err
	}
	if err := <-ended; err != nil {
		return err
	}
	top := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-cum", "-nodecount", "60", path) //nolint:gosec // our own file
	top.Stdout, top.Stderr = b.out, b.out
	fmt.Fprintf(b.out, "  the profile is in %s\n", path)
	return top.Run()
}

func fetch(ctx context.Context, url, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil) //nolint:gosec // our own private port
	if err != nil {
		return err
	}
	client := http.Client{Timeout: profileFor + time.Minute}
	answer, err := client.Do(r) //nolint:gosec // our own private port
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the profile was answered %s", answer.Status)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, answer.Body); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
