package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/db/local"
	"github.com/paceline/paceline/internal/jobs"
	"github.com/paceline/paceline/internal/seal"
)

// doctor looks at a set-up and says of each part whether it is well and, if not,
// how to mend it. With a production environment it looks at that, else at what
// the local run needs. It changes nothing, but for making the local run's folder.
func doctor(ctx context.Context, _ []string, e env) error {
	d := &diagnosis{out: e.out}
	production := false
	for _, v := range e.vars {
		production = production || strings.HasPrefix(v, "PACELINE_KEYRING") || strings.HasPrefix(v, "DATABASE_APP_PASSWORD")
	}
	if production {
		d.production(ctx, e.vars)
	} else {
		d.localRun(ctx, e.vars)
	}
	if d.wrong > 0 {
		fmt.Fprintf(e.out, "\n%d to mend\n", d.wrong)
		return exitCode(1)
	}
	fmt.Fprintln(e.out, "\nall is well")
	return nil
}

type diagnosis struct {
	out   io.Writer
	wrong int
}

// is tells one finding; mend says what to do if it is bad.
func (d *diagnosis) is(what string, err error, mend string) bool {
	if err == nil {
		fmt.Fprintf(d.out, "  ok     %s\n", what)
		return true
	}
	d.wrong++
	fmt.Fprintf(d.out, "  wrong  %s: %v\n", what, err)
	if mend != "" {
		fmt.Fprintf(d.out, "         mend: %s\n", mend)
	}
	return false
}

func (d *diagnosis) production(ctx context.Context, vars []string) {
	fmt.Fprintln(d.out, "production set-up, from the environment:")
	c, err := config.Serve(vars)
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		for _, m := range mistakes {
			d.is("setting "+m.Name, errors.New(m.Problem), "")
		}
		return
	}
	if !d.is("settings", err, "") {
		return
	}
	for _, warning := range c.Warnings(time.Now()) {
		fmt.Fprintf(d.out, "  note   %s\n", warning)
	}
	ring, err := seal.LoadRing(c.Keyring)
	d.is("key ring", err, "paceline keyring new FILE makes one; its mode is 0600 and its owner the service's user")
	pools, err := db.Open(ctx, database(c))
	if !d.is("database, as every role", err,
		"is the address right, is TLS set up, and has paceline migrate run with DATABASE_ADMIN_USER to make the roles with these passwords?") {
		return
	}
	defer pools.Close()
	if d.is("schema", pools.CheckSchema(ctx), "") && ring != nil {
		left, err := jobs.KeysLeft(ctx, pools, ring.Primary(), time.Now())
		if d.is("member keys", err, "") && left > 0 {
			fmt.Fprintf(d.out, "  note   %d member keys wait to be wrapped by the primary key; keep the older keys until this is 0\n", left)
		}
	}
	for name, address := range map[string]string{"PACELINE_ADDR": c.Addr, "PACELINE_PRIVATE_ADDR": c.PrivateAddr} {
		d.port(ctx, name, address)
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(c.Mail.Host, fmt.Sprint(c.Mail.Port)))
	if d.is("mail server", err, "is PACELINE_SMTP_URL right, and may this machine reach it?") {
		_ = conn.Close()
	}
}

func (d *diagnosis) localRun(ctx context.Context, vars []string) {
	fmt.Fprintln(d.out, "local run:")
	c, err := config.Dev(vars)
	if !d.is("settings", err, "") {
		return
	}
	if c.Database.URL.IsSet() {
		fmt.Fprintln(d.out, "  note   DATABASE_URL names a server of your own; its user must be able to make roles")
	} else {
		programs, err := local.Find(ctx)
		if d.is("PostgreSQL's programs", err, "make run installs them where it may; else install PostgreSQL 15 or newer") {
			fmt.Fprintf(d.out, "         version %s in %s\n", programs.Version, programs.Bin)
		}
	}
	probe := filepath.Join(c.Data, ".probe")
	err = os.MkdirAll(c.Data, 0o711) //nolint:gosec // the database's folder in it has a mode of its own
	if err == nil {
		err = os.WriteFile(probe, nil, 0o600)
		_ = os.Remove(probe)
	}
	d.is("folder "+c.Data, err, "PACELINE_DATA names another one")
	if _, err := os.Stat(c.Keyring); err == nil {
		_, err = seal.LoadRing(c.Keyring)
		d.is("key ring", err, "")
	}
	for name, address := range map[string]string{"PACELINE_ADDR": c.Addr, "PACELINE_PRIVATE_ADDR": c.PrivateAddr} {
		d.port(ctx, name, address)
	}
}

// port says whether one can listen at an address, or who does already.
func (d *diagnosis) port(ctx context.Context, name, address string) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err == nil {
		_ = l.Close()
	}
	d.is(name+" "+address, err, "stop what listens there (maybe Paceline itself), or set "+name)
}
