package class

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/class/query"
	"github.com/paceline/paceline/internal/class/recur"
	"github.com/paceline/paceline/internal/db"
)

const (
	// Horizon is how far ahead the schedule is laid out.
	Horizon = 8 * aWeek
	// again is how often: what changed in the time zones' rules takes effect with it, too.
	again = 24 * time.Hour
	// mostLaidOut is more than a series has within the horizon, at one a day.
	mostLaidOut = 64
)

// occurrenceID is made of a series and a date, so that an occurrence has one id whoever makes it: a UUID of
// version 8 (RFC 9562), in the order of time like one of version 7.
func occurrenceID(series uuid.UUID, date time.Time) (id uuid.UUID) {
	h := sha256.New()
	_, _ = h.Write([]byte("paceline occurrence v1:" + series.String() + ":" + date.Format(time.DateOnly))) // a hash never fails
	copy(id[:], h.Sum(nil))
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(date.UnixMilli()))
	copy(id[:6], ms[2:])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// layOut makes the schedule of a series as it is to be, for all of the horizon: what is there follows, what isn't is
// made, what the rule no longer has is cancelled. What has begun, and what was changed by itself, stays. The series
// is locked.
func layOut(ctx context.Context, q *query.Queries, x Series, durationS int, now time.Time) error {
	keep := []uuid.UUID{}
	upTo := now.Add(Horizon)
	if x.State == Published {
		r, err := x.recurrence()
		if err != nil {
			return err
		}
		// From a day ago on: what would have begun by its new hour and hasn't by its old one is given as it is.
		all, err := r.Between(now.Add(-2*24*time.Hour), upTo, mostLaidOut)
		if err != nil {
			return err
		}
		for _, o := range all {
			keep = append(keep, occurrenceID(x.ID, o.Date))
		}
		if err := putIn(ctx, q, x, all, durationS, now); err != nil {
			return err
		}
	}
	if _, err := q.CallOff(ctx, query.CallOffParams{Now: now, SeriesID: nullable(&x.ID), Kept: keep}); err != nil {
		return err
	}
	return q.LaidOut(ctx, upTo, x.ID)
}

// putIn puts those of the occurrences that are to come into the schedule.
func putIn(ctx context.Context, q *query.Queries, x Series, all []recur.Occurrence, durationS int, now time.Time) error {
	p := query.LayOutParams{
		Ids: []uuid.UUID{}, Dates: []time.Time{}, Starts: []time.Time{}, ClassID: x.Class, SeriesID: x.ID, StudioID: nullable(x.Studio),
		DurationS: *small(&durationS), TimeZone: x.TimeZone, Capacity: *small(&x.Capacity), OpensBeforeS: *small(&x.Before.OpensS),
		CancelBeforeS: *small(&x.Before.CancelS), PromoteBeforeS: *small(&x.Before.PromoteS), Now: now,
	}
	for _, o := range all {
		if o.StartsAt.After(now) {
			p.Ids, p.Dates, p.Starts = append(p.Ids, occurrenceID(x.ID, o.Date)), append(p.Dates, o.Date), append(p.Starts, o.StartsAt)
		}
	}
	_, err := q.LayOut(ctx, p)
	return err
}

// LayOutNext lays out the series that has waited for longest, if one has for a day, and says whether there was one.
// It is for the worker, a transaction each: any number may run at once, and whoever dies leaves nothing half done.
func LayOutNext(ctx context.Context, tx *db.SystemTx) (bool, error) {
	q := query.New(tx)
	row, err := q.NextToLayOut(ctx, tx.Now().Add(Horizon-again))
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	x := Series{
		ID: row.ID, State: State(row.State), Class: row.ClassID, Studio: idOf(row.StudioID), RRule: row.Rrule, StartsLocal: row.StartsLocal.UTC(),
		TimeZone: row.TimeZone, Capacity: int(row.Capacity),
		Before: Before{OpensS: int(row.OpensBeforeS), CancelS: int(row.CancelBeforeS), PromoteS: int(row.PromoteBeforeS)},
	}
	return true, layOut(ctx, q, x, int(row.DurationS), tx.Now())
}
