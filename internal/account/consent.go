package account

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/pairing"
)

const (
	// codeTyped is how often one code may be typed, by whomever: an owner looks and says yes.
	codeTyped = 10
	// freshFor is how long after signing in somebody may pair a console: it stays for a year,
	// so a phone that lies about is not enough.
	freshFor = 15 * time.Minute
)

// Consent is what somebody sees of a console that waits with a code, before they
// decide: nothing in it is in words of the console's. From is where they are.
func (s *Service) Consent(ctx context.Context, c db.Caller, typed string, from netip.Addr) (pairing.Consent, error) {
	var out pairing.Consent
	err := s.typed(ctx, c, typed, func(_ context.Context, tx *db.Tx, _ *query.Queries, row query.TypeCodeRow) error {
		asked := pairing.Asked{Model: row.Model, Firmware: row.Firmware, Scopes: splitScopes(row.Scopes), At: row.AskedAt}
		asked.Network, _ = netip.ParsePrefix(row.Network) // none is a place nobody knows
		out = asked.Consent(row.ModelName, row.Studio, lasts(row), from, storedOf(row), tx.Now())
		return nil
	})
	return out, err
}

// Approve says yes to a console, by what its owner calls it, or, where a studio's console
// asks, to one ride on it. Who pairs a console is told by mail: it stays for a year.
func (s *Service) Approve(ctx context.Context, c db.Caller, typed, name string) error {
	return s.typed(ctx, c, typed, func(ctx context.Context, tx *db.Tx, q *query.Queries, row query.TypeCodeRow) error {
		if name == "" {
			name = row.ModelName
		}
		if row.ConsoleID.Valid {
			return s.decide(ctx, tx, q, row, true, &name)
		}
		email, err := mayPair(ctx, tx, q)
		if err == nil {
			err = s.decide(ctx, tx, q, row, true, &name)
		}
		if err != nil {
			return err
		}
		return s.post(ctx, q, tx.Now(), mail.Message{Kind: mail.ConsolePaired, To: email, Data: mail.Data{At: tx.Now()}})
	})
}

// Deny says no to a console; it also takes back a yes that the console hasn't heard.
func (s *Service) Deny(ctx context.Context, c db.Caller, typed string) error {
	return s.typed(ctx, c, typed, func(ctx context.Context, tx *db.Tx, q *query.Queries, row query.TypeCodeRow) error {
		return s.decide(ctx, tx, q, row, false, nil)
	})
}

// typed runs fn with the pairing of a code, whose row stays locked. A code that is none,
// is over, was typed too often or is somebody else's by now is not found.
func (s *Service) typed(ctx context.Context, c db.Caller, typed string,
	fn func(context.Context, *db.Tx, *query.Queries, query.TypeCodeRow) error) error {
	hasher, err := s.hasher()
	if err != nil {
		return err
	}
	code, bad := pairing.ParseUserCode(typed)
	var failed error
	err = s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		row, err := q.TypeCode(ctx, query.TypeCodeParams{UserHash: hasher.UserCode(code), MaxAttempts: codeTyped, Now: tx.Now()})
		if errors.Is(err, pgx.ErrNoRows) || bad != nil || err == nil && row.ConsoleID.Valid && row.Studio == "" {
			s.Observe.Event(ctx, observe.CodeRefused)
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		// What fn refuses has still typed the code once; it writes nothing before it refuses.
		if failed = fn(ctx, tx, q, row); failed != nil && fault.KindOf(failed) == fault.KindInternal {
			return failed
		}
		return nil
	})
	if err != nil {
		return err
	}
	return failed
}

// mayPair: whoever pairs has signed in just now, and has no more consoles than a list holds.
// It gives the address to tell of it.
func mayPair(ctx context.Context, tx *db.Tx, q *query.Queries) (email string, err error) {
	session, err := q.ViewersSession(ctx, tx.Viewer().Session())
	if err != nil {
		return "", err
	}
	if session.CreatedAt.Add(freshFor).Before(tx.Now()) {
		return "", fault.Forbidden("fresh_login_required", "sign in again to pair a console")
	}
	consoles, err := q.CountConsoles(ctx, tx.Viewer().Member(), tx.Now())
	if err == nil && consoles >= maxConsoles {
		err = fault.Conflict("too_many_consoles", "revoke a console before you pair another")
	}
	return session.Email, err
}

func (*Service) decide(ctx context.Context, tx *db.Tx, q *query.Queries, row query.TypeCodeRow, approve bool, name *string) error {
	after, err := storedOf(row).Decide(approve, tx.Now())
	if err != nil {
		return fault.Conflict("already_decided", "this code was decided about")
	}
	return q.DecidePairing(ctx, query.DecidePairingParams{State: string(after.State), Name: name, DeviceHash: row.DeviceHash})
}

func storedOf(row query.TypeCodeRow) pairing.Pairing {
	return stored(row.State, row.ExpiresAt, row.PolledAt, row.IntervalS)
}

// lasts is how long what a console asks for lasts.
func lasts(row query.TypeCodeRow) time.Duration {
	if row.ConsoleID.Valid {
		return rideLife
	}
	return consoleLife
}
