package booking

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/booking/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/seat"
)

// settle gives the seats of a class that are free to who waits for them. A class that the viewer can't
// see any more is settled by the job.
func settle(ctx context.Context, tx *db.Tx, id uuid.UUID) error {
	st, err := stand(ctx, tx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if n := st.class.Due(tx.Now()); n > 0 {
		return promote(ctx, tx, id, n)
	}
	return nil
}

// Due are classes of which something is due, by the job's role.
func Due(ctx context.Context, tx *db.SystemTx) ([]uuid.UUID, error) {
	return query.New(tx).DueClasses(ctx, tx.Now(), 100)
}

// Settle does what is due of a class: seats for who waits, or the end of a class that was cancelled.
func Settle(ctx context.Context, tx *db.SystemTx, id uuid.UUID) error {
	q := query.New(tx)
	if there, err := q.LockClass(ctx, id); err != nil || !there {
		return err
	}
	c, err := q.ReadRoom(ctx, id)
	if err != nil {
		return err
	}
	if c.State == stateCancelled {
		return end(ctx, tx, id)
	}
	class := seat.Class{
		StartsAt: c.StartsAt, PromoteUntil: c.PromoteUntil, Capacity: int(c.Capacity), Booked: int(c.Booked), Waiting: int(c.Waiting),
	}
	if n := class.Due(tx.Now()); n > 0 {
		return promote(ctx, tx, id, n)
	}
	return nil
}

// ClassEnded is for who has just cancelled a class, in the same transaction: its bookings end, and
// who had one is told.
func ClassEnded(ctx context.Context, tx *db.Tx, id uuid.UUID) error { return end(ctx, tx, id) }

func end(ctx context.Context, tx Tx, id uuid.UUID) error {
	members, err := query.New(tx).EndClass(ctx, id, tx.Now())
	if err != nil {
		return err
	}
	return tell(ctx, tx, notice.ClassCancelled, id, members)
}

// ClassMoved is for who has just moved a class to another time or place, in the same transaction: who
// booked it, or waits for a seat, is told.
func ClassMoved(ctx context.Context, tx *db.Tx, id uuid.UUID) error {
	members, err := query.New(tx).SeatedIn(ctx, id)
	if err != nil {
		return err
	}
	return tell(ctx, tx, notice.ClassMoved, id, members)
}

// Clear deletes what is kept of some classes that ended before then, and says of how many.
func Clear(ctx context.Context, tx *db.SystemTx) (int64, error) {
	n, err := query.New(tx).ClearBookings(ctx, tx.Now().Add(-keep), 500)
	return int64(n), err
}

// keep is how long a booking is kept behind its class: a season of every kind, for whoever looks back.
const keep = 400 * day
