package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/paceline/paceline/internal/audit"
	"github.com/paceline/paceline/internal/service"
)

const auditUsage = `usage: paceline audit verify [--head SEQ:HASH]`

// auditCommand reads the whole audit and says whether its chain holds. The head that it prints,
// kept somewhere else, lets the next run notice that the chain was cut or made anew.
func auditCommand(ctx context.Context, args []string, e env) error {
	if len(args) == 0 || args[0] != "verify" {
		return errors.New(auditUsage)
	}
	flags := flag.NewFlagSet("audit verify", flag.ContinueOnError)
	flags.SetOutput(e.err)
	noted := flags.String("head", "", "the head that an earlier run printed")
	if err := flags.Parse(args[1:]); err != nil || flags.NArg() > 0 {
		return errors.Join(err, errors.New(auditUsage))
	}
	var known audit.Head
	if *noted != "" {
		var err error
		if known, err = audit.ParseHead(*noted); err != nil {
			return err
		}
	}
	return withService(ctx, e, func(s *service.Service) error {
		head, err := audit.Verify(ctx, s.DB, time.Now(), known)
		if err != nil {
			return err
		}
		fmt.Fprintln(e.out, "the audit holds up to", head)
		return nil
	})
}
