// Command prove runs the long form of every engine: all tests of the packages in
// which one of them honours PACELINE_PROVE, with that set. It prints the engines'
// own figures, and measures times as far as there are benchmarks for it; these are
// a report only. It fails when a test does.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/paceline/paceline/internal/testkit/runner"
)

func main() {
	times := flag.Bool("times", true, "measure times as well")
	flag.Parse()
	runner.Main(func(ctx context.Context) error { return run(ctx, os.Stdout, *times) })
}

func run(ctx context.Context, w io.Writer, times bool) error {
	start := time.Now()
	packages, err := with(ctx, "PACELINE_PROVE")
	if err != nil {
		return err
	}
	// The walls against the policy have one form only, and belong to it.
	args := append([]string{"test", "-json", "-count=1", "-timeout=30m"}, append(packages, "./internal/db", "./internal/privacy")...)
	test := runner.Command(ctx, "go", args...)
	test.Env = append(os.Environ(), "PACELINE_PROVE=1")
	test.Stderr = os.Stderr
	out, err := test.StdoutPipe()
	if err != nil {
		return err
	}
	if err := test.Start(); err != nil {
		return err
	}
	r := newReport(w)
	readErr := r.read(out)
	failed := errors.Join(readErr, test.Wait())
	if times && ctx.Err() == nil {
		measure(ctx, w)
	}
	_, _ = fmt.Fprintf(w, "\n%d engines and tests, %d red, in %.0f s\n", r.passed+r.red, r.red, time.Since(start).Seconds())
	return failed
}

// with names the packages that have a test file with a text in it.
func with(ctx context.Context, text string) ([]string, error) {
	out, err := exec.CommandContext(ctx, "git", "grep", "-l", text, "--", "*_test.go").Output() //nolint:gosec // constants of this file
	if err != nil {
		return nil, fmt.Errorf("no test honours %s: %w", text, err)
	}
	var packages []string
	for file := range strings.FieldsSeq(string(out)) {
		if p := "./" + file[:strings.LastIndex(file, "/")]; !slices.Contains(packages, p) {
			packages = append(packages, p)
		}
	}
	return packages, nil
}

// report prints what a run of go test -json says.
type report struct {
	w           io.Writer
	said        map[string][]string // the figures that a test logged, by package and outermost test
	printed     map[string][]string // all that it printed, until it has passed
	redIn       map[string]bool     // the packages in which something is red
	ledger      string              // whose figures go on in the next line
	passed, red int
}

func newReport(w io.Writer) *report {
	return &report{w: w, said: map[string][]string{}, printed: map[string][]string{}, redIn: map[string]bool{}}
}

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

func (r *report) read(out io.Reader) error {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue // what a build prints
		}
		outermost, _, inner := strings.Cut(e.Test, "/")
		key := strings.TrimPrefix(e.Package, "github.com/paceline/paceline/") + "." + outermost
		switch e.Action {
		case "build-output":
			_, _ = fmt.Fprint(r.w, e.Output)
		case "output":
			r.printed[key] = append(r.printed[key], e.Output)
			if text := strings.TrimSpace(e.Output); strings.Contains(text, ".go:") && strings.Contains(text, " requests") {
				_, figures, _ := strings.Cut(text, ": ")
				r.said[key] = append(r.said[key], figures)
				r.ledger = key
			} else if line, more := strings.CutPrefix(e.Output, "        "); more && r.ledger == key {
				r.said[key] = append(r.said[key], strings.TrimRight(line, " \n")) // figures of more than one line
			} else if r.ledger == key {
				r.ledger = ""
			}
		case "pass", "fail":
			// A package by itself has failed when none of its tests did: it didn't build, or panicked.
			if !inner && (e.Test != "" || e.Action == "fail" && !r.redIn[e.Package]) {
				r.verdict(key, e)
			}
		}
	}
	return lines.Err()
}

func (r *report) verdict(key string, e event) {
	if e.Action == "fail" {
		r.red++
		r.redIn[e.Package] = true
		_, _ = fmt.Fprintf(r.w, "RED %s\n%s\n", key, strings.Join(r.printed[key], ""))
	} else {
		r.passed++
	}
	delete(r.printed, key)
	if len(r.said[key]) == 0 {
		return
	}
	_, _ = fmt.Fprintf(r.w, "%-44s %6.1f s\n", key, e.Elapsed)
	for _, figures := range r.said[key] {
		_, _ = fmt.Fprintf(r.w, "    %s\n", figures)
	}
}

// measure runs the benchmarks of times that may tell nothing. Their figures are
// for reading: a busy machine says what it likes.
func measure(ctx context.Context, w io.Writer) {
	packages, err := with(ctx, "TwinsTakeAsLong")
	if err != nil {
		return
	}
	_, _ = fmt.Fprintf(w, "\ntimes (Welch's t; nothing depends on them):\n")
	bench := runner.Command(ctx, "go", append([]string{"test", "-run=^$", "-bench=TwinsTakeAsLong", "-benchtime=300x"}, packages...)...)
	bench.Stdout, bench.Stderr = w, w
	if err := bench.Run(); err != nil {
		_, _ = fmt.Fprintln(w, "could not be measured:", err)
	}
}
