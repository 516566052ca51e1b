package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// lastOfStudio is there once classes, their schedule, a group and what is said below a ride are.
const lastOfStudio = "zora"

// The classes of the small world: of a style, so many minutes long, by which of its instructors.
var lessons = []struct {
	style   string
	minutes int
	coach   int
}{{"Climb", 30, 0}, {"Intervals", 20, 1}, {"Endurance", 45, 0}, {"Flow Yoga", 30, 2}}

var coaches = []struct {
	name, about string
	disciplines []int
}{
	{"Mara Frei", "Hills first, questions later.", []int{cycling}},
	{"Jonas Keller", "Short and sharp.", []int{cycling, running}},
	{"Noor Haddad", "Breathe out.", []int{yoga, strength}},
}

// riders took the first class.
var riders = []string{"ada", "ben", "eve", "cleo"}

// studio is what a class manager makes, and what members do there.
func (l *loader) studio() []step {
	all := []step{{"signing staff in", func(ctx context.Context) error {
		token, err := Staff(ctx, l.handler, l.accounts, l.factorFile, l.clock())
		l.keeper = client{handler: l.handler, token: token}
		return err
	}}}
	for _, name := range principals {
		all = append(all, step{"signing " + name + " in", func(ctx context.Context) error { return l.join(ctx, name) }})
	}
	all = append(all, step{"classes", l.classes}, step{"the schedule", l.schedule})
	for _, name := range riders {
		all = append(all, step{name + " takes a class", func(ctx context.Context) error { return l.take(ctx, name) }})
	}
	return append(all, step{"a group", l.gather}, step{"likes and comments", l.cheer}, step{"the last account", func(ctx context.Context) error {
		return l.end(ctx, lastOfStudio)
	}})
}

// make makes a thing, once, and gives its id.
func (c client) make(ctx context.Context, path, key string, body any) (id string, err error) {
	c.key = "demo-" + key
	made, err := c.do(ctx, http.MethodPost, path, body)
	var thing struct {
		ID string `json:"id"`
	}
	return thing.ID, into(made, err, &thing, http.MethodPost, path, http.StatusCreated, http.StatusOK)
}

// publish makes something of the catalogue, and shows it.
func (l *loader) publish(ctx context.Context, kind string, n int, body any) (id string, err error) {
	id, err = l.keeper.make(ctx, "/v1/admin/"+kind, fmt.Sprint(kind, "-", n, l.now.UTC().Format(".2006-01-02")), body)
	if err == nil {
		err = l.keeper.patch(ctx, "/v1/admin/"+kind+"/"+id, map[string]any{"state": "published"})
	}
	return id, err
}

func (l *loader) classes(ctx context.Context) error {
	var by []string
	for n, c := range coaches {
		var of []string
		for _, d := range c.disciplines {
			of = append(of, disciplines[d].name)
		}
		id, err := l.publish(ctx, "instructors", n, map[string]any{"name": c.name, "about": c.about, "disciplines": of})
		if err != nil {
			return err
		}
		by = append(by, id)
	}
	for n, of := range lessons {
		c := smallLesson(n)
		id, err := l.publish(ctx, "classes", n, map[string]any{
			"title": c.Title, "discipline": disciplines[c.Discipline].name, "duration_s": 60 * c.Minutes, "difficulty": c.Difficulty, "instructor": by[of.coach],
			"language": c.Language, "live": true, "equipment": disciplines[c.Discipline].equipment, "tags": c.Tags, "plan": c.kept(), "music": c.Music,
		})
		if err != nil {
			return err
		}
		l.taught = append(l.taught, id)
	}
	return nil
}

// smallLesson is a class of the small world.
func smallLesson(n int) Lesson {
	for _, s := range styles {
		if s.name == lessons[n].style {
			return s.lesson(lessons[n].minutes, "en", Crowd{}.dice(catalogueStream, n))
		}
	}
	panic("no style " + lessons[n].style)
}

// schedule is every class at the same time of each day, a few hours of Zürich apart.
func (l *loader) schedule(ctx context.Context) error {
	s := Studios[0]
	var places []string
	for n := range 8 {
		places = append(places, fmt.Sprintf("bike %d", n+1))
	}
	studio, err := l.publish(ctx, "studios", 0, map[string]any{"name": s.Name, "city": s.City, "country": s.Country, "time_zone": s.Zone, "places": places})
	if err != nil {
		return err
	}
	today := l.now.UTC().Truncate(24 * time.Hour)
	for n, class := range l.taught {
		body := map[string]any{
			"class": class, "studio": studio, "rrule": "FREQ=DAILY", "capacity": len(places),
			"starts_local": today.Add(time.Duration(7+4*n) * time.Hour).Format("2006-01-02T15:04"),
		}
		if _, err := l.publish(ctx, "series", n, body); err != nil {
			return err
		}
	}
	return nil
}

// take has a member take the first class: by its plan, with their body.
func (l *loader) take(ctx context.Context, name string) error {
	s, c := seed(name), smallLesson(0)
	track := riderOf(name).Bike(segments(c.Plan), s)
	evening := l.now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -2).Add(19*time.Hour + time.Duration(s%40)*time.Minute)
	o := recordingtest.Options{Start: evening, Laps: 1, Serial: uint32(s), Indoor: true} //nolint:gosec // small
	id, err := l.keep(ctx, name, c.Title, track, o)
	if err != nil {
		return err
	}
	l.people[name].rode = id
	return l.people[name].want(ctx, http.MethodPut, "/v1/workouts/"+id+"/class", map[string]any{"class_id": l.taught[0]}, http.StatusOK)
}

func (l *loader) gather(ctx context.Context) error {
	id, err := l.people["eve"].make(ctx, "/v1/groups", "group", map[string]any{"kind": "public", "name": "Dawn Riders", "description": "Before breakfast, by the lake."})
	if err != nil {
		return err
	}
	day := l.now.UTC().Truncate(24 * time.Hour)
	goal, err := l.people["eve"].make(ctx, "/v1/groups/"+id+"/challenges", "challenge", map[string]any{
		"title": "Four mornings of seven", "metric": "days", "target": 4, "time_zone": "UTC",
		"from": day.Format(time.DateOnly), "to": day.AddDate(0, 0, 6).Format(time.DateOnly),
	})
	if err != nil {
		return err
	}
	for _, name := range []string{"ben", "cleo"} {
		for _, path := range []string{"/v1/groups/" + id + "/membership", "/v1/challenges/" + goal + "/participation"} {
			if err := l.people[name].want(ctx, http.MethodPut, path, nil, http.StatusOK); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) cheer(ctx context.Context) error {
	ride := "/v1/workouts/" + l.people["ada"].rode
	if err := l.people["ben"].want(ctx, http.MethodPut, ride+"/likes", nil, http.StatusNoContent); err != nil {
		return err
	}
	_, err := l.people["ben"].make(ctx, ride+"/comments", "comment", map[string]any{"text": "@ada you make it look easy."})
	return err
}
