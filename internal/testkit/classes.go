package testkit

import (
	"net/http"
	"slices"
	"strings"
)

// Taught is a class of a world's catalogue, and one time that it is given, which goes on.
type Taught struct{ Class, Scheduled string }

// Teach puts a class into the catalogue that is going on right now, and for so long that any workout is of its time.
func (w *World) Teach(title string) Taught {
	w.T.Helper()
	now := w.Clock.Now()
	instructor := w.Query(`INSERT INTO instructor (id, state, name, disciplines, created_at, updated_at)
		VALUES (gen_random_uuid(), 'published', $1, '{}', $2, $2) RETURNING id::text`, "Instructor of "+title, now)
	class := w.Query(`INSERT INTO class (id, state, title, discipline, duration_s, difficulty, instructor_id, language, equipment, tags, plan, music,
			live, words, published_at, created_at, updated_at)
		VALUES (gen_random_uuid(), 'published', $1, 'ride', 3600, 2, $2::text::uuid, 'en', '{}', '{}', '[]', '[]', true, '', $3, $3, $3) RETURNING id::text`,
		title, instructor, now)
	scheduled := w.Query(`INSERT INTO scheduled_class (id, class_id, state, starts_at, ends_at, time_zone, capacity, booking_opens_at, cancel_until,
			promote_until, created_at, updated_at)
		VALUES (gen_random_uuid(), $1::text::uuid, 'scheduled', $2::timestamptz - interval '20 years', $2::timestamptz + interval '40 minutes', 'UTC', 100,
			$2::timestamptz - interval '21 years', $2::timestamptz - interval '20 years', $2::timestamptz - interval '20 years', $2, $2) RETURNING id::text`, class, now)
	return Taught{class, scheduled}
}

// Ticket is a ticket for the stream of a scheduled class.
func (p *Person) Ticket(scheduled string) string {
	p.t.Helper()
	made := p.Do(http.MethodPost, "/v1/schedule/"+scheduled+"/live-tickets", nil).Want(p.t, http.StatusCreated).Map(p.t)
	ticket, _ := made["ticket"].(string)
	return ticket
}

// liveTicket is what stands in a request for a ticket of its asker's.
const liveTicket = "pl_lt_LIVE-TICKET"

// ticketed is a URL with a ticket of the asker's, if there is a class and they may have one.
func (c *Cast) ticketed(a Actor, r Request) string {
	if !strings.Contains(r.URL, liveTicket) || a.Over || a.Person == nil || a.Console != nil || r.Target.ID != c.Taught.Scheduled {
		return r.URL
	}
	return strings.Replace(r.URL, liveTicket, a.Person.Ticket(r.Target.ID), 1)
}

// take has the subjects take the class, in some of their recordings and for each audience, and be on their
// way in it right now, by a console of theirs.
func (c *Cast) take() {
	c.T.Helper()
	c.Taught = c.Teach("Marked climbs")
	for _, p := range c.Subjects {
		for i, w := range p.Workouts {
			if i%2 == 0 || w.Audience == 1 {
				c.taken(p, w)
			}
		}
	}
	for _, p := range c.People {
		for _, w := range p.Workouts {
			if !slices.Contains(c.Subjects, p) {
				c.taken(p, w)
			}
		}
	}
	c.Exec(`INSERT INTO class_progress (member_id, scheduled_class_id, output_j, distance_mm, elapsed_s, signed, posted_at)
		SELECT p.member_id, $1::text::uuid, 100000 + 1000 * length(p.username), 5000000, 700, true, $2 FROM profile p`, c.Taught.Scheduled, c.Clock.Now())
}

// greet gives the owner high-fives for the class.
func (c *Cast) greet(from ...*Person) {
	c.T.Helper()
	for _, p := range from {
		p.Do(http.MethodPost, "/v1/classes/"+c.Taught.Class+"/high-fives", map[string]any{"member_id": c.Owner.ID}).Want(c.T, http.StatusNoContent)
		c.greeters = append(c.greeters, p.Name)
	}
}

