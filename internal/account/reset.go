package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/text"
)

const resetPurpose = "password-reset"

const (
	// resetAttempts are the wrong codes that an address's waiting codes outlive, from
	// everywhere together. One network alone has far fewer tries (package limit), so a
	// stranger doesn't spoil a code; and 200 tries at five codes of 20^8 succeed once
	// in 25 million quarters of an hour.
	resetAttempts = 200
	// ownAttempts are more, for where the account was signed in before: strangers on
	// however many networks leave them to the owner.
	ownAttempts = 20
)

// Forgot mails a code that sets a new password, to the address as the account
// has it. For an unknown address it does the same, and the mail goes nowhere.
func (s *Service) Forgot(ctx context.Context, c db.Caller, email string) error {
	now := c.At()
	if err := checkEmail(email); err != nil {
		return err
	}
	email = text.FoldASCII(email)
	err := s.DB.AsSystem(ctx, db.ReasonResetPassword, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		waiting, err := q.CountResets(ctx, email, now)
		if err != nil || waiting >= maxCodes {
			return err
		}
		account, err := q.FindAccount(ctx, email)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		id, code := uuid.New(), newCode()
		sealed, err := seal.SealSystemValue(s.Ring, resetPurpose, id[:], code)
		if err != nil {
			return err
		}
		err = q.AddReset(ctx, query.AddResetParams{ID: id, Email: email, CodeSealed: sealed, Now: now, ExpiresAt: now.Add(codeLife)})
		if err != nil {
			return err
		}
		return s.post(ctx, q, now, codeMail(mail.ResetCode, account.Email, code))
	})
	if err == nil {
		s.Mailed()
	}
	return err
}

// Reset sets a new password by a code, ends every session of the account and
// tells its owner. The code is used up by that and by nothing else: a password
// that is refused leaves it good.
func (s *Service) Reset(ctx context.Context, c db.Caller, email, code, password string) error {
	now, folded := c.At(), soughtEmail(email)
	if err := checkPassword("/password", password, email); err != nil {
		return err
	}
	r, err := s.findReset(ctx, c, folded, code)
	if errors.Is(err, errCode()) {
		s.Observe.Event(ctx, observe.CodeRefused)
	}
	if err != nil {
		return err
	}
	if err := checkPassword("/password", password, email, r.username); err != nil {
		return err
	}
	hash, err := s.hash.make(ctx, c.Origin(), password)
	if err != nil {
		return err
	}
	err = s.DB.AsSystem(ctx, db.ReasonResetPassword, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		if _, err := q.LockCredential(ctx, r.account.MemberID); errors.Is(err, pgx.ErrNoRows) {
			return errCode() // the account ended meanwhile
		} else if err != nil {
			return err
		}
		used, err := q.DropReset(ctx, r.id, now)
		if err != nil {
			return err
		}
		if used == 0 {
			return errCode() // somebody else was first, with the same code
		}
		if err := s.setPassword(ctx, q, now, r.account, hash); err != nil {
			return err
		}
		if _, err = q.EndSessionsOf(ctx, now, r.account.MemberID); err != nil {
			return err
		}
		return q.EndCalendarOf(ctx, r.account.MemberID) // whoever had the account may have the address
	})
	if err != nil {
		return err
	}
	s.Observe.Event(ctx, observe.PasswordChanged)
	s.Observe.Event(ctx, observe.SessionsRevoked)
	s.Mailed()
	return nil
}

type foundReset struct {
	id       uuid.UUID
	account  query.FindAccountRow
	username string
}

// findReset finds what a code is for. A wrong one counts against every code that
// still waits at that address.
func (s *Service) findReset(ctx context.Context, c db.Caller, email, code string) (foundReset, error) {
	now, attempts := c.At(), int16(resetAttempts)
	if c.Origin().Known {
		attempts += ownAttempts
	}
	var r foundReset
	err := s.DB.AsSystem(ctx, db.ReasonResetPassword, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		rows, err := q.LockResets(ctx, query.LockResetsParams{Email: email, Now: now, MaxAttempts: attempts})
		if err != nil {
			return err
		}
		var ids []uuid.UUID
		for _, row := range rows {
			want, err := seal.OpenSystemValue[string](s.Ring, resetPurpose, row.ID[:], row.CodeSealed)
			if err != nil {
				return err
			}
			ids = append(ids, row.ID)
			if sameCode(want, code) {
				r.id = row.ID
			}
		}
		if r.id == uuid.Nil {
			return q.ChargeResets(ctx, ids)
		}
		r.account, err = q.FindAccount(ctx, email)
		if errors.Is(err, pgx.ErrNoRows) {
			return errCode() // the account ended meanwhile
		}
		if err != nil {
			return err
		}
		r.username, err = q.UsernameOf(ctx, r.account.MemberID)
		return err
	})
	if err == nil && r.id == uuid.Nil {
		err = errCode()
	}
	return r, err
}

// setPassword changes the password, voids the codes that could change it, and
// tells the owner.
func (s *Service) setPassword(ctx context.Context, q *query.Queries, now time.Time, a query.FindAccountRow, hash string) error {
	if err := q.SetPassword(ctx, query.SetPasswordParams{PasswordHash: hash, Now: now, MemberID: a.MemberID}); err != nil {
		return err
	}
	if err := q.DropResets(ctx, text.FoldASCII(a.Email)); err != nil {
		return err
	}
	return s.post(ctx, q, now, mail.Message{Kind: mail.PasswordChanged, To: a.Email, Data: mail.Data{At: now}})
}
