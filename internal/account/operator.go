package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/text"
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

// CreateMany makes accounts that share a password, which is hashed once, and signs each of them in:
// thousands of hashes would take minutes. It is the demo world's alone. An account that is there
// already is signed in by the password, so that a load that was cut off can go on.
func (s *Service) CreateMany(ctx context.Context, at time.Time, password string, people []Registration) ([]Made, error) {
	hash, err := s.hash.make(ctx, db.Origin{}, password)
	if err != nil {
		return nil, err
	}
	all := make([]Made, 0, len(people))
	for _, r := range people {
		if err := r.checkPerson(at); err != nil {
			return nil, err
		}
		var id uuid.UUID
		var token Secret
		err := s.DB.AsSystem(ctx, db.ReasonRegister, at, func(ctx context.Context, tx *db.SystemTx) (err error) {
			q := query.New(tx)
			id, err = s.create(ctx, q, at, newAccount{
				email: r.Email, username: r.Username, displayName: r.DisplayName, birthDate: r.BirthDate, passwordHash: hash,
			})
			if err != nil {
				return err
			}
			session, ends, err := addSession(ctx, q, id, newSession{kind: bearerSession, life: accessLife}, at)
			if err != nil {
				return err
			}
			token, err = addToken(ctx, q, id, session, accessToken, at, ends)
			return err
		})
		if errors.Is(err, errEmailTaken) {
			id, token, err = s.again(ctx, at, r.Email, password)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, Made{id, db.WithToken(token.text, at)})
	}
	return all, nil
}

// Made is an account that was made, and signed in.
type Made struct {
	ID     uuid.UUID
	Caller db.Caller
}

// again signs in to an account that was there.
func (s *Service) again(ctx context.Context, at time.Time, email, password string) (id uuid.UUID, token Secret, err error) {
	tokens, err := s.Login(ctx, db.Anonymous(at), Login{Email: email, Password: password})
	if err != nil {
		return id, token, err
	}
	err = s.DB.AsSystem(ctx, db.ReasonLogin, at, func(ctx context.Context, tx *db.SystemTx) error {
		row, err := query.New(tx).FindAccount(ctx, text.FoldASCII(email))
		id = row.MemberID
		return err
	})
	return id, tokens.Access, err
}

// CreateAdmin is Create, with no exception for the password, for an account that
// may administer. It is the one way to the first of them.
func (s *Service) CreateAdmin(ctx context.Context, at time.Time, r Registration) (uuid.UUID, error) {
	if err := r.check(at); err != nil {
		return uuid.Nil, err
	}
	return s.createNow(ctx, at, r, func(ctx context.Context, q *query.Queries, id uuid.UUID) error {
		if err := q.AddStaffRole(ctx, query.AddStaffRoleParams{MemberID: id, Role: "admin", Now: at}); err != nil {
			return err
		}
		_, err := q.AuditOperator(ctx, query.AuditOperatorParams{Act: "role.granted", Subject: id, Object: id.String(), Details: "admin", Now: at})
		return err
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
