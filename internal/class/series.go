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

func seriesOf(row query.ReadSeriesRow) Series {
	return Series{
		ID: row.ID, State: State(row.State), Class: row.ClassID, Studio: idOf(row.StudioID), RRule: row.Rrule, StartsLocal: row.StartsLocal.UTC(),
		TimeZone: row.TimeZone, Capacity: int(row.Capacity), CreatedAt: row.CreatedAt,
		Before: Before{OpensS: int(row.OpensBeforeS), CancelS: int(row.CancelBeforeS), PromoteS: int(row.PromoteBeforeS)},
	}
}

// AllSeries lists series for class managers, the newest first: those in a state, or all.
func (s *Service) AllSeries(ctx context.Context, c db.Caller, state *State, r page.Request) (out page.Page[Series], err error) {
	r.Filter = spelled(state)
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		at, err := after(s, tx, r, moment{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), uuid.Max})
		if err != nil {
			return err
		}
		rows, err := q.ListSeries(ctx, query.ListSeriesParams{States: states(state), BeforeAt: at.StartsAt, BeforeID: at.ID, Most: oneMore(r.Limit)})
		if err != nil {
			return err
		}
		all := make([]Series, len(rows))
		for i, row := range rows {
			all[i] = seriesOf(query.ReadSeriesRow(row))
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, all, func(x Series) moment { return moment{x.CreatedAt, x.ID} })
		return err
	})
	return out, err
}

// OneSeries is a series in any state, for class managers.
func (s *Service) OneSeries(ctx context.Context, c db.Caller, id uuid.UUID) (out Series, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, _ *db.Tx, q *query.Queries) error {
		row, err := q.ReadSeries(ctx, id)
		out = seriesOf(row)
		return err
	})
	return out, err
}

// SeriesEntry is a series to be made. StartsLocal is written as 2006-01-02T15:04.
type SeriesEntry struct {
	Class              uuid.UUID
	Studio             *uuid.UUID
	TimeZone           *string // of what is given online; a studio brings its own
	RRule, StartsLocal string
	Capacity           int
	Before             Before
}

// SeriesPatch is what is changed; nil stays. Another class or studio is another series.
type SeriesPatch struct {
	RRule, StartsLocal        *string
	Capacity                  *int
	OpensS, CancelS, PromoteS *int
	State                     *State
}

const localTime = "2006-01-02T15:04"

// recurrence is the series as package recur knows it, if it is one.
func (x Series) recurrence() (recur.Series, error) {
	var c complaints
	rule, err := recur.Parse(x.RRule)
	c.add(err != nil, "/rrule", "invalid_rule", "is no rule that is taken")
	zone, known := recur.Zone(x.TimeZone)
	c.add(!known, "/time_zone", "unknown_zone", "is no time zone of the IANA database")
	if len(c) > 0 {
		return recur.Series{}, c.fault()
	}
	out := recur.Series{Rule: rule, First: x.StartsLocal, Zone: zone}
	c.add(!out.Synchronized(), "/starts_local", "not_in_rule", "is not the first occurrence of the rule")
	return out, c.fault()
}

// startAt reads a wall clock's time that is near enough for a series to start at.
func (x *Series) startAt(local string, now time.Time) error {
	at, err := time.Parse(localTime, local)
	if err != nil || at.Before(now.AddDate(-1, 0, 0)) || at.After(now.Add(maxAhead)) {
		return fault.Unprocessable("invalid_value", "the values make no sense together",
			fault.At("/starts_local", "out_of_range", "is no time from a year ago to two years ahead"))
	}
	x.StartsLocal = at
	return nil
}

// AddSeries makes a draft: nothing of it is in the schedule.
func (s *Service) AddSeries(ctx context.Context, c db.Caller, e SeriesEntry, r Repeat) (out Series, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		id, err := s.once(ctx, tx, q, r, "series", func(id uuid.UUID) error {
			_, zone, err := placed(ctx, q, e.Class, e.Studio, e.TimeZone)
			if err != nil {
				return err
			}
			x := Series{RRule: e.RRule, TimeZone: zone}
			if err := x.startAt(e.StartsLocal, tx.Now()); err != nil {
				return err
			}
			if _, err := x.recurrence(); err != nil {
				return err
			}
			return q.AddSeries(ctx, query.AddSeriesParams{
				ID: id, ClassID: e.Class, StudioID: nullable(e.Studio), Rrule: x.RRule, StartsLocal: x.StartsLocal, TimeZone: zone,
				Capacity: *small(&e.Capacity), OpensBeforeS: *small(&e.Before.OpensS), CancelBeforeS: *small(&e.Before.CancelS),
				PromoteBeforeS: *small(&e.Before.PromoteS), Now: tx.Now(),
			})
		})
		if err != nil {
			return err
		}
		row, err := q.ReadSeries(ctx, id)
		out = seriesOf(row)
		return err
	})
	return out, err
}

