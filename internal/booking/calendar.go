package booking

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/paceline/paceline/internal/booking/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// Address is the secret of a calendar feed, 256 bits in 43 characters. Whoever has it reads the feed;
// what is kept is its hash.
type Address string

// secretBytes is how much of an address is chance.
const secretBytes = 32

// Calendar is the caller's feed.
type Calendar struct {
	Address Address // in the answer that makes it, and never again
	MadeAt  time.Time
}

// MakeCalendar makes the caller's feed, at a new address. The one before ends with it.
func (s *Service) MakeCalendar(ctx context.Context, c db.Caller) (privacy.Guarded[Calendar], privacy.Grant, error) {
	secret := make([]byte, secretBytes)
	rand.Read(secret) // never fails
	made := Calendar{Address: Address(base64.RawURLEncoding.EncodeToString(secret)), MadeAt: c.At()}
	var out privacy.Guarded[Calendar]
	var grant privacy.Grant
	err := s.ownCalendar(ctx, c, func(ctx context.Context, q *query.Queries, g privacy.Grant) error {
		out, grant = privacy.Guard(g.Owner(), privacy.Booking, made), g
		hash := sha256.Sum256([]byte(made.Address))
		return q.MakeCalendar(ctx, hash[:], c.At())
	})
	return out, grant, err
}

// Calendar says whether the caller has a feed, and since when. NotFound where there is none.
func (s *Service) Calendar(ctx context.Context, c db.Caller) (out privacy.Guarded[Calendar], grant privacy.Grant, err error) {
	err = s.ownCalendar(ctx, c, func(ctx context.Context, q *query.Queries, g privacy.Grant) error {
		row, err := q.ReadCalendar(ctx)
		out, grant = privacy.Guard(g.Owner(), privacy.Booking, Calendar{MadeAt: row.MadeAt.UTC()}), g
		return err
	})
	return out, grant, err
}

// EndCalendar ends the caller's feed: its address is nobody's from the next read on.
func (s *Service) EndCalendar(ctx context.Context, c db.Caller) error {
	return s.ownCalendar(ctx, c, func(ctx context.Context, q *query.Queries, _ privacy.Grant) error {
		return q.EndCalendar(ctx)
	})
}

func (s *Service) ownCalendar(ctx context.Context, c db.Caller, f func(context.Context, *query.Queries, privacy.Grant) error) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		self, err := q.ReadSelf(ctx)
		if err != nil {
			return err
		}
		grant, err := db.Subject(self.Subject).Decide(tx)
		if err != nil {
			return err
		}
		return f(ctx, q, grant)
	})
}

// Event is a booking in a calendar.
type Event struct {
	Booking
	Changed time.Time // the class, or what the member asked
}

// lookBack is how much of the past a feed holds.
const lookBack = 31 * day

// Feed is the bookings behind a calendar's address, by db.WithCalendar. An address that is none, or no
// longer, is NotFound.
func (s *Service) Feed(ctx context.Context, c db.Caller) (out []privacy.Guarded[Event], grant privacy.Grant, err error) {
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		self, err := q.ReadSelf(ctx)
		if err != nil {
			return err
		}
		if grant, err = db.Subject(self.Subject).Decide(tx); err != nil {
			return err
		}
		rows, err := q.ListForCalendar(ctx, tx.Now().Add(-lookBack))
		for _, row := range rows {
			b := bookingOf(row.Booked, 0, tx.Now())
			out = append(out, privacy.Guard(row.Booked.MemberID, privacy.Booking, Event{b, later(b.changed, b.AskedAt)}))
		}
		return err
	})
	if fault.KindOf(err) == fault.KindUnauthenticated {
		err = fault.NotFound()
	}
	return out, grant, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
