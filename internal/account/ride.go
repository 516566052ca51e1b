package account

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/pairing"
)

// A ride is a sign-in of one member on a studio's console: a session of the rider's own,
// with tokens for the console's key. So what the ride reads and writes is the rider's by
// the same rules as everything else, and the next rider's token is of somebody else.
// It ends by EndRide, by idling, by a limit, by its rider from the list of sessions, by
// the next sign-in, and with the console.

// StartRide shows a code on a shared console, for whoever will ride.
func (s *Service) StartRide(ctx context.Context, c db.Caller, from netip.Addr) (PairingCodes, error) {
	var out PairingCodes
	var console query.ViewersConsoleRow
	err := s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		console, err = query.New(tx).ViewersConsole(ctx, tx.Viewer().Session())
		return err
	})
	if err != nil {
		return out, err
	}
	if console.Kind != consoleSession || !console.Shared {
		return out, errNotShared()
	}
	asked, err := pairing.Ask(console.Model, console.Firmware, string(pairing.ScopeSync), from, c.At())
	if err != nil {
		return out, err
	}
	err = s.DB.AsSystem(ctx, db.ReasonPair, c.At(), func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		model, err := s.findModel(ctx, q, c.At(), console.Model, console.Firmware)
		if err != nil {
			return err
		}
		out, err = s.addPairing(ctx, q, asked, console.Jkt,
			uuid.NullUUID{UUID: console.MemberID, Valid: true}, uuid.NullUUID{UUID: console.ID, Valid: true})
		out.QR = model.Qr
		return err
	})
	return out, err
}

func errNotShared() error {
	return fault.Forbidden("not_shared", "nobody else can sign in on this console; its owner may share it")
}

// grantRide signs a rider in on the console that asked, and whoever was there out.
func (s *Service) grantRide(ctx context.Context, q *query.Queries, now time.Time, row query.LockPairingRow) (ConsoleTokens, error) {
	owner, console := row.ConsoleOwner.UUID, row.ConsoleID.UUID
	shared, err := q.LockConsole(ctx, query.LockConsoleParams{MemberID: owner, ID: console, Now: now})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && !shared {
		return ConsoleTokens{}, errAnswer(pairing.AccessDenied)
	}
	if err != nil {
		return ConsoleTokens{}, err
	}
	if err := errors.Join(notSuspended(ctx, q, owner, now), notSuspended(ctx, q, row.MemberID.UUID, now)); err != nil {
		return ConsoleTokens{}, err
	}
	if err := endRides(ctx, q, now, owner, console); err != nil {
		return ConsoleTokens{}, err
	}
	id, ends := uuid.New(), now.Add(rideLife)
	err = q.AddConsoleSession(ctx, query.AddConsoleSessionParams{
		MemberID: row.MemberID.UUID, ID: id, Kind: rideSession, Label: row.ModelName, Scopes: row.Scopes, Now: now, Used: now, ExpiresAt: ends,
		ConsoleOwner: row.ConsoleOwner, ConsoleID: row.ConsoleID,
	})
	if err != nil {
		return ConsoleTokens{}, err
	}
	return addConsoleTokens(ctx, q, boundTo{row.MemberID.UUID, id, row.Jkt, row.Scopes}, now, ends, rideLife)
}

// EndRide ends the ride on a console: the ride's own token does, and the console's.
func (s *Service) EndRide(ctx context.Context, c db.Caller) error {
	return s.asSelf(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		console, err := q.ViewersConsole(ctx, tx.Viewer().Session())
		if errors.Is(err, pgx.ErrNoRows) {
			return errNotShared()
		}
		if err != nil {
			return err
		}
		return endRides(ctx, q, tx.Now(), console.MemberID, console.ID)
	})
}

func endRides(ctx context.Context, q *query.Queries, now time.Time, owner, console uuid.UUID) error {
	_, err := q.EndRides(ctx, query.EndRidesParams{
		Now: now, ConsoleOwner: uuid.NullUUID{UUID: owner, Valid: true}, ConsoleID: uuid.NullUUID{UUID: console, Valid: true},
	})
	return err
}
