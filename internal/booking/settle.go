package booking

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/booking/query"
	"github.com/paceline/paceline/internal/db"
)

// settle gives the seats of a class that are free to who waits for them, and tells them.
func settle(ctx context.Context, tx *db.Tx, id uuid.UUID) error {
	return query.New(tx).PromoteWaiting(ctx, id, tx.Now())
}

// Due are classes of which something is due, by the job's role.
func Due(ctx context.Context, tx *db.SystemTx) ([]uuid.UUID, error) {
	return query.New(tx).DueClasses(ctx, tx.Now(), 100)
}

// Settle does what is due of a class, or of one with very many members a part: seats for who waits, the
// end of a class that was cancelled, and word to who has a seat that it was moved. Whoever moves or cancels
// a class need not think of it.
func Settle(ctx context.Context, tx *db.SystemTx, id uuid.UUID) error {
	return query.New(tx).SettleClass(ctx, id, tx.Now())
}

// Clear deletes what is kept of some classes that ended before then, and says of how many.
func Clear(ctx context.Context, tx *db.SystemTx) (int64, error) {
	n, err := query.New(tx).ClearBookings(ctx, tx.Now().Add(-keep), 500)
	return int64(n), err
}

// keep is how long a booking is kept behind its class: a season of every kind, for whoever looks back.
const keep = 400 * day
