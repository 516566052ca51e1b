package jobs

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/db"
)

// settleClasses does what is due of scheduled classes: seats for who waits for one, and the end of the
// bookings of a class that was cancelled. Each is a transaction of its own, behind the lock of the class.
func (r *Runner) settleClasses(ctx context.Context) error {
	var due []uuid.UUID
	err := r.DB.AsWorker(ctx, db.ReasonSettleClasses, r.Now(), func(ctx context.Context, tx *db.SystemTx) (err error) {
		due, err = booking.Due(ctx, tx)
		return err
	})
	for _, id := range due {
		err = errors.Join(err, r.DB.AsWorker(ctx, db.ReasonSettleClasses, r.Now(), func(ctx context.Context, tx *db.SystemTx) error {
			return booking.Settle(ctx, tx, id)
		}))
	}
	return err
}

// clearBookings deletes those that are past their time.
func (r *Runner) clearBookings(ctx context.Context) error {
	var cleared int64
	err := r.DB.AsWorker(ctx, db.ReasonRetention, r.Now(), func(ctx context.Context, tx *db.SystemTx) (err error) {
		cleared, err = booking.Clear(ctx, tx)
		return err
	})
	r.report(ctx, "retention", "cleared classes of long ago", cleared)
	return err
}
