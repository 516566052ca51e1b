package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/paceline/paceline/internal/demo"
	"github.com/paceline/paceline/internal/simulate"
)

const simulateUsage = `usage: paceline simulate consoles [flags]

Be many consoles, badly connected, at a running service, and hold what became of it against a ledger:
each ride that the service acknowledged is there exactly once, with the right member, with equal
samples. Prints the ledger; the exit code is 1 if anything is lost, doubled or different.

All of it is made up, and named so: members "Simulated rider 1", consoles "Simulated console 1",
rides of a "Simulated rower" in 2024. Without --logins the members are registered, two consoles each;
their codes are read from /dev/outbox, so the service has to be a local run (paceline dev). With
--logins FILE the consoles are of those accounts, an e-mail address and a password a line; afterwards
their rides and consoles are there, for their owners to delete.

A service limits requests by network and member. On Linux, and at a service on the same machine, each
member and console calls from a loopback network of its own; from one address, many consoles wait for
many minutes, as they are told to, unless PACELINE_LIMIT_AUTH_NETWORK and PACELINE_LIMIT_WRITE allow more.

`

// simulation is paceline simulate.
func simulation(ctx context.Context, args []string, e env) error {
	if len(args) == 0 || args[0] != "consoles" {
		fmt.Fprint(e.err, simulateUsage)
		return errors.New("paceline simulate consoles is what there is")
	}
	o := simulate.Options{Now: time.Now, Progress: e.err}
	flags := flag.NewFlagSet("simulate consoles", flag.ContinueOnError)
	flags.SetOutput(e.err)
	flags.Usage = func() {
		fmt.Fprint(e.err, simulateUsage)
		flags.PrintDefaults()
	}
	flags.IntVar(&o.Consoles, "count", 20, "how many consoles, `N`")
	flags.IntVar(&o.Rides, "rides", 4, "how many rides each sends, `M`")
	flags.IntVar(&o.Seconds, "seconds", 600, "how long a ride is: from half of it to one and a half")
	faults := flags.String("faults", "10%", "the chance of each fault wherever it can happen, up to 50%")
	flags.StringVar(&o.URL, "url", "http://localhost:8080", "where the service is")
	flags.StringVar(&o.PublicURL, "public-url", "", "what it calls itself (PACELINE_PUBLIC_URL), if that is another: proofs are about it")
	flags.Uint64Var(&o.Seed, "seed", 1, "members, rides, samples and clocks follow from it; the same seed is the same rides again")
	flags.StringVar(&o.Model, "model", demo.Model, "the consoles' model, as the registry has it (paceline admin console)")
	flags.StringVar(&o.Firmware, "firmware", demo.Firmware, "and its firmware")
	logins := flags.String("logins", "", "`FILE` of accounts that are there already")
	most := flags.Duration("timeout", time.Hour, "how long all of it may take")
	if err := flags.Parse(args[1:]); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	err := errors.Join(checkSimulation(&o, flags.Args(), *faults), readLogins(&o, *logins))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *most)
	defer cancel()
	ledger, err := simulate.Run(ctx, o)
	if ledger != nil {
		err = errors.Join(err, ledger.Write(e.out))
	}
	if err == nil && !ledger.Right() {
		return exitCode(1)
	}
	return err
}

func checkSimulation(o *simulate.Options, more []string, faults string) error {
	var errs []error
	wrong := func(is bool, what string) {
		if is {
			errs = append(errs, errors.New(what))
		}
	}
	share, err := strconv.ParseFloat(strings.TrimSuffix(faults, "%"), 64)
	o.Faults = share / 100
	wrong(err != nil || !(o.Faults >= 0 && o.Faults <= simulate.MaxFaults), "--faults is a percentage from 0% to 50%")
	wrong(len(more) > 0, "there are arguments left over: "+strings.Join(more, " "))
	wrong(o.Consoles < 1 || o.Consoles > 10_000, "--count is from 1 to 10000")
	wrong(o.Rides < 1 || o.Rides > 1000, "--rides is from 1 to 1000")
	wrong(o.Seconds < 10 || o.Seconds > simulate.MaxSeconds, "--seconds is from 10 to 3600")
	for _, address := range []*string{&o.URL, &o.PublicURL} {
		*address = strings.TrimRight(*address, "/")
		u, err := url.Parse(*address)
		wrong(*address != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https"), "--url and --public-url are http:// or https://")
	}
	wrong(o.URL == "", "--url says where the service is")
	return errors.Join(errs...)
}

// readLogins reads accounts, one a line: an address, a blank, a password that may hold blanks.
func readLogins(o *simulate.Options, path string) error {
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was read
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		if lines.Text() == "" {
			continue
		}
		email, password, ok := strings.Cut(lines.Text(), " ")
		if !ok {
			return fmt.Errorf("%s:%d: has to be an address, a blank and a password", path, n)
		}
		o.Logins = append(o.Logins, simulate.Login{Email: email, Password: password})
	}
	if len(o.Logins) == 0 {
		return errors.Join(lines.Err(), fmt.Errorf("%s holds no account", path))
	}
	return lines.Err()
}