// EditSeries changes a series, if check has nothing against it as it is, locked; and lays out anew what is to come.
func (s *Service) EditSeries(ctx context.Context, c db.Caller, id uuid.UUID, p SeriesPatch, check func(Series) error) (out Series, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		locked, err := q.LockSeries(ctx, id)
		if err != nil {
			return err
		}
		row, err := q.ReadSeries(ctx, id)
		if err != nil {
			return err
		}
		out = seriesOf(row)
		if err := check(out); err != nil {
			return err
		}
		if out.State, err = out.State.to(p.State); err != nil {
			return err
		}
		if out.State == Published {
			if err := publishable(ctx, q, out); err != nil {
				return err
			}
		}
		set(&out.RRule, p.RRule)
		set(&out.Capacity, p.Capacity)
		set(&out.Before.OpensS, p.OpensS)
		set(&out.Before.CancelS, p.CancelS)
		set(&out.Before.PromoteS, p.PromoteS)
		if p.StartsLocal != nil {
			if err := out.startAt(*p.StartsLocal, tx.Now()); err != nil {
				return err
			}
		}
		if _, err := out.recurrence(); err != nil {
			return err
		}
		if err := q.ChangeSeries(ctx, query.ChangeSeriesParams{
			ID: id, State: string(out.State), Rrule: out.RRule, StartsLocal: out.StartsLocal, Capacity: *small(&out.Capacity),
			OpensBeforeS: *small(&out.Before.OpensS), CancelBeforeS: *small(&out.Before.CancelS), PromoteBeforeS: *small(&out.Before.PromoteS), Now: tx.Now(),
		}); err != nil {
			return err
		}
		if out.State != Draft {
			if err := layOut(ctx, q, out, int(locked.DurationS), tx.Now()); err != nil {
				return err
			}
		}
		return note(ctx, tx, "series.changed", id, string(out.State))
	})
	return out, err
}

// publishable refuses a series of what doesn't show: neither would its occurrences.
func publishable(ctx context.Context, q *query.Queries, x Series) error {
	given, err := readClass(ctx, q, x.Class)
	if err != nil {
		return err
	}
	shown := given.State == Published
	if x.Studio != nil {
		studio, err := q.ReadStudio(ctx, *x.Studio, kept)
		if err != nil {
			return err
		}
		shown = shown && studio.State == string(Published)
	}
	if !shown {
		return fault.Conflict("not_published", "publish its class and its studio first")
	}
	return nil
}

// EditOccurrence changes one occurrence of a published series by its date, also one that the schedule doesn't show
// yet. What becomes of the series no longer changes it.
func (s *Service) EditOccurrence(ctx context.Context, c db.Caller, id uuid.UUID, date time.Time, p GivenPatch) (out Given, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		locked, err := q.LockSeries(ctx, id)
		if err != nil {
			return err
		}
		row, err := q.ReadSeries(ctx, id)
		if err != nil {
			return err
		}
		x := seriesOf(row)
		if x.State != Published {
			return fault.Conflict("not_published", "publish the series first")
		}
		r, err := x.recurrence()
		if err != nil {
			return err
		}
		o, there := r.On(date)
		if !there || !o.StartsAt.After(tx.Now()) || o.StartsAt.After(tx.Now().Add(maxAhead)) {
			return fault.Unprocessable("no_occurrence", "the rule has none on that day that is to come within two years",
				fault.At("/date", "no_occurrence", "is no day of the rule"))
		}
		if err := putIn(ctx, q, x, []recur.Occurrence{o}, int(locked.DurationS), tx.Now()); err != nil {
			return err
		}
		if out, err = editGiven(ctx, tx, q, occurrenceID(id, o.Date), p, func(Given) error { return nil }); err != nil {
			return err
		}
		return note(ctx, tx, changedGiven, out.ID, string(out.State))
	})
	return out, err
}
