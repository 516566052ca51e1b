package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Read runs the one statement that fn asks for, as who the caller proves to be.
// Authentication and the statement travel together and run in one transaction,
// in one round trip.
func (d *DB) Read(ctx context.Context, c Caller, fn func(ctx context.Context, tx *Tx) error) error {
	if !c.asked {
		return errors.New("db: a read for no caller")
	}
	conn, err := d.app.Acquire(ctx)
	if err != nil {
		return translate(err)
	}
	defer conn.Release()
	tx := &Tx{caller: c}
	one := &oneStatement{conn: conn, tx: tx}
	tx.statements = one
	err = fn(ctx, tx)
	if one.pending {
		err = errors.Join(err, one.batch.Close())
	}
	return translate(err)
}

var errOneStatement = errors.New("db: Read runs one statement; use AsViewer for more")

// oneStatement sends authenticate and a statement as one group. The group ends
// with a sync, so it is a transaction of its own.
type oneStatement struct {
	conn    *pgxpool.Conn
	tx      *Tx
	batch   pgx.BatchResults
	sent    bool
	pending bool
}

func (o *oneStatement) send(ctx context.Context, sql string, args []any) error {
	if o.sent {
		return errOneStatement
	}
	o.sent = true
	b := &pgx.Batch{}
	b.Queue(authenticate, o.tx.caller.hash, o.tx.caller.at)
	b.Queue(sql, args...)
	o.batch = o.conn.SendBatch(ctx, b)
	o.pending = true
	viewer, err := scanViewer(o.batch.QueryRow())
	o.tx.viewer = viewer
	return err
}

// Exec is refused: a read has rows.
func (o *oneStatement) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, errors.New("db: Read doesn't write; use AsViewer")
}

func (o *oneStatement) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := o.send(ctx, sql, args); err != nil {
		return nil, err
	}
	return o.batch.Query()
}

func (o *oneStatement) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := o.send(ctx, sql, args); err != nil {
		return failedRow{err}
	}
	return o.batch.QueryRow()
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }
