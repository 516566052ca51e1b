package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/text"
)

// birthDateColumn is where package member looks for it, as a string of dateOnly.
const birthDateColumn = "profile.birth_date_sealed"

var (
	errEmailTaken    = fault.Conflict("email_taken", "there is an account with this address")
	errUsernameTaken = fault.Conflict("username_taken", "this username is taken; choose another one").
				With(fault.At("/username", "username_taken", "is taken"))
)

type newAccount struct {
	email, username, displayName, passwordHash string
	birthDate                                  time.Time
}

// create makes a member with all that belongs to one, a key of their own first,
// or gives errEmailTaken or errUsernameTaken.
func (s *Service) create(ctx context.Context, q *query.Queries, now time.Time, a newAccount) (uuid.UUID, error) {
	id := uuid.New()
	wrapped, err := s.Ring.NewMemberKey(id)
	if err != nil {
		return id, err
	}
	key, err := s.Ring.Unwrap(id, wrapped)
	if err != nil {
		return id, err
	}
	birthDate, err := seal.SealValue(key, seal.Context{Column: birthDateColumn, Row: id}, a.birthDate.Format(dateOnly))
	if err != nil {
		return id, err
	}
	settings := privacy.DefaultSettings(age(a.birthDate, now) < adultAge)
	for _, step := range []func() error{
		func() error {
			return q.AddMember(ctx, query.AddMemberParams{
				ID: id, Private: settings.Private, Minor: settings.Minor,
				Discoverability: int16(settings.Discoverability), Audiences: int64(settings.Audiences), Now: now, //nolint:gosec // the same bits
			})
		},
		func() error {
			return q.AddMemberKey(ctx, id, wrapped)
		},
		func() error { return claimed(errEmailTaken)(q.ClaimEmail(ctx, text.FoldASCII(a.email), id)) },
		func() error { return claimed(errUsernameTaken)(q.ClaimUsername(ctx, a.username, id)) },
		func() error {
			return q.AddAccount(ctx, query.AddAccountParams{MemberID: id, Email: a.email, Now: now})
		},
		func() error {
			return q.AddCredential(ctx, query.AddCredentialParams{MemberID: id, PasswordHash: a.passwordHash, Now: now})
		},
		func() error {
			return q.AddProfile(ctx, query.AddProfileParams{
				MemberID: id, Username: a.username, DisplayName: a.displayName, SearchName: s.SearchName(a.displayName),
				BirthDateSealed: birthDate, Now: now,
			})
		},
		func() error { return q.Enlist(ctx, id) },
	} {
		if err := step(); err != nil {
			return id, err
		}
	}
	return id, nil
}

// claimed turns a claim that somebody else has into its fault.
func claimed(taken error) func(rows int64, err error) error {
	return func(rows int64, err error) error {
		if err == nil && rows == 0 {
			return taken
		}
		return err
	}
}
