package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paceline/paceline/internal/db/pipeline"
	"github.com/paceline/paceline/internal/privacy"
)

// Read runs the one statement that fn asks for, as who the caller proves to be.
// Authentication and the statement travel together and run in one transaction,
// in one round trip that they share with whoever else is waiting (package
// pipeline), and in one statement with equal ones (together). What can't travel in
// company takes a connection from the pool.
//
// Every row must bring back the viewer it was read for, in a column seen_by, as
// the view subject gives it: a statement without one is refused, and a row that
// was read for another is privacy.ErrWrongViewer before anybody scans it.
func (d *DB) Read(ctx context.Context, c Caller, fn func(ctx context.Context, tx *Tx) error) error {
	return d.read(ctx, c, fn, (*oneStatement).shared)
}

// ReadAlone is Read for a statement whose work or whose rows grow with what it
// reads: on a connection of its own, so that nobody waits behind it.
func (d *DB) ReadAlone(ctx context.Context, c Caller, fn func(ctx context.Context, tx *Tx) error) error {
	return d.read(ctx, c, fn, (*oneStatement).alone)
}

type read = func(o *oneStatement, ctx context.Context, sql string, args []any) (pgx.Rows, error)

func (d *DB) read(ctx context.Context, c Caller, fn func(ctx context.Context, tx *Tx) error, by read) error {
	if !c.asked {
		return errors.New("db: a read for no caller")
	}
	one := &oneStatement{d: d, by: by, tx: Tx{caller: c}}
	one.tx.statements = one
	defer one.end()
	return translate(fn(ctx, &one.tx))
}

var errOneStatement = errors.New("db: Read runs one statement; use AsViewer for more")

// oneStatement is the statements of a Read.
type oneStatement struct {
	d       *DB
	by      read
	tx      Tx
	sent    bool
	rows    seenRows
	release func() // of a connection from the pool
	opening [2][]byte
	at      [8]byte
}

// end makes the rows unreadable, for their buffer and their connection go on.
func (o *oneStatement) end() {
	if o.rows.Rows != nil {
		o.rows.Close()
	}
	if o.release != nil {
		o.release()
	}
}

// Exec is refused: a read has rows.
func (o *oneStatement) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, errors.New("db: Read doesn't write; use AsViewer")
}

// Query gives the rows of the statement, if the caller is anybody.
func (o *oneStatement) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if o.sent {
		return nil, errOneStatement
	}
	o.sent = true
	return o.by(o, ctx, sql, args)
}

// shared runs the statement in company, where that is possible.
func (o *oneStatement) shared(ctx context.Context, sql string, args []any) (pgx.Rows, error) {
	c := &o.tx.caller
	o.opening = [...][]byte{c.hash, pipeline.Timestamp(&o.at, c.at)}
	a, err := o.d.pipeline.Do(ctx, o.opening[:], sql, args)
	if err == pipeline.ErrAlone { //nolint:errorlint // never wrapped
		return o.alone(ctx, sql, args)
	}
	if err == pipeline.ErrMixed { //nolint:errorlint // never wrapped
		return nil, privacy.ErrWrongViewer
	}
	if a == nil {
		return nil, err
	}
	o.rows.Rows = a
	if opening := a.Opening(); opening != nil || err == nil {
		viewer, refused := readViewer(*c, opening)
		if refused != nil {
			return nil, refused // whatever became of the statement
		}
		o.tx.viewer = viewer
	}
	if err != nil {
		return nil, err
	}
	return o.rows.of(o.tx.viewer.Member())
}

// QueryRow gives the first row.
func (o *oneStatement) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := o.Query(ctx, sql, args...)
	return firstRow{rows, err}
}

// firstRow is pgx.Row.
type firstRow struct {
	rows pgx.Rows
	err  error
}

func (r firstRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}

// alone runs the statement on a connection of its own, behind its own
// authentication and within its own transaction. Where the connection had been
// lost, or what was prepared on it is obsolete, it tries another, until the pool
// can't have one like it left.
func (o *oneStatement) alone(ctx context.Context, sql string, args []any) (pgx.Rows, error) {
	for attempt := 0; ; attempt++ {
		rows, err := o.batch(ctx, sql, args)
		if err == nil || attempt > int(o.d.app.Config().MaxConns) || !worthAnother(err) {
			return rows, err
		}
		o.end()
		o.rows, o.release = seenRows{}, nil
	}
}

func (o *oneStatement) batch(ctx context.Context, sql string, args []any) (pgx.Rows, error) {
	conn, err := o.d.app.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	if o.tx.caller.job == jobLive {
		b.Queue(authenticateLive, o.tx.caller.hash, o.tx.caller.at)
	} else {
		b.Queue(authenticate, o.tx.caller.hash, o.tx.caller.at)
	}
	b.Queue(sql, args...)
	results := conn.SendBatch(ctx, b)
	o.release = func() {
		_ = results.Close() // its errors are those of the rows
		conn.Release()
	}
	if o.tx.viewer, err = scanViewer(o.tx.caller, results.QueryRow()); err != nil {
		return nil, err
	}
	if o.rows.Rows, err = results.Query(); err != nil {
		return nil, err
	}
	return o.rows.of(o.tx.viewer.Member())
}

// worthAnother: the connection went, or what was prepared on it is out of date.
// Not: there is no connection to be had.
func worthAnother(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "0A000" || pg.Code == "26000" || pg.SeverityUnlocalized == "FATAL"
	}
	var connect *pgconn.ConnectError
	return !errors.As(err, &connect) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) && connectionLost(err)
}
