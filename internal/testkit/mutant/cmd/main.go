// Command cmd runs package mutant over the policy.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/paceline/paceline/internal/testkit/hole"
	"github.com/paceline/paceline/internal/testkit/mutant"
)

func main() {
	workers := flag.Int("workers", 2, "mutants at the same time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *workers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // nothing is left to do
	}
}

func run(ctx context.Context, workers int) error {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "paceline-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	b := hole.Bench{Root: filepath.Dir(strings.TrimSpace(string(out))), Folder: folder, Limit: 20 * time.Second}
	return mutant.Run(ctx, b, "internal/privacy", workers, os.Stdout)
}
