package workout

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
)

// ClassRef names what a workout is taken in: a class, or a scheduled class, which says the class as well.
// The zero value names none.
type ClassRef struct{ Class, Scheduled *uuid.UUID }

func (r ClassRef) some() bool { return r.Class != nil || r.Scheduled != nil }

// Taken is the class that a workout belongs to.
type Taken struct {
	Class     uuid.UUID
	Scheduled *uuid.UUID // where it was ridden at its time
}

// ErrUnknownClass: there is no such class for the caller, or not just one was named.
var ErrUnknownClass = fault.Unprocessable("unknown_class", "there is no such class",
	fault.At("", "unknown_class", "name a class or a scheduled class that you can see, one of the two"))

// ErrOtherTime: the workout isn't of the time of the scheduled class.
var ErrOtherTime = fault.Unprocessable("class_at_another_time", "the scheduled class was at another time than the workout",
	fault.At("/scheduled_class_id", "class_at_another_time", "name the class by class_id, or the time at which you took it"))

// ClassOf is the class of a workout, for whoever sees the workout. NotFound where it belongs to none, as where
// it is hidden.
func (s *Service) ClassOf(ctx context.Context, c db.Caller, id uuid.UUID) (privacy.Guarded[Taken], privacy.Grant, error) {
	var out privacy.Guarded[Taken]
	var grant privacy.Grant
	err := s.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		out, grant, err = readClass(ctx, tx, id)
		return err
	})
	return out, grant, err
}

func readClass(ctx context.Context, tx *db.Tx, id uuid.UUID) (privacy.Guarded[Taken], privacy.Grant, error) {
	row, err := query.New(tx).ReadWorkoutClass(ctx, id)
	if err != nil {
		return privacy.Guarded[Taken]{}, privacy.Grant{}, err
	}
	grant, err := db.Subject(row.Subject).Decide(tx)
	if err != nil {
		return privacy.Guarded[Taken]{}, privacy.Grant{}, err
	}
	audience := db.Audience(row.Audience)
	if row.Audience < 0 || !grant.ShowsWithin(privacy.Workout, audience) {
		return privacy.Guarded[Taken]{}, privacy.Grant{}, fault.NotFound()
	}
	taken := Taken{Class: row.ClassID}
	if row.ScheduledClassID.Valid {
		taken.Scheduled = &row.ScheduledClassID.UUID
	}
	return privacy.GuardWithin(grant.Owner(), privacy.Workout, audience, taken), grant, nil
}

// SetClass says which class a workout of the caller's belongs to; the zero reference says none. Others get what
// Edit gives them.
func (s *Service) SetClass(ctx context.Context, c db.Caller, id uuid.UUID, r ClassRef) (privacy.Guarded[Taken], privacy.Grant, error) {
	var out privacy.Guarded[Taken]
	var grant privacy.Grant
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		q := query.New(tx)
		if _, err := q.LockOwnWorkout(ctx, by.id, id); errors.Is(err, pgx.ErrNoRows) {
			return s.refuse(ctx, tx, id)
		} else if err != nil {
			return err
		}
		if !r.some() {
			gone, err := q.ForgetWorkoutClass(ctx, by.id, id)
			if err == nil && gone == 0 {
				return fault.NotFound()
			}
			if err != nil {
				return err
			}
			return q.PlaceWorkouts(ctx, []uuid.UUID{id})
		}
		unfit, err := setClass(ctx, q, id, r)
		if err == nil {
			err = unfit
		}
		if err != nil {
			return err
		}
		out, grant, err = readClass(ctx, tx, id)
		return err
	})
	return out, grant, err
}

// setClass writes the class and the places that follow from it, or says why the workout doesn't belong to it:
// ErrUnknownClass or ErrOtherTime.
func setClass(ctx context.Context, q *query.Queries, id uuid.UUID, r ClassRef) (unfit, err error) {
	if (r.Class == nil) == (r.Scheduled == nil) {
		return ErrUnknownClass, nil
	}
	row := query.SetWorkoutClassParams{WorkoutID: id}
	if r.Class != nil {
		row.ClassID = uuid.NullUUID{UUID: *r.Class, Valid: true}
	}
	if r.Scheduled != nil {
		row.ScheduledClassID = uuid.NullUUID{UUID: *r.Scheduled, Valid: true}
	}
	outcome, err := q.SetWorkoutClass(ctx, row)
	switch {
	case err != nil:
		return nil, err
	case outcome == "taken":
		return nil, q.PlaceWorkouts(ctx, []uuid.UUID{id})
	case outcome == "another time":
		return ErrOtherTime, nil
	default:
		return ErrUnknownClass, nil
	}
}
