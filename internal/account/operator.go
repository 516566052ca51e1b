package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
)

// Create makes an account at once, without a mail. It is the operator's, for the
// demo world, and for tests: no request reaches it. A demo password is published
// anyway and so need only be long enough. It is a conflict when address or name
// is taken; reserved names are not refused.
func (s *Service) Create(ctx context.Context, at time.Time, r Registration, demo bool) (uuid.UUID, error) {
	check := r.check
	if demo {
		check = func(now time.Time) error {
			if err := r.checkPerson(now); err != nil {
				return err
			}
			return checkLength("/password", r.Password)
		}
	}
	if err := check(at); err != nil {
		return uuid.Nil, err
	}
	return s.createNow(ctx, at, r, func(context.Context, *query.Queries, uuid.UUID) error { return nil })
}

// CreateAdmin is Create, with no exception for the password, for an account that
// may administer. It is the one way to the first of them.
func (s *Service) CreateAdmin(ctx context.Context, at time.Time, r Registration) (uuid.UUID, error) {
	if err := r.check(at); err != nil {
		return uuid.Nil, err
	}
	return s.createNow(ctx, at, r, func(ctx context.Context, q *query.Queries, id uuid.UUID) error {
		return q.AddStaffRole(ctx, query.AddStaffRoleParams{MemberID: id, Role: "admin", Now: at})
	})
}

func (s *Service) createNow(ctx context.Context, at time.Time, r Registration, also func(context.Context, *query.Queries, uuid.UUID) error) (uuid.UUID, error) {
	hash, err := s.hash.make(ctx, db.Origin{}, r.Password)
	if err != nil {
		return uuid.Nil, err
	}
	var id uuid.UUID
	err = s.DB.AsSystem(ctx, db.ReasonRegister, at, func(ctx context.Context, tx *db.SystemTx) (err error) {
		q := query.New(tx)
		id, err = s.create(ctx, q, at, newAccount{
			email: r.Email, username: r.Username, displayName: r.DisplayName, birthDate: r.BirthDate, passwordHash: hash,
		})
		if err != nil {
			return err
		}
		return also(ctx, q, id)
	})
	if err != nil {
		return uuid.Nil, err
	}
	return id, nil
}
