package booking

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/booking/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// onDuty is what the roster takes, however it is reached.
var onDuty = db.Duty{Of: privacy.ClassManager}

// Roster is who comes to a class, for a class manager: usernames and attendance, and nothing else of a
// member.
type Roster struct {
	Code  string // with which members check in
	Rides []Entry
}

// Entry is a line of a roster. It is named by its turn, which says nothing of a member.
type Entry struct {
	Turn        int64
	Username    string
	Waiting     bool
	Spot        *string
	Attendance  *string // present or no_show
	CheckedInAt *time.Time
}

// Roster is that of a class: those with a seat, then those who wait, each in the order of asking. That it
// was read stands in the access log of everybody on it.
func (s *Service) Roster(ctx context.Context, c db.Caller, id uuid.UUID) (out Roster, err error) {
	if out.Code, err = s.Code(id); err != nil {
		return Roster{}, err
	}
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Demand(onDuty); err != nil {
			return err
		}
		q := query.New(tx)
		there, err := q.IsScheduled(ctx, id)
		if err == nil && !there {
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		rows, err := q.ReadRoster(ctx, id, tx.Now())
		for _, row := range rows {
			out.Rides = append(out.Rides, Entry{
				Turn: row.Turn, Username: row.Username, Waiting: row.State == seatWaiting, Spot: row.Spot,
				Attendance: row.Attendance, CheckedInAt: utc(row.CheckedInAt),
			})
		}
		return err
	})
	if err != nil {
		return Roster{}, err
	}
	return out, nil
}

// Mark says who was there: "present", "no_show", or nil to take either back. Nobody is marked before
// check-in opens.
func (s *Service) Mark(ctx context.Context, c db.Caller, id uuid.UUID, turn int64, attendance *string) error {
	return s.locked(ctx, c, id, false, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Demand(onDuty); err != nil {
			return err
		}
		st, err := stand(ctx, tx, id)
		if err != nil {
			return err
		}
		if attendance != nil && tx.Now().Before(st.class.StartsAt.Add(-st.rules.CheckInFrom)) {
			return fault.Conflict("check_in_not_now", "check-in is not open yet")
		}
		marked, err := query.New(tx).MarkAttendance(ctx, query.MarkAttendanceParams{ID: id, Turn: turn, Seen: attendance, Now: tx.Now()})
		if err == nil && !marked {
			err = fault.NotFound()
		}
		return err
	})
}

// Remove takes somebody off the roster and tells them. Who waits gets the seat.
func (s *Service) Remove(ctx context.Context, c db.Caller, id uuid.UUID, turn int64) error {
	return s.locked(ctx, c, id, false, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Demand(onDuty); err != nil {
			return err
		}
		removed, err := query.New(tx).RemoveFromClass(ctx, query.RemoveFromClassParams{ID: id, Turn: turn, Now: tx.Now()})
		if err == nil && !removed {
			err = fault.NotFound()
		}
		return err
	})
}
