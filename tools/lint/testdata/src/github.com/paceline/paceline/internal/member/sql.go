package member

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/member/query"
)

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func fine(ctx context.Context, d *db.DB, c db.Caller) error {
	return d.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		_ = query.New(tx)
		_ = (query.New)(tx)
		rows, err := tx.Query(ctx, `SELECT name FROM member WHERE id = $1`, 1)
		_, _ = pgx.CollectRows(rows)
		return err
	})
}

func beside(ctx context.Context, pool *pgxpool.Pool, q querier, tx *db.SystemTx) {
	conn, _ := pgx.Connect(ctx, "postgres://") // want `Connect reaches PostgreSQL without a viewer`
	_ = conn.QueryRow(ctx, `SELECT 1`)         // want `QueryRow reaches PostgreSQL`
	_, _ = pool.Exec(ctx, `SELECT 1`)          // want `Exec reaches PostgreSQL`
	_, _ = pool.Acquire(ctx)                   // want `Acquire reaches PostgreSQL`
	exec := pool.Exec                          // want `Exec reaches PostgreSQL`
	_, _ = exec(ctx, `SELECT 1`)
	_ = q.QueryRow(ctx, `SELECT 1`) // want `QueryRow reaches PostgreSQL`
	_ = tx.QueryRow(ctx, `SELECT 1`)
	_ = tx.Tx.QueryRow(ctx, `SELECT 1`)                             // want `QueryRow reaches PostgreSQL`
	_ = pgx.BeginFunc(ctx, pool, func(pgx.Tx) error { return nil }) // want `BeginFunc reaches PostgreSQL`
	_ = query.New(conn)                                             // want `queries run on the`
	make := query.New                                               // want `queries run on the`
	_ = make(conn).WithTx(nil)                                      // want `queries run on the`
}
