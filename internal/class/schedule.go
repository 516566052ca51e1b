package class

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/class/query"
	"github.com/paceline/paceline/internal/class/recur"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
)

const (
	aWeek   = 7 * 24 * time.Hour
	maxSpan = 31 * 24 * time.Hour
)

// Span is what the schedule is asked for. What is nil asks nothing.
type Span struct {
	From, To                          *time.Time // now, and a week later
	Studio, Instructor, Class, Series *uuid.UUID
	Discipline                        *string
}

// moment is where a schedule goes on.
type moment struct {
	StartsAt time.Time `json:"s"`
	ID       uuid.UUID `json:"i"`
}

// Schedule is what is given in a span and fits, by start. What was cancelled stays in it.
func (s *Service) Schedule(ctx context.Context, c db.Caller, in Span, r page.Request) (page.Page[Given], error) {
	return s.schedule(ctx, c, nil, in, r)
}

// ManageSchedule is Schedule for class managers, with drafts and what is of drafts.
func (s *Service) ManageSchedule(ctx context.Context, c db.Caller, in Span, r page.Request) (page.Page[Given], error) {
	return s.schedule(ctx, c, &duty, in, r)
}

func (s *Service) schedule(ctx context.Context, c db.Caller, d *db.Duty, in Span, r page.Request) (out page.Page[Given], err error) {
	r.Filter = spelled(in.From, in.To, in.Studio, in.Instructor, in.Class, in.Series, in.Discipline)
	from := c.At()
	set(&from, in.From)
	to := from.Add(aWeek)
	set(&to, in.To)
	if !to.After(from) || to.Sub(from) > maxSpan {
		return out, fault.Unprocessable("invalid_range", "the span has to be of 31 days at most, and to end after it begins",
			fault.At("?to", "invalid_range", "is not within 31 days after from"))
	}
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if d != nil {
			if err := tx.Demand(*d); err != nil {
				return err
			}
		}
		at, err := after(s, tx, r, moment{StartsAt: from.Add(-time.Second)})
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListSchedule(ctx, query.ListScheduleParams{
			Managed: d != nil, FromAt: from, ToAt: to, Studio: nullable(in.Studio), Instructor: nullable(in.Instructor), Discipline: in.Discipline,
			Class: nullable(in.Class), Series: nullable(in.Series), AfterAt: at.StartsAt, AfterID: at.ID, Most: oneMore(r.Limit),
		})
		if err != nil {
			return err
		}
		all := make([]Given, len(rows))
		for i, row := range rows {
			all[i] = givenOf(query.ReadScheduledRow(row))
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, all, func(g Given) moment { return moment{g.StartsAt, g.ID} })
		return err
	})
	return out, err
}

func givenOf(row query.ReadScheduledRow) Given {
	g := Given{
		ID: row.ID, State: ScheduleState(row.State), By: nameOf(row.InstructorID, row.InstructorName),
		Class: Class{
			ID: row.ClassID, Title: row.Title, Discipline: row.Discipline, DurationS: int(row.DurationS), Difficulty: int(row.Difficulty),
			Language: row.Language, Live: row.Live,
		},
		StartsAt: row.StartsAt.UTC(), EndsAt: row.EndsAt.UTC(), TimeZone: row.TimeZone, Capacity: int(row.Capacity),
		BookingOpensAt: row.BookingOpensAt.UTC(), CancelUntil: row.CancelUntil.UTC(), PromoteUntil: row.PromoteUntil.UTC(),
	}
	if row.StudioID.Valid && row.StudioName != nil && row.City != nil && row.Country != nil {
		g.Studio = &Studio{ID: row.StudioID.UUID, Name: *row.StudioName, City: *row.City, Country: *row.Country}
	}
	return g
}

