package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/load"
)

// What goals 11 and 12 have in common: rides that come in, against what keeps their bytes and does
// nothing else with them.

// bare are connections to the database, one for each worker, with a table for bytes.
type bare struct {
	conns []*pgx.Conn
	began time.Time
}

func (b *bench) openBare(ctx context.Context, workers int) (*bare, error) {
	out := &bare{began: time.Now()}
	for range workers {
		conn, err := pgx.Connect(ctx, b.url)
		if err != nil {
			out.close(ctx)
			return nil, err
		}
		out.conns = append(out.conns, conn)
	}
	_, err := out.conns[0].Exec(ctx, `CREATE TABLE IF NOT EXISTS floor.sent (id uuid PRIMARY KEY, content bytea NOT NULL)`)
	if err == nil {
		// As a member's samples are kept: outside of the row, and as they are.
		_, err = out.conns[0].Exec(ctx, `ALTER TABLE floor.sent ALTER COLUMN content SET STORAGE EXTERNAL`)
	}
	return out, err
}

func (o *bare) close(ctx context.Context) {
	for _, conn := range o.conns {
		_ = conn.Close(context.WithoutCancel(ctx))
	}
}

// forget takes away what came in meanwhile on either side, past all walls, and what the service noted of it.
func (o *bare) forget(ctx context.Context) error {
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{`DELETE FROM feed_pointer WHERE workout_id IN (SELECT id FROM workout WHERE created_at >= $1)`, []any{o.began}},
		{`DELETE FROM sync_workout WHERE touched_at >= $1`, []any{o.began}},
		{`DELETE FROM original WHERE created_at >= $1`, []any{o.began}},
		{`DELETE FROM workout WHERE created_at >= $1`, []any{o.began}},
		{`TRUNCATE floor.sent, floor.sample`, nil},
	} {
		if _, err := o.conns[0].Exec(ctx, s.sql, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// against lets the service and others that keep the same bytes take turns, a request each being so many
// of what is counted.
func (b *bench) against(ctx context.Context, what string, service load.Loop, others ...load.Side) ([]load.Figures, error) {
	sides := []load.Side{{Name: "Paceline", Service: b.service.pid(), Before: b.service.tidy, Loop: service}}
	for _, o := range others {
		o.Service = b.floor.pid() // idle: they work in the generator
		sides = append(sides, o)
	}
	figures, err := load.Rounds(ctx, b.rounds, b.postgres, sides...)
	if err != nil {
		return nil, err
	}
	b.report.table(b.out, fmt.Sprintf("%s, %d connections", what, service.Connections), figures...)
	return figures, nil
}
