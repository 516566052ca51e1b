package build

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
)

// taken is what was taken off the tables while they are filled, as the statements that put it
// back: keys and indexes first, then the references, which need the keys. The catalogue tells, so
// a migration may add one without a word here.
type taken struct{ indexes, references []string }

const (
	listReferences = `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
			format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
		FROM pg_constraint WHERE contype = 'f' AND (conrelid = ANY ($1::text[]::regclass[]) OR confrelid = ANY ($1::text[]::regclass[]))`
	listKeys = `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
			format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
		FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid = ANY ($1::text[]::regclass[])`
	listIndexes = `SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
		FROM pg_index WHERE indrelid = ANY ($1::text[]::regclass[])
		AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))`
)

func takeOff(ctx context.Context, conn *pgx.Conn, tables []string) (taken, error) {
	var t taken
	for _, step := range []struct {
		list string
		back *[]string
	}{{listReferences, &t.references}, {listKeys, &t.indexes}, {listIndexes, &t.indexes}} {
		rows, err := conn.Query(ctx, step.list, tables)
		if err != nil {
			return t, err
		}
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Drop, Back string }])
		if err != nil {
			return t, err
		}
		for _, f := range found {
			if _, err := conn.Exec(ctx, f.Drop); err != nil {
				return t, fmt.Errorf("%s: %w", f.Drop, err)
			}
			*step.back = append(*step.back, f.Back)
		}
	}
	return t, nil
}

// inParallel runs steps on so many connections of their own, and gives the first error.
func inParallel[T any](ctx context.Context, url string, n int, steps []T, run func(ctx context.Context, conn *pgx.Conn, step T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan T)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			conn, err := connect(ctx, url)
			if err != nil {
				cancel(err)
				return
			}
			defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to lose
			for step := range queue {
				if err := run(ctx, conn, step); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	for _, step := range steps {
		select {
		case queue <- step:
		case <-ctx.Done():
		}
	}
	close(queue)
	all.Wait()
	return context.Cause(ctx)
}

// connect opens a connection of the superuser's, for large steps.
func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	conf, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	conf.RuntimeParams["maintenance_work_mem"] = "512MB"
	conf.RuntimeParams["work_mem"] = "256MB"
	conf.RuntimeParams["application_name"] = "bench build"
	return pgx.ConnectConfig(ctx, conf)
}
