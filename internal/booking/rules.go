package booking

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/audit"
	"github.com/paceline/paceline/internal/booking/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
)

// Rules are how classes are booked: of one studio, or of all that have none of their own.
type Rules struct {
	PerDay, PerWeek             int
	Queue                       int
	Strikes                     int
	WithinDays, ClosedDays      int
	CheckInFromS, CheckInUntilS int
}

// Rules are those of a studio, or, of uuid.Nil, of all that have none of their own. NotFound of a studio
// that has none.
func (s *Service) Rules(ctx context.Context, c db.Caller, studio uuid.UUID) (out Rules, err error) {
	err = s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadRules(ctx, studio)
		if demanded := tx.Demand(onDuty); demanded != nil {
			return demanded
		}
		r := row.BookingRule
		out = Rules{
			int(r.PerDay), int(r.PerWeek), int(r.Queue), int(r.Strikes), int(r.WithinDays), int(r.ClosedDays), int(r.CheckInFromS), int(r.CheckInUntilS),
		}
		return err
	})
	return out, err
}

// SetRules sets them. NotFound of a studio that isn't there.
func (s *Service) SetRules(ctx context.Context, c db.Caller, studio uuid.UUID, r Rules) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Demand(onDuty); err != nil {
			return err
		}
		q := query.New(tx)
		if studio != serviceWide {
			there, err := q.HasStudio(ctx, studio)
			if err != nil {
				return err
			}
			if !there {
				return fault.NotFound()
			}
		}
		err := q.SetRules(ctx, query.SetRulesParams{
			StudioID: studio, PerDay: int16(r.PerDay), PerWeek: int16(r.PerWeek), Queue: int32(r.Queue), Strikes: int16(r.Strikes), //nolint:gosec // within the contract's bounds, and the table's
			WithinDays: int16(r.WithinDays), ClosedDays: int16(r.ClosedDays), CheckInFromS: int32(r.CheckInFromS), CheckInUntilS: int32(r.CheckInUntilS), //nolint:gosec // likewise
		})
		if err != nil {
			return err
		}
		return audit.Note(ctx, tx, audit.Act{What: "booking_rules.changed", Object: studio.String()})
	})
}
