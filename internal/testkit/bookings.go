package testkit

import (
	"net/http"
	"time"

	"github.com/google/uuid"
)

// seats is a studio, a class that begins in twenty minutes and two of tomorrow, one of them full, and who
// booked them; and a calendar feed of somebody whom no engine changes, since whoever has its address reads it.
func (c *Cast) seats() {
	c.T.Helper()
	now, instructor, class := c.Clock.Now(), uuid.NewString(), uuid.NewString()
	c.Studio = uuid.NewString()
	c.Exec(`INSERT INTO instructor (id, state, name, disciplines, created_at, updated_at) VALUES ($1, 'published', 'Kim Vos', '{ride}', $2, $2)`, instructor, now)
	c.Exec(`INSERT INTO studio (id, state, name, city, country, time_zone, created_at, updated_at)
		VALUES ($1, 'published', 'North', 'Bern', 'CH', 'Europe/Zurich', $2, $2)`, c.Studio, now)
	c.Exec(`INSERT INTO studio_place SELECT $1, 'bike ' || n, n FROM generate_series(1, 12) n`, c.Studio)
	c.Exec(`INSERT INTO booking_rule SELECT $1, per_day, per_week, queue, strikes, within_days, closed_days, check_in_from_s, check_in_until_s FROM booking_rule`, c.Studio)
	c.Exec(`INSERT INTO class (id, state, title, discipline, duration_s, difficulty, instructor_id, language, equipment, tags, plan, music, live, words,
			published_at, created_at, updated_at)
		VALUES ($1, 'published', 'Climbs', 'ride', 2700, 3, $2, 'en', '{}', '{}', '[]', '[]', true, 'climbs', $3, $3, $3)`, class, instructor, now)
	for n, starts := range []time.Time{now.Add(20 * time.Minute), now.AddDate(0, 0, 1), now.AddDate(0, 0, 1).Add(time.Hour)} {
		id := uuid.Must(uuid.NewV7()).String()
		c.Exec(`INSERT INTO scheduled_class (id, class_id, studio_id, state, starts_at, ends_at, time_zone, capacity, booking_opens_at, cancel_until,
				promote_until, created_at, updated_at)
			VALUES ($1, $2, $3, 'scheduled', $4, $5, 'Europe/Zurich', $7, $6, $6, $4, $6, $6)`,
			id, class, c.Studio, starts, starts.Add(45*time.Minute), now.Add(-time.Hour), []int{60, 60, 1}[n])
		c.Scheduled = append(c.Scheduled, id)
	}
	book := func(p *Person, n int) {
		p.Do(http.MethodPut, "/v1/schedule/"+c.Scheduled[n]+"/booking", map[string]any{}).Want(c.T, http.StatusOK)
	}
	for _, p := range append([]*Person{c.Spare}, c.Subjects...) {
		book(p, 0)
	}
	// Of the full class nobody has the first turn, by which the engines name a line of a roster: its seat
	// would go to the owner, who waits for it.
	book(c.Spare, 2)
	c.Spare.Do(http.MethodDelete, "/v1/schedule/"+c.Scheduled[2]+"/booking", nil).Want(c.T, http.StatusOK)
	book(c.Spare, 2)
	book(c.Owner, 2)
	c.Owner.Do(http.MethodPut, "/v1/schedule/"+c.Scheduled[0]+"/check-in", c.checkIn(c.Owner)).Want(c.T, http.StatusOK)
	c.Owner.Do(http.MethodPut, "/v1/me/calendar", nil).Want(c.T, http.StatusOK)
	feed, _ := c.Spare.Do(http.MethodPut, "/v1/me/calendar", nil).Want(c.T, http.StatusOK).Map(c.T)["path"].(string)
	c.Feed = feed[len("/v1/calendar/"):]
}

// Open says whether a target is nobody's, and shows to everybody.
func (t Target) Open() bool { return t.open }

// scheduled are the classes, which are nobody's and show to everybody.
func (c *Cast) scheduled() (all []Target) {
	for _, id := range c.Scheduled {
		all = append(all, Target{ID: id, Ceiling: 3, Kind: "scheduled_class", open: true})
	}
	return append(all, Target{ID: uuid.Must(uuid.NewV7()).String(), Kind: "scheduled_class"})
}

// feeds are the one at an address that everybody got hold of, and one at an address that nobody was given.
func (c *Cast) feeds() []Target {
	return []Target{
		{ID: c.Feed, Of: c.Spare, Ceiling: 3, Kind: "calendar"},
		{ID: "q2fEbp1jKX0tHc8rVvQm5nYw3sLdU9aZ6oGx4iTkB7E.ics", Kind: "calendar"},
	}
}

// openStatus is what the model gives a request about what shows to everybody; zero is whatever the
// operation says of what the asker has of it.
func (c *Cast) openStatus(o Operation) int {
	if o.ID == "getClassPlaces" || o.ID == "getRoster" {
		return http.StatusOK
	}
	return 0
}

// seat is a change of who comes to a class. Only a class manager, and whoever it is about, may notice: a seat
// stays taken.
func (c *Cast) seat(viewer, p *Person) []Secret {
	if viewer.holds("class_manager") {
		return nil
	}
	return []Secret{{"whose seat it is that " + p.Name + " had", func(c *Cast) {
		c.Exec(`UPDATE class_seat SET member_id = gen_random_uuid(), attendance = CASE state WHEN 'booked' THEN 'no_show' END WHERE member_id = $1`, p.ID)
	}}}
}

// checkIn is what it takes to check in to the first class: a seat, and its code.
func (c *Cast) checkIn(asker *Person) map[string]any {
	c.T.Helper()
	p := c.fit(asker)
	p.Do(http.MethodPut, "/v1/schedule/"+c.Scheduled[0]+"/booking", map[string]any{})
	code, err := c.Service.Bookings.Code(uuid.MustParse(c.Scheduled[0]))
	if err != nil {
		c.T.Fatal(err)
	}
	return map[string]any{"code": code}
}
