package account

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/pairing"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/text"
)

// Console is a bike, treadmill or rower that a member paired.
type Console struct {
	ID         uuid.UUID
	Name       string
	Model      string // the registry's name
	Firmware   string
	Scopes     []pairing.Scope
	Shared     bool // whether others may sign in on it for a ride
	CreatedAt  time.Time
	LastUsedAt time.Time // the hour
	ExpiresAt  time.Time
}

// Consoles are the caller's, the newest first. They are guarded like the sessions they are.
func (s *Service) Consoles(ctx context.Context, c db.Caller) ([]privacy.Guarded[Console], privacy.Grant, error) {
	return s.consoles(ctx, c, uuid.NullUUID{})
}

func (s *Service) consoles(ctx context.Context, c db.Caller, id uuid.NullUUID) ([]privacy.Guarded[Console], privacy.Grant, error) {
	var list []privacy.Guarded[Console]
	var grant privacy.Grant
	if c.Anonymous() {
		return nil, grant, errSignIn()
	}
	err := s.DB.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		rows, err := query.New(tx).ListConsoles(ctx, query.ListConsolesParams{
			Now: c.At(), UsedAfter: c.At().Add(-consoleIdle), ID: id, AtMost: maxConsoles,
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if grant, err = db.Subject(row.Subject).Decide(tx); err != nil {
				return err
			}
			list = append(list, privacy.Guard(row.MemberID, privacy.Email, Console{
				ID: row.ID, Name: row.Name, Model: row.Model, Firmware: row.Firmware, Scopes: splitScopes(row.Scopes), Shared: row.Shared,
				CreatedAt: row.CreatedAt, LastUsedAt: row.LastUsedAt, ExpiresAt: row.ExpiresAt,
			}))
		}
		return nil
	})
	return list, grant, err
}

// ConsoleEdit is what to change of a console; nil stays.
type ConsoleEdit struct {
	Name   *string
	Shared *bool
}

// EditConsole changes one of the caller's consoles, and gives it as it is then. Only a
// studio's can be shared; one that is shared no more ends the ride on it.
func (s *Service) EditConsole(ctx context.Context, c db.Caller, id uuid.UUID, e ConsoleEdit) (privacy.Guarded[Console], privacy.Grant, error) {
	err := s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		owner := tx.Viewer().Member()
		if _, err := q.LockConsole(ctx, query.LockConsoleParams{MemberID: owner, ID: id, Now: tx.Now()}); errors.Is(err, pgx.ErrNoRows) {
			return fault.NotFound()
		} else if err != nil {
			return err
		}
		if e.Name != nil {
			if err := checkConsoleName(*e.Name); err != nil {
				return err
			}
		}
		if e.Shared != nil && *e.Shared {
			if studio, err := q.HasStudio(ctx); err != nil || !studio {
				return errors.Join(err, fault.Forbidden("no_studio", "only a studio's consoles can be shared; ask whoever runs this service"))
			}
		}
		if e.Shared != nil && !*e.Shared {
			if err := endRides(ctx, q, tx.Now(), owner, id); err != nil {
				return err
			}
		}
		return q.EditConsole(ctx, query.EditConsoleParams{
			Name: e.Name, SetShared: e.Shared != nil, Shared: e.Shared != nil && *e.Shared, ID: id,
		})
	})
	if err != nil {
		return privacy.Guarded[Console]{}, privacy.Grant{}, err
	}
	list, grant, err := s.consoles(ctx, c, uuid.NullUUID{UUID: id, Valid: true})
	if err == nil && len(list) == 0 {
		err = fault.NotFound() // revoked meanwhile
	}
	if err != nil {
		return privacy.Guarded[Console]{}, privacy.Grant{}, err
	}
	return list[0], grant, nil
}

// RevokeConsole ends one of the caller's consoles, and the ride on it, from the very next
// statement on.
func (s *Service) RevokeConsole(ctx context.Context, c db.Caller, id uuid.UUID) error {
	err := s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		ended, err := q.RevokeConsole(ctx, tx.Now(), id)
		if err != nil {
			return err
		}
		if ended == 0 {
			return fault.NotFound()
		}
		return endRides(ctx, q, tx.Now(), tx.Viewer().Member(), id)
	})
	if err == nil {
		s.Observe.Event(ctx, observe.SessionsRevoked)
	}
	return err
}

const maxConsoleName = 64 // characters

func checkConsoleName(name string) error {
	if text.Line(name) != nil || utf8.RuneCountInString(name) > maxConsoleName || name == "" {
		return fault.Unprocessable("invalid_name", "choose another name",
			fault.At("/name", "invalid_name", "has 1 to 64 visible characters on one line"))
	}
	return nil
}
