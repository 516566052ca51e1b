package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/dpop"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/pairing"
)

const (
	consoleSession = "console"
	rideSession    = "ride"

	consoleLife = 365 * 24 * time.Hour
	consoleIdle = 90 * 24 * time.Hour // a summer in the cellar
	rideLife    = 6 * time.Hour
	rideIdle    = 15 * time.Minute // authenticate() in migrations says the same
	maxConsoles = 50               // of one member
)

// ConsoleTokens are what a console calls with, each call with a proof of its key.
type ConsoleTokens struct {
	Tokens
	Scope string
}

// answers are what a poll is told that brings no tokens (RFC 8628, 3.5; RFC 6749, 5.2).
var answers = map[pairing.Answer]string{
	pairing.AuthorizationPending: "nobody has decided yet; go on asking",
	pairing.SlowDown:             "ask less often: wait five seconds longer from now on",
	pairing.AccessDenied:         "the owner said no",
	pairing.ExpiredToken:         "the code has expired; ask for another",
	pairing.InvalidGrant:         "no such code or token is waiting for this key",
}

func errAnswer(a pairing.Answer) error { return fault.Invalid(fault.Code(a), answers[a]) }

// Poll is what a console that waits is told: tokens once, or why there are none. It
// has to hold the key that asked.
func (s *Service) Poll(ctx context.Context, c db.Caller, proof dpop.Proof, device string) (ConsoleTokens, error) {
	code, err := pairing.ParseDeviceCode(device)
	if err != nil {
		return ConsoleTokens{}, errAnswer(pairing.InvalidGrant)
	}
	hasher, err := s.hasher()
	if err != nil {
		return ConsoleTokens{}, err
	}
	now, hash := c.At(), hasher.DeviceCode(code)
	var out ConsoleTokens
	answer := pairing.InvalidGrant
	err = s.DB.AsSystem(ctx, db.ReasonPair, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		if err := s.addProof(ctx, q, proof); err != nil {
			return err
		}
		row, err := q.LockPairing(ctx, hash)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := proof.BoundTo(row.Jkt); err != nil {
			return s.proofFault(ctx, err)
		}
		before := stored(row.State, row.ExpiresAt, row.PolledAt, row.IntervalS)
		var after pairing.Pairing
		if after, answer = before.Poll(now); after != before {
			err := q.SavePairing(ctx, query.SavePairingParams{
				State: string(after.State), PolledAt: after.Polled, IntervalS: int32(after.Interval / time.Second), DeviceHash: hash, //nolint:gosec // ten minutes at most
			})
			if err != nil {
				return err
			}
		}
		if answer != pairing.Granted {
			return nil
		}
		if row.ConsoleID.Valid {
			out, err = s.grantRide(ctx, q, now, row)
		} else if err = notSuspended(ctx, q, row.MemberID.UUID, now); err == nil {
			out, err = s.grantConsole(ctx, q, now, row)
		}
		if errors.Is(err, errAnswer(pairing.AccessDenied)) || isSuspended(err) {
			answer = pairing.AccessDenied
			return nil
		}
		return err
	})
	if err == nil && answer != pairing.Granted {
		err = errAnswer(answer)
	}
	if err != nil {
		return ConsoleTokens{}, err
	}
	return out, nil
}

// grantConsole makes the console that its owner said yes to.
func (s *Service) grantConsole(ctx context.Context, q *query.Queries, now time.Time, row query.LockPairingRow) (ConsoleTokens, error) {
	id, ends := uuid.New(), now.Add(consoleLife)
	err := q.AddConsoleSession(ctx, query.AddConsoleSessionParams{
		MemberID: row.MemberID.UUID, ID: id, Kind: consoleSession, Label: row.ModelName, Scopes: row.Scopes, Now: now, Used: now.Truncate(time.Hour), ExpiresAt: ends,
	})
	if err != nil {
		return ConsoleTokens{}, err
	}
	name := row.Model
	if row.Name != nil {
		name = *row.Name
	}
	err = q.AddConsole(ctx, query.AddConsoleParams{
		MemberID: row.MemberID.UUID, ID: id, Name: name, Model: row.Model, Firmware: row.Firmware, Jkt: row.Jkt,
	})
	if err != nil {
		return ConsoleTokens{}, err
	}
	return addConsoleTokens(ctx, q, boundTo{row.MemberID.UUID, id, row.Jkt, row.Scopes}, now, ends, consoleIdle)
}

