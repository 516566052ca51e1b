package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
)

const (
	pointBatch = 20        // workouts of, say, a thousand followers each
	feedBatch  = 100       // readers
	tidyEvery  = time.Hour // for what grew, and for what programs before this one wrote
)

// tendFeeds gives pointers to workouts that have none, and fills feeds that never
// were. Until it has, reads of the feed do without, which is slower.
func (r *Runner) tendFeeds(ctx context.Context) error {
	err := r.batches(ctx, "pointed feeds to workouts", pointBatch, func(ctx context.Context, q *query.Queries) (int32, error) {
		return q.PointWaiting(ctx, pointBatch)
	})
	if err != nil {
		return err
	}
	return r.batches(ctx, "filled feeds", feedBatch, func(ctx context.Context, q *query.Queries) (int32, error) {
		return q.FillFeeds(ctx, feedBatch)
	})
}

// batches runs a statement, a transaction each, until it finds less to do than it may.
func (r *Runner) batches(ctx context.Context, did string, most int32, statement func(context.Context, *query.Queries) (int32, error)) error {
	var all int64
	for more := true; more; {
		err := r.DB.AsWorker(ctx, db.ReasonTendLists, r.Now(), func(ctx context.Context, tx *db.SystemTx) error {
			n, err := statement(ctx, query.New(tx))
			all += int64(n)
			more = n == most
			return err
		})
		if err != nil {
			return err
		}
	}
	r.report(ctx, "feeds", did, all)
	return nil
}

// tidyLists cuts feeds to the newest pointers, and brings the directory in step
// with names and settings, if the last time was long ago.
func (r *Runner) tidyLists(ctx context.Context) error {
	now := r.Now()
	if now.Before(r.tidiedAt.Add(tidyEvery)) {
		return nil
	}
	for _, next := range []func(ctx context.Context, q *query.Queries, after uuid.UUID) (uuid.UUID, error){
		func(ctx context.Context, q *query.Queries, after uuid.UUID) (uuid.UUID, error) {
			return q.TrimFeeds(ctx, after, sweepPage)
		},
		func(ctx context.Context, q *query.Queries, after uuid.UUID) (uuid.UUID, error) {
			return q.EnlistNext(ctx, after, sweepPage)
		},
	} {
		for after, more := uuid.Nil, true; more; {
			err := r.DB.AsWorker(ctx, db.ReasonTendLists, now, func(ctx context.Context, tx *db.SystemTx) (err error) {
				after, err = next(ctx, query.New(tx), after)
				more = after != uuid.Nil
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	r.tidiedAt = now
	return nil
}
