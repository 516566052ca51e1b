package booking_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
)

// settled runs the job once.
func (w *world) settled(now time.Time) {
	w.t.Helper()
	var due []uuid.UUID
	w.must(w.open.AsWorker(context.Background(), db.ReasonSettleClasses, now, func(ctx context.Context, tx *db.SystemTx) (err error) {
		due, err = booking.Due(ctx, tx)
		return err
	}))
	for _, id := range due {
		w.must(w.open.AsWorker(context.Background(), db.ReasonSettleClasses, now, func(ctx context.Context, tx *db.SystemTx) error {
			return booking.Settle(ctx, tx, id)
		}))
	}
}

func (w *world) told(p person, kind string) int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM notice WHERE member_id = $1 AND kind = $2`, p.id, kind)
}

func TestALargerClassIsFilledByTheJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	id := w.class(noon.AddDate(0, 0, 2), 1)
	all := w.people(5)
	w.book(all[0], id, booking.Booked)
	for _, p := range all[1:4] {
		w.book(p, id, booking.Waiting)
	}
	w.exec(`UPDATE scheduled_class SET capacity = 3`)
	// Who asks before the job has come is behind those who wait.
	w.book(all[4], id, booking.Waiting)
	if w.state(all[1], id, noon) != booking.Booked || w.state(all[2], id, noon) != booking.Booked || w.state(all[3], id, noon) != booking.Waiting {
		t.Error("passed")
	}
	w.exec(`UPDATE scheduled_class SET capacity = 4`)
	w.settled(noon)
	if w.state(all[3], id, noon) != booking.Booked || w.told(all[3], "booking_promoted") != 1 {
		t.Error("forgotten")
	}
	// A smaller one sends nobody away.
	w.exec(`UPDATE scheduled_class SET capacity = 2`)
	w.settled(noon)
	_, _, err := w.Cancel(t.Context(), all[0].at(noon), id, false)
	w.must(err)
	if w.state(all[4], id, noon) != booking.Waiting {
		t.Error("three of two seats are booked, and one more was given")
	}
	w.sound(noon)
}

func TestACancelledClassEndsItsBookings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	id := w.class(noon.AddDate(0, 0, 2), 1)
	all := w.people(3)
	w.book(all[0], id, booking.Booked)
	w.book(all[1], id, booking.Waiting)
	w.exec(`UPDATE scheduled_class SET state = 'cancelled'`)
	if w.state(all[0], id, noon) != booking.ClassCancelled {
		t.Error("it is shown as booked before the job has come")
	}
	_, err := w.Book(t.Context(), all[2].at(noon), id, booking.Wish{})
	refused(t, err, "class_cancelled")
	w.settled(noon)
	w.settled(noon)
	for _, p := range all[:2] {
		if w.state(p, id, noon) != booking.ClassCancelled || w.told(p, "class_cancelled") != 1 {
			t.Errorf("%s is not told once", p.name)
		}
	}
	if n := w.count(`SELECT count(*) FROM class_seat`); n != 0 {
		t.Errorf("%d seats", n)
	}
	w.sound(noon)
}

func TestAnAccountThatEndsGivesItsSeatsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	id := w.class(noon.AddDate(0, 0, 2), 1)
	all := w.people(2)
	w.book(all[0], id, booking.Booked)
	w.book(all[1], id, booking.Waiting)
	w.must(w.open.AsAccount(t.Context(), all[0].at(noon), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT forget_bookings($1)`, tx.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM member WHERE id = viewer_id()`)
		return err
	}))
	w.settled(noon)
	if w.state(all[1], id, noon) != booking.Booked {
		t.Error("the seat is lost")
	}
	if n := w.count(`SELECT (SELECT count(*) FROM booking WHERE member_id = $1) + (SELECT count(*) FROM class_seat WHERE member_id = $1)`, all[0].id); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	w.sound(noon)
}

func TestCheckIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	starts := noon.AddDate(0, 0, 1)
	id := w.class(starts, 1)
	all := w.people(2)
	w.book(all[0], id, booking.Booked)
	w.book(all[1], id, booking.Waiting)
	code, err := w.Code(id)
	w.must(err)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	_, err = w.CheckIn(t.Context(), all[0].at(starts), id, wrong)
	refused(t, err, "wrong_code")
	_, err = w.CheckIn(t.Context(), all[0].at(starts.Add(-time.Hour)), id, code)
	refused(t, err, "check_in_not_now")
	_, err = w.CheckIn(t.Context(), all[1].at(starts), id, code)
	refused(t, err, "not_booked")
	for range 2 {
		b, err := w.CheckIn(t.Context(), all[0].at(starts), id, code)
		if got := open(t, b); err != nil || got.State != booking.Attended || got.CheckedInAt == nil {
			t.Errorf("%s, %v", got.State, err)
		}
	}
	if other, _ := w.Code(uuid.New()); other == code {
		t.Error("another class has the same code")
	}
}

// manager is a class manager whose session a second factor proved.
func (w *world) manager() person {
	w.t.Helper()
	p := w.add("manager")
	w.exec(`INSERT INTO auth.staff_role (member_id, role, granted_at) VALUES ($1, 'class_manager', $2)`, p.id, noon)
	w.exec(`UPDATE auth.session SET proved_at = $2 WHERE member_id = $1`, p.id, noon)
	return p
}

func TestTheRosterIsForClassManagers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	starts := noon.Add(30 * time.Minute)
	id := w.class(starts, 2)
	w.exec(`UPDATE scheduled_class SET promote_until = starts_at, cancel_until = starts_at`)
	all, keeper := w.people(4), w.manager()
	for i, want := range []booking.State{booking.Booked, booking.Booked, booking.Waiting, booking.Waiting} {
		w.book(all[i], id, want)
	}
	_, err := w.Roster(t.Context(), all[0].at(noon), id)
	if fault.KindOf(err) != fault.KindForbidden {
		t.Errorf("a member reads the roster: %v", err)
	}
	for _, err := range []error{w.Mark(t.Context(), all[0].at(noon), id, 2, new("no_show")), w.Remove(t.Context(), all[0].at(noon), id, 2)} {
		if fault.KindOf(err) != fault.KindForbidden {
			t.Errorf("a member writes the roster: %v", err)
		}
	}
	read := func() booking.Roster {
		t.Helper()
		r, err := w.Roster(t.Context(), keeper.at(noon), id)
		w.must(err)
		return r
	}
	if r := read(); len(r.Rides) != 4 || r.Rides[0].Username != all[0].name || r.Rides[0].Waiting || !r.Rides[3].Waiting || len(r.Code) != 6 {
		t.Errorf("%+v", r)
	}
	w.must(w.Mark(t.Context(), keeper.at(noon), id, 1, new("present")))
	w.must(w.Mark(t.Context(), keeper.at(noon), id, 2, new("no_show")))
	if w.state(all[0], id, noon) != booking.Attended || w.state(all[1], id, noon) != booking.NoShow {
		t.Error("not marked")
	}
	w.must(w.Mark(t.Context(), keeper.at(noon), id, 2, nil))
	if w.state(all[1], id, noon) != booking.Booked {
		t.Error("not taken back")
	}
	if err := w.Mark(t.Context(), keeper.at(noon), id, 3, new("present")); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("somebody who waits was there: %v", err)
	}
	w.must(w.Remove(t.Context(), keeper.at(noon), id, 2))
	if w.state(all[1], id, noon) != booking.Removed || w.told(all[1], "booking_removed") != 1 || w.state(all[2], id, noon) != booking.Booked {
		t.Error("not removed, not told, or nobody promoted")
	}
	for act, want := range map[string]string{"booking.marked": "3", "booking.removed": "1"} {
		if n := w.count(`SELECT count(*) FROM auth.audit WHERE act = $1 AND actor = $2 AND subject IS NOT NULL AND object = $3`, act, keeper.id, id.String()); strconv.Itoa(n) != want {
			t.Errorf("%s stands in the audit %d times, not %s", act, n, want)
		}
	}
	// The duty ends, and so does the look.
	w.exec(`DELETE FROM auth.staff_role`)
	if _, err := w.Roster(t.Context(), keeper.at(noon), id); fault.KindOf(err) != fault.KindForbidden {
		t.Errorf("without the duty: %v", err)
	}
	w.sound(noon)
}

func TestRulesAreSetByClassManagers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	keeper, one := w.manager(), w.people(1)[0]
	r, err := w.Rules(t.Context(), keeper.at(noon), uuid.Nil)
	w.must(err)
	r.PerDay = 1
	if err := w.SetRules(t.Context(), one.at(noon), uuid.Nil, r); fault.KindOf(err) != fault.KindForbidden {
		t.Errorf("a member sets the rules: %v", err)
	}
	if _, err := w.Rules(t.Context(), keeper.at(noon), w.studio); fault.KindOf(err) != fault.KindNotFound {
		t.Error(err)
	}
	w.must(w.SetRules(t.Context(), keeper.at(noon), w.studio, r))
	if n := w.count(`SELECT count(*) FROM auth.audit WHERE act = 'booking_rules.changed' AND object = $1`, w.studio.String()); n != 1 {
		t.Errorf("%d rows of it in the audit", n)
	}
	if got, err := w.Rules(t.Context(), keeper.at(noon), w.studio); err != nil || got != r {
		t.Errorf("%+v, %v", got, err)
	}
	w.book(one, w.class(noon.AddDate(0, 0, 1), 5), booking.Booked)
	_, err = w.Book(t.Context(), one.at(noon), w.class(noon.AddDate(0, 0, 1).Add(2*time.Hour), 5), booking.Wish{})
	refused(t, err, "day_cap_reached")
	if err := w.SetRules(t.Context(), keeper.at(noon), uuid.New(), r); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("rules of a studio that isn't there: %v", err)
	}
}

func TestTheCalendarFeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.bikes(2)
	all := w.people(3)
	id, full := w.class(noon.AddDate(0, 0, 1), 2), w.class(noon.AddDate(0, 0, 2), 1)
	w.book(all[1], id, booking.Booked)
	w.book(all[0], id, booking.Booked)
	w.book(all[1], full, booking.Booked)
	w.book(all[0], full, booking.Waiting)
	address := func(p person) string {
		t.Helper()
		c, grant, err := w.MakeCalendar(t.Context(), p.at(noon))
		w.must(err)
		made, _ := c.Open(grant)
		if len(made.Address) != 43 {
			t.Errorf("an address of %d characters", len(made.Address))
		}
		return string(made.Address)
	}
	feed := func(secret string, now time.Time) (string, error) {
		events, grant, err := w.Feed(t.Context(), db.WithCalendar(secret, now))
		if err != nil {
			return "", err
		}
		body, err := dto.FeedBody(events, grant)
		w.must(err)
		text, err := body.Encode()
		w.must(err)
		return string(text), nil
	}
	first := address(all[0])
	text, err := feed(first, noon)
	w.must(err)
	for _, want := range []string{
		"BEGIN:VCALENDAR\r\n", "SUMMARY:Climbs\\, hard\\; at noon\r\n", "DESCRIPTION:With Kim Vos\\nbike 2\r\n", "LOCATION:North\\, Bern\r\n",
		"DTSTART:20260505T120000Z\r\n", "STATUS:CONFIRMED\r\n", "STATUS:TENTATIVE\r\n", "UID:" + id.String() + "@paceline\r\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	for _, p := range all {
		if strings.Contains(text, p.name) || strings.Contains(text, p.id.String()) {
			t.Errorf("it names %s", p.name)
		}
	}
	if again, _ := feed(first, noon.Add(time.Hour)); again != text {
		t.Error("it changes with the clock")
	}
	// The address is no way in to anything else.
	for name, f := range map[string]func(context.Context, db.Caller, func(context.Context, *db.Tx) error) error{
		"account": w.open.AsAccount, "read": w.open.Read,
	} {
		err := f(t.Context(), db.WithCalendar(first, noon), func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT seen_by()`).Scan(new(uuid.UUID))
		})
		if err == nil {
			t.Errorf("an address works for %s", name)
		}
	}
	if _, err := w.Read(t.Context(), db.WithToken(first, noon), id); fault.KindOf(err) != fault.KindUnauthenticated {
		t.Errorf("an address is a token: %v", err)
	}
	// What changes shows at the next read; a new address ends the old one, and its end ends it.
	_, _, err = w.Cancel(t.Context(), all[0].at(noon), id, false)
	w.must(err)
	if text, _ = feed(first, noon); strings.Contains(text, id.String()) {
		t.Error("what was cancelled is shown")
	}
	second := address(all[0])
	if _, err := feed(first, noon); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("the old address: %v", err)
	}
	if _, err := feed(second, noon); err != nil {
		t.Error(err)
	}
	w.must(w.EndCalendar(t.Context(), all[0].at(noon)))
	w.must(w.EndCalendar(t.Context(), all[0].at(noon)))
	if _, err := feed(second, noon); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("an ended address: %v", err)
	}
	if n := w.count(`SELECT count(*) FROM auth.calendar WHERE secret_hash = convert_to($1, 'UTF8')`, second); n != 0 {
		t.Error("an address is kept as it is")
	}
}

