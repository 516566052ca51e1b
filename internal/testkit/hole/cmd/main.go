// Command cmd plants the holes of package hole, each alone, and prints which test
// noticed. It fails when one stays green, and when the suite is red by itself.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/paceline/paceline/internal/testkit/hole"
)

func main() {
	names := flag.String("holes", "", "plant only the holes whose names match this pattern")
	by := flag.String("by", "", "plant only the holes whose package of tests matches this pattern")
	patch := flag.String("patch", "", "plant this unified diff instead, against the whole suite")
	workers := flag.Int("workers", 2, "holes at the same time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *names, *by, *patch, *workers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // nothing is left to do
	}
}

func run(ctx context.Context, names, by, patch string, workers int) error {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "paceline-holes-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	b := hole.Bench{Root: filepath.Dir(strings.TrimSpace(string(out))), Folder: folder, Limit: 10 * time.Minute}
	if patch != "" {
		return b.Patch(ctx, patch, os.Stdout)
	}
	fits, err := regexp.Compile(names)
	if err != nil {
		return err
	}
	noticing, err := regexp.Compile(by)
	if err != nil {
		return err
	}
	var chosen []hole.Hole
	for _, h := range hole.All() {
		if fits.MatchString(h.Name) && noticing.MatchString(h.By.Package) {
			chosen = append(chosen, h)
		}
	}
	return b.Report(ctx, chosen, workers, os.Stdout)
}
