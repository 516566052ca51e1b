// Command cmd plants the holes of package hole, each alone, and prints which test
// noticed. It fails when one stays green, and when the suite is red by itself.
package main

import (
	"context"
	"flag"
	"hash/crc32"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"time"

	"github.com/paceline/paceline/internal/testkit/hole"
	"github.com/paceline/paceline/internal/testkit/runner"
)

func main() {
	names := flag.String("holes", "", "plant only the holes whose names match this pattern")
	by := flag.String("by", "", "plant only the holes whose package of tests matches this pattern")
	patch := flag.String("patch", "", "plant this unified diff instead, against the whole suite")
	share := flag.Uint("share", 1, "plant one in this many, others for each commit")
	workers := flag.Int("workers", 2, "holes at the same time")
	flag.Parse()
	runner.Main(func(ctx context.Context) error {
		b, done, err := hole.Open(ctx, "paceline-holes", 10*time.Minute)
		if err != nil {
			return err
		}
		defer done()
		if *patch != "" {
			return b.Patch(ctx, *patch, os.Stdout)
		}
		chosen, err := choose(*names, *by)
		if err == nil && *share > 1 {
			chosen, err = dealt(ctx, chosen, uint32(*share)) //nolint:gosec // a small number
		}
		if err != nil {
			return err
		}
		return b.Report(ctx, chosen, *workers, os.Stdout)
	})
}

// dealt are one in share of the holes, by their names and the commit that is checked out: the same for each run on
// a commit, and all of them within a few commits.
func dealt(ctx context.Context, all []hole.Hole, share uint32) ([]hole.Hole, error) {
	head, err := exec.CommandContext(ctx, "git", "rev-parse", "HEAD").Output()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(h hole.Hole) bool {
		return crc32.ChecksumIEEE(append(head, h.Name...))%share != 0
	}), nil
}

func choose(names, by string) (chosen []hole.Hole, err error) {
	fits, err := regexp.Compile(names)
	if err != nil {
		return nil, err
	}
	noticing, err := regexp.Compile(by)
	if err != nil {
		return nil, err
	}
	for _, h := range hole.All() {
		if fits.MatchString(h.Name) && noticing.MatchString(h.By.Package) {
			chosen = append(chosen, h)
		}
	}
	return chosen, nil
}
