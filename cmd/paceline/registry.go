package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/paceline/paceline/internal/service"
)

const registryUsage = `usage: paceline admin console model MODEL NAME [--qr]
       paceline admin console firmware MODEL VERSION [--withdraw]
       paceline admin console list
       paceline admin studio USERNAME NAME
       paceline admin studio USERNAME --close`

// adminConsole keeps the registry: which models can be paired, with which firmware.
func adminConsole(ctx context.Context, args []string, e env) error {
	if len(args) == 1 && args[0] == "list" {
		return withService(ctx, e, func(s *service.Service) error { return listRegistry(ctx, s, e) })
	}
	if len(args) < 3 {
		return errors.New(registryUsage)
	}
	flags := flag.NewFlagSet("admin console", flag.ContinueOnError)
	flags.SetOutput(e.err)
	qr := flags.Bool("qr", false, "its screen shows a QR code")
	withdraw := flags.Bool("withdraw", false, "give it no more tokens")
	if err := flags.Parse(args[3:]); err != nil || flags.NArg() > 0 {
		return errors.Join(err, errors.New(registryUsage))
	}
	return withService(ctx, e, func(s *service.Service) error {
		switch {
		case args[0] == "model" && !*withdraw:
			return s.Accounts.PutModel(ctx, time.Now(), args[1], args[2], *qr)
		case args[0] == "firmware" && *withdraw && !*qr:
			return s.Accounts.WithdrawFirmware(ctx, time.Now(), args[1], args[2])
		case args[0] == "firmware" && !*qr:
			return s.Accounts.PutFirmware(ctx, time.Now(), args[1], args[2])
		}
		return errors.New(registryUsage)
	})
}

func listRegistry(ctx context.Context, s *service.Service, e env) error {
	all, err := s.Accounts.Registry(ctx, time.Now())
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MODEL\tNAME\tQR\tFIRMWARE\tWITHDRAWN")
	for _, r := range all {
		withdrawn := ""
		if r.Withdrawn != nil {
			withdrawn = r.Withdrawn.UTC().Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%t\t%s\t%s\n", r.Model, r.Name, r.QR, r.Firmware, withdrawn)
	}
	return w.Flush()
}

// adminStudio lets a member share consoles with strangers, under a name that they decide by.
func adminStudio(ctx context.Context, args []string, e env) error {
	if len(args) != 2 {
		return errors.New(registryUsage)
	}
	return withService(ctx, e, func(s *service.Service) error {
		if args[1] == "--close" {
			return s.Accounts.DropStudio(ctx, time.Now(), args[0])
		}
		return s.Accounts.PutStudio(ctx, time.Now(), args[0], args[1])
	})
}

func withService(ctx context.Context, e env, fn func(*service.Service) error) error {
	s, err := adminService(ctx, e)
	if err != nil {
		return err
	}
	defer s.Close()
	return fn(s)
}
