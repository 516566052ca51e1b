package main

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/bench/world"
)

// direction says on which side of the goal a figure has to be.
type direction bool

const (
	atLeast direction = true
	atMost  direction = false
)

// line is one figure and its goal.
type line struct {
	goal            int
	what            string
	measured, wants string
	met             bool
}

// block is a table of what was measured.
type block struct {
	what    string
	figures []load.Figures
}

type report struct {
	lines   []line
	blocks  []block
	heading []string
	curve   []curvePoint
	rounds  int
}

func (r *report) start(version string, now time.Time, w *world.World, rounds int) {
	r.rounds = rounds
	r.heading = []string{
		fmt.Sprintf("%d cores, PostgreSQL %s, %s, %s.", runtime.NumCPU(), version, runtime.Version(), now.UTC().Format("2 January 2006")),
		fmt.Sprintf("%s members, %s follows, %s workouts, %s live sessions.",
			thousands(int64(w.Members)), thousands(int64(w.FollowCount())), thousands(int64(w.Workouts)), thousands(int64(w.Sessions))),
	}
}

func (r *report) table(out io.Writer, what string, figures ...load.Figures) {
	r.blocks = append(r.blocks, block{what, figures})
	fmt.Fprintf(out, "  %s\n", what)
	for _, f := range figures {
		fmt.Fprintf(out, "    %-22s %9.0f/s  p50 %8s  p99 %8s  CPU each: service %s, PostgreSQL %s, generator %s\n", f.Name, f.PerSecond,
			short(f.P50), short(f.P99), short(f.Service), short(f.Postgres), short(f.Generator))
	}
}

// short is a duration of three digits.
func short(d time.Duration) string {
	switch {
	case d >= 100*time.Millisecond:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	default:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	}
}

func (r *report) ratio(goal int, what string, measured float64, d direction, want float64) {
	l := line{goal: goal, what: what, measured: fmt.Sprintf("%.2f", measured)}
	if d == atLeast {
		l.wants, l.met = fmt.Sprintf("≥ %g", want), measured >= want
	} else {
		l.wants, l.met = fmt.Sprintf("≤ %g", want), measured <= want
	}
	r.lines = append(r.lines, l)
}

// count is a number of things that must not be more than so many.
func (r *report) count(goal int, what string, measured, most int64) {
	r.lines = append(r.lines, line{goal: goal, what: what, measured: fmt.Sprint(measured), wants: fmt.Sprintf("≤ %d", most), met: measured <= most})
}

// memory is a number of bytes that must not be more than so many.
func (r *report) memory(goal int, what string, measured, most int64) {
	r.lines = append(r.lines, line{goal: goal, what: what, measured: fmt.Sprintf("%d MiB", measured>>20),
		wants: fmt.Sprintf("≤ %d MiB", most>>20), met: measured <= most})
}

// kilobytes is a number of bytes that must not be more than so many thousand.
func (r *report) kilobytes(goal int, what string, measured, most float64) {
	r.lines = append(r.lines, line{goal: goal, what: what, measured: fmt.Sprintf("%.1f kB", measured/1000),
		wants: fmt.Sprintf("≤ %g kB", most), met: measured <= 1000*most})
}

// note is a figure without a goal.
func (r *report) note(goal int, what string, measured float64) {
	r.lines = append(r.lines, line{goal: goal, what: what, measured: fmt.Sprintf("%.2f", measured)})
}

func (l line) verdict() string {
	if l.wants == "" {
		return ""
	}
	if l.met {
		return "met"
	}
	return "not met"
}

// finish prints the table and writes the page.
func (r *report) finish(out io.Writer, page string) error {
	fmt.Fprintln(out)
	for _, l := range r.lines {
		fmt.Fprintf(out, "%2d  %-62s %10s  %-10s %s\n", l.goal, l.what, l.measured, l.wants, l.verdict())
	}
	if page == "" {
		return nil
	}
	return r.save(page)
}
