package notice

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/notice/query"
)

// Tx is a transaction of whoever tells: a *db.Tx, or a *db.SystemTx of a job.
type Tx interface {
	query.DBTX
	Now() time.Time
}

// Notice is what a feature tells somebody. The zero id is none.
type Notice struct {
	To     uuid.UUID
	Kind   Kind
	Object uuid.UUID
	Part   uuid.UUID
}

// Add tells a member of something, in the transaction in which it happens, so that there
// is no notice of what didn't, and none is lost of what did. Where the kind is Named, the
// actor is the viewer of the transaction, and there has to be one. Add doesn't say whether
// the member is told: whoever acts is not to know whether they blocked them or listen.
func Add(ctx context.Context, tx Tx, n Notice) error {
	r, ok := RuleOf(n.Kind)
	if !ok {
		return fmt.Errorf("notice: no such kind: %q", n.Kind)
	}
	return query.New(tx).AddNotice(ctx, query.AddNoticeParams{
		Recipient: n.To, Kind: string(n.Kind), Named: r.Named, Object: orNull(n.Object), Part: orNull(n.Part),
		At: tx.Now(), Renews: r.Renews, Safety: r.Safety, Mails: r.Safety && !r.Apart,
	})
}

func orNull(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }
