package mutant

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paceline/paceline/internal/testkit/hole"
	"github.com/paceline/paceline/internal/testkit/runner"
)

// survivors.txt: a mutant's name, " | " and why it makes no difference, a line each.
//
//go:embed survivors.txt
var survivors string

// explained is why each mutant that is known to live does.
func explained(text string) (map[string]string, error) {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndex(line, " | ")
		if at < 0 || len(line)-at < 20 {
			return nil, fmt.Errorf("survivors.txt: no reason in %q", line)
		}
		out[line[:at]] = line[at+3:]
	}
	return out, nil
}

// needed is the share of mutants that tests have to notice.
const needed = 0.98

// Run tries every mutant of a package against that package's tests, so many at a
// time, and writes what lived. It is an error when too many live, when one lives
// that nobody explained, or when an explanation is of nothing.
func Run(ctx context.Context, b hole.Bench, folder string, workers int, w io.Writer) error {
	start := time.Now()
	reasons, err := explained(survivors)
	if err != nil {
		return err
	}
	all, c, err := of(b.Root, folder)
	if err != nil {
		return err
	}
	tests := hole.Test{Package: folder, Run: "^Test"}
	files, alone := c.together(folder, all)
	binary, err := b.Build(ctx, "together", tests.Package, files)
	if err != nil {
		return err
	}
	if o, err := b.Execute(ctx, binary, tests, "PACELINE_MUTANT=0"); err != nil || len(o.Failed) > 0 {
		return fmt.Errorf("the tests are red by themselves: %w\n%s", err, hole.Tail(o.Output, 20))
	}
	_, _ = fmt.Fprintf(w, "%s: %d changes to try\n", folder, len(all))
	lived, failed := try(ctx, all, workers, w, func(i int) (bool, error) {
		if slices.Contains(alone, i) {
			return one(ctx, b, tests, all[i])
		}
		return verdict(b.Execute(ctx, binary, tests, fmt.Sprintf("PACELINE_MUTANT=%d", i+1)))
	})
	if failed != nil {
		return failed
	}
	var wrong []error
	for _, m := range lived {
		if reasons[m.Name()] == "" {
			wrong = append(wrong, fmt.Errorf("%s:%d: nobody notices: %s", m.File, m.Line, m.Name()))
		}
	}
	for name := range reasons {
		if !slices.ContainsFunc(lived, func(m Mutant) bool { return m.Name() == name }) {
			wrong = append(wrong, fmt.Errorf("survivors.txt explains what is noticed, or is there no more: %s", name))
		}
	}
	tried := len(all)
	share := float64(tried-len(lived)) / float64(max(1, tried))
	_, _ = fmt.Fprintf(w, "%s: %d mutants, %d noticed, %.1f %%; %.0f s\n",
		folder, tried, tried-len(lived), 100*share, time.Since(start).Seconds())
	if share < needed || tried == 0 {
		wrong = append(wrong, fmt.Errorf("%.1f %% are noticed, not %.0f %%", 100*share, 100*needed))
	}
	return errors.Join(wrong...)
}

// try asks about each mutant whether it is noticed.
func try(ctx context.Context, all []Mutant, workers int, w io.Writer, noticed func(i int) (bool, error)) (lived []Mutant, failed error) {
	var mu sync.Mutex
	runner.Each(ctx, workers, len(all), func(i int) {
		dead, err := noticed(i)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
			failed = fmt.Errorf("%s: %w", all[i].Name(), err)
		case !dead:
			lived = append(lived, all[i])
			_, _ = fmt.Fprintf(w, "%s:%d lives: %s\n", all[i].File, all[i].Line, all[i].Name())
		}
	})
	if ctx.Err() != nil {
		failed = ctx.Err()
	}
	slices.SortFunc(lived, func(a, b Mutant) int { return strings.Compare(a.Name(), b.Name()) })
	return lived, failed
}

// one builds a mutant by itself.
func one(ctx context.Context, b hole.Bench, tests hole.Test, m Mutant) (noticed bool, err error) {
	return verdict(b.Run(ctx, "mutant", tests, map[string]string{m.File: m.Applied(m.content)}))
}

func verdict(o hole.Outcome, err error) (noticed bool, failed error) {
	if errors.Is(err, hole.ErrNoVerdict) { // it panicked outside of a test, or never came to an end
		return true, nil
	}
	return len(o.Failed) > 0, err
}
