// Command paceline is the whole platform: the service and what keeps it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], env{vars: os.Environ(), in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	if err != nil {
		var quiet exitCode
		if errors.As(err, &quiet) {
			os.Exit(int(quiet))
		}
		fmt.Fprintln(os.Stderr, "paceline:", err)
		os.Exit(1)
	}
}

// env is all that a command may know of the process around it.
type env struct {
	vars     []string // NAME=value
	in       io.Reader
	out, err io.Writer
}

// exitCode ends the program with a code and no further word.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

type command struct {
	name, help string
	run        func(ctx context.Context, args []string, e env) error
}

func commands() []command {
	return []command{
		{"serve", "serve members, configured by the environment", serve},
		{"dev", "a whole platform on this machine, with a demo world", dev},
		{"seed", "fill the local run's database while it doesn't run: --world small or large", seedWorld},
		{"migrate", "bring the database to the newest schema", migrate},
		{"admin", "create NAME: make an account that may administer; forgive: lift a budget; console, studio: what can be paired and shared", admin},
		{"audit", "verify [--head SEQ:HASH]: say whether what staff did is as it was noted", auditCommand},
		{"doctor", "say what is wrong with a set-up, and how to mend it", doctor},
		{"simulate", "consoles: be many badly connected consoles, and check that nothing is lost or doubled", simulation},
		{"keyring", "new FILE or rotate FILE: make or rotate the key ring", keyring},
		{"healthcheck", "exit 0 if the service on PACELINE_ADDR is ready", healthcheck},
	}
}

func run(ctx context.Context, args []string, e env) error {
	all := commands()
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		fmt.Fprintln(e.out, "paceline: a fitness platform that shows nobody what they may not see")
		fmt.Fprintln(e.out)
		for _, c := range all {
			fmt.Fprintf(e.out, "  paceline %-12s %s\n", c.name, c.help)
		}
		return nil
	}
	i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		return fmt.Errorf("there is no command %q; paceline help lists them", args[0])
	}
	return all[i].run(ctx, args[1:], e)
}
