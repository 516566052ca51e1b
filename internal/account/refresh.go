package account

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
)

// Refresh trades a refresh token for new tokens; the session's old access token
// ends. A token that was traded before ends its session, for good and at once.
func (s *Service) Refresh(ctx context.Context, c db.Caller, token string) (Tokens, error) {
	now, hash := c.At(), tokenHash(token)
	var out Tokens
	var refused, reused bool
	err := s.DB.AsSystem(ctx, db.ReasonRefresh, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		row, err := q.TurnIn(ctx, now, hash)
		if errors.Is(err, pgx.ErrNoRows) {
			ended, err := q.EndReusedSession(ctx, now, hash)
			refused, reused = true, ended > 0
			return err
		}
		if err != nil {
			return err
		}
		if err := q.DropAccessTokens(ctx, row.MemberID, row.SessionID); err != nil {
			return err
		}
		if err := q.TouchSession(ctx, query.TouchSessionParams{Now: now, MemberID: row.MemberID, ID: row.SessionID}); err != nil {
			return err
		}
		out, err = addTokens(ctx, q, row.MemberID, row.SessionID, now, row.ExpiresAt)
		return err
	})
	if err != nil {
		return Tokens{}, err
	}
	if reused {
		s.Observe.Event(ctx, observe.TokenReuse)
	}
	if refused {
		s.Observe.Event(ctx, observe.TokenRefused)
		return Tokens{}, fault.Unauthenticated("invalid_token", "the token is not valid, or no longer")
	}
	return out, nil
}
