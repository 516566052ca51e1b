package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/db/local"
	"github.com/paceline/paceline/internal/demo"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/service"
)

// dev is a whole platform on this machine: a PostgreSQL of its own (or the one
// that DATABASE_URL names), a key ring, a mailbox instead of mail, a demo world.
func dev(ctx context.Context, args []string, e env) (err error) {
	if len(args) > 0 {
		return errors.New("paceline dev takes no arguments; it is configured by the environment")
	}
	c, err := config.Dev(e.vars)
	if err != nil {
		return err
	}
	// Others may pass through to the database's folder, which has a mode of its own.
	if err := os.MkdirAll(c.Data, 0o711); err != nil { //nolint:gosec // see above
		return fmt.Errorf("PACELINE_DATA: %w", err)
	}
	logFile, err := os.OpenFile(filepath.Join(c.Data, "paceline.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("PACELINE_DATA: %w", err)
	}
	defer logFile.Close() //nolint:errcheck // a log
	observer := observe.New(logFile, c.LogLevel)

	open, err := listen(ctx, c)
	if err != nil {
		return err
	}
	defer open.close()
	world, err := openDev(ctx, c, observer, e.out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.close(ctx)) }()
	ctx, cancel := world.during(ctx)
	defer cancel()
	s := world.service
	if err := demoWorld(ctx, c, s, e.out); err != nil {
		return err
	}
	watchRing(ctx, world.ring, observer)
	welcome(e.out, c)
	return s.Run(ctx, open.public, open.private)
}

// devDatabase is a superuser's way into the local run's database, and the
// private server if there is one to stop.
func devDatabase(ctx context.Context, c *config.Config, out io.Writer) (string, *local.Server, error) {
	if c.Database.URL.IsSet() {
		return c.Database.URL.Reveal(), nil, nil
	}
	server, err := local.Start(ctx, local.Options{Dir: filepath.Join(c.Data, "postgres"), Progress: out})
	if err != nil {
		return "", nil, err
	}
	if err := db.CreateDatabase(ctx, server.URL("postgres"), "paceline"); err != nil {
		return "", nil, errors.Join(err, server.Stop(context.WithoutCancel(ctx)))
	}
	return server.URL("paceline"), server, nil
}

func devRing(path string) (*seal.Ring, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := seal.GenerateFile(path); err != nil {
			return nil, err
		}
	}
	return seal.LoadRing(path)
}

const sampleRide = "sample-ride.fit"

// demoWorld fills an empty database, and lays a recording ready to import.
func demoWorld(ctx context.Context, c *config.Config, s *service.Service, out io.Writer) error {
	sample := filepath.Join(c.Data, sampleRide)
	if _, err := os.Stat(sample); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(sample, demo.SampleRide(time.Now()), 0o600); err != nil {
			return err
		}
	}
	tell, end := teller(out, "the demo world")
	defer end()
	return demo.Load(ctx, s.Handler, s.Accounts, filepath.Join(c.Data, demo.FactorFile), time.Now, tell)
}

// teller tells how far a load is: to a terminal as it goes, elsewhere every tenth.
func teller(out io.Writer, what string) (tell func(share float64, what string), end func()) {
	told := -10
	tell = func(share float64, step string) {
		percent := int(100 * share)
		switch {
		case terminal(out):
			fmt.Fprintf(out, "\r\x1b[Kloading %s: %3d %% %s", what, percent, step)
		case percent/10 > told/10:
			fmt.Fprintf(out, "loading %s: %d %%\n", what, percent)
		}
		told = percent
	}
	return tell, func() {
		if told >= 0 && terminal(out) {
			fmt.Fprintln(out)
		}
	}
}

// terminal says whether somebody watches, line by line.
func terminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func welcome(out io.Writer, c *config.Config) {
	base := c.PublicURL.String()
	fmt.Fprintf(out, `
Paceline runs on %[1]s (reference: %[1]s/docs, mail: %[1]s/dev/outbox)
Metrics and profiles: http://%[2]s/metrics; log: %[3]s

Demo members, each NAME@demo.test with the password demo-password-NAME:
  ada   a private account; heart rate and place only for herself
  ben   follows ada
  cleo  a stranger to ada
  dan   blocked by ada
  eve   shows everything to everyone
%[5]s keeps the classes: %[5]s@demo.test, "%[6]s", and a code of the second factor in %[7]s

Four calls to try:
  TOKEN=$(curl -s %[1]s/v1/auth/login --json '{"email":"ada@demo.test","password":"demo-password-ada"}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -s %[1]s/v1/workouts/import -H "Authorization: Bearer $TOKEN" -F file=@%[4]s
  curl -si %[1]s/v1/members/ada
  curl -s %[1]s/v1/schedule?limit=3

Ctrl-C stops everything.
`, base, c.PrivateAddr, filepath.Join(c.Data, "paceline.log"), filepath.Join(c.Data, sampleRide),
		demo.Keeper, demo.KeeperPassword, filepath.Join(c.Data, demo.FactorFile))
}
