package hole

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paceline/paceline/internal/testkit/runner"
)

// Report runs the tests that the holes name, unplanted; then plants each hole
// alone, and writes a table of who noticed. It is an error if the tests are red
// by themselves, if a hole can't be planted, or if nobody notices one.
func (b Bench) Report(ctx context.Context, holes []Hole, workers int, w io.Writer) error {
	if len(holes) == 0 {
		return errors.New("no hole has such a name")
	}
	start := time.Now()
	if err := b.green(ctx, holes, workers, w); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w, "%-40s %-62s %s\n", "hole", "caught by", "seconds")
	var missed []string
	var mu sync.Mutex
	runner.Each(ctx, workers, len(holes), func(i int) {
		h := holes[i]
		o, err := b.Plant(ctx, h)
		if ctx.Err() != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		by := "NOBODY: " + h.Weakness
		switch {
		case err != nil:
			by = "NOT PLANTED: " + err.Error()
		case len(o.Failed) > 0:
			by = h.By.Package + "." + innermost(o.Failed)
		}
		if err != nil || len(o.Failed) == 0 {
			missed = append(missed, h.Name)
		}
		_, _ = fmt.Fprintf(w, "%-40s %-62s %7.1f\n", h.Name, by, o.Took.Seconds())
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, _ = fmt.Fprintf(w, "\n%d holes, %d caught, in %.0f s\n", len(holes), len(holes)-len(missed), time.Since(start).Seconds())
	if len(missed) > 0 {
		return fmt.Errorf("%d of %d holes were not caught: %s", len(missed), len(holes), strings.Join(missed, ", "))
	}
	return nil
}

// green runs what the holes will be tried against, with nothing planted.
func (b Bench) green(ctx context.Context, holes []Hole, workers int, w io.Writer) error {
	runs := map[string][]string{}
	var packages []string
	for _, h := range holes {
		if !slices.Contains(packages, h.By.Package) {
			packages = append(packages, h.By.Package)
		}
		if !slices.Contains(runs[h.By.Package], h.By.Run) {
			runs[h.By.Package] = append(runs[h.By.Package], h.By.Run)
		}
	}
	var mu sync.Mutex
	var red []error
	runner.Each(ctx, workers, len(packages), func(i int) {
		pkg := packages[i]
		o, err := b.Run(ctx, "unplanted", Test{pkg, strings.Join(runs[pkg], "|")}, nil)
		if err == nil && len(o.Failed) > 0 {
			err = fmt.Errorf("%s is red by itself: %s\n%s", pkg, o.Failed[0], Tail(o.Output, 20))
		}
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			red = append(red, fmt.Errorf("%s, with nothing planted: %w", pkg, err))
			return
		}
		_, _ = fmt.Fprintf(w, "%s: green with nothing planted, %.1f s\n", pkg, o.Took.Seconds())
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(red...)
}

// innermost is the most telling of the tests that failed: a subtest, where one did.
func innermost(failed []string) string {
	name := failed[0]
	for _, f := range failed {
		if strings.HasPrefix(f, name+"/") {
			name = f
		}
	}
	return name
}

// Patch plants a unified diff of somebody's own against every test, without
// touching the working tree. It is an error if nothing turns red.
func (b Bench) Patch(ctx context.Context, diff string, w io.Writer) error {
	raw, err := os.ReadFile(diff)
	if err != nil {
		return err
	}
	aside := filepath.Join(b.Folder, "patched")
	changed := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		file, ok := strings.CutPrefix(strings.TrimSpace(line), "+++ b/")
		if !ok {
			continue
		}
		content, err := os.ReadFile(filepath.Join(b.Root, file))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(aside, file)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(aside, file), content, 0o600) //nolint:gosec // paths of the diff that whoever runs this wrote
		}
		if err != nil {
			return err
		}
		changed[file] = ""
	}
	if len(changed) == 0 {
		return errors.New("the diff changes no file: make it by git diff")
	}
	apply := runner.Command(ctx, "git", "apply", "-")
	apply.Dir, apply.Stdin = aside, strings.NewReader(string(raw))
	if out, err := apply.CombinedOutput(); err != nil {
		return fmt.Errorf("this hole no longer applies: %s", out)
	}
	for file := range changed {
		content, err := os.ReadFile(filepath.Join(aside, file))
		if err != nil {
			return err
		}
		changed[file] = string(content)
	}
	overlay, err := Overlay(b.Root, b.Folder, changed)
	if err != nil {
		return err
	}
	suite := runner.Command(ctx, "go", "test", "-vet=off", "-overlay", overlay, "./...")
	suite.Dir = b.Root
	out, err := suite.CombinedOutput()
	caught := failedTest.FindAllStringSubmatch(string(out), -1)
	for _, test := range caught {
		_, _ = fmt.Fprintln(w, "caught by", test[1])
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && len(caught) == 0:
		return fmt.Errorf("nothing can be said: %s", Tail(string(out), 20))
	case len(caught) == 0:
		return errors.New("nobody noticed: this hole is a hole in the suite")
	}
	return nil
}
