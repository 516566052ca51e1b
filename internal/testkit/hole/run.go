package hole

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Bench builds and runs tests, with and without something planted.
type Bench struct {
	Root   string        // of the repository
	Folder string        // for what is built; somebody else clears it away
	Limit  time.Duration // of one test run
}

// Outcome is how a run of tests ended.
type Outcome struct {
	Failed []string // the tests that failed, outermost first; none if all passed
	Output string
	Took   time.Duration
}

// ErrBuild: what was planted doesn't compile, which proves nothing about tests.
var ErrBuild = errors.New("it doesn't compile")

// ErrNoVerdict: the tests came to an end that no test is to blame for: a panic
// before the first, or the time that was up.
var ErrNoVerdict = errors.New("the tests ended without a verdict")

// Plant builds a hole into its tests and runs them.
func (b Bench) Plant(ctx context.Context, h Hole) (Outcome, error) {
	changed, err := Changed(b.Root, h.Edits)
	if err != nil {
		return Outcome{}, fmt.Errorf("this hole no longer applies: %w", err)
	}
	return b.Run(ctx, h.Name, h.By, changed)
}

// Run builds a package's tests with some files changed, and runs those that the
// pattern names.
func (b Bench) Run(ctx context.Context, name string, t Test, changed map[string]string) (Outcome, error) {
	start := time.Now()
	binary, err := b.Build(ctx, name, t.Package, changed)
	if err != nil {
		return Outcome{}, err
	}
	defer os.Remove(binary) //nolint:errcheck // the bench's folder goes as a whole
	o, err := b.Execute(ctx, binary, t)
	o.Took = time.Since(start)
	return o, err
}

// Build builds a package's tests with some files changed or added. A build that
// fails is ErrBuild.
func (b Bench) Build(ctx context.Context, name, pkg string, changed map[string]string) (binary string, err error) {
	folder, err := os.MkdirTemp(b.Folder, name+"-")
	if err != nil {
		return "", err
	}
	overlay, err := Overlay(b.Root, folder, changed)
	if err != nil {
		return "", err
	}
	binary = filepath.Join(folder, "tests")
	// Neither vet nor debugging symbols: they would cost more than the compiling.
	build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, "./"+pkg) //nolint:gosec // of this package's table
	build.Dir = b.Root
	if out, err := build.CombinedOutput(); ctx.Err() != nil {
		return "", ctx.Err()
	} else if err != nil {
		return "", fmt.Errorf("%w: %s", ErrBuild, out)
	}
	return binary, nil
}

// Execute runs the tests that the pattern names. Tests that fail are no error; a
// pattern that names none is ErrBuild.
func (b Bench) Execute(ctx context.Context, binary string, t Test, environment ...string) (Outcome, error) {
	run := exec.CommandContext(ctx, binary, "-test.run", t.Run, "-test.failfast", "-test.parallel=2", "-test.v", "-test.timeout", b.Limit.String()) //nolint:gosec // built just now
	run.Dir = filepath.Join(b.Root, t.Package)
	run.Env = append(os.Environ(), environment...)
	out, err := run.CombinedOutput()
	o := Outcome{Output: string(out)}
	for _, line := range failedTest.FindAllStringSubmatch(o.Output, -1) {
		o.Failed = append(o.Failed, line[1])
	}
	if ctx.Err() != nil {
		return o, ctx.Err()
	}
	var exit *exec.ExitError
	switch {
	case err == nil && !strings.Contains(o.Output, "\n--- PASS: "):
		return o, fmt.Errorf("%w: %s has no test %s", ErrBuild, t.Package, t.Run)
	case err == nil:
		return o, nil
	case !errors.As(err, &exit):
		return o, err
	case len(o.Failed) == 0:
		return o, fmt.Errorf("%w: %s", ErrNoVerdict, Tail(o.Output, 12))
	}
	return o, nil
}

var failedTest = regexp.MustCompile(`(?m)^ *--- FAIL: (\S+)`)

// Tail is the last lines of an output.
func Tail(output string, lines int) string {
	all := strings.Split(strings.TrimSpace(output), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
