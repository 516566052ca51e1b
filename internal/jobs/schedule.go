package jobs

import (
	"context"

	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/db"
)

// layOut brings the schedule up to its horizon, a series at a time, each in a transaction of its own.
func (r *Runner) layOut(ctx context.Context) error {
	var all int64
	for more := true; more; {
		err := r.DB.AsWorker(ctx, db.ReasonSchedule, r.Now(), func(ctx context.Context, tx *db.SystemTx) (err error) {
			more, err = class.LayOutNext(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		if more {
			all++
		}
	}
	r.report(ctx, "schedule", "laid out series", all)
	return nil
}
