package testkit_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// schedule is two classes of a studio, which every other rider booked, and a calendar feed of the first's.
func (w *randomWorld) schedule() {
	now, studio, instructor, class := w.Clock.Now(), uuid.New(), uuid.New(), uuid.New()
	w.Exec(`INSERT INTO instructor (id, state, name, disciplines, created_at, updated_at) VALUES ($1, 'published', 'Kim', '{ride}', $2, $2)`, instructor, now)
	w.Exec(`INSERT INTO studio (id, state, name, city, country, time_zone, created_at, updated_at)
		VALUES ($1, 'published', 'North', 'Bern', 'CH', 'Europe/Zurich', $2, $2)`, studio, now)
	w.Exec(`INSERT INTO class (id, state, title, discipline, duration_s, difficulty, instructor_id, language, equipment, tags, plan, music, live, words,
			published_at, created_at, updated_at)
		VALUES ($1, 'published', 'Climbs', 'ride', 2700, 3, $2, 'en', '{}', '{}', '[]', '[]', true, 'climbs', $3, $3, $3)`, class, instructor, now)
	for n := range 2 {
		id, starts := uuid.Must(uuid.NewV7()), now.AddDate(0, 0, n+1)
		w.Exec(`INSERT INTO scheduled_class (id, class_id, studio_id, state, starts_at, ends_at, time_zone, capacity, booking_opens_at, cancel_until,
				promote_until, created_at, updated_at)
			VALUES ($1, $2, $3, 'scheduled', $4, $5, 'Europe/Zurich', 2, $6, $6, $4, $6, $6)`,
			id, class, studio, starts, starts.Add(45*time.Minute), now.Add(-time.Hour))
		for i, p := range w.people {
			if i%2 == n {
				p.Do(http.MethodPut, "/v1/schedule/"+id.String()+"/booking", map[string]any{}).Want(w.T, http.StatusOK)
			}
		}
	}
	w.feed, _ = w.people[0].Do(http.MethodPut, "/v1/me/calendar", nil).Want(w.T, http.StatusOK).Map(w.T)["path"].(string)
}

// seats are requests about classes: a booking is its member's, a figure of a class everybody's, a roster the
// staff's, and a calendar feed whoever's has its address.
func (w *randomWorld) seats(v viewer, signedIn func(answer) answer) []asking {
	var all []asking
	add := func(operation, path string, want answer, ask func() answer) {
		all = append(all, asking{operation, path, ask, signedIn(want), false})
	}
	note := func(path, member string) func() answer {
		return func() answer {
			return w.get(v, path, func(a *answer, m map[string]any) { a.facts[fmt.Sprint(m[member])] = true })
		}
	}
	booked := map[string]bool{}
	for _, id := range w.own(v, `SELECT string_agg(scheduled_id::text, ' ') FROM booking WHERE member_id = $1`) {
		booked[id] = true
	}
	list := said(http.StatusOK)
	shown := w.shared(scheduledShown)
	for _, id := range strings.Fields(w.Query(`SELECT string_agg(id::text, ' ') FROM scheduled_class`)) {
		path := "/v1/schedule/" + id
		places := said(http.StatusNotFound)
		if slices.Contains(shown, id) {
			places = said(http.StatusOK, w.Query(`SELECT coalesce(r.seats - r.booked, x.capacity)::text
				FROM scheduled_class x LEFT JOIN class_room r ON r.scheduled_id = x.id WHERE x.id = $1`, id))
		}
		add("getClassPlaces", path+"/places", places, note(path+"/places", "free"))
		mine := said(http.StatusNotFound)
		if booked[id] {
			mine = said(http.StatusOK, id)
			list.facts[id] = true
		}
		add("getBooking", path+"/booking", mine, note(path+"/booking", "class_id"))
		add("getRoster", "/v1/admin/schedule/"+id+"/roster", said(http.StatusForbidden), note("/v1/admin/schedule/"+id+"/roster", "code"))
	}
	add("listBookings", "/v1/me/bookings", list, func() answer {
		return w.pages(v, "/v1/me/bookings", func(a *answer, m map[string]any) { a.facts[fmt.Sprint(m["class_id"])] = true })
	})
	add("getBookingRules", "/v1/admin/booking-rules", said(http.StatusForbidden), note("/v1/admin/booking-rules", "per_day"))
	feed := said(http.StatusNotFound)
	if v.id == w.id[w.people[0].Name] {
		feed = said(http.StatusOK, "<nil>") // its address is told once
	}
	add("getCalendarFeed", "/v1/me/calendar", feed, note("/v1/me/calendar", "path"))
	all = append(all, asking{"readCalendarFeed", w.feed, func() answer { return w.get(v, w.feed, nil) }, said(http.StatusOK), false})
	return all
}