// Given is one of the schedule. NotFound for a draft, and for what is of a draft or of something retired.
func (s *Service) Given(ctx context.Context, c db.Caller, id uuid.UUID) (out Given, err error) {
	err = s.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		out, err = readGiven(ctx, query.New(tx), id, false)
		return err
	})
	return out, err
}

// ManageGiven is one of the schedule in any state, for class managers.
func (s *Service) ManageGiven(ctx context.Context, c db.Caller, id uuid.UUID) (out Given, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, _ *db.Tx, q *query.Queries) error {
		out, err = readGiven(ctx, q, id, true)
		return err
	})
	return out, err
}

func readGiven(ctx context.Context, q *query.Queries, id uuid.UUID, managed bool) (Given, error) {
	rows, err := q.ReadScheduled(ctx, managed, []uuid.UUID{id})
	if err == nil && len(rows) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return Given{}, err
	}
	return givenOf(rows[0]), nil
}

// GivenEntry is one class of the schedule to be made, outside of any series.
type GivenEntry struct {
	Class              uuid.UUID
	Studio, Instructor *uuid.UUID
	TimeZone           *string // of what is given online; a studio brings its own
	StartsAt           time.Time
	Capacity           int
	State              *ScheduleState
	Before             Before
}

// AddGiven puts one class into the schedule.
func (s *Service) AddGiven(ctx context.Context, c db.Caller, e GivenEntry, r Repeat) (out Given, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		id, err := s.once(ctx, tx, q, r, "scheduled_class", func(id uuid.UUID) error { return e.add(ctx, tx, q, id) })
		if err == nil {
			out, err = readGiven(ctx, q, id, true)
		}
		return err
	})
	return out, err
}

func (e GivenEntry) add(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID) error {
	given, zone, err := placed(ctx, q, e.Class, e.Studio, e.TimeZone)
	if err != nil {
		return err
	}
	if err := givenBy(ctx, q, e.Instructor); err != nil {
		return err
	}
	state := Scheduled
	set(&state, e.State)
	if state == Cancelled || !e.StartsAt.After(tx.Now()) || e.StartsAt.After(tx.Now().Add(maxAhead)) {
		return fault.Unprocessable("invalid_value", "the values make no sense together",
			fault.At("/starts_at", "out_of_range", "is not to come within two years, or is cancelled from the start"))
	}
	starts := e.StartsAt.UTC()
	return q.AddScheduled(ctx, query.AddScheduledParams{
		ID: id, ClassID: e.Class, StudioID: nullable(e.Studio), InstructorID: nullable(e.Instructor), State: string(state),
		StartsAt: starts, EndsAt: starts.Add(seconds(given.DurationS)), TimeZone: zone, Capacity: int32(e.Capacity), //nolint:gosec // bounded by the contract
		BookingOpensAt: starts.Add(-seconds(e.Before.OpensS)), CancelUntil: starts.Add(-seconds(e.Before.CancelS)),
		PromoteUntil: starts.Add(-seconds(e.Before.PromoteS)), Now: tx.Now(),
	})
}

// maxAhead is how far ahead something is scheduled.
const maxAhead = 2 * 366 * 24 * time.Hour

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// placed is the class and the time zone of something in the schedule.
func placed(ctx context.Context, q *query.Queries, class uuid.UUID, studio *uuid.UUID, zone *string) (Class, string, error) {
	given, err := readClass(ctx, q, class)
	if err := orUnprocessable(err, "/class", "no_such_class"); err != nil {
		return Class{}, "", err
	}
	var c complaints
	c.add(given.State == Retired, "/class", "retired", "is retired")
	if studio == nil {
		name := ""
		set(&name, zone)
		_, known := recur.Zone(name)
		c.add(!known, "/time_zone", "unknown_zone", "has to be a time zone of the IANA database where there is no studio")
		return given, name, c.fault()
	}
	row, err := q.ReadStudio(ctx, *studio, kept)
	if err := orUnprocessable(err, "/studio", "no_such_studio"); err != nil {
		return Class{}, "", err
	}
	c.add(row.State == string(Retired), "/studio", "retired", "is retired")
	c.add(zone != nil && *zone != row.TimeZone, "/time_zone", "not_the_studios", "is not the studio's")
	return given, row.TimeZone, c.fault()
}

