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
)

// Login is what somebody signs in with.
type Login struct {
	Email    string
	Password string
	Label    string // a coarse name of the program, for the list of sessions
}

// errCredentials is the one refusal of a login.
func errCredentials() error {
	return fault.Unauthenticated("invalid_credentials", "no account has this address and password")
}

// Login starts a session of an app.
func (s *Service) Login(ctx context.Context, c db.Caller, l Login) (Tokens, error) {
	var out Tokens
	err := s.signIn(ctx, c, l, bearerSession, func(ctx context.Context, q *query.Queries, member uuid.UUID) (err error) {
		now := c.At()
		session, ends, err := addSession(ctx, q, member, bearerSession, l.Label, now, bearerLife)
		if err != nil {
			return err
		}
		out, err = addTokens(ctx, q, member, session, now, ends)
		return err
	})
	return out, err
}

// LoginCookie starts a session of a browser.
func (s *Service) LoginCookie(ctx context.Context, c db.Caller, l Login) (Cookie, error) {
	var out Cookie
	err := s.signIn(ctx, c, l, cookieSession, func(ctx context.Context, q *query.Queries, member uuid.UUID) error {
		now := c.At()
		session, ends, err := addSession(ctx, q, member, cookieSession, l.Label, now, cookieLife)
		if err != nil {
			return err
		}
		out.MaxAge = cookieLife
		out.Token, err = addToken(ctx, q, member, session, cookieToken, now, earlier(now.Add(cookieIdle), ends))
		return err
	})
	return out, err
}

// signIn proves the password and then starts what start starts. The session that
// the request itself came with, if any, ends: a sign-in changes the token (ASVS 7.2.4).
func (s *Service) signIn(ctx context.Context, c db.Caller, l Login, kind string, start func(context.Context, *query.Queries, uuid.UUID) error) error {
	const tries = 3 // the stored hash may change while its password is checked
	for range tries {
		account, newHash, err := s.prove(ctx, c, l)
		if err != nil {
			s.reportLogin(ctx, err)
			return err
		}
		stale, noticed := false, false
		err = s.DB.AsSystem(ctx, db.ReasonLogin, c.At(), func(ctx context.Context, tx *db.SystemTx) error {
			q := query.New(tx)
			current, err := q.LockCredential(ctx, account.MemberID)
			if errors.Is(err, pgx.ErrNoRows) || err == nil && !sameSecret(current, account.PasswordHash) {
				stale = true
				return nil
			}
			if err != nil {
				return err
			}
			if newHash != "" {
				if err := q.Rehash(ctx, newHash, account.MemberID); err != nil {
					return err
				}
			}
			if noticed, err = s.notice(ctx, q, c.At(), account, kind, l.Label); err != nil {
				return err
			}
			if err := s.makeRoom(ctx, q, c, account.MemberID); err != nil {
				return err
			}
			return start(ctx, q, account.MemberID)
		})
		if err == nil && noticed {
			s.Mailed()
		}
		if err != nil || !stale {
			s.reportLogin(ctx, err)
			return err
		}
	}
	return errChanged
}

// prove looks the account up and checks the password. For an unknown address it
// does the same work. NewHash is the password's hash under today's parameters,
// if the stored one has others.
func (s *Service) prove(ctx context.Context, c db.Caller, l Login) (account query.FindAccountRow, newHash string, err error) {
	err = s.DB.AsSystem(ctx, db.ReasonLogin, c.At(), func(ctx context.Context, tx *db.SystemTx) error {
		account, err = query.New(tx).FindAccount(ctx, soughtEmail(l.Email))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return account, "", err
	}
	match, outdated, err := s.hash.check(ctx, c.Origin(), l.Password, account.PasswordHash)
	if err != nil {
		return account, "", err
	}
	if !match {
		return account, "", errCredentials()
	}
	if outdated {
		newHash, err = s.hash.make(ctx, c.Origin(), l.Password)
	}
	return account, newHash, err
}

// makeRoom ends what the new session takes the place of.
func (s *Service) makeRoom(ctx context.Context, q *query.Queries, c db.Caller, member uuid.UUID) error {
	now := c.At()
	if hash := c.TokenHash(); hash != nil {
		if err := q.EndSessionOfToken(ctx, now, hash); err != nil {
			return err
		}
	}
	return q.EndOldestSessions(ctx, query.EndOldestSessionsParams{Now: now, MemberID: member, Keep: maxSessions - 1})
}

func (s *Service) reportLogin(ctx context.Context, err error) {
	switch {
	case err == nil:
		s.Observe.Login(observe.LoginOK)
	case errors.Is(err, errCredentials()):
		s.Observe.Login(observe.LoginWrong)
		s.Observe.Event(ctx, observe.LoginFailed)
	case errors.Is(err, errBusy):
		s.Observe.Login(observe.LoginOverload)
		s.Observe.Event(ctx, observe.LoginThrottled)
	}
}

func addSession(ctx context.Context, q *query.Queries, member uuid.UUID, kind, label string, now time.Time, life time.Duration) (id uuid.UUID, ends time.Time, err error) {
	id, ends = uuid.New(), now.Add(life)
	err = q.AddSession(ctx, query.AddSessionParams{MemberID: member, ID: id, Kind: kind, Label: label, Now: now, ExpiresAt: ends})
	return id, ends, err
}

func addToken(ctx context.Context, q *query.Queries, member, session uuid.UUID, kind string, now, ends time.Time) (Secret, error) {
	token, hash := newToken(kind)
	err := q.AddToken(ctx, query.AddTokenParams{Hash: hash, MemberID: member, SessionID: session, Kind: kind, Now: now, ExpiresAt: ends})
	return token, err
}

// addTokens gives an app's session its next pair.
func addTokens(ctx context.Context, q *query.Queries, member, session uuid.UUID, now, ends time.Time) (Tokens, error) {
	accessEnds := earlier(now.Add(accessLife), ends)
	access, err := addToken(ctx, q, member, session, accessToken, now, accessEnds)
	if err != nil {
		return Tokens{}, err
	}
	refresh, err := addToken(ctx, q, member, session, refreshToken, now, earlier(now.Add(refreshIdle), ends))
	return Tokens{Access: access, Refresh: refresh, ExpiresIn: accessEnds.Sub(now)}, err
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
