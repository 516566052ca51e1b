package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/text"
)

// Account is a member as they sign in. All of it is for its owner only; the
// name shows under its own rule.
type Account struct {
	ID        privacy.Guarded[uuid.UUID]
	Username  privacy.Guarded[string]
	Email     privacy.Guarded[string]
	CreatedAt privacy.Guarded[time.Time]
	Minor     privacy.Guarded[bool]
}

// Me is the caller's own account.
func (s *Service) Me(ctx context.Context, c db.Caller) (Account, privacy.Grant, error) {
	var a Account
	var grant privacy.Grant
	row, err := s.readOwn(ctx, c, func(g privacy.Grant) { grant = g })
	if err == nil {
		a = Account{
			ID:        privacy.Guard(row.MemberID, privacy.ID, row.MemberID),
			Username:  privacy.Guard(row.MemberID, privacy.Username, row.Username),
			Email:     privacy.Guard(row.MemberID, privacy.Email, row.Email),
			CreatedAt: privacy.Guard(row.MemberID, privacy.Email, row.CreatedAt),
			Minor:     privacy.Guard(row.MemberID, privacy.BirthDate, row.Subject.Minor),
		}
	}
	return a, grant, err
}

// readOwn reads the caller's account through row-level security.
func (s *Service) readOwn(ctx context.Context, c db.Caller, decided func(privacy.Grant)) (query.ReadAccountRow, error) {
	var row query.ReadAccountRow
	if c.Anonymous() {
		return row, errSignIn()
	}
	err := s.DB.Read(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		if row, err = query.New(tx).ReadAccount(ctx); err != nil {
			return err
		}
		grant, err := db.Subject(row.Subject).Decide(tx)
		decided(grant)
		return err
	})
	return row, err
}

// ChangePassword sets a new password for a caller who knows the old one, ends
// their other sessions and tells them by mail.
func (s *Service) ChangePassword(ctx context.Context, c db.Caller, current, next string) error {
	own, err := s.readOwn(ctx, c, func(privacy.Grant) {})
	if err != nil {
		return err
	}
	proof, err := s.proveAgain(ctx, c, "/current_password", current)
	if err != nil {
		return err
	}
	if err := checkPassword("/new_password", next, own.Email, own.Username, own.DisplayName); err != nil {
		return err
	}
	hash, err := s.hash.make(ctx, c.Origin(), next)
	if err != nil {
		return err
	}
	err = s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q, now := query.New(tx), tx.Now()
		if err := stillProven(ctx, q, proof); err != nil {
			return err
		}
		if err := s.setPassword(ctx, q, now, proof, hash); err != nil {
			return err
		}
		_, err := q.EndOtherSessions(ctx, now, tx.Viewer().Session())
		return err
	})
	if err != nil {
		return err
	}
	s.Observe.Event(ctx, observe.PasswordChanged)
	s.Observe.Event(ctx, observe.SessionsRevoked)
	s.Mailed()
	return nil
}

// Delete ends the account of a caller who knows its password, with everything
// that is theirs. Their key goes with it; what is sealed in a backup stays so once
// the ring's key that wrapped it there is gone as well.
func (s *Service) Delete(ctx context.Context, c db.Caller, password string) error {
	proof, err := s.proveAgain(ctx, c, "/password", password)
	if err != nil {
		return err
	}
	err = s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := stillProven(ctx, q, proof); err != nil {
			return err
		}
		if err := errors.Join(q.ForgetGroups(ctx), q.ForgetPlaces(ctx), q.ForgetEdges(ctx)); err != nil {
			return err
		}
		if err := q.ForgetBookings(ctx, tx.Now()); err != nil {
			return err
		}
		email := text.FoldASCII(proof.Email)
		if err := errors.Join(q.DropResets(ctx, email), q.DropRegistrations(ctx, email)); err != nil {
			return err
		}
		ended, err := q.EndAccount(ctx)
		if err == nil && ended != 1 {
			err = errors.New("account: the member's row was not there to end")
		}
		return err
	})
	if err == nil {
		s.Observe.Event(ctx, observe.MemberKeyDropped)
	}
	return err
}

// proveAgain checks the password of a caller who is signed in already: a token
// alone doesn't change who holds the account.
func (s *Service) proveAgain(ctx context.Context, c db.Caller, pointer, password string) (query.FindAccountRow, error) {
	var proof query.FindAccountRow
	err := s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ViewersCredential(ctx)
		proof = query.FindAccountRow(row)
		return err
	})
	if err != nil {
		return proof, err
	}
	match, _, err := s.hash.check(ctx, c.Origin(), password, proof.PasswordHash)
	if err != nil {
		return proof, err
	}
	if !match {
		s.Observe.Event(ctx, observe.LoginFailed)
		return proof, fault.Unprocessable("wrong_password", "that is not your password", fault.At(pointer, "wrong_password", "is not your password"))
	}
	return proof, nil
}

// stillProven asks again, and until the transaction ends, whether the password
// that was checked is the account's.
func stillProven(ctx context.Context, q *query.Queries, proof query.FindAccountRow) error {
	current, err := q.LockCredential(ctx, proof.MemberID)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && !sameSecret(current, proof.PasswordHash) {
		return errChanged
	}
	return err
}