// Who gives a class is named while they are published: neither a booking nor a dry run of one tells of a draft.
func TestABookingNamesNoDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one := w.people(1)[0]
	id := w.class(noon.AddDate(0, 0, 1), 2)
	w.book(one, id, booking.Booked)
	named := func() (n int) {
		t.Helper()
		read, err := w.Read(t.Context(), one.at(noon), id)
		w.must(err)
		dry, err := w.Book(t.Context(), one.at(noon), id, booking.Wish{DryRun: true})
		w.must(err)
		for _, b := range []booking.Shown{read, dry} {
			if open(t, b).Instructor != nil {
				n++
			}
		}
		made, grant, err := w.MakeCalendar(t.Context(), one.at(noon))
		w.must(err)
		address, _ := made.Open(grant)
		events, grant, err := w.Feed(t.Context(), db.WithCalendar(string(address.Address), noon))
		w.must(err)
		body, err := dto.FeedBody(events, grant)
		w.must(err)
		text, err := body.Encode()
		w.must(err)
		if strings.Contains(string(text), "With") || strings.Contains(string(text), "Kim") {
			n++
		}
		return n
	}
	if n := named(); n != 3 {
		t.Errorf("who is published is named in %d of three", n)
	}
	for _, state := range []string{"draft", "retired"} {
		w.exec(`UPDATE instructor SET state = $1`, state)
		if n := named(); n != 0 {
			t.Errorf("%s, and named in %d", state, n)
		}
	}
}

