package booking

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/booking/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seat"
)

// standing is a class, its rules and what the viewer has to do with it, at one moment under its lock.
type standing struct {
	id         uuid.UUID
	studio     uuid.NullUUID
	everywhere bool // the rules are the service's, so that bookings everywhere count
	class      seat.Class
	rules      seat.Rules
	own        seat.Own
	member     uuid.UUID
	grant      privacy.Grant
}

// serviceWide is under which the rules stand of studios without their own.
var serviceWide = uuid.Nil

// stand reads a class as the viewer may see it: NotFound for any other.
func stand(ctx context.Context, tx *db.Tx, id uuid.UUID) (standing, error) {
	row, err := query.New(tx).ReadStanding(ctx, id)
	if err != nil {
		return standing{}, err
	}
	grant, err := db.Subject(row.Subject).Decide(tx)
	return standing{
		id: id, studio: row.StudioID, everywhere: row.BookingRule.StudioID == serviceWide, member: row.Subject.MemberID, grant: grant,
		class: seat.Class{
			Cancelled: row.State == stateCancelled, StartsAt: row.StartsAt, EndsAt: row.EndsAt, OpensAt: row.BookingOpensAt,
			CancelUntil: row.CancelUntil, PromoteUntil: row.PromoteUntil,
			Capacity: int(row.Capacity), Booked: int(row.Booked), Waiting: int(row.Waiting),
		},
		rules: rulesOf(row.BookingRule),
		own:   ownOf(row.Seat, row.Spot, row.Attendance, row.PromotedAt),
	}, err
}

// standInOwn is stand for what the viewer has of a class, which may have left the catalogue since.
// Who never had anything stands in it like everybody.
func standInOwn(ctx context.Context, tx *db.Tx, id uuid.UUID) (standing, error) {
	row, err := query.New(tx).ReadBooking(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return stand(ctx, tx, id)
	}
	if err != nil {
		return standing{}, err
	}
	b := row.Booked
	grant, err := db.Subject(row.Subject).Decide(tx)
	return standing{
		id: id, member: b.MemberID, grant: grant,
		class: seat.Class{
			Cancelled: b.State == stateCancelled, StartsAt: b.StartsAt, EndsAt: b.EndsAt, CancelUntil: b.CancelUntil, PromoteUntil: b.PromoteUntil,
		},
		own: ownOf(b.Seat, b.Spot, b.Attendance, b.PromotedAt),
	}, err
}

const (
	stateCancelled = "cancelled" // of scheduled_class
	seatBooked     = "booked"    // of class_seat
	seatWaiting    = "waiting"
	attPresent     = "present"
	attNoShow      = "no_show"
)

func ownOf(held, spot, attendance *string, promoted *time.Time) (o seat.Own) {
	switch {
	case held == nil:
		return o
	case *held == seatBooked:
		o.Holds = seat.Booked
	default:
		o.Holds = seat.Waiting
	}
	if spot != nil {
		o.Spot = *spot
	}
	if promoted != nil {
		o.Promoted = *promoted
	}
	o.Present = attendance != nil && *attendance == attPresent
	return o
}

const day = 24 * time.Hour

func rulesOf(r query.BookingRule) seat.Rules {
	return seat.Rules{
		PerDay: int(r.PerDay), PerWeek: int(r.PerWeek), Queue: int(r.Queue),
		Strikes: int(r.Strikes), Within: time.Duration(r.WithinDays) * day, Closed: time.Duration(r.ClosedDays) * day,
		CheckInFrom: time.Duration(r.CheckInFromS) * time.Second, CheckInUntil: time.Duration(r.CheckInUntilS) * time.Second,
	}
}

// readMore adds what the caps, the overlaps and the strikes are about: needed where somebody wants a seat.
func (st *standing) readMore(ctx context.Context, tx *db.Tx) error {
	q := query.New(tx)
	others, err := q.ReadOthers(ctx, query.ReadOthersParams{Now: tx.Now(), Everywhere: st.everywhere, ID: st.id})
	if err != nil {
		return err
	}
	st.own.Day, st.own.Week, st.own.Overlapping = int(others.Day), int(others.Week), others.Overlapping
	if st.rules.Strikes == 0 {
		return nil
	}
	since := tx.Now().Add(-st.rules.Within - st.rules.Closed)
	st.own.Strikes, err = q.ReadStrikes(ctx, query.ReadStrikesParams{Since: since, Everywhere: st.everywhere, OfStudio: st.studio})
	return err
}