// stored is a pairing as the table has it.
func stored(state string, expires time.Time, polled *time.Time, interval int32) pairing.Pairing {
	p := pairing.Pairing{State: pairing.State(state), Expires: expires, Interval: time.Duration(interval) * time.Second}
	if polled != nil {
		p.Polled = *polled
	}
	return p
}

// boundTo is whose tokens are made, and for which key.
type boundTo struct {
	member, session uuid.UUID
	jkt, scope      string
}

// addConsoleTokens gives a console's session its next pair.
func addConsoleTokens(ctx context.Context, q *query.Queries, b boundTo, now, ends time.Time, idle time.Duration) (ConsoleTokens, error) {
	add := func(kind string, expires time.Time) (Secret, error) {
		token, hash := newBoundToken(kind, b.jkt)
		return token, q.AddToken(ctx, query.AddTokenParams{
			Hash: hash, MemberID: b.member, SessionID: b.session, Kind: kind, Now: now, ExpiresAt: expires,
		})
	}
	accessEnds := earlier(now.Add(accessLife), ends)
	access, err := add(consoleToken, accessEnds)
	if err != nil {
		return ConsoleTokens{}, err
	}
	refresh, err := add(consoleRefreshToken, earlier(now.Add(idle), ends))
	return ConsoleTokens{Tokens{Access: access, Refresh: refresh, ExpiresIn: accessEnds.Sub(now)}, b.scope}, err
}

// RefreshConsole trades a console's refresh token for new tokens. The token is bound to
// the key of the proof, so that nobody else can trade it; it may come again until what
// was given for it is used, for an answer gets lost on the way to a cellar. After that
// it ends its session. Firmware is what the console runs by now, "" for no change.
func (s *Service) RefreshConsole(ctx context.Context, c db.Caller, proof dpop.Proof, token, firmware string) (ConsoleTokens, error) {
	now, hash := c.At(), db.BoundHash(token, proof.JKT)
	var out ConsoleTokens
	var refused bool
	err := s.DB.AsSystem(ctx, db.ReasonRefresh, now, func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		if err := s.addProof(ctx, q, proof); err != nil {
			return err
		}
		row, err := q.TurnInConsole(ctx, query.TurnInConsoleParams{Now: now, Hash: hash, RideUsedAfter: now.Add(-rideIdle)})
		if errors.Is(err, pgx.ErrNoRows) {
			refused = true
			return s.endReused(ctx, q, now, hash)
		}
		if err != nil {
			return err
		}
		idle := rideLife
		if row.SessionKind == consoleSession {
			idle = consoleIdle
			if err := s.checkFirmware(ctx, q, now, row.MemberID, row.SessionID, firmware); err != nil {
				return err
			}
		}
		if err := q.DropConsoleTokens(ctx, row.MemberID, row.SessionID); err != nil {
			return err
		}
		out, err = addConsoleTokens(ctx, q, boundTo{row.MemberID, row.SessionID, proof.JKT, row.Scopes}, now, row.ExpiresAt, idle)
		return err
	})
	if err == nil && refused {
		err = errAnswer(pairing.InvalidGrant)
	}
	if err != nil {
		return ConsoleTokens{}, err
	}
	return out, nil
}

// endReused ends the session of a refresh token that came once too often.
func (s *Service) endReused(ctx context.Context, q *query.Queries, now time.Time, hash []byte) error {
	ended, err := q.EndReusedConsole(ctx, now, hash)
	if ended > 0 {
		s.Observe.Event(ctx, observe.TokenReuse)
	}
	return err
}

// checkFirmware gives no tokens to firmware that was withdrawn, and notes an update.
func (s *Service) checkFirmware(ctx context.Context, q *query.Queries, now time.Time, member, id uuid.UUID, firmware string) error {
	console, err := q.ConsoleOf(ctx, member, id)
	if err != nil {
		return err
	}
	if firmware == "" {
		firmware = console.Firmware
	}
	if _, err := s.findModel(ctx, q, now, console.Model, firmware); err != nil || firmware == console.Firmware {
		return err
	}
	return q.SetFirmware(ctx, query.SetFirmwareParams{Firmware: firmware, MemberID: member, ID: id})
}
