package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/service"
)

// serve is production: nothing is made up, nothing is built in. What it lacks it
// lists, all at once, and does not start.
func serve(ctx context.Context, args []string, e env) error {
	if len(args) > 0 {
		return errors.New("paceline serve takes no arguments; it is configured by the environment")
	}
	defer headroom()()
	c, err := config.Serve(e.vars)
	if err != nil {
		return err
	}
	if err := c.Print(e.err); err != nil {
		return err
	}
	observer := observe.New(e.out, c.LogLevel)
	for _, warning := range c.Warnings(time.Now()) {
		fmt.Fprintln(e.err, "warning:", warning)
	}
	o, err := production(c, observer)
	if err != nil {
		return err
	}
	open, err := listen(ctx, c)
	if err != nil {
		return err
	}
	defer open.close()
	s, err := service.New(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.DB.CheckSchema(ctx); err != nil {
		return err
	}
	watchRing(ctx, o.Ring, observer)
	observer.Log.Info("serving")
	return s.Run(ctx, open.public, open.private)
}

// production is what a production service is made of.
func production(c *config.Config, observer *observe.Observer) (service.Options, error) {
	ring, err := seal.LoadRing(c.Keyring)
	if err != nil {
		return service.Options{}, err
	}
	sender, err := smtp(c)
	if err != nil {
		return service.Options{}, err
	}
	o := options(c, ring, observer)
	o.Database, o.Mail = database(c), sender
	return o, nil
}

// options are those that production and a local run share.
func options(c *config.Config, ring *seal.Ring, observer *observe.Observer) service.Options {
	return service.Options{
		Ring: ring, Login: c.Login, Limits: c.Limits, Observer: observer, Now: time.Now,
		PublicURL: c.PublicURL.String(), Security: c.Security,
		TrustedProxies: c.Edge.TrustedProxies, CORSOrigins: c.Edge.CORSOrigins,
		MaxImportBytes: c.MaxImportBytes, ShutdownTimeout: c.ShutdownTimeout,
	}
}

func database(c *config.Config) db.Config {
	return db.Config{URL: c.Database.URL.Reveal(), Connections: c.Database.Connections, Passwords: passwords(c)}
}

func passwords(c *config.Config) map[string]string {
	return map[string]string{
		db.RoleApp: c.Database.App.Reveal(), db.RoleAuth: c.Database.Auth.Reveal(),
		db.RoleWorker: c.Database.Worker.Reveal(), db.RoleMigrator: c.Database.Migrator.Reveal(),
	}
}

func smtp(c *config.Config) (mail.Sender, error) {
	return mail.NewSMTP(mail.SMTPOptions{
		Host: c.Mail.Host, Port: c.Mail.Port, ImplicitTLS: c.Mail.ImplicitTLS,
		User: c.Mail.User, Password: c.Mail.Password.Reveal(), From: c.Mail.From, Site: c.PublicURL.String(),
	})
}

// watchRing takes over a rotated key ring: by itself within a minute, at once on
// SIGHUP. A file that is wrong is told, and the keys in use stay.
func watchRing(ctx context.Context, ring *seal.Ring, observer *observe.Observer) {
	report := func(_ string, err error) {
		if err != nil {
			observer.Event(ctx, observe.KeyRingRefused)
			observer.Fail(ctx, "the key ring was not taken over", err)
			return
		}
		observer.Event(ctx, observe.KeyRingChanged)
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		defer signal.Stop(hangup)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
				report(ring.Primary(), ring.Reload())
			}
		}
	}()
	go ring.Watch(ctx, time.Minute, report)
}

// ports are the public and the private listener.
type ports struct{ public, private net.Listener }

// listen opens both ports, or says which one is taken and how to choose another.
func listen(ctx context.Context, c *config.Config) (ports, error) {
	var p ports
	var err error
	if p.public, err = listenAt(ctx, "PACELINE_ADDR", c.Addr); err != nil {
		return p, err
	}
	if p.private, err = listenAt(ctx, "PACELINE_PRIVATE_ADDR", c.PrivateAddr); err != nil {
		return p, errors.Join(err, p.public.Close())
	}
	return p, nil
}

func listenAt(ctx context.Context, name, address string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program (maybe Paceline itself); set %s to another address and port", address, name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return l, nil
}

// close is for a start that fails before the ports are served.
func (p ports) close() {
	_ = p.public.Close()
	_ = p.private.Close()
}
