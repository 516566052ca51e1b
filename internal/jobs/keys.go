package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/seal"
)

const sweepPage = 500

// eachKey visits every member's key, a page in a transaction.
func eachKey(ctx context.Context, d *db.DB, now time.Time,
	visit func(ctx context.Context, q *query.Queries, row query.MemberKey) error,
) error {
	for after, more := uuid.Nil, true; more; {
		err := d.AsWorker(ctx, db.ReasonRotateKeys, now, func(ctx context.Context, tx *db.SystemTx) error {
			q := query.New(tx)
			rows, err := q.ListMemberKeys(ctx, after, sweepPage)
			if err != nil {
				return err
			}
			for _, row := range rows {
				after = row.MemberID
				if err := visit(ctx, q, row); err != nil {
					return err
				}
			}
			more = len(rows) == sweepPage
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// KeysLeft counts the members' keys that another key than the ring's primary
// still wraps. While there are any, a former primary has to stay in the ring.
func KeysLeft(ctx context.Context, d *db.DB, primary string, now time.Time) (int, error) {
	left := 0
	err := eachKey(ctx, d, now, func(_ context.Context, _ *query.Queries, row query.MemberKey) error {
		if id, err := seal.Wrapped(row.Wrapped).KeyID(); err != nil || id != primary {
			left++
		}
		return nil
	})
	return left, err
}
