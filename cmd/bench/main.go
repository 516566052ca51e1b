// Command bench measures Paceline against FLOOR, the same answers by a plain service without a
// thought for privacy (see internal/bench/floor), and against the goals that docs/performance.md
// lists. It is part of the repository and not of the product.
//
// It builds what it measures and starts all of it by itself, each in a process of its own: a private
// PostgreSQL, the service as in production, FLOOR. Nothing is switched off in the service, rate
// limits included. Sides take turns every few seconds, and medians over the rounds are compared, so
// that what else the machine does meets all of them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/paceline/paceline/internal/bench/world"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	sizes   world.Sizes
	dir     string
	page    string // where the page goes; "" for nowhere
	goals   map[int]bool
	rounds  int
	each    time.Duration // of a round
	fresh   bool
	quick   bool
	profile bool
	curve   []int // members
	reads   int   // of goal 10
}

func parse(args []string, out io.Writer) (options, error) {
	var o options
	var goals, curve string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(out)
	f.IntVar(&o.sizes.Members, "members", 200_000, "members")
	f.IntVar(&o.sizes.Follows, "follows", 4_000_000, "follows, about")
	f.IntVar(&o.sizes.Workouts, "workouts", 2_000_000, "workouts")
	f.IntVar(&o.sizes.Sessions, "sessions", 200_000, "live sessions")
	f.Uint64Var(&o.sizes.Seed, "seed", 1, "of the made-up world")
	f.StringVar(&o.dir, "dir", filepath.Join(".paceline", "bench"), "folder of the database, kept from run to run")
	f.StringVar(&o.page, "page", filepath.Join("docs", "performance.md"), "page to write; empty for none")
	f.StringVar(&goals, "goals", "", "only these, as 1,3 or sync,import (and no page)")
	f.IntVar(&o.rounds, "rounds", 5, "rounds of each measurement")
	f.DurationVar(&o.each, "each", 3*time.Second, "length of a round")
	f.BoolVar(&o.fresh, "fresh", false, "build the database anew")
	f.BoolVar(&o.quick, "quick", false, "small and short, to see that all of it works; nothing is claimed")
	f.BoolVar(&o.profile, "profile", false, "profile the service during goals 1 and 6")
	f.StringVar(&curve, "curve", "10000,50000,200000,2000000", "sizes of goal 9's curve, in members")
	f.IntVar(&o.reads, "reads", 1_000_000, "reads of goal 10")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("%q: bench takes flags only", f.Arg(0))
	}
	if o.quick {
		o.sizes = world.Sizes{Members: 1000, Follows: 8000, Workouts: 5000, Sessions: 1000, Seed: o.sizes.Seed}
		o.rounds, o.each, o.reads, curve = 1, 200*time.Millisecond, 2000, "1000,2000"
	}
	o.sizes.BusyEvery = 100
	o.goals = map[int]bool{}
	numbers, err := integers(strings.NewReplacer("sync", "11", "import", "12").Replace(goals))
	if err != nil {
		return o, err
	}
	for _, n := range numbers {
		o.goals[n], o.page = true, ""
	}
	if len(numbers) == 0 {
		for _, g := range allGoals {
			o.goals[g.number] = true
		}
	}
	o.curve, err = integers(curve)
	return o, err
}

func integers(list string) ([]int, error) {
	var out []int
	for _, text := range strings.FieldsFunc(list, func(c rune) bool { return c == ',' }) {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("%q is no number", text)
		}
		out = append(out, n)
	}
	return out, nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 && args[0] == "floor" { // the process of FLOOR: see startFloor
		return serveFloor(ctx, args[1:])
	}
	o, err := parse(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := open(ctx, o, out)
	if err != nil {
		return err
	}
	defer b.close()
	for _, g := range allGoals {
		if !o.goals[g.number] {
			continue
		}
		fmt.Fprintf(out, "\ngoal %d: %s\n", g.number, g.title)
		began := time.Now()
		if err := g.measure(b, ctx); err != nil {
			return fmt.Errorf("goal %d: %w", g.number, err)
		}
		fmt.Fprintf(out, "  (%.0f s)\n", time.Since(began).Seconds())
	}
	return b.report.finish(out, o.page)
}
