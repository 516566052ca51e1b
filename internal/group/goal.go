package group

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/group/query"
)

// maxDays is how long a challenge may be, and how far ahead it may begin.
const maxDays = 366

// GoalPatch is an edit of a challenge; what is nil stays.
type GoalPatch struct {
	Title    *string
	Metric   *Metric
	Target   *int32
	From, To *time.Time
	Zone     *string
}

// CreateChallenge sets a group a goal, for its coaches, admins and owner. With a key, the SHA-256 of the client's, a repeat by the same member
// makes none and gives the one that it made before.
func (s *Service) CreateChallenge(ctx context.Context, c db.Caller, group uuid.UUID, g Goal, key []byte) (Challenge, error) {
	var out Challenge
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		starts, ends, err := g.check(tx.Now())
		if err != nil {
			return err
		}
		id, err := newID()
		if err != nil {
			return err
		}
		made, err := query.New(tx).MakeChallenge(ctx, query.MakeChallengeParams{
			Wanted: group, Made: id, Called: g.Title, Counts: string(g.Metric), Aim: g.Target, First: g.From, Last: g.To, InZone: g.Zone,
			Starts: starts, Ends: ends, Key: key, At: tx.Now(),
		})
		if err := done(made.Outcome, err); err != nil {
			return err
		}
		out, err = challenge(ctx, tx, made.ID.UUID)
		return err
	})
	return out, err
}

// EditChallenge changes a challenge that hasn't begun, and gives it as it is then. matches is asked about it as it was, which
// nobody else can edit any more; its error ends the edit.
func (s *Service) EditChallenge(ctx context.Context, c db.Caller, id uuid.UUID, p GoalPatch, matches func(Challenge) error) (Challenge, error) {
	var out Challenge
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := q.LockChallenge(ctx, id); err != nil {
			return err
		}
		was, err := challenge(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := matches(was); err != nil {
			return err
		}
		next := p.on(was.Goal)
		starts, ends, wrong := next.check(tx.Now())
		if wrong != nil && was.State == Coming {
			return wrong
		}
		if err := done(q.EditChallenge(ctx, query.EditChallengeParams{
			Wanted: id, Called: next.Title, Counts: string(next.Metric), Aim: next.Target, First: next.From, Last: next.To, InZone: next.Zone,
			Starts: starts, Ends: ends, At: tx.Now(),
		})); err != nil {
			return err
		}
		out, err = challenge(ctx, tx, id)
		return err
	})
	return out, err
}

func (p GoalPatch) on(g Goal) Goal {
	set(&g.Title, p.Title)
	set(&g.Metric, p.Metric)
	set(&g.Target, p.Target)
	set(&g.From, p.From)
	set(&g.To, p.To)
	set(&g.Zone, p.Zone)
	return g
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// check says when a goal's days begin and end, of one that begins today or later where its days begin.
func (g Goal) check(now time.Time) (starts, ends time.Time, err error) {
	zone, err := time.LoadLocation(g.Zone)
	if err != nil || zone == time.Local { //nolint:gosmopolitan // it is refused
		return starts, ends, invalidGoal(fault.At("/time_zone", "invalid_time_zone", "give a time zone by its IANA name"))
	}
	wrong := checkLine("/title", g.Title)
	here := now.In(zone)
	today := time.Date(here.Year(), here.Month(), here.Day(), 0, 0, 0, 0, time.UTC)
	if g.From.Before(today) || g.From.After(today.AddDate(0, 0, maxDays)) {
		wrong = append(wrong, fault.At("/from", "out_of_range", "give today in the time zone, or a day of the next 366"))
	}
	n := span(g.From, g.To)
	if n < 1 || n > maxDays {
		wrong = append(wrong, fault.At("/to", "out_of_range", "give the first day or a later one, so that there are 366 days at most"))
	} else if g.Metric == Days && int(g.Target) > n {
		wrong = append(wrong, fault.At("/target", "out_of_range", "give no more days than there are"))
	}
	if len(wrong) > 0 {
		return starts, ends, invalidGoal(wrong...)
	}
	days := daysFrom(g.From, n, zone)
	return days[0].UTC(), days[n].UTC(), nil
}

// span is how many days there are from one to another, both among them.
func span(from, to time.Time) int { return int(to.Sub(from)/(24*time.Hour)) + 1 }

// daysFrom are the beginnings of so many days of a time zone, and the end of the last.
func daysFrom(first time.Time, n int, zone *time.Location) []time.Time {
	days := make([]time.Time, n+1)
	for i := range days {
		days[i] = beginning(first.AddDate(0, 0, i), zone)
	}
	return days
}

// beginning is the first moment of a calendar day in a time zone. Where clocks skip midnight that is when they skip it, and where
// they show it twice the first time.
func beginning(day time.Time, zone *time.Location) time.Time {
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	if t.Day() != day.Day() {
		_, t = t.ZoneBounds()
	} else if before := t.Add(-time.Hour); before.Day() == day.Day() {
		t = before
	}
	return t
}
