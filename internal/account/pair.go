package account

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/dpop"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/pairing"
)

const codesPurpose = "pairing codes"

// PairingRequest is a console that asks to be somebody's.
type PairingRequest struct {
	Model    string
	Firmware string
	Scope    string
	From     netip.Addr
}

// PairingCodes are what a console that asked goes on with.
type PairingCodes struct {
	Device   pairing.DeviceCode
	User     pairing.UserCode
	Life     time.Duration
	Interval time.Duration
	QR       bool // whether the model's screen shows a QR code
}

// StartPairing begins a console's pairing (RFC 8628, 3.1). The codes are worth something
// to the key of the proof alone.
func (s *Service) StartPairing(ctx context.Context, c db.Caller, p dpop.Proof, r PairingRequest) (PairingCodes, error) {
	asked, err := pairing.Ask(r.Model, r.Firmware, r.Scope, r.From, c.At())
	switch {
	case errors.Is(err, pairing.ErrScope):
		return PairingCodes{}, fault.Invalid("invalid_scope", "the scope is of sync and classes:read, each at most once")
	case err != nil:
		return PairingCodes{}, errModel()
	}
	var out PairingCodes
	err = s.DB.AsSystem(ctx, db.ReasonPair, c.At(), func(ctx context.Context, tx *db.SystemTx) error {
		q := query.New(tx)
		if err := s.addProof(ctx, q, p); err != nil {
			return err
		}
		model, err := s.findModel(ctx, q, c.At(), asked.Model, asked.Firmware)
		if err != nil {
			return err
		}
		out, err = s.addPairing(ctx, q, asked, p.JKT, uuid.NullUUID{}, uuid.NullUUID{})
		out.QR = model.Qr
		return err
	})
	return out, err
}

// findModel asks the registry for a model whose firmware may have tokens.
func (*Service) findModel(ctx context.Context, q *query.Queries, now time.Time, model, firmware string) (query.FindModelRow, error) {
	row, err := q.FindModel(ctx, query.FindModelParams{Now: now, Model: model, Version: firmware})
	switch {
	case errors.Is(err, pgx.ErrNoRows), err == nil && !row.Known:
		return row, errModel()
	case err == nil && row.Withdrawn:
		return row, fault.Forbidden("firmware_withdrawn", "this firmware was withdrawn; update the console")
	}
	return row, err
}

func errModel() error {
	return fault.Unprocessable("unknown_model", "no such model with this firmware is in the registry")
}

// addPairing stores what was asked under new codes.
func (s *Service) addPairing(ctx context.Context, q *query.Queries, a pairing.Asked, jkt string, owner, console uuid.NullUUID) (PairingCodes, error) {
	hasher, err := s.hasher()
	if err != nil {
		return PairingCodes{}, err
	}
	p, network := pairing.Start(a.At), ""
	if a.Network.IsValid() {
		network = a.Network.String()
	}
	for range 3 { // 20^8 codes, of which some hundred wait
		out := PairingCodes{Device: pairing.NewDeviceCode(), User: pairing.NewUserCode(), Life: pairing.CodeLife, Interval: p.Interval}
		added, err := q.AddPairing(ctx, query.AddPairingParams{
			DeviceHash: hasher.DeviceCode(out.Device), UserHash: hasher.UserCode(out.User), Jkt: jkt,
			Model: a.Model, Firmware: a.Firmware, Scopes: joinScopes(a.Scopes), Network: network, AskedAt: a.At,
			ExpiresAt: p.Expires, State: string(p.State), IntervalS: int32(p.Interval / time.Second), //nolint:gosec // ten minutes at most
			ConsoleOwner: owner, ConsoleID: console,
		})
		if err != nil || added > 0 {
			return out, err
		}
	}
	return PairingCodes{}, errors.New("account: three codes in a row were taken")
}

func (s *Service) hasher() (*pairing.Hasher, error) {
	key, err := s.Ring.Keyed(codesPurpose)
	if err != nil {
		return nil, err
	}
	return pairing.NewHasher(key)
}

func joinScopes(scopes []pairing.Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

func splitScopes(stored string) []pairing.Scope {
	var scopes []pairing.Scope
	for word := range strings.FieldsSeq(stored) {
		scopes = append(scopes, pairing.Scope(word))
	}
	return scopes
}
