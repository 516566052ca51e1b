// Package pgtest gives each test a PostgreSQL database of its own, in milliseconds.
//
//	func TestFollow(t *testing.T) {
//		t.Parallel()
//		d := pgtest.New(t)
//		pool, err := db.Open(ctx, db.Config{URL: d.Superuser()})
//
// Nothing has to run for it and nothing is left running. The first New of a test process starts a
// private server (package local) in one of a few folders, each used by one process at a time, so
// that `go test ./...`, which runs a process per package, needs no coordination: a process takes
// the first free folder. The server ends with the process, also when it is killed. The folder, some
// 30 MB, stays, so that the next process needs no initdb: it lies in paceline-test-UID below
// local.Scratch, that is in /dev/shm when there is room in memory.
//
// A database is a copy of a template, which holds what db.Provision and db.Migrate make; it is
// made once for each content of migrations and package db, and is empty otherwise. When either
// has changed, the folder is started afresh, so that no role or grant of the past remains.
//
// PACELINE_TEST_DATABASE_URL uses a server of your own instead. It names a superuser, and has to
// let the roles in without a password. Databases are dropped at the end of their tests; the
// templates (paceline_template_...) are kept.
//
// A test fails, and is never skipped, when there is no PostgreSQL.
//
// With goleak: the goroutine that looks after the server is
// goleak.IgnoreAnyFunction("github.com/paceline/paceline/internal/db/local.tied").
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Variable names the environment variable with the URL of a server of your own.
const Variable = "PACELINE_TEST_DATABASE_URL"

// patience bounds each step, the first of which may make a cluster on a busy machine.
const patience = 2 * time.Minute

// DB is a test's own database, at the newest migration and without a row.
type DB struct{ url string }

var paceline = &suite{schema: ours, external: os.Getenv(Variable)}

// New makes a database, which is dropped at the test's end, whatever is still connected to it.
func New(t testing.TB) *DB {
	t.Helper()
	return paceline.new(t)
}

// Superuser is the URL of the database, for the role that may do everything. Row-level security
// does not bind it: it is for setting up, and for looking behind the walls.
func (d *DB) Superuser() string { return d.url }

// URL is the URL of the database for a role, such as db.RoleApp.
func (d *DB) URL(role string) string {
	return withUser(d.url, role)
}

// Connect is a connection to a URL such as d.Superuser(), which closes at the test's end.
func Connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// Copy makes a database with all that is in this one, which nobody may be connected to. It is
// dropped at the test's end.
func (d *DB) Copy(t testing.TB) *DB {
	t.Helper()
	u, err := url.Parse(d.url)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return paceline.copyOf(t, strings.TrimPrefix(u.Path, "/"))
}

func (s *suite) new(t testing.TB) *DB {
	t.Helper()
	s.once.Do(func() { s.err = s.open() })
	if s.err != nil {
		t.Fatalf("pgtest: no database to test with: %v", s.err)
	}
	return s.copyOf(t, s.template)
}

func (s *suite) copyOf(t testing.TB, template string) *DB {
	t.Helper()
	name := "paceline_test_" + rand.Text()
	// FILE_COPY took two thirds of WAL_LOG's time here: with fsync off its checkpoints are cheap.
	statements := []string{"CREATE DATABASE " + quote(name) + " TEMPLATE " + quote(template) + " STRATEGY FILE_COPY"}
	for _, sql := range s.schema.perDatabase {
		statements = append(statements, fmt.Sprintf(sql, quote(name)))
	}
	t.Cleanup(func() {
		if err := s.execute(context.Background(), "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	if err := s.execute(t.Context(), statements...); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return &DB{url: withDatabase(s.admin, name)}
}

// execute runs statements on the server, over a connection of its own: a pool would outlive the
// tests that look for leaks.
func (s *suite) execute(ctx context.Context, statements ...string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func withUser(base, user string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic("pgtest: an unreadable URL was let in: " + err.Error()) // open has parsed it
	}
	u.User = url.User(user)
	return u.String()
}

func withDatabase(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic("pgtest: an unreadable URL was let in: " + err.Error())
	}
	u.Path = "/" + name
	return u.String()
}
