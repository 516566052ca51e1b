package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/workout"
)

// shelf is the catalogue as it was made: the ids of what it numbers.
type shelf struct {
	coaches, studios, classes, series []uuid.UUID
	given                             map[Given]uuid.UUID
}

// taken is what an entry of a diary was taken in.
func (s shelf) taken(e Entry) workout.ClassRef {
	switch {
	case e.Given != nil:
		return workout.ClassRef{Scheduled: new(s.given[*e.Given])}
	case e.Lesson >= 0:
		return workout.ClassRef{Class: &s.classes[e.Lesson]}
	}
	return workout.ClassRef{}
}

// publish has a class manager make the catalogue and the schedule, a month ago: so what was given since is there
// to have been taken, and a month of it is to come.
func (l *crowdLoader) publish(ctx context.Context) error {
	token, err := l.Manager(ctx)
	if err != nil {
		return err
	}
	m := publisher{crowdLoader: l, as: db.WithToken(token, l.crowd.Today.AddDate(0, 0, -diaryDays))}
	l.shelf = shelf{
		coaches: make([]uuid.UUID, len(l.all.Coaches)), studios: make([]uuid.UUID, len(Studios)),
		classes: make([]uuid.UUID, len(l.all.Lessons)), series: make([]uuid.UUID, len(l.all.Series)), given: map[Given]uuid.UUID{},
	}
	for _, step := range []struct {
		what     string
		from, to float64
		n        int
		do       func(ctx context.Context, i int) error
	}{
		{"instructors", 0.2, 0.21, len(l.all.Coaches), m.coach},
		{"studios", 0.21, 0.21, len(Studios), m.studio},
		{"classes", 0.21, 0.25, len(l.all.Lessons), m.lesson},
		{"schedule", 0.25, 0.28, len(l.all.Series), m.series},
		{"followed instructors", 0.28, 0.3, len(l.people), m.fan},
	} {
		if err := l.each(ctx, step.what, step.from, step.to, step.n, step.do); err != nil {
			return err
		}
	}
	for i := range l.all.Series {
		if err := m.look(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

type publisher struct {
	*crowdLoader
	as db.Caller
}

// once names a thing that is made, so that a load that was cut off makes it once.
func (c Crowd) once(what string, i int) class.Repeat {
	return class.Repeat{Present: true, Operation: "demo " + what, Key: sha256.Sum256(fmt.Appendf(nil, "%d %s %d", c.Seed, what, i))}
}

// anyway has nothing against a thing as it is.
func anyway[T any](T) error { return nil }

func (m publisher) coach(ctx context.Context, i int) error {
	c := m.all.Coaches[i]
	e := class.InstructorEntry{Name: c.Name, Bio: &c.Bio}
	for _, d := range c.Disciplines {
		e.Disciplines = append(e.Disciplines, disciplines[d].name)
	}
	made, err := m.Classes.AddInstructor(ctx, m.as, e, m.crowd.once("coach", i))
	if err != nil {
		return err
	}
	m.shelf.coaches[i] = made.ID
	if i%3 == 0 {
		if err := m.Classes.SetPicture(ctx, m.as, made.ID, "image/png", m.crowd.portrait(i)); err != nil {
			return err
		}
	}
	_, err = m.Classes.EditInstructor(ctx, m.as, made.ID, class.InstructorPatch{State: new(class.Published)}, anyway)
	return err
}

// portrait is a head and shoulders before a wall.
func (c Crowd) portrait(i int) []byte {
	d := c.dice(catalogueStream, 2+i)
	shade := func() color.NRGBA {
		return color.NRGBA{uint8(60 + d.IntN(160)), uint8(60 + d.IntN(160)), uint8(60 + d.IntN(160)), 255} //nolint:gosec // below 220
	}
	wall, shirt, skin := shade(), shade(), shade()
	const size = 256
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			c := wall
			across, head, body := x-size/2, y-100, y-size
			switch {
			case across*across+head*head < 48*48:
				c = skin
			case across*across+body*body < 92*92:
				c = shirt
			}
			img.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // into memory
	return b.Bytes()
}

func (m publisher) studio(ctx context.Context, i int) error {
	s := Studios[i]
	e := class.StudioEntry{Name: s.Name, City: s.City, Country: s.Country, TimeZone: s.Zone}
	for n := range s.Places {
		e.Places = append(e.Places, fmt.Sprintf("spot %d", n+1))
	}
	made, err := m.Classes.AddStudio(ctx, m.as, e, m.crowd.once("studio", i))
	if err != nil {
		return err
	}
	m.shelf.studios[i] = made.ID
	_, err = m.Classes.EditStudio(ctx, m.as, made.ID, class.StudioPatch{State: new(class.Published)}, anyway)
	return err
}

func (m publisher) lesson(ctx context.Context, i int) error {
	l := m.all.Lessons[i]
	made, err := m.Classes.AddClass(ctx, m.as, class.ClassPatch{
		Title: &l.Title, Discipline: &disciplines[l.Discipline].name, Language: &l.Language, DurationS: new(60 * l.Minutes),
		Difficulty: &l.Difficulty, Instructor: &m.shelf.coaches[l.Coach], Equipment: disciplines[l.Discipline].equipment, Tags: l.Tags,
		Live: &l.Live, Plan: new(l.kept()), Music: &l.Music,
	}, m.crowd.once("class", i))
	if err != nil {
		return err
	}
	m.shelf.classes[i] = made.ID
	_, err = m.Classes.EditClass(ctx, m.as, made.ID, class.ClassPatch{State: new(class.Published)}, anyway)
	return err
}

const aWeek = 7 * 24 * 3600

func (m publisher) series(ctx context.Context, i int) error {
	s := m.all.Series[i]
	e := class.SeriesEntry{
		Class: m.shelf.classes[s.Lesson], RRule: s.Rule, StartsLocal: s.First.Format("2006-01-02T15:04"), Capacity: s.room(),
		Before: class.Before{OpensS: aWeek, CancelS: 12 * 3600, PromoteS: 3600},
	}
	if s.Studio == online {
		e.TimeZone = new(onlineZone)
	} else {
		e.Studio = &m.shelf.studios[s.Studio]
	}
	made, err := m.Classes.AddSeries(ctx, m.as, e, m.crowd.once("series", i))
	if err != nil {
		return err
	}
	m.shelf.series[i] = made.ID
	_, err = m.Classes.EditSeries(ctx, m.as, made.ID, class.SeriesPatch{State: new(class.Published)}, anyway)
	return err
}

// look finds the ids of what is given of a series: of the past online, of this week in a studio.
func (m publisher) look(ctx context.Context, i int) error {
	from, to := m.crowd.Today, m.crowd.Today.AddDate(0, 0, 7)
	if m.all.Series[i].Studio == online {
		from, to = m.as.At(), m.crowd.Today
	}
	all, err := m.Classes.Schedule(ctx, m.as, class.Span{From: &from, To: &to, Series: &m.shelf.series[i]}, page.Request{Limit: 100, Operation: "demo"})
	for _, g := range all.Items {
		m.shelf.given[Given{i, g.StartsAt.In(time.UTC)}] = g.ID
	}
	return err
}

// fan has a member follow the instructors whom they like.
func (m publisher) fan(ctx context.Context, i int) error {
	for _, coach := range m.crowd.Fan(i, m.people[i], m.all) {
		if err := m.Classes.Follow(ctx, m.made[i].Caller, m.shelf.coaches[coach]); err != nil {
			return err
		}
	}
	return nil
}
