package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/demo"
	"github.com/paceline/paceline/internal/observe"
)

// crowdSize is how many members the large world has besides the small one's.
const crowdSize = 2000

// seedWorld is paceline seed: it fills the local run's database while that doesn't run.
func seedWorld(ctx context.Context, args []string, e env) (err error) {
	flags := flag.NewFlagSet("seed", flag.ContinueOnError)
	flags.SetOutput(e.err)
	world := flags.String("world", "small", "small: what make run loads by itself; large: five hundred classes and two thousand members more, with a month of workouts")
	number := flags.Uint64("seed", 1, "all of the large world follows from it")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if flags.NArg() > 0 || *world != "small" && *world != "large" {
		return errors.New("usage: paceline seed [--world small|large] [--seed N]")
	}
	c, err := config.Dev(e.vars)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Data, 0o711); err != nil { //nolint:gosec // as in dev
		return fmt.Errorf("PACELINE_DATA: %w", err)
	}
	logFile, err := os.OpenFile(filepath.Join(c.Data, "paceline.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("PACELINE_DATA: %w", err)
	}
	defer logFile.Close() //nolint:errcheck // a log
	run, err := openDev(ctx, c, observe.New(logFile, c.LogLevel), e.out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run.close(ctx)) }()
	ctx, cancel := run.during(ctx)
	defer cancel()
	if err := demoWorld(ctx, c, run.service, e.out); err != nil {
		return err
	}
	if *world == "large" {
		tell, end := teller(e.out, "the large world")
		defer end()
		now, s := time.Now(), run.service
		features := demo.Features{
			Accounts: s.Accounts, Members: s.Members, Workouts: s.Workouts, Classes: s.Classes, Bookings: s.Bookings, Groups: s.Groups, Social: s.Social,
			Manager: func(ctx context.Context) (string, error) {
				return demo.Staff(ctx, s.Handler, s.Accounts, filepath.Join(c.Data, demo.FactorFile), time.Now())
			},
		}
		err := demo.LoadCrowd(ctx, features, demo.Crowd{Seed: *number, Members: crowdSize, Today: now.UTC().Truncate(24 * time.Hour)}, now, tell)
		if err != nil {
			return err
		}
	}
	fmt.Fprintln(e.out, "the world is there; make run serves it")
	return nil
}
