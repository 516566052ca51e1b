// Package booking books seats in scheduled classes: for a member, in one transaction that holds the
// class, by what package seat decides of what it read there.
//
// What holds, whatever goes on at the same time:
//
//   - No class has one booking too many, and no spot two members. The row of the scheduled class is
//     locked before anything is read that a decision hangs on; behind it stand a check on the row that
//     counts and a unique key on the spot (migrations/0024_bookings.up.sql).
//   - Who waits is promoted in the order of asking, in the very transaction that sets a seat free, and
//     told so in it. What sets seats free by itself (a larger class, an account that ended) is followed
//     up by a job, and by whoever asks next, before their own wish is looked at: nobody passes the queue.
//   - A transaction takes its member's lock, then the class's, and no other member's ever. So a member's
//     bookings at once are decided one after the other, and nobody waits for a stranger's.
//   - A dry run is the same transaction, undone.
//   - What was done to a class is written down in order, by numbers (class_step), and can be replayed.
//
// A booking is its member's (privacy.Booking). Others learn that a seat or a spot is taken, which is a
// public figure of the class; a class manager sees the roster.
package booking

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/booking/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/seat"
)

// Service books. It is safe for concurrent use.
type Service struct {
	db   *db.DB
	ring *seal.Ring
}

// New makes a service.
func New(database *db.DB, ring *seal.Ring) *Service { return &Service{database, ring} }

// Shown is a member's booking, for themself.
type Shown struct {
	Booking privacy.Guarded[Booking]
	Grant   privacy.Grant
}

// Wish is what a member asks of a class.
type Wish struct {
	Spot      string // a certain one; empty: any
	NoWaiting bool   // a seat or nothing
	DryRun    bool   // only the answer
}

// errDryRun undoes what was done to know the answer.
var errDryRun = errors.New("booking: a dry run")

// Book gives the caller a seat in a class, moves them to another spot, or puts them on the waitlist.
// To ask for what one has changes nothing. The refusals are those of package seat.
func (s *Service) Book(ctx context.Context, c db.Caller, id uuid.UUID, w Wish) (Shown, error) {
	return s.act(ctx, c, id, w.DryRun, func(ctx context.Context, tx *db.Tx) error {
		now := tx.Now()
		st, err := stand(ctx, tx, id)
		if err != nil {
			return err
		}
		if st.class.Due(now) > 0 { // first who waits
			if err := settle(ctx, tx, id); err != nil {
				return err
			}
			if st, err = stand(ctx, tx, id); err != nil {
				return err
			}
		}
		if err := st.readMore(ctx, tx); err != nil {
			return err
		}
		ask := seat.Ask{Spot: w.Spot, NoWaiting: w.NoWaiting}
		if w.Spot != "" {
			spot, err := query.New(tx).ReadSpot(ctx, query.ReadSpotParams{StudioID: st.studio.UUID, Spot: w.Spot, ID: id})
			if err != nil {
				return err
			}
			ask.Known, ask.Taken = spot.Known, spot.Taken
		}
		step, err := seat.Book(st.class, st.rules, st.own, ask, now)
		if err != nil {
			return err
		}
		return do(ctx, tx, id, step, w.Spot)
	})
}

// Ended is what became of a booking that its member gave up.
type Ended struct {
	Cancelled bool // there was one
	Late      bool // it counts as a late cancellation
}

// Cancel gives up what the caller has of a class. Who waits gets the seat at once. To cancel what one
// hasn't changes nothing.
func (s *Service) Cancel(ctx context.Context, c db.Caller, id uuid.UUID, dryRun bool) (privacy.Guarded[Ended], privacy.Grant, error) {
	var out privacy.Guarded[Ended]
	var grant privacy.Grant
	err := s.locked(ctx, c, id, dryRun, func(ctx context.Context, tx *db.Tx) error {
		st, err := standInOwn(ctx, tx, id)
		if err != nil {
			return err
		}
		step, err := seat.Cancel(st.class, st.own, tx.Now())
		if err != nil {
			return err
		}
		out, grant = privacy.Guard(st.member, privacy.Booking, Ended{Cancelled: step != seat.Stay, Late: step == seat.LeaveLate}), st.grant
		if err := do(ctx, tx, id, step, ""); err != nil || step == seat.Stay {
			return err
		}
		return settle(ctx, tx, id)
	})
	return out, grant, err
}

// CheckIn says that the caller is there, by the code that is shown where the class is given.
func (s *Service) CheckIn(ctx context.Context, c db.Caller, id uuid.UUID, code string) (Shown, error) {
	return s.act(ctx, c, id, false, func(ctx context.Context, tx *db.Tx) error {
		st, err := stand(ctx, tx, id)
		if err != nil {
			return err
		}
		right, err := s.isCode(id, code)
		if err != nil {
			return err
		}
		if !right {
			return fault.Unprocessable("wrong_code", "that is not the code of this class", fault.At("/code", "wrong_code", "is not the code of this class"))
		}
		step, err := seat.CheckIn(st.class, st.rules, st.own, tx.Now())
		if err != nil {
			return err
		}
		return do(ctx, tx, id, step, "")
	})
}

// act is locked for what a member has at its end.
func (s *Service) act(ctx context.Context, c db.Caller, id uuid.UUID, dryRun bool, f func(context.Context, *db.Tx) error) (out Shown, err error) {
	err = s.locked(ctx, c, id, dryRun, func(ctx context.Context, tx *db.Tx) error {
		if err := f(ctx, tx); err != nil {
			return err
		}
		out, err = read(ctx, tx, id)
		return err
	})
	return out, err
}

// locked runs f while nobody else books this class, nor the caller any other.
func (s *Service) locked(ctx context.Context, c db.Caller, id uuid.UUID, dryRun bool, f func(context.Context, *db.Tx) error) error {
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if !tx.Viewer().SignedIn() {
			return fault.Unauthenticated("login_required", "sign in first")
		}
		there, err := query.New(tx).LockClass(ctx, id)
		if err == nil && !there {
			err = fault.NotFound()
		}
		if err == nil {
			err = f(ctx, tx)
		}
		if err == nil && dryRun {
			err = errDryRun
		}
		return err
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}

// do does what was decided.
func do(ctx context.Context, tx *db.Tx, id uuid.UUID, step seat.Step, spot string) error {
	q, now := query.New(tx), tx.Now()
	switch step {
	case seat.Take:
		var wanted *string
		if spot != "" {
			wanted = &spot
		}
		return q.TakeSeat(ctx, query.TakeSeatParams{ID: id, Spot: wanted, Now: now})
	case seat.Queue:
		return q.QueueForSeat(ctx, id, now)
	case seat.Move:
		return q.ChangeSpot(ctx, id, spot)
	case seat.Leave, seat.LeaveLate:
		return q.LeaveClass(ctx, query.LeaveClassParams{ID: id, Late: step == seat.LeaveLate, Now: now})
	case seat.Attend:
		return q.AttendClass(ctx, id, now)
	case seat.Stay:
	}
	return nil
}
