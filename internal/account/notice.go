package account

import (
	"context"
	"time"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/mail"
)

// stillNew is how long an account's first programs are no news to whoever made it.
const stillNew = time.Hour

// notice tells a member by mail of a login by a kind of program that isn't among their
// sessions (ASVS 6.3.5), in the transaction that lets it in. The mail says when, and
// nothing of the program or of where it is.
func (s *Service) notice(ctx context.Context, q *query.Queries, now time.Time, a query.FindAccountRow, kind, label string) (noticed bool, err error) {
	known, err := q.KnowsProgram(ctx, query.KnowsProgramParams{MemberID: a.MemberID, Kind: kind, Label: label, NewSince: now.Add(-stillNew)})
	if err != nil || known {
		return false, err
	}
	return true, s.post(ctx, q, now, mail.Message{Kind: mail.NewLogin, To: a.Email, Data: mail.Data{At: now}})
}
