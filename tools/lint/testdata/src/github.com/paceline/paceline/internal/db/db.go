package db

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paceline/paceline/internal/privacy"
)

type Caller struct{}

type Reason string

type DB struct{ pool *pgxpool.Pool }

type statements interface {
	Exec(ctx context.Context, sql string, args ...any) (pgx.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

type Tx struct{ statements }

type SystemTx struct{ pgx.Tx }

// The way itself: nothing here is refused.
func Open(ctx context.Context) (*DB, error) {
	pool, err := pgxpool.NewWithConfig(ctx, nil)
	return &DB{pool}, err
}

func (d *DB) AsViewer(ctx context.Context, c Caller, fn func(context.Context, *Tx) error) error {
	_, err := d.pool.Exec(ctx, "BEGIN")
	return err
}

func (d *DB) AsSystem(ctx context.Context, why Reason, fn func(context.Context, *SystemTx) error) error {
	return nil
}

func (d *DB) AsWorker(ctx context.Context, why Reason, fn func(context.Context, *SystemTx) error) error {
	return nil
}

type Once struct{ pool *pgxpool.Pool }

func (d *DB) Once(why Reason) Once { return Once{d.pool} }

func (o Once) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row { return nil }

func WithToken(token string) Caller { return Caller{} }

func Decide(v privacy.Viewer, s privacy.Subject) (privacy.Grant, error) { return privacy.Decide(v, s) }

type forward struct{ tx *Tx }

// What is given as sql is passed on; whoever gives it is held to the rule.
func (f forward) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	b := &pgx.Batch{}
	b.Queue(sql, args...)
	return f.tx.QueryRow(ctx, sql, args...)
}

func (f forward) sorted(ctx context.Context, column string) pgx.Row {
	return f.QueryRow(ctx, "SELECT 1 ORDER BY "+column) // want `the text of a statement is a constant`
}

func (f forward) other(ctx context.Context, text string) pgx.Row {
	sql := text
	return f.tx.QueryRow(ctx, sql) // want `the text of a statement is a constant`
}

func queued(b *pgx.Batch, text string) {
	b.Queue(text) // want `the text of a statement is a constant`
}

// DDL has its exception.
func provisionRole(ctx context.Context, tx pgx.Tx, role string) {
	_, _ = tx.Exec(ctx, "CREATE ROLE "+role)
}
