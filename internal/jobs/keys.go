package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/seal"
)

// KeysLeft counts the members' keys that another key than the ring's primary
// still wraps. While there are any, a former primary has to stay in the ring.
func KeysLeft(ctx context.Context, d *db.DB, primary string, now time.Time) (int, error) {
	left := 0
	for after, more := uuid.Nil, true; more; {
		err := d.AsWorker(ctx, db.ReasonRotateKeys, now, func(ctx context.Context, tx *db.SystemTx) error {
			rows, err := query.New(tx).ListMemberKeys(ctx, after, sweepPage)
			for _, row := range rows {
				after = row.MemberID
				if id, err := seal.Wrapped(row.Wrapped).KeyID(); err != nil || id != primary {
					left++
				}
			}
			more = len(rows) == sweepPage
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return left, nil
}
