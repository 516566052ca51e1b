package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
)

// notSuspended refuses whoever moderators keep out, and says why: they proved who they are. It goes in
// front of every new session; row-level security refuses one that forgot it.
func notSuspended(ctx context.Context, q *query.Queries, member uuid.UUID, now time.Time) error {
	rows, err := q.SuspensionOf(ctx, member, now)
	if err != nil || len(rows) == 0 {
		return err
	}
	return fault.Forbidden(suspended, "moderators suspended this account until "+rows[0].EndsAt.UTC().Format(time.RFC3339)+
		": "+rows[0].Words+" (POST /v1/auth/appeal, once)")
}

const suspended = "suspended"

// isSuspended says whether an error is notSuspended's.
func isSuspended(err error) bool {
	refused, is := errors.AsType[*fault.Error](err)
	return is && refused.Code == suspended
}

// AppealSuspension takes the word of somebody who can't sign in against what keeps them out. They prove
// who they are as for a login, and get no session. The words come sealed.
func (s *Service) AppealSuspension(ctx context.Context, c db.Caller, l Login, words []byte) error {
	return s.signIn(ctx, c, l, bearerSession, func(ctx context.Context, q *query.Queries, member uuid.UUID, _ bool) error {
		done, err := q.AppealSuspension(ctx, query.AppealSuspensionParams{MemberID: member, Said: words, Now: c.At()})
		if err == nil && !done {
			return fault.Conflict("nothing_to_appeal", "nothing keeps this account out, or you appealed already")
		}
		return err
	})
}
