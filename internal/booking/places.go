package booking

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/booking/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
)

// Places is what everybody may know of the seats of a class: how many there are, how many are free, and
// which spots are taken. Not by whom: it is a figure of the class, and moves with every booking,
// also of a member whom nobody can find.
type Places struct {
	Capacity, Free int
	Spots          []Spot
}

// Spot is a place in a studio.
type Spot struct {
	Label string
	Taken bool
}

// Places are those of a class that the caller may see: NotFound for any other.
func (s *Service) Places(ctx context.Context, c db.Caller, id uuid.UUID) (out Places, err error) {
	err = s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		rows, err := query.New(tx).ReadPlaces(ctx, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.NotFound()
		}
		out = Places{Capacity: int(rows[0].Capacity), Free: max(0, int(rows[0].Capacity)-int(rows[0].Booked))}
		for _, row := range rows {
			if row.Label != nil {
				out.Spots = append(out.Spots, Spot{*row.Label, row.Taken})
			}
		}
		return nil
	})
	return out, err
}