// greeted are those who gave the viewer high-fives, whom the viewer finds, and who find the viewer in the class.
func (c *Cast) greeted(viewer *Person) (ids []string) {
	for _, p := range c.People {
		if viewer != c.Owner || !slices.Contains(c.greeters, p.Name) ||
			!c.Standing(viewer, p).Shows("username", p.Choices, 3) || !c.Standing(p, viewer).Shows("username", viewer.Choices, 3) {
			continue
		}
		for _, w := range viewer.Workouts {
			if s := c.Standing(p, viewer); viewer.Taken[w.ID] && s.Shows("leaderboard", viewer.Choices, w.Audience) && s.Shows("workout", viewer.Choices, w.Audience) {
				ids = append(ids, p.ID)
				break
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// taken says that a workout was taken in the class, and notes what the boards rank it by.
func (c *Cast) taken(p *Person, w Recorded) {
	c.T.Helper()
	p.Do(http.MethodPut, "/v1/workouts/"+w.ID+"/class", map[string]any{"scheduled_class_id": c.Taught.Scheduled}).Want(c.T, http.StatusOK)
	if p.Taken == nil {
		p.Taken = map[string]bool{}
	}
	p.Taken[w.ID] = true
}

// values are what the boards order a workout by, as it lies in the database: 0 for what they don't rank.
func (c *Cast) valueOf(workout, metric string) string {
	column := map[string]string{
		"output":   `CASE WHEN source <> 'typed' THEN coalesce(round(output_kj * 1000)::bigint, 0) ELSE 0 END`,
		"distance": `CASE WHEN source <> 'typed' AND NOT distance_typed THEN coalesce(round(distance_m * 1000)::bigint, 0) ELSE 0 END`,
		"rode":     `floor(extract(epoch FROM started_at))::bigint`,
	}[metric]
	return c.Query(`SELECT coalesce((SELECT lpad((`+column+`)::text, 20, '0') FROM workout WHERE id = $1::text::uuid), '')`, workout)
}

// board are the workouts by which a viewer sees people on the board: of each the best that shows.
func (c *Cast) board(viewer *Person, metric string, fits func(*Person) bool) []string {
	var ids []string
	none := strings.Repeat("0", 20)
	for _, p := range c.People {
		best, id := none, ""
		for _, w := range p.Workouts {
			if !p.Taken[w.ID] || p.Gone || !fits(p) {
				continue
			}
			s := c.Standing(viewer, p)
			if !s.Shows("leaderboard", p.Choices, w.Audience) || !s.Shows("workout", p.Choices, w.Audience) {
				continue
			}
			if value := c.valueOf(w.ID, metric); value > best || value == best && value > none && w.ID < id {
				best, id = value, w.ID
			}
		}
		if id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// boardRows is what a board has to hold for a request.
func boardRows(c *Cast, viewer *Person, r Request) []string {
	metric := r.Query["metric"]
	if metric == "" {
		metric = "output"
	}
	return c.board(viewer, metric, func(p *Person) bool {
		s := c.Standing(viewer, p)
		shows := func(field string) bool {
			return s.Shows("username", p.Choices, 3) && s.Shows(field, p.Choices, 3)
		}
		switch {
		case r.Query["followed"] == "true" && p != viewer && !c.follows[[2]string{viewer.Name, p.Name}]:
			return false
		case r.Query["gender"] != "" && !(shows("gender") && slices.Contains(c.Subjects, p) && r.Query["gender"] == "nonbinary"):
			return false
		case r.Query["age_band"] != "" && !(shows("age") && c.band(p) == r.Query["age_band"]):
			return false
		}
		return true
	})
}

// band is the age band that somebody is in.
func (c *Cast) band(p *Person) string {
	born := p.Values["birth_date"]
	if born == "" {
		born = "1990-04-05"
	}
	switch {
	case born > "2006-06-01":
		return "13-19"
	case born > "1996-06-01":
		return "20-29"
	case born > "1986-06-01":
		return "30-39"
	case born > "1976-06-01":
		return "40-49"
	default:
		return "50-59"
	}
}

func init() {
	rows["getClassLeaderboard"], rows["getScheduledLeaderboard"] = boardRows, boardRows
	rows["listClassRiders"] = func(c *Cast, viewer *Person, _ Request) []string {
		return c.board(viewer, "rode", func(*Person) bool { return true })
	}
	rows["listHighFives"] = func(c *Cast, viewer *Person, _ Request) []string { return c.greeted(viewer) }

	choose := func(c *Cast, _ *Person, members map[string]any) map[string]any {
		if members["class_id"] != nil && members["scheduled_class_id"] != nil {
			delete(members, "class_id") // one of the two
		}
		out := map[string]any{}
		if members["class_id"] != nil {
			out["class_id"] = c.Taught.Class
		}
		if members["scheduled_class_id"] != nil {
			out["scheduled_class_id"] = c.Taught.Scheduled
		}
		return out
	}
	needs["ClassChoice"] = func(c *Cast, p *Person, members map[string]any) map[string]any {
		if len(members) == 0 {
			members["class_id"] = ""
		}
		return choose(c, p, members)
	}
	needs["WorkoutCreate"] = choose
	// Somebody else, whom the asker may see.
	needs["HighFive"] = func(c *Cast, asker *Person, _ map[string]any) map[string]any {
		if asker == c.Owner {
			return map[string]any{"member_id": c.Actor("mutual").Person.ID}
		}
		return map[string]any{"member_id": c.Owner.ID}
	}
	queries["LiveTicketText"] = func(*Cast) []string { return []string{liveTicket} }
	queries["max_events"] = func(*Cast) []string { return []string{"1"} }
	objects["taken_class"] = func(c *Cast) []Target {
		return []Target{{ID: c.Taught.Class, Ceiling: 3, Kind: "taken_class", Shared: true}, {ID: "0190a0a0-0000-4000-8000-000000000000", Kind: "taken_class"}}
	}
	objects["live_class"] = func(c *Cast) []Target {
		return []Target{{ID: c.Taught.Scheduled, Ceiling: 3, Kind: "live_class", Shared: true}, {ID: "0190a0a0-0000-7000-8000-000000000000", Kind: "live_class"}}
	}
}
