package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/db/local"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/service"
)

// localRun is the service of the local run, on the newest schema; nothing of it runs yet.
type localRun struct {
	service *service.Service
	ring    *seal.Ring
	server  *local.Server // nil where DATABASE_URL names a server of somebody else
}

func openDev(ctx context.Context, c *config.Config, observer *observe.Observer, out io.Writer) (_ *localRun, err error) {
	admin, server, err := devDatabase(ctx, c, out)
	if err != nil {
		return nil, err
	}
	run := &localRun{server: server}
	defer func() {
		if err != nil {
			err = errors.Join(err, run.close(ctx))
		}
	}()
	roles := map[string]string{}
	if server == nil {
		for _, role := range []string{db.RoleMigrator, db.RoleApp, db.RoleAuth, db.RoleWorker} {
			roles[role] = rand.Text()
		}
	}
	fmt.Fprintln(out, "bringing the schema up to date")
	if err := db.Provision(ctx, admin, roles); err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, admin); err != nil {
		return nil, err
	}
	if run.ring, err = devRing(c.Keyring); err != nil {
		return nil, err
	}
	outbox := mail.NewOutbox(c.PublicURL.String(), 200, time.Now)
	o := options(c, run.ring, observer)
	o.Database = db.Config{URL: admin, Passwords: roles, Connections: c.Database.Connections}
	o.Mail, o.Outbox = outbox, outbox.Recent
	run.service, err = service.New(ctx, o)
	return run, err
}

// during is the context for as long as the database is there: without it there is nothing left to do.
func (r *localRun) during(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if r.server != nil {
		go func() {
			select {
			case <-r.server.Done():
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	return ctx, cancel
}

func (r *localRun) close(ctx context.Context) error {
	if r.service != nil {
		r.service.Close()
	}
	if r.server == nil {
		return nil
	}
	return r.server.Stop(context.WithoutCancel(ctx))
}
