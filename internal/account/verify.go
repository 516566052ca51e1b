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

// Proof is what shows that an address is one's own.
type Proof struct {
	Email, Code  string
	Registration uuid.NullUUID // what Register gave
	Username     string        // takes the place of the registration's, if it isn't empty
}

// Verify makes the account that a code was mailed for. It is a conflict
// (username_taken) when the username is taken or reserved: the code stays good for
// another name, as long as it has attempts left.
//
// A code counts for the registration that is named, and nobody who doesn't know its
// id can spend its attempts. Without an id it counts while one registration alone
// waits at the address, and has attempts of its own: with two, the code of somebody
// else's would make an account with their password.
func (s *Service) Verify(ctx context.Context, c db.Caller, p Proof) error {
	now := c.At()
	if p.Username != "" {
		if err := checkUsername(p.Username); err != nil {
			return err
		}
	}
	email := soughtEmail(p.Email)
	var refused error // told once what it cost is written
	err := s.DB.AsSystem(ctx, db.ReasonVerify, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		rows, err := q.LockRegistrations(ctx, email, now)
		if err != nil {
			return err
		}
		row := meant(rows, p.Registration)
		if row == nil {
			refused = errCode()
			return nil
		}
		d, err := seal.OpenSystemValue[details](s.Ring, registrationPurpose, row.ID[:], row.DetailsSealed)
		if err != nil {
			return err
		}
		charge := func(because error) error {
			refused = because
			return q.ChargeRegistration(ctx, !p.Registration.Valid, row.ID)
		}
		if !sameCode(d.Code, p.Code) {
			return charge(errCode())
		}
		if p.Username != "" {
			d.Username = p.Username
		}
		taken, err := q.UsernameTaken(ctx, d.Username)
		if err != nil {
			return err
		}
		if taken || isReserved(d.Username) {
			return charge(errUsernameTaken)
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

// meant is the registration that a code is tried on, nil if there is none that has
// attempts left.
func meant(waiting []query.LockRegistrationsRow, id uuid.NullUUID) *query.LockRegistrationsRow {
	if !id.Valid {
		if len(waiting) == 1 && waiting[0].BlindAttempts < codeAttempts {
			return &waiting[0]
		}
		return nil
	}
	for i, row := range waiting {
		if row.ID == id.UUID && row.Attempts < codeAttempts {
			return &waiting[i]
		}
	}
	return nil
}
