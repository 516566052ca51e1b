package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/db"
)

// migrate brings the database to the newest schema, or to a step. With
// DATABASE_ADMIN_USER it makes the roles first and sets their passwords.
func migrate(ctx context.Context, args []string, e env) error {
	c, err := config.Migrate(e.vars)
	if err != nil {
		return err
	}
	if c.Database.AdminUser != "" {
		admin, err := db.RoleURL(c.Database.URL.Reveal(), c.Database.AdminUser, c.Database.Admin.Reveal())
		if err != nil {
			return err
		}
		if err := db.Provision(ctx, admin, passwords(c)); err != nil {
			return err
		}
		fmt.Fprintln(e.out, "the roles are there")
	}
	migrator, err := db.RoleURL(c.Database.URL.Reveal(), db.RoleMigrator, c.Database.Migrator.Reveal())
	if err != nil {
		return err
	}
	switch {
	case len(args) == 0:
		err = db.Migrate(ctx, migrator)
	case len(args) == 2 && args[0] == "to":
		var step uint64
		if step, err = strconv.ParseUint(args[1], 10, 16); err != nil {
			return fmt.Errorf("%q is no step", args[1])
		}
		err = db.MigrateTo(ctx, migrator, uint(step))
	default:
		return errors.New("usage: paceline migrate | paceline migrate to STEP")
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, "the schema is up to date")
	return nil
}
