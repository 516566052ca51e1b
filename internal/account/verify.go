package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
)

// errCode is for a code that is wrong, used up or too old, and for an address
// that no code was sent to.
func errCode() error {
	return fault.Unprocessable("invalid_code", "the code is wrong, was used or is too old",
		fault.At("/code", "invalid_code", "ask for a new one if it is older than 15 minutes"))
}

// Verify makes the account that a code was mailed for. Username, if it isn't
// empty, takes the place of the registration's. It is a conflict
// (username_taken) when that one is taken or reserved: the code stays good for
// another name, as long as it has attempts left.
func (s *Service) Verify(ctx context.Context, c db.Caller, email, code, username string) error {
	now := c.At()
	if username != "" {
		if err := checkUsername(username); err != nil {
			return err
		}
	}
	email = soughtEmail(email)
	var refused error // told once what it cost is written
	err := s.DB.AsSystem(ctx, db.ReasonVerify, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		rows, err := q.LockRegistrations(ctx, query.LockRegistrationsParams{Email: email, Now: now, MaxAttempts: codeAttempts})
		if err != nil {
			return err
		}
		row, d, ids, err := s.registrationFor(rows, code)
		if err != nil {
			return err
		}
		if row == nil {
			refused = errCode()
			return q.ChargeRegistrations(ctx, ids)
		}
		if username != "" {
			d.Username = username
		}
		taken, err := q.UsernameTaken(ctx, d.Username)
		if err != nil {
			return err
		}
		if taken || isReserved(d.Username) {
			refused = errUsernameTaken
			return q.ChargeRegistrations(ctx, ids)
		}
		birthDate, err := time.Parse(dateOnly, d.BirthDate)
		if err != nil {
			return err
		}
		_, err = s.create(ctx, q, now, newAccount{
			email: d.Email, username: d.Username, displayName: d.DisplayName, birthDate: birthDate, passwordHash: row.PasswordHash,
		})
		if err != nil {
			return err
		}
		return q.DropRegistrations(ctx, email)
	})
	if errors.Is(err, errEmailTaken) {
		err = errCode() // verified meanwhile: this code is for nothing any more
	}
	if refused != nil && err == nil {
		err = refused
	}
	if errors.Is(err, errCode()) {
		s.Observe.Event(ctx, observe.CodeRefused)
	}
	return err
}

// registrationFor finds the registration that the code is for, nil if there is
// none, and the ids of all that it was tried on. It looks at each, found or not.
func (s *Service) registrationFor(rows []query.LockRegistrationsRow, code string) (*query.LockRegistrationsRow, details, []uuid.UUID, error) {
	var match *query.LockRegistrationsRow
	var found details
	var ids []uuid.UUID
	for i, row := range rows {
		d, err := seal.OpenSystemValue[details](s.Ring, registrationPurpose, row.ID[:], row.DetailsSealed)
		if err != nil {
			return nil, details{}, nil, err
		}
		ids = append(ids, row.ID)
		if sameCode(d.Code, code) {
			match, found = &rows[i], d
		}
	}
	return match, found, ids, nil
}
