package booking_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

// noon is a Monday's, when every test's requests come unless they say otherwise.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// world is a database with a studio, classes and members, and a service on it.
type world struct {
	*booking.Service
	t      testing.TB
	ring   *seal.Ring
	open   *db.DB
	root   *pgxpool.Pool // passes row-level security by
	studio uuid.UUID
	kim    uuid.UUID
	made   int
}

func newWorld(t testing.TB, connections int) *world {
	t.Helper()
	ctx := context.Background()
	d := pgtest.New(t)
	w := &world{t: t, ring: seal.NewRing(), studio: uuid.New(), kim: uuid.New()}
	root, err := pgxpool.New(ctx, d.Superuser())
	w.must(err)
	w.root = root
	w.open, err = db.Open(ctx, db.Config{URL: d.Superuser(), Connections: connections})
	w.must(err)
	t.Cleanup(func() { w.open.Close(); root.Close() })
	w.Service = booking.New(w.open, w.ring)
	w.exec(`INSERT INTO instructor (id, state, name, disciplines, created_at, updated_at) VALUES ($1, 'published', 'Kim Vos', '{ride}', $2, $2)`, w.kim, noon)
	w.exec(`INSERT INTO studio (id, state, name, city, country, time_zone, created_at, updated_at)
		VALUES ($1, 'published', 'North', 'Bern', 'CH', 'Europe/Zurich', $2, $2)`, w.studio, noon)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.root.Exec(context.Background(), sql, args...)
	w.must(err)
}

// count asks for a number, past all walls.
func (w *world) count(sql string, args ...any) (n int) {
	w.t.Helper()
	w.must(w.root.QueryRow(context.Background(), sql, args...).Scan(&n))
	return n
}

// bikes gives the studio so many spots.
func (w *world) bikes(n int) {
	w.t.Helper()
	for i := range n {
		w.exec(`INSERT INTO studio_place VALUES ($1, $2, $3)`, w.studio, fmt.Sprintf("bike %d", i+1), i)
	}
}

// class is of 45 minutes, bookable for a week, and its waitlist ends two hours before it.
func (w *world) class(starts time.Time, capacity int) uuid.UUID {
	w.t.Helper()
	kind, id := uuid.New(), uuid.Must(uuid.NewV7())
	w.exec(`INSERT INTO class (id, state, title, discipline, duration_s, difficulty, instructor_id, language, equipment, tags, plan, music, live, words,
			published_at, created_at, updated_at)
		VALUES ($1, 'published', $2, 'ride', 2700, 3, $3, 'en', '{}', '{}', '[]', '[]', true, 'climbs', $4, $4, $4)`,
		kind, "Climbs, hard; at noon", w.kim, noon)
	w.exec(`INSERT INTO scheduled_class (id, class_id, studio_id, state, starts_at, ends_at, time_zone, capacity, booking_opens_at, cancel_until, promote_until, created_at, updated_at)
		VALUES ($1, $2, $3, 'scheduled', $4, $5, 'Europe/Zurich', $6, $7, $8, $9, $10, $10)`,
		id, kind, w.studio, starts, starts.Add(45*time.Minute), capacity, starts.AddDate(0, 0, -7), starts.Add(-12*time.Hour), starts.Add(-2*time.Hour), noon)
	return id
}

// person is a member, and the caller that is them.
type person struct {
	name string
	id   uuid.UUID
}

// at is the person asking at a moment.
func (p person) at(now time.Time) db.Caller { return db.WithToken("token of "+p.name, now) }

// add makes a member who is signed in.
func (w *world) add(name string) person {
	w.t.Helper()
	p := person{name, uuid.New()}
	s := privacy.DefaultSettings(false)
	wrapped, err := w.ring.NewMemberKey(p.id)
	w.must(err)
	session := uuid.New()
	hash := sha256.Sum256([]byte("token of " + name))
	far := noon.AddDate(50, 0, 0)
	w.exec(`INSERT INTO member VALUES ($1, $2, $3, $4, $5, $6)`, p.id, s.Private, s.Minor, int16(s.Discoverability), int64(s.Audiences), noon) //nolint:gosec // bits
	w.exec(`INSERT INTO member_key VALUES ($1, $2)`, p.id, []byte(wrapped))
	w.exec(`INSERT INTO profile (member_id, username, display_name, search_name, birth_date_sealed, updated_at) VALUES ($1, $2, $2, $3, '\x00', $4)`,
		p.id, name, member.SearchName(name), noon)
	w.exec(`INSERT INTO auth.account VALUES ($1, $2, $3)`, p.id, name+"@demo.test", noon)
	w.exec(`INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at)
		VALUES ($1, $2, 'bearer', 'test', $3, $4, $4)`, p.id, session, noon, far)
	w.exec(`INSERT INTO auth.token (hash, member_id, session_id, kind, created_at, expires_at)
		VALUES ($1, $2, $3, 'access', $4, $5)`, hash[:], p.id, session, noon, far)
	return p
}

// people are n of them, p0 and so on.
func (w *world) people(n int) []person {
	w.t.Helper()
	all := make([]person, n)
	for i := range all {
		all[i] = w.add(fmt.Sprintf("p%d", w.made))
		w.made++
	}
	return all
}

// book wants a booking to come to a state.
func (w *world) book(p person, id uuid.UUID, want booking.State) {
	w.t.Helper()
	b, err := w.Book(context.Background(), p.at(noon), id, booking.Wish{})
	if got := open(w.t, b); err != nil || got.State != want {
		w.t.Fatalf("%s: %s, %v, want %s", p.name, got.State, err, want)
	}
}

// state is what somebody reads of their booking; empty where they have none.
func (w *world) state(p person, id uuid.UUID, now time.Time) booking.State {
	w.t.Helper()
	b, err := w.Read(context.Background(), p.at(now), id)
	if fault.KindOf(err) == fault.KindNotFound {
		return ""
	}
	w.must(err)
	return open(w.t, b).State
}

// open opens a booking for its member.
func open(t testing.TB, b booking.Shown) booking.Booking {
	t.Helper()
	out, _ := b.Booking.Open(b.Grant)
	return out
}

// refused wants a code.
func refused(t testing.TB, err error, code fault.Code) {
	t.Helper()
	if f := fault.Of(err); f == nil || f.Code != code {
		t.Errorf("%v, want %s", err, code)
	}
}

// sound wants counters to equal rows and nobody to wait beside a free seat: the walls of the schema hold
// the rest.
func (w *world) sound(now time.Time) {
	w.t.Helper()
	miscounted, beside := w.unsound(now)
	if miscounted != 0 {
		w.t.Errorf("of %d classes the counters are not the rows", miscounted)
	}
	if beside != 0 {
		w.t.Errorf("in %d classes somebody waits beside a free seat", beside)
	}
}

// unsound says of how many classes the counters are not the rows, and in how many somebody waits beside a free seat.
func (w *world) unsound(now time.Time) (miscounted, beside int) {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM class_room r WHERE
			r.booked <> (SELECT count(*) FROM class_seat t WHERE t.scheduled_id = r.scheduled_id AND t.state = 'booked')
		 OR r.waiting <> (SELECT count(*) FROM class_seat t WHERE t.scheduled_id = r.scheduled_id AND t.state = 'waiting')`),
		w.count(`SELECT count(*) FROM class_room r JOIN scheduled_class s ON s.id = r.scheduled_id
		WHERE r.waiting > 0 AND r.booked < s.capacity AND s.promote_until >= $1 AND s.state = 'scheduled'`, now)
}
