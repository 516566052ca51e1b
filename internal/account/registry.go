package account

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/pairing"
	"github.com/paceline/paceline/internal/text"
)

// The registry of console models and their firmware is kept by operators; no request
// writes it.

// Registered is a line of the registry.
type Registered struct {
	Model     string
	Name      string
	QR        bool
	Firmware  string // "" for a model without any
	Withdrawn *time.Time
}

// PutModel adds a model to the registry, or changes its name.
func (s *Service) PutModel(ctx context.Context, at time.Time, model, name string, qr bool) error {
	if _, err := pairing.Ask(model, "1", "", netip.Addr{}, at); err != nil {
		return err
	}
	if err := checkConsoleName(name); err != nil {
		return err
	}
	return s.registry(ctx, at, func(ctx context.Context, q *query.Queries) (int64, error) {
		return 1, q.PutModel(ctx, query.PutModelParams{Model: model, Name: name, Qr: qr, Now: at})
	})
}

// PutFirmware lets a model's firmware have tokens.
func (s *Service) PutFirmware(ctx context.Context, at time.Time, model, version string) error {
	if _, err := pairing.Ask(model, version, "", netip.Addr{}, at); err != nil {
		return err
	}
	return s.registry(ctx, at, func(ctx context.Context, q *query.Queries) (int64, error) {
		return q.PutFirmware(ctx, query.PutFirmwareParams{Version: version, Now: at, Model: model})
	})
}

// WithdrawFirmware gives a model's firmware no more tokens.
func (s *Service) WithdrawFirmware(ctx context.Context, at time.Time, model, version string) error {
	return s.registry(ctx, at, func(ctx context.Context, q *query.Queries) (int64, error) {
		return q.WithdrawFirmware(ctx, query.WithdrawFirmwareParams{Now: at, Model: model, Version: version})
	})
}

// PutStudio makes a member's account a studio's, by the name that riders will read.
func (s *Service) PutStudio(ctx context.Context, at time.Time, username, name string) error {
	if err := checkConsoleName(name); err != nil {
		return err
	}
	return s.registry(ctx, at, func(ctx context.Context, q *query.Queries) (int64, error) {
		return q.PutStudio(ctx, query.PutStudioParams{Name: name, Now: at, Username: text.FoldASCII(username)})
	})
}

// DropStudio makes a studio an account like any other: none of its consoles is shared
// any more, and the rides on them end.
func (s *Service) DropStudio(ctx context.Context, at time.Time, username string) error {
	return s.registry(ctx, at, func(ctx context.Context, q *query.Queries) (int64, error) {
		return q.DropStudio(ctx, text.FoldASCII(username))
	})
}

// Registry lists all models and versions.
func (s *Service) Registry(ctx context.Context, at time.Time) ([]Registered, error) {
	var all []Registered
	err := s.DB.AsSystem(ctx, db.ReasonRegistry, at, func(ctx context.Context, tx *db.SystemTx) error {
		rows, err := query.New(tx).ListRegistry(ctx)
		for _, r := range rows {
			all = append(all, Registered{Model: r.Model, Name: r.Name, QR: r.Qr, Firmware: r.Version, Withdrawn: r.WithdrawnAt})
		}
		return err
	})
	return all, err
}

func (s *Service) registry(ctx context.Context, at time.Time, fn func(context.Context, *query.Queries) (int64, error)) error {
	return s.DB.AsSystem(ctx, db.ReasonRegistry, at, func(ctx context.Context, tx *db.SystemTx) error {
		changed, err := fn(ctx, query.New(tx))
		if err == nil && changed == 0 {
			err = fmt.Errorf("nothing of that name is there to change")
		}
		return err
	})
}