// GivenPatch is what is changed of one class of the schedule; nil stays.
type GivenPatch struct {
	State      *ScheduleState
	StartsAt   *time.Time
	Capacity   *int
	Instructor *uuid.UUID
}

// EditGiven changes one of the schedule, if check has nothing against it as it is, locked. What becomes of its
// series no longer changes it.
func (s *Service) EditGiven(ctx context.Context, c db.Caller, id uuid.UUID, p GivenPatch, check func(Given) error) (out Given, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if out, err = editGiven(ctx, tx, q, id, p, check); err != nil {
			return err
		}
		return note(ctx, tx, changedGiven, id, string(out.State))
	})
	return out, err
}

// EditGivens changes many alike, all of them or none. In a dry run it is none, and the answer is what they would be.
func (s *Service) EditGivens(ctx context.Context, c db.Caller, ids []uuid.UUID, p GivenPatch, dry bool) ([]Given, error) {
	one := func(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID) (Given, error) {
		return editGiven(ctx, tx, q, id, p, func(Given) error { return nil })
	}
	return bulk(ctx, s, c, ids, dry, one, changedGiven, func(g Given) string { return string(g.State) })
}

// changedGiven is what the audit calls a change of one of the schedule.
const changedGiven = "scheduled_class.changed"

func editGiven(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID, p GivenPatch, check func(Given) error) (Given, error) {
	locked, err := q.LockScheduled(ctx, []uuid.UUID{id})
	if err == nil && len(locked) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return Given{}, err
	}
	now, err := readGiven(ctx, q, id, true)
	if err != nil {
		return Given{}, err
	}
	if err := check(now); err != nil {
		return Given{}, err
	}
	row := locked[0]
	if !row.StartsAt.After(tx.Now()) {
		return Given{}, fault.Conflict("has_begun", "it has begun, and stays as it is")
	}
	state := ScheduleState(row.State)
	if p.State != nil && *p.State == NotYetShown && state != NotYetShown {
		return Given{}, fault.Conflict("no_draft_again", "what was in the schedule once can be cancelled, and is no draft again")
	}
	if p.State != nil && *p.State == Cancelled && state == NotYetShown {
		// Nobody is to learn what never showed: a draft that is cancelled goes.
		now.State = Cancelled
		return now, q.DropDraft(ctx, id)
	}
	set(&state, p.State)
	move := time.Duration(0)
	if p.StartsAt != nil {
		if !p.StartsAt.After(tx.Now()) || p.StartsAt.After(tx.Now().Add(maxAhead)) {
			return Given{}, fault.Unprocessable("invalid_value", "the values make no sense together",
				fault.At("/starts_at", "out_of_range", "is not to come within two years"))
		}
		move = p.StartsAt.Sub(row.StartsAt)
	}
	if err := givenBy(ctx, q, p.Instructor); err != nil {
		return Given{}, err
	}
	by := row.InstructorID
	if p.Instructor != nil {
		by = nullable(p.Instructor)
	}
	set(&row.Capacity, small(p.Capacity))
	if err := q.ChangeScheduled(ctx, query.ChangeScheduledParams{
		ID: id, State: string(state), StartsAt: row.StartsAt.Add(move), EndsAt: row.EndsAt.Add(move), Capacity: row.Capacity, InstructorID: by,
		BookingOpensAt: row.BookingOpensAt.Add(move), CancelUntil: row.CancelUntil.Add(move), PromoteUntil: row.PromoteUntil.Add(move), Now: tx.Now(),
	}); err != nil {
		return Given{}, err
	}
	return readGiven(ctx, q, id, true)
}
