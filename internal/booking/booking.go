package booking

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/booking/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// State is what a booking has come to.
type State string

const (
	Booked         State = "booked"
	Waiting        State = "waiting"
	NotPromoted    State = "not_promoted"    // waited, and the waitlist has ended
	Attended       State = "attended"        // checked in
	NoShow         State = "no_show"         // booked, and was not there
	Cancelled      State = "cancelled"       // by the member, in time
	CancelledLate  State = "cancelled_late"  // by the member, and it counts
	Removed        State = "removed"         // by the staff
	ClassCancelled State = "class_cancelled" // with the class
)

// Booking is what a member has of a class, and what they need to know of the class.
type Booking struct {
	ClassID      uuid.UUID // the scheduled class
	State        State
	Spot         *string
	PlaceInQueue *int // 1 is the next
	AskedAt      time.Time
	CheckedInAt  *time.Time

	Title, Discipline string
	Instructor        *string // none: who gives it isn't published
	Studio, City      *string // none: it is given online
	StartsAt, EndsAt  time.Time
	TimeZone          string
	CancelUntil       time.Time // the last moment at which to cancel doesn't count
	changed           time.Time
}

func bookingOf(b query.Booked, place int32, now time.Time) Booking {
	out := Booking{
		ClassID: b.ScheduledID, State: stateOf(b, now), Spot: b.Spot, AskedAt: b.AskedAt.UTC(), CheckedInAt: utc(b.CheckedInAt),
		Title: b.Title, Discipline: b.Discipline, Instructor: b.Instructor, Studio: b.Studio, City: b.City,
		StartsAt: b.StartsAt.UTC(), EndsAt: b.EndsAt.UTC(), TimeZone: b.TimeZone, CancelUntil: b.CancelUntil.UTC(), changed: b.UpdatedAt.UTC(),
	}
	if out.State == Waiting && place > 0 {
		out.PlaceInQueue = new(int(place))
	}
	return out
}

// stateOf says what a booking has come to: of what the class is by now, what the member did, and what
// was done to their seat.
func stateOf(b query.Booked, now time.Time) State {
	attendance := ""
	if b.Attendance != nil {
		attendance = *b.Attendance
	}
	switch {
	case b.CancelledAt != nil && b.LateAt != nil && b.LateAt.Equal(*b.CancelledAt):
		return CancelledLate
	case b.CancelledAt != nil:
		return Cancelled
	case b.State == stateCancelled:
		return ClassCancelled
	case b.Seat == nil:
		return Removed
	case *b.Seat == seatWaiting && now.After(b.PromoteUntil):
		return NotPromoted
	case *b.Seat == seatWaiting:
		return Waiting
	case attendance == attPresent:
		return Attended
	case attendance == attNoShow:
		return NoShow
	}
	return Booked
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}

// Read is the caller's booking of a class. NotFound where they never had one.
func (s *Service) Read(ctx context.Context, c db.Caller, id uuid.UUID) (out Shown, err error) {
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		out, err = read(ctx, tx, id)
		return err
	})
	return out, err
}

func read(ctx context.Context, tx *db.Tx, id uuid.UUID) (Shown, error) {
	row, err := query.New(tx).ReadBooking(ctx, id)
	if err != nil {
		return Shown{}, err
	}
	grant, err := db.Subject(row.Subject).Decide(tx)
	return Shown{privacy.Guard(row.Booked.MemberID, privacy.Booking, bookingOf(row.Booked, row.PlaceInQueue, tx.Now())), grant}, err
}

// at is the place of a booking in a list.
type at struct {
	Starts time.Time
	ID     uuid.UUID
}

// List is the caller's bookings: those to come, the next one first; or those that are over or were
// cancelled, the newest first.
func (s *Service) List(ctx context.Context, c db.Caller, past bool, r page.Request) (page.Page[privacy.Guarded[Booking]], privacy.Grant, error) {
	var out page.Page[privacy.Guarded[Booking]]
	var grant privacy.Grant
	r.Operation, r.Filter = "bookings", "upcoming"
	if past {
		r.Filter = "past"
	}
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		self, err := query.New(tx).ReadSelf(ctx)
		if err != nil {
			return err
		}
		if grant, err = db.Subject(self.Subject).Decide(tx); err != nil {
			return err
		}
		from, more, err := page.After[at](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := listed(ctx, tx, past, from, more, int32(r.Limit)+1) //nolint:gosec // at most 100
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, rows, func(row query.ListUpcomingRow) at {
			return at{row.Booked.StartsAt.UTC(), row.Booked.ScheduledID}
		})
		out.Next = cut.Next
		for _, row := range cut.Items {
			out.Items = append(out.Items, privacy.Guard(row.Booked.MemberID, privacy.Booking, bookingOf(row.Booked, row.PlaceInQueue, tx.Now())))
		}
		return err
	})
	return out, grant, err
}

func listed(ctx context.Context, tx *db.Tx, past bool, from at, more bool, most int32) ([]query.ListUpcomingRow, error) {
	q := query.New(tx)
	if !past {
		return q.ListUpcoming(ctx, query.ListUpcomingParams{Now: tx.Now(), AfterAt: from.Starts, AfterID: from.ID, RowLimit: most})
	}
	if !more {
		from = at{tx.Now().AddDate(10, 0, 0), uuid.Max}
	}
	rows, err := q.ListPast(ctx, query.ListPastParams{Now: tx.Now(), BeforeAt: from.Starts, BeforeID: from.ID, RowLimit: most})
	out := make([]query.ListUpcomingRow, len(rows))
	for i, row := range rows {
		out[i] = query.ListUpcomingRow(row)
	}
	return out, err
}
