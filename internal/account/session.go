package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/privacy"
)

// Session is where a member is signed in.
type Session struct {
	ID         uuid.UUID
	Kind       string // bearer, cookie or ride
	Label      string
	CreatedAt  time.Time
	LastUsedAt time.Time // at most five minutes old while it is in use
	ExpiresAt  time.Time // the absolute limit; it ends sooner when idle
	Current    bool      // whether the caller came with it
}

// Sessions are where the caller is signed in, the last used first. They are
// guarded like the e-mail address: nothing can widen who sees them.
func (s *Service) Sessions(ctx context.Context, c db.Caller) ([]privacy.Guarded[Session], privacy.Grant, error) {
	var list []privacy.Guarded[Session]
	var grant privacy.Grant
	if c.Anonymous() {
		return nil, grant, errSignIn()
	}
	now := c.At()
	err := s.DB.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		rows, err := query.New(tx).ListSessions(ctx, query.ListSessionsParams{
			Now: now, CookieUsedAfter: now.Add(-cookieIdle), BearerUsedAfter: now.Add(-refreshIdle),
			RideUsedAfter: now.Add(-rideIdle), AtMost: maxSessions,
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if grant, err = db.Subject(row.Subject).Decide(tx); err != nil {
				return err
			}
			list = append(list, privacy.Guard(row.MemberID, privacy.Email, Session{
				ID: row.ID, Kind: row.Kind, Label: row.Label,
				CreatedAt: row.CreatedAt, LastUsedAt: row.LastUsedAt, ExpiresAt: row.ExpiresAt,
				Current: row.ID == tx.Viewer().Session(),
			}))
		}
		return nil
	})
	return list, grant, err
}

// Logout ends the session that the caller came with.
func (s *Service) Logout(ctx context.Context, c db.Caller) error {
	return s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		_, err := query.New(tx).EndSession(ctx, tx.Now(), tx.Viewer().Session())
		return err
	})
}

// RevokeSession ends one of the caller's sessions; any other is not found.
func (s *Service) RevokeSession(ctx context.Context, c db.Caller, id uuid.UUID) error {
	err := s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		ended, err := query.New(tx).EndSession(ctx, tx.Now(), id)
		if err == nil && ended == 0 {
			return fault.NotFound()
		}
		return err
	})
	if err == nil {
		s.Observe.Event(ctx, observe.SessionsRevoked)
	}
	return err
}

// RevokeOtherSessions ends all of the caller's sessions but the one they came with.
func (s *Service) RevokeOtherSessions(ctx context.Context, c db.Caller) error {
	err := s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		now := tx.Now()
		_, err := query.New(tx).EndOtherSessions(ctx, now, tx.Viewer().Session())
		return err
	})
	if err == nil {
		s.Observe.Event(ctx, observe.SessionsRevoked)
	}
	return err
}
