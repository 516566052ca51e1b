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
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
)

// Login is what somebody signs in with.
type Login struct {
	Email    string
	Password string
	OTP      string // a code of the second factor, or one to recover with; empty for none
	Label    string // a coarse name of the program, for the list of sessions
}

// errCredentials is the one refusal of a login.
func errCredentials() error {
	return fault.Unauthenticated("invalid_credentials", "no account has this address and password")
}

// Login starts a session of an app.
func (s *Service) Login(ctx context.Context, c db.Caller, l Login) (Tokens, error) {
	var out Tokens
	err := s.signIn(ctx, c, l, bearerSession, func(ctx context.Context, q *query.Queries, member uuid.UUID, proved bool) (err error) {
		now := c.At()
		session, ends, err := addSession(ctx, q, member, newSession{bearerSession, l.Label, bearerLife, proved}, now)
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
	err := s.signIn(ctx, c, l, cookieSession, func(ctx context.Context, q *query.Queries, member uuid.UUID, proved bool) error {
		now := c.At()
		session, ends, err := addSession(ctx, q, member, newSession{cookieSession, l.Label, cookieLife, proved}, now)
		if err != nil {
			return err
		}
		out.MaxAge = cookieLife
		out.Token, err = addToken(ctx, q, member, session, cookieToken, now, earlier(now.Add(cookieIdle), ends))
		return err
	})
	return out, err
}

// signIn proves the password, and the second factor where the account has one, and then
// starts what start starts. Whether there is one is told to nobody without the password. The session that
// the request itself came with, if any, ends: a sign-in changes the token (ASVS 7.2.4).
func (s *Service) signIn(ctx context.Context, c db.Caller, l Login, kind string, start func(context.Context, *query.Queries, uuid.UUID, bool) error) error {
	const tries = 3 // the stored hash may change while its password is checked
	for range tries {
		account, newHash, err := s.prove(ctx, c, l)
		if err != nil {
			s.reportLogin(ctx, err)
			return err
		}
		code, err := s.readAnswer(ctx, c, account.MemberID, l.OTP)
		if err != nil {
			return err
		}
		stale, noticed := false, false
		var refused error
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
			proved, err := q.HasFactor(ctx, account.MemberID)
			if err != nil {
				return err
			}
			if proved {
				if refused, err = s.challenge(ctx, q, c, account, l.OTP, code); err != nil || refused != nil {
					return err
				}
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
			return start(ctx, q, account.MemberID, proved)
		})
		if err == nil && refused != nil {
			s.Mailed()
			s.reportLogin(ctx, refused)
			return refused
		}
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

// challenge asks for the second factor of an account whose password is proved. The owner is told
// of the first wrong code within the hour: whoever tried it has the password.
func (s *Service) challenge(ctx context.Context, q *query.Queries, c db.Caller, account query.FindAccountRow, typed string, code answer) (refused, err error) {
	if typed == "" {
		return errCodeRequired, nil
	}
	refused, err = s.accept(ctx, q, c.At(), c.Origin().Known, account.MemberID, code)
	if err != nil || refused == nil {
		return refused, err
	}
	if first, err := q.IsFirstTry(ctx, account.MemberID); err != nil || !first {
		return refused, err
	}
	return refused, s.post(ctx, q, c.At(), mail.Message{Kind: mail.WrongFactor, To: account.Email, Data: mail.Data{At: c.At()}})
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
	case errors.Is(err, errWrongCode), errors.Is(err, errManyCodes):
		s.Observe.Login(observe.LoginWrong)
		s.Observe.Event(ctx, observe.CodeRefused)
	case errors.Is(err, errBusy):
		s.Observe.Login(observe.LoginOverload)
		s.Observe.Event(ctx, observe.LoginThrottled)
	}
}

// newSession is a session to be; proved is by a second factor.
type newSession struct {
	kind, label string
	life        time.Duration
	proved      bool
}

func addSession(ctx context.Context, q *query.Queries, member uuid.UUID, n newSession, now time.Time) (id uuid.UUID, ends time.Time, err error) {
	id, ends = uuid.New(), now.Add(n.life)
	if err := notSuspended(ctx, q, member, now); err != nil {
		return id, ends, err
	}
	err = q.AddSession(ctx, query.AddSessionParams{MemberID: member, ID: id, Kind: n.kind, Label: n.label, Now: now, ExpiresAt: ends, Proved: n.proved})
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
