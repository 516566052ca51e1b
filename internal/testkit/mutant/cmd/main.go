// Command cmd runs package mutant over the policy.
package main

import (
	"context"
	"flag"
	"os"
	"time"

	"github.com/paceline/paceline/internal/testkit/hole"
	"github.com/paceline/paceline/internal/testkit/mutant"
	"github.com/paceline/paceline/internal/testkit/runner"
)

func main() {
	workers := flag.Int("workers", 2, "mutants at the same time")
	flag.Parse()
	runner.Main(func(ctx context.Context) error {
		b, done, err := hole.Open(ctx, "paceline-mutants", 20*time.Second)
		if err != nil {
			return err
		}
		defer done()
		return mutant.Run(ctx, b, "internal/privacy", *workers, os.Stdout)
	})
}
