package workout

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
)

// Merging. Two recordings of one ride become a third workout, made of both; the two stay in their rows,
// which nobody can see until the merge is undone (migrations/0020_merges.up.sql says how). So whatever
// lists, adds up or tells workouts counts the ride once, and needs to know nothing of merges. What asks
// for one of the two by its id or its content, a console or an import that comes again, asks for what it
// is shown as.

// Merge makes one workout of two of the caller's and gives it. NotFound where either is anybody else's;
// Conflict where one is merged already or still being sent; Unprocessable where they can't be of one ride.
func (s *Service) Merge(ctx context.Context, c db.Caller, id, other uuid.UUID, r Repeat) (Workout, privacy.Grant, error) {
	var made []Shown
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		ids, err := r.once(ctx, tx, by, func() ([]uuid.UUID, error) {
			merged, err := merge(ctx, tx, by, id, other)
			return []uuid.UUID{merged}, err
		})
		if err != nil {
			return err
		}
		made, err = s.readMade(ctx, tx, by, ids)
		return err
	})
	if err != nil {
		return Workout{}, privacy.Grant{}, err
	}
	return made[0].Workout, made[0].Grant, nil
}

func merge(ctx context.Context, tx *db.Tx, by self, id, other uuid.UUID) (uuid.UUID, error) {
	if id == other {
		return uuid.Nil, fault.Unprocessable("same_workout", "a workout can't be merged with itself",
			fault.At("/other", "same_workout", "is the workout itself"))
	}
	if err := lockBoth(ctx, tx, by, id, other); err != nil {
		return uuid.Nil, err
	}
	one, err := readStored(ctx, tx, by, id)
	if err != nil {
		return uuid.Nil, err
	}
	two, err := readStored(ctx, tx, by, other)
	if err != nil {
		return uuid.Nil, err
	}
	if _, same := sameRide(one, two); !same {
		return uuid.Nil, fault.Unprocessable("not_one_ride", "the two can't be of one ride",
			fault.At("/other", "not_one_ride", "is of another time or sport"))
	}
	d, audience, err := combine(one, two)
	if err != nil {
		return uuid.Nil, err
	}
	if _, _, err := d.write(ctx, tx, by, audience); err != nil {
		return uuid.Nil, err
	}
	hidden, err := query.New(tx).HideMerged(ctx, query.HideMergedParams{Merged: d.id, One: id, Other: other, Now: tx.Now()})
	if err == nil && hidden != 2 {
		err = db.ErrDisagree
	}
	if err == nil {
		err = query.New(tx).MergeClasses(ctx, query.MergeClassesParams{Merged: d.id, One: id, Other: other})
	}
	return d.id, err
}

// lockBoth locks two of the caller's workouts, in one order for all, and refuses what can't be merged now.
func lockBoth(ctx context.Context, tx *db.Tx, by self, id, other uuid.UUID) error {
	q, both := query.New(tx), []uuid.UUID{id, other}
	slices.SortFunc(both, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	for _, one := range both {
		if _, err := q.LockOwnWorkout(ctx, by.id, one); err != nil {
			return err // no row: NotFound, as for one that never was
		}
	}
	for _, one := range both {
		parts, err := q.MergedOf(ctx, one)
		if err != nil {
			return err
		}
		if len(parts) > 0 {
			return fault.Conflict("already_merged", "one of the two is a merged workout; undo that first")
		}
	}
	sent, err := q.CountUnfinished(ctx, by.id, both)
	if err == nil && sent > 0 {
		err = fault.Conflict("still_sent", "a console is still sending one of the two")
	}
	return err
}

// Unmerge takes a merged workout of the caller's away and shows the two that it was made of, as they were.
// Zones that came or went meanwhile cut them as they cut any. NotFound for everybody else's.
func (s *Service) Unmerge(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		q := query.New(tx)
		if _, err := q.LockOwnWorkout(ctx, by.id, id); err != nil {
			return err
		}
		shown, err := q.ShowMerged(ctx, id)
		if err != nil {
			return err
		}
		if len(shown) == 0 {
			return fault.Conflict("not_merged", "this workout was not made of others")
		}
		if err := cutAnew(ctx, tx, by, shown...); err != nil {
			return err
		}
		if _, err = q.DeleteWorkout(ctx, query.DeleteWorkoutParams{MemberID: by.id, ID: id, Now: tx.Now()}); err != nil {
			return err
		}
		return q.PlaceWorkouts(ctx, append(shown, id))
	})
}

// shownAs is the workout that the caller sees in the place of one of theirs: itself, unless it is merged.
func shownAs(ctx context.Context, q *query.Queries, id uuid.UUID) (uuid.UUID, error) {
	ids, err := q.ShownAs(ctx, []uuid.UUID{id})
	if err != nil {
		return uuid.Nil, err
	}
	return ids[0], nil
}

// lockShown locks a workout of a console's. It gives the one that is shown in its place, where it is merged,
// and false where it has been deleted.
func lockShown(ctx context.Context, q *query.Queries, by self, id uuid.UUID) (shown uuid.UUID, there bool, err error) {
	_, err = q.LockOwnWorkout(ctx, by.id, id)
	if !errors.Is(err, pgx.ErrNoRows) {
		return id, err == nil, err
	}
	shown, err = shownAs(ctx, q, id)
	return shown, shown != id, err
}
