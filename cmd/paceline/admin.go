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

// admin makes the first account that may administer. A fresh database has none,
// and no request can make one. The password comes from standard input, so that
// it is in no command line.
func admin(ctx context.Context, args []string, e env) error {
	const usage = "usage: paceline admin create USERNAME --email ADDRESS --name NAME --born YYYY-MM-DD < password"
	if len(args) < 2 || args[0] != "create" {
		return errors.New(usage)
	}
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
		return errors.New(usage)
	}
	c, err := config.Serve(e.vars)
	if err != nil {
		return err
	}
	o, err := production(c, observe.New(e.err, c.LogLevel))
	if err != nil {
		return err
	}
	s, err := service.New(ctx, o)
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
