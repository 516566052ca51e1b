package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/golang-migrate/migrate/v4"
	migratepgx "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/paceline/paceline/migrations"
)

// Provision makes the roles on a server and opens the database to the migrator.
// It needs the database's owner, who may create roles; it does nothing twice, and sets the
// password of each role that is given one. Roles without a password log in only
// where the server trusts them.
func Provision(ctx context.Context, adminURL string, passwords map[string]string) error {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("connect to provision: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	// Roles belong to the whole server, locks to one database: whoever provisions
	// another one at this moment may be in the way, and is waited for.
	for attempt := range 50 {
		err = provision(ctx, conn, passwords)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "XX000" || !strings.Contains(pg.Message, "concurrently") {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(attempt+1) * 10 * time.Millisecond):
		}
	}
	return err
}

func provision(ctx context.Context, conn *pgx.Conn, passwords map[string]string) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, role := range []string{RoleMigrator, RoleApp, RoleAuth, RoleWorker} {
			if err := provisionRole(ctx, tx, role, passwords[role]); err != nil {
				return fmt.Errorf("role %s: %w", role, err)
			}
		}
		_, err := tx.Exec(ctx, `DO $$ BEGIN
			EXECUTE format('GRANT paceline_migrator TO %I', current_user);
			EXECUTE format('GRANT ALL ON DATABASE %I TO paceline_migrator', current_database());
			GRANT ALL ON SCHEMA public TO paceline_migrator WITH GRANT OPTION;
			REVOKE ALL ON SCHEMA public FROM PUBLIC;
		END $$`)
		return err
	})
}

func provisionRole(ctx context.Context, tx pgx.Tx, role, password string) error {
	// Whoever comes second finds the role there.
	_, err := tx.Exec(ctx, `DO $$ BEGIN
		CREATE ROLE `+pgx.Identifier{role}.Sanitize()+` LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
	EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
	END $$`)
	if err != nil {
		return err
	}
	if password == "" {
		return nil
	}
	// DDL takes no parameters; the server quotes the password itself.
	var statement string
	err = tx.QueryRow(ctx, `SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)`, role, password).Scan(&statement)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, statement)
	return err
}

// CreateDatabase makes a database on a server, if it isn't there.
func CreateDatabase(ctx context.Context, serverURL, name string) (err error) {
	conn, err := pgx.Connect(ctx, serverURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	return err
}

// Migrate brings the schema up to the newest step, as the migrator.
func Migrate(_ context.Context, adminURL string) error {
	return withMigrations(adminURL, migrations.FS, func(m *migrate.Migrate) error {
		if err := m.Up(); err != nil && !errors.Is(err, migrate.ErrNoChange) {
			return err
		}
		return nil
	})
}

// MigrateTo goes up or down to a step; 0 takes everything away.
func MigrateTo(_ context.Context, adminURL string, step uint) error {
	return withMigrations(adminURL, migrations.FS, func(m *migrate.Migrate) error {
		var err error
		if step == 0 {
			err = m.Down()
		} else {
			err = m.Migrate(step)
		}
		if err != nil && !errors.Is(err, migrate.ErrNoChange) {
			return err
		}
		return nil
	})
}

func withMigrations(adminURL string, files fs.FS, fn func(*migrate.Migrate) error) (err error) {
	conf, err := pgx.ParseConfig(adminURL)
	if err != nil {
		return errors.New("the database URL can't be read")
	}
	// All that is made belongs to the migrator, whoever connects.
	conf.RuntimeParams["role"] = RoleMigrator
	source, err := iofs.New(files, ".")
	if err != nil {
		return err
	}
	target, err := migratepgx.WithInstance(stdlib.OpenDB(*conf), &migratepgx.Config{})
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	m, err := migrate.NewWithInstance("iofs", source, conf.Database, target)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() {
		from, to := m.Close()
		err = errors.Join(err, from, to)
	}()
	return fn(m)
}
