package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/service"
)

const adminUsage = `usage: paceline admin create USERNAME --email ADDRESS --name NAME --born YYYY-MM-DD < password
       paceline admin forgive USERNAME
       paceline admin console model|firmware|list …
       paceline admin studio USERNAME …`

// admin is what only somebody on the server itself may do.
func admin(ctx context.Context, args []string, e env) error {
	switch {
	case len(args) >= 2 && args[0] == "create":
		return adminCreate(ctx, args, e)
	case len(args) == 2 && args[0] == "forgive":
		return adminForgive(ctx, args[1], e)
	case len(args) >= 1 && args[0] == "console":
		return adminConsole(ctx, args[1:], e)
	case len(args) >= 1 && args[0] == "studio":
		return adminStudio(ctx, args[1:], e)
	default:
		return errors.New(adminUsage)
	}
}

// adminForgive gives a member their enumeration budget back.
func adminForgive(ctx context.Context, username string, e env) error {
	s, err := adminService(ctx, e)
	if err != nil {
		return err
	}
	defer s.Close()
	gone, err := s.Limits.Forgive(ctx, username)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.err, "forgot", gone, "reads of", username)
	return nil
}

// adminService is the service of the production configuration; nothing of it runs.
func adminService(ctx context.Context, e env) (*service.Service, error) {
	c, err := config.Serve(e.vars)
	if err != nil {
		return nil, err
	}
	o, err := production(c, observe.New(e.err, c.LogLevel))
	if err != nil {
		return nil, err
	}
	return service.New(ctx, o)
}

// adminCreate makes the first account that may administer. A fresh database has none,
// and no request can make one. The password comes from standard input, so that
// it is in no command line.
func adminCreate(ctx context.Context, args []string, e env) error {
	flags := flag.NewFlagSet("admin create", flag.ContinueOnError)
	flags.SetOutput(e.err)
	email := flags.String("email", "", "e-mail address")
	name := flags.String("name", args[1], "name to show")
	born := flags.String("born", "", "birth date, YYYY-MM-DD")
	if err := flags.Parse(args[2:]); err != nil {
		return err
	}
	birth, err := time.Parse(time.DateOnly, *born)
	if err != nil || *email == "" {
		return errors.New(adminUsage)
	}
	s, err := adminService(ctx, e)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Fprint(e.err, "password (15 characters or more): ")
	line, err := bufio.NewReader(e.in).ReadString('\n')
	if err != nil && line == "" {
		return errors.New("no password on standard input")
	}
	id, err := s.Accounts.CreateAdmin(ctx, time.Now(), account.Registration{
		Email: *email, Password: strings.TrimRight(line, "\r\n"), Username: args[1], DisplayName: *name, BirthDate: birth,
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, "made the administrator", args[1], "with the id", id)
	return nil
}