// Whoever moves a class, and however: who has a seat or waits is told once, and again when it moves again.
func TestWhoBookedIsToldThatAClassMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	id := w.class(noon.AddDate(0, 0, 2), 1)
	all := w.people(3)
	w.book(all[0], id, booking.Booked)
	w.book(all[1], id, booking.Waiting)
	move := func() {
		t.Helper()
		w.exec(`UPDATE scheduled_class SET starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour'`)
	}
	at := func(p person, now time.Time) int {
		t.Helper()
		return w.count(`SELECT count(*) FROM notice WHERE member_id = $1 AND kind = 'class_moved' AND object_id = $2 AND at = $3`, p.id, id, now)
	}
	w.settled(noon)
	if w.told(all[0], "class_moved") != 0 {
		t.Error("told of nothing")
	}
	move()
	w.book(all[2], id, booking.Waiting) // who asks now knows the new hour
	w.settled(noon)
	w.settled(noon.Add(time.Minute))
	for i, want := range []int{1, 1, 0} {
		if got := at(all[i], noon); got != want || w.told(all[i], "class_moved") != want {
			t.Errorf("%s was told %d times, or told again", all[i].name, got)
		}
	}
	move()
	w.settled(noon.Add(2 * time.Minute))
	for _, p := range all {
		if at(p, noon.Add(2*time.Minute)) != 1 {
			t.Errorf("%s isn't told of the second move", p.name)
		}
	}
	w.sound(noon)
}

