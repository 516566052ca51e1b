package db

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Once runs single statements that no viewer asked for, as the role that keeps
// credentials: each in one round trip and a transaction of its own. It fits the
// interface that compiled queries take.
type Once struct{ pool *pgxpool.Pool }

// Once gives a way for single statements; it is for limits, whose functions are
// all that such a statement calls.
func (d *DB) Once(_ Reason) Once { return Once{d.auth} }

// Exec runs a statement without rows.
func (o Once) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	tag, err := o.pool.Exec(ctx, sql, args...)
	return tag, translate(err)
}

// Query runs a statement with rows.
func (o Once) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := o.pool.Query(ctx, sql, args...)
	return rows, translate(err)
}

// QueryRow runs a statement with one row.
func (o Once) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return translatedRow{o.pool.QueryRow(ctx, sql, args...)}
}

type translatedRow struct{ pgx.Row }

func (r translatedRow) Scan(into ...any) error { return translate(r.Row.Scan(into...)) }
