package booking_test

import (
	"context"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
)

func TestWhoCancelsGivesTheirSeatToWhoWaitsLongest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.bikes(2)
	id := w.class(noon.AddDate(0, 0, 2), 2)
	all := w.people(5)
	for i, want := range []booking.State{booking.Booked, booking.Booked, booking.Waiting, booking.Waiting, booking.Waiting} {
		w.book(all[i], id, want)
		w.book(all[i], id, want) // again changes nothing
	}
	place := func(i int) int {
		b, err := w.Read(t.Context(), all[i].at(noon), id)
		w.must(err)
		if p := open(t, b).PlaceInQueue; p != nil {
			return *p
		}
		return 0
	}
	if place(0) != 0 || place(2) != 1 || place(3) != 2 || place(4) != 3 {
		t.Error("the waitlist has another order")
	}
	for _, dry := range []bool{true, false, false} {
		e, grant, err := w.Cancel(t.Context(), all[0].at(noon), id, dry)
		w.must(err)
		if end, _ := e.Open(grant); end.Late {
			t.Error("it is late")
		}
		if dry && w.state(all[0], id, noon) != booking.Booked {
			t.Error("a dry run cancels")
		}
	}
	if w.state(all[0], id, noon) != booking.Cancelled || w.state(all[2], id, noon) != booking.Booked || place(3) != 1 {
		t.Error("the first of the waitlist has no seat")
	}
	b, _ := w.Read(t.Context(), all[2].at(noon), id)
	if spot := open(t, b).Spot; spot == nil || *spot != "bike 1" {
		t.Error("and not the spot that became free")
	}
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'booking_promoted' AND member_id = $1 AND object_id = $2`, all[2].id, id); n != 1 {
		t.Errorf("told %d times", n)
	}
	w.book(all[0], id, booking.Waiting) // and is last now
	if place(0) != 3 {
		t.Error("who comes again passes others")
	}
	w.sound(noon)
}

func TestADryRunAnswersAndDoesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.bikes(1)
	id := w.class(noon.AddDate(0, 0, 2), 1)
	all := w.people(2)
	try := func(p person, want booking.State) {
		b, err := w.Book(t.Context(), p.at(noon), id, booking.Wish{DryRun: true})
		if got := open(t, b); err != nil || got.State != want || w.state(p, id, noon) != "" {
			t.Errorf("%s, %v, want %s", got.State, err, want)
		}
	}
	try(all[0], booking.Booked)
	w.book(all[0], id, booking.Booked)
	try(all[1], booking.Waiting)
	_, err := w.Book(t.Context(), all[1].at(noon), id, booking.Wish{DryRun: true, NoWaiting: true})
	refused(t, err, "class_full")
	if n := w.count(`SELECT count(*) FROM class_seat`); n != 1 {
		t.Errorf("%d seats", n)
	}
	w.sound(noon)
}

func TestSpots(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.bikes(3)
	id := w.class(noon.AddDate(0, 0, 2), 3)
	all := w.people(3)
	ask := func(p person, spot string) (booking.Booking, error) {
		b, err := w.Book(t.Context(), p.at(noon), id, booking.Wish{Spot: spot})
		return open(t, b), err
	}
	b, err := ask(all[0], "bike 2")
	if err != nil || *b.Spot != "bike 2" {
		t.Error("another spot than asked for", err)
	}
	_, err = ask(all[1], "bike 2")
	refused(t, err, "spot_taken")
	_, err = ask(all[1], "bike 12")
	refused(t, err, "unknown_spot")
	if b, err = ask(all[1], ""); err != nil || *b.Spot != "bike 1" {
		t.Error("not the first free spot", err)
	}
	if b, err = ask(all[1], "bike 3"); err != nil || *b.Spot != "bike 3" {
		t.Error("not moved", err)
	}
	if _, err = ask(all[0], "bike 3"); fault.Of(err).Code != "spot_taken" {
		t.Error("two members a spot", err)
	}
	p, err := w.Places(t.Context(), all[2].at(noon), id)
	if err != nil || p.Capacity != 3 || p.Free != 1 || len(p.Spots) != 3 || p.Spots[0].Taken || !p.Spots[1].Taken || !p.Spots[2].Taken {
		t.Errorf("%+v, %v", p, err)
	}
	w.sound(noon)
}

func TestCapsAndOverlaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.exec(`UPDATE booking_rule SET per_day = 2, per_week = 3`)
	one := w.people(1)[0]
	tuesday := noon.AddDate(0, 0, 1)
	full := w.class(tuesday, 1)
	w.book(w.people(1)[0], full, booking.Booked)
	w.book(one, full, booking.Waiting) // counts as well
	refuse := func(starts time.Time, code fault.Code) {
		t.Helper()
		_, err := w.Book(t.Context(), one.at(noon), w.class(starts, 5), booking.Wish{})
		refused(t, err, code)
	}
	refuse(tuesday.Add(44*time.Minute), "overlapping_booking")
	refuse(tuesday.Add(-44*time.Minute), "overlapping_booking")
	next := w.class(tuesday.Add(45*time.Minute), 5)
	w.book(one, next, booking.Booked)
	refuse(tuesday.Add(9*time.Hour+59*time.Minute-60*time.Minute), "day_cap_reached") // 22:59 in Zurich
	w.book(one, w.class(tuesday.Add(10*time.Hour), 5), booking.Booked)                // midnight there
	refuse(noon.AddDate(0, 0, 6).Add(9*time.Hour), "week_cap_reached")                // Sunday, 23:00
	monday := w.class(noon.AddDate(0, 0, 6).Add(10*time.Hour), 5)
	w.book(one, monday, booking.Booked)
	_, _, err := w.Cancel(t.Context(), one.at(noon), next, false)
	w.must(err)
	w.book(one, w.class(noon.AddDate(0, 0, 3), 5), booking.Booked)
	// A studio with rules of its own counts its own.
	w.exec(`INSERT INTO booking_rule SELECT $1, 1, 100, queue, strikes, within_days, closed_days, check_in_from_s, check_in_until_s FROM booking_rule`, w.studio)
	refuse(noon.AddDate(0, 0, 3).Add(2*time.Hour), "day_cap_reached")
	w.sound(noon)
}

func TestStrikesCloseBookingForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one := w.people(1)[0]
	late := func(starts time.Time) {
		t.Helper()
		id := w.class(starts, 5)
		now := starts.Add(-11 * time.Hour)
		_, err := w.Book(t.Context(), one.at(now), id, booking.Wish{})
		w.must(err)
		e, grant, err := w.Cancel(t.Context(), one.at(now), id, false)
		w.must(err)
		if end, _ := e.Open(grant); !end.Late || w.state(one, id, now) != booking.CancelledLate {
			t.Error("it is not late")
		}
	}
	late(noon.AddDate(0, 0, 1))
	late(noon.AddDate(0, 0, 2))
	away := w.class(noon.AddDate(0, 0, 3), 5)
	w.book(one, away, booking.Booked)
	w.exec(`UPDATE class_seat SET attendance = 'no_show' WHERE scheduled_id = $1`, away)
	at := noon.AddDate(0, 0, 4)
	next := w.class(at.AddDate(0, 0, 5), 5)
	_, err := w.Book(t.Context(), one.at(at), next, booking.Wish{})
	refused(t, err, "booking_closed_to_you")
	w.exec(`UPDATE class_seat SET attendance = NULL`) // it was a mistake
	if _, err = w.Book(t.Context(), one.at(at), next, booking.Wish{}); err != nil {
		t.Error(err)
	}
	w.exec(`UPDATE class_seat SET attendance = 'no_show' WHERE scheduled_id = $1`, away)
	later := noon.AddDate(0, 0, 3).Add(45*time.Minute).AddDate(0, 0, 7)
	other := w.class(later.AddDate(0, 0, 3), 5)
	if _, err = w.Book(t.Context(), one.at(later.Add(-time.Second)), other, booking.Wish{}); fault.Of(err) == nil {
		t.Error("open too early")
	}
	if _, err = w.Book(t.Context(), one.at(later.Add(time.Second)), other, booking.Wish{}); err != nil {
		t.Error("closed for good", err)
	}
}

func TestTheWaitlistEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	starts := noon.AddDate(0, 0, 1)
	id := w.class(starts, 1)
	all := w.people(3)
	w.book(all[0], id, booking.Booked)
	w.book(all[1], id, booking.Waiting)
	after := starts.Add(-2*time.Hour + time.Second)
	_, _, err := w.Cancel(t.Context(), all[0].at(after), id, false)
	w.must(err)
	if w.state(all[1], id, after) != booking.NotPromoted {
		t.Error("promoted after the cut-off")
	}
	// The seat is whoever's asks first.
	if b, err := w.Book(t.Context(), all[2].at(after), id, booking.Wish{}); err != nil || open(t, b).State != booking.Booked {
		t.Error(err)
	}
	_, err = w.Book(t.Context(), all[0].at(after), id, booking.Wish{})
	refused(t, err, "waitlist_closed")
	_, err = w.Book(t.Context(), all[0].at(starts), id, booking.Wish{})
	refused(t, err, "class_started")
	_, _, err = w.Cancel(t.Context(), all[2].at(starts), id, false)
	refused(t, err, "class_started")
	_, err = w.Book(t.Context(), all[0].at(starts.AddDate(0, 0, -7).Add(-time.Second)), id, booking.Wish{})
	refused(t, err, "booking_not_open")
	w.sound(after)
}

func TestBookingsAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one := w.people(1)[0]
	for i := range 5 {
		w.book(one, w.class(noon.AddDate(0, 0, 1+i), 5), booking.Booked)
	}
	all := func(past bool, now time.Time) (got []booking.Booking) {
		t.Helper()
		r := page.Request{Limit: 2}
		for {
			p, grant, err := w.List(context.Background(), one.at(now), past, r)
			w.must(err)
			for _, item := range p.Items {
				b, _ := item.Open(grant)
				got = append(got, b)
			}
			if r.Cursor = p.Next; p.Next == "" {
				return got
			}
		}
	}
	if got := all(false, noon); len(got) != 5 || !got[0].StartsAt.Before(got[4].StartsAt) {
		t.Errorf("%d to come", len(got))
	}
	now := noon.AddDate(0, 0, 2).Add(time.Hour)
	if a, b := all(false, now), all(true, now); len(a) != 3 || len(b) != 2 || !b[0].StartsAt.After(b[1].StartsAt) {
		t.Errorf("%d to come, %d past", len(a), len(b))
	}
}
