package dto

import (
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/class/lesson"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// What is in these bodies is nobody's: the feature reads what is published, or all for a class manager.

// InstructorBody is an instructor's page.
func InstructorBody(i class.Instructor) Body { return bodyOf(instructorModel(i)) }

// InstructorListBody is a page of instructors.
func InstructorListBody(p page.Page[class.Instructor]) Body {
	return bodyOf(InstructorList{Items: models(p.Items, instructorModel), NextCursor: nextCursor(p.Next)})
}

// FollowedInstructorsBody is a page of whom the owner of the grant follows.
func FollowedInstructorsBody(p page.Page[privacy.Guarded[class.Instructor]], grant privacy.Grant) Body {
	var s shower
	items, ok := openedAll(s.by(grant), p.Items)
	if !ok {
		return Body{}
	}
	return s.body(InstructorList{Items: models(items, instructorModel), NextCursor: nextCursor(p.Next)})
}

// OwnInstructorPagesBody are the instructors that the owner of the grant is.
func OwnInstructorPagesBody(all []privacy.Guarded[class.Instructor], grant privacy.Grant) Body {
	var s shower
	items, ok := openedAll(s.by(grant), all)
	if !ok {
		return Body{}
	}
	return s.body(InstructorPages{Items: models(items, instructorModel)})
}

// openedAll opens a list of the owner's own; not ok if one of it stays closed, for such a list can't be sent.
func openedAll[T any](g opener, all []privacy.Guarded[T]) (items []T, ok bool) {
	for _, one := range all {
		item := opened(g, one)
		if item == nil {
			return nil, false
		}
		items = append(items, *item)
	}
	return items, true
}

// InstructorPictureBody is the picture of an instructor who shows.
func InstructorPictureBody(image []byte) Body { return Body{raw: image} }

// StudioBody is a studio with its places.
func StudioBody(s class.Studio) Body { return bodyOf(studioModel(s)) }

// StudioListBody is a page of studios.
func StudioListBody(p page.Page[class.Studio]) Body {
	return bodyOf(StudioList{Items: models(p.Items, studioModel), NextCursor: nextCursor(p.Next)})
}

// ClassBody is a class with plan and music.
func ClassBody(c class.Class) Body { return bodyOf(classModel(c)) }

// ClassListBody is a page of classes.
func ClassListBody(p page.Page[class.Class]) Body {
	return bodyOf(ClassList{Items: models(p.Items, classModel), NextCursor: nextCursor(p.Next)})
}

// ClassChangesBody is what a bulk change made, or would make.
func ClassChangesBody(all []class.Class, dry bool) Body {
	return bodyOf(ClassChanges{Items: models(all, classModel), DryRun: dry})
}

// ScheduledClassBody is one class of the schedule.
func ScheduledClassBody(g class.Given) Body { return bodyOf(givenModel(g)) }

// ScheduleBody is a page of the schedule.
func ScheduleBody(p page.Page[class.Given]) Body {
	return bodyOf(Schedule{Items: models(p.Items, givenModel), NextCursor: nextCursor(p.Next)})
}

// ScheduleChangesBody is what a bulk change made, or would make.
func ScheduleChangesBody(all []class.Given, dry bool) Body {
	return bodyOf(ScheduleChanges{Items: models(all, givenModel), DryRun: dry})
}

// SeriesBody is a series, for class managers.
func SeriesBody(s class.Series) Body { return bodyOf(seriesModel(s)) }

// SeriesListBody is a page of series, for class managers.
func SeriesListBody(p page.Page[class.Series]) Body {
	return bodyOf(SeriesList{Items: models(p.Items, seriesModel), NextCursor: nextCursor(p.Next)})
}

func models[T, M any](all []T, model func(T) M) []M {
	out := make([]M, len(all))
	for i, one := range all {
		out[i] = model(one)
	}
	return out
}

func instructorModel(i class.Instructor) Instructor {
	m := Instructor{
		ID: i.ID, Name: i.Name, About: unlessEmpty(i.Bio), State: PublicationState(i.State),
		Disciplines: models(i.Disciplines, func(d string) ClassDiscipline { return ClassDiscipline(d) }),
	}
	if i.Pictured {
		m.PictureURL = new("/v1/instructors/" + i.ID.String() + "/picture")
	}
	return m
}

func instructorSummary(n *class.Named) *InstructorSummary {
	return as(n, func(n class.Named) InstructorSummary { return InstructorSummary{ID: n.ID, Name: n.Name} })
}

func studioModel(s class.Studio) Studio {
	return Studio{
		ID: s.ID, Name: s.Name, City: s.City, Country: s.Country, TimeZone: s.TimeZone, Places: s.Places, State: PublicationState(s.State),
	}
}

func classModel(c class.Class) Class {
	return Class{
		ID: c.ID, Title: c.Title, Description: unlessEmpty(c.Description), Discipline: ClassDiscipline(c.Discipline), DurationS: c.DurationS,
		Difficulty: c.Difficulty, Instructor: instructorSummary(c.By), Language: c.Language, Equipment: words(c.Equipment), Tags: words(c.Tags),
		Live: c.Live, Plan: planModel(c.Plan), Music: musicModel(c.Music), PublishedAt: c.PublishedAt, State: PublicationState(c.State),
	}
}

func words(all []string) []ClassWord { return models(all, func(w string) ClassWord { return w }) }

func planModel(plan lesson.Plan) []PlanSegment {
	if plan == nil {
		return nil
	}
	return models(plan, func(s lesson.Segment) PlanSegment {
		return PlanSegment{
			Kind: PlanSegmentKind(s.Kind), DurationS: s.DurationS, Title: s.Title, CadenceLowRpm: s.CadenceLowRPM, CadenceHighRpm: s.CadenceHighRPM,
			ResistanceLow: s.ResistanceLow, ResistanceHigh: s.ResistanceHigh, PowerZone: s.PowerZone, HeartZone: s.HeartZone,
		}
	})
}

func musicModel(music lesson.Music) []Song {
	if music == nil {
		return nil
	}
	return models(music, func(s lesson.Song) Song { return Song{Title: s.Title, Artist: s.Artist, AtS: s.AtS} })
}

func givenModel(g class.Given) ScheduledClass {
	return ScheduledClass{
		ID: g.ID, State: ScheduleState(g.State), Instructor: instructorSummary(g.By),
		Class: ClassSummary{
			ID: g.Class.ID, Title: g.Class.Title, Discipline: ClassDiscipline(g.Class.Discipline), DurationS: g.Class.DurationS,
			Difficulty: g.Class.Difficulty, Language: g.Class.Language, Live: g.Class.Live,
		},
		Studio: as(g.Studio, func(s class.Studio) StudioSummary {
			return StudioSummary{ID: s.ID, Name: s.Name, City: s.City, Country: s.Country}
		}),
		StartsAt: g.StartsAt, EndsAt: g.EndsAt, TimeZone: g.TimeZone, Capacity: g.Capacity,
		BookingOpensAt: g.BookingOpensAt, CancelUntil: g.CancelUntil, PromoteUntil: g.PromoteUntil,
	}
}

func seriesModel(s class.Series) Series {
	return Series{
		ID: s.ID, State: PublicationState(s.State), Class: s.Class, Studio: as(s.Studio, func(id uuid.UUID) uuid.UUID { return id }), Rrule: s.RRule,
		StartsLocal: s.StartsLocal.Format("2006-01-02T15:04"), TimeZone: s.TimeZone, Capacity: s.Capacity,
		OpensBeforeS: s.Before.OpensS, CancelBeforeS: s.Before.CancelS, PromoteBeforeS: s.Before.PromoteS,
	}
}