// The functions that hold a class, and say which spots are taken, do so for whom it shows to or who has
// something of it; what gives seats and takes them away by itself is the worker's.
func TestWhatDoesNotShowIsNotHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.bikes(2)
	all := w.people(2)
	id := w.class(noon.AddDate(0, 0, 2), 2)
	w.book(all[0], id, booking.Booked)
	ask := func(c db.Caller) (held bool, taken int) {
		t.Helper()
		w.must(w.open.AsViewer(t.Context(), c, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT lock_class($1), cardinality(taken_spots($1))`, id).Scan(&held, &taken)
		}))
		return held, taken
	}
	if held, taken := ask(all[1].at(noon)); !held || taken != 1 {
		t.Errorf("what shows: %v, %d", held, taken)
	}
	w.exec(`UPDATE class SET state = 'retired'`)
	if held, taken := ask(all[1].at(noon)); held || taken != 0 {
		t.Errorf("what doesn't show: %v, %d", held, taken)
	}
	if held, taken := ask(all[0].at(noon)); !held || taken != 1 {
		t.Errorf("what one has booked: %v, %d", held, taken)
	}
	for _, sql := range []string{`SELECT settle_class($1, now())`, `SELECT hold_class($1)`} {
		if err := w.open.AsViewer(t.Context(), all[0].at(noon), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, sql, id)
			return err
		}); err == nil {
			t.Errorf("a member may %s", sql)
		}
	}
}

// An account that ends waits for its own bookings, and they for it: no seat outlives it.
func TestAnAccountThatEndsHoldsItsBookings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one := w.people(1)[0]
	free := func() bool {
		t.Helper()
		return w.count(`SELECT pg_try_advisory_xact_lock(hashtextextended('bookings ' || $1::text, 0))::integer`, one.id) == 1
	}
	w.must(w.open.AsAccount(t.Context(), one.at(noon), func(ctx context.Context, tx *db.Tx) error {
		if !free() {
			t.Error("held before")
		}
		_, err := tx.Exec(ctx, `SELECT forget_bookings($1)`, tx.Now())
		if free() {
			t.Error("a seat can be taken meanwhile")
		}
		return err
	}))
}

// Who waited for a class that has begun waits no more, and may book another one on that day.
func TestAQueueThatEndedCountsForNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.exec(`UPDATE booking_rule SET per_day = 1`)
	all := w.people(2)
	first, second := w.class(noon.Add(3*time.Hour), 1), w.class(noon.Add(5*time.Hour), 1)
	w.book(all[0], first, booking.Booked)
	w.book(all[1], first, booking.Waiting)
	_, err := w.Book(t.Context(), all[1].at(noon), second, booking.Wish{})
	refused(t, err, "day_cap_reached")
	later := noon.Add(3 * time.Hour)
	_, err = w.Book(t.Context(), all[0].at(later), second, booking.Wish{})
	refused(t, err, "day_cap_reached")
	b, err := w.Book(t.Context(), all[1].at(later), second, booking.Wish{})
	if got := open(t, b); err != nil || got.State != booking.Booked {
		t.Errorf("%s, %v", got.State, err)
	}
}

func TestBookingsAreClearedAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one := w.people(1)[0]
	id := w.class(noon.AddDate(0, 0, 1), 2)
	w.book(one, id, booking.Booked)
	clear := func(now time.Time) (n int64) {
		t.Helper()
		w.must(w.open.AsWorker(t.Context(), db.ReasonRetention, now, func(ctx context.Context, tx *db.SystemTx) (err error) {
			n, err = booking.Clear(ctx, tx)
			return err
		}))
		return n
	}
	if clear(noon.AddDate(0, 0, 400)) != 0 || clear(noon.AddDate(0, 0, 402)) != 1 {
		t.Error("cleared too early, or never")
	}
	if n := w.count(`SELECT (SELECT count(*) FROM booking) + (SELECT count(*) FROM class_seat) + (SELECT count(*) FROM class_step) + (SELECT count(*) FROM class_room)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}
