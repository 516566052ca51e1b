package account

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/text"
)

const registrationPurpose = "registration"

// details are what a registration keeps sealed until its code comes back.
type details struct {
	Code        string
	Email       string // as typed
	Username    string
	DisplayName string
	BirthDate   string
}

// Register takes a registration in and mails a code. It gives the registration's
// id, which only whoever registered knows. It is unprocessable for values that
// can't be an account's (too_young among them) and otherwise does the same whatever
// is known of the address, whose owner is told if there is one.
func (s *Service) Register(ctx context.Context, c db.Caller, r Registration) (uuid.UUID, error) {
	now := c.At()
	if err := r.check(now); err != nil {
		return uuid.Nil, err
	}
	hash, err := s.hash.make(ctx, c.Origin(), r.Password)
	if err != nil {
		return uuid.Nil, err
	}
	email, id := text.FoldASCII(r.Email), uuid.New()
	err = s.DB.AsSystem(ctx, db.ReasonRegister, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		waiting, err := q.CountRegistrations(ctx, email, now)
		if err != nil || waiting >= maxCodes {
			return err
		}
		// A code that is told to nobody keeps the registration of a known address
		// just like every other.
		code := newCode()
		letter := codeMail(mail.VerifyCode, r.Email, code)
		known, err := q.FindAccount(ctx, email)
		switch {
		case err == nil:
			letter = mail.Message{Kind: mail.AddressKnown, To: known.Email}
		case !errors.Is(err, pgx.ErrNoRows):
			return err
		}
		sealed, err := seal.SealSystemValue(s.Ring, registrationPurpose, id[:], details{
			Code: code, Email: r.Email, Username: r.Username, DisplayName: r.DisplayName, BirthDate: r.BirthDate.Format(dateOnly),
		})
		if err != nil {
			return err
		}
		err = q.AddRegistration(ctx, query.AddRegistrationParams{
			ID: id, Email: email, DetailsSealed: sealed, PasswordHash: hash, Now: now, ExpiresAt: now.Add(codeLife),
		})
		if err != nil {
			return err
		}
		return s.post(ctx, q, now, letter)
	})
	if err == nil {
		s.Mailed()
	}
	return id, err
}
