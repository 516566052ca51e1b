package workout

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/text"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording"
)

// Patch is what an owner changes. A nil pointer leaves a value as it is.
type Patch struct {
	Sport        *Sport
	Indoor       *bool
	Audience     *privacy.Audience
	Title, Notes Change[string]
	DistanceM    Change[float64]
	CaloriesKcal Change[float64]
}

// Change is a value that can also be cleared: left as it is, unless Set.
type Change[T any] struct {
	Set bool
	To  *T // nil clears
}

func (c Change[T]) apply(to **T) {
	if c.Set {
		*to = c.To
	}
}

// Check is a caller's condition for a change. It is asked about the workout as it is, locked.
type Check func(Workout, privacy.Grant) error

// Edit changes a workout of the caller's, if check has nothing against it, and gives it as it is
// then. Forbidden for others who can see it, NotFound for those who can't.
func (s *Service) Edit(ctx context.Context, c db.Caller, id uuid.UUID, p Patch, check Check) (Workout, privacy.Grant, error) {
	var out Shown
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
		row, now, err := s.readOwn(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := check(now.Workout, now.Grant); err != nil {
			return err
		}
		if now.cut { // what is changed is the whole
			if err := putBack(ctx, tx, by, id); err != nil {
				return err
			}
			if row, _, err = s.readOwn(ctx, tx, by, id); err != nil {
				return err
			}
		}
		if err := p.write(ctx, tx, by, row); err != nil {
			return err
		}
		if now.cut {
			if err := cutAnew(ctx, tx, by, id); err != nil {
				return err
			}
		}
		if err := q.PlaceWorkouts(ctx, []uuid.UUID{id}); err != nil {
			return err
		}
		_, out, err = s.readOwn(ctx, tx, by, id)
		return err
	})
	return out.Workout, out.Grant, err
}

// Delete takes a workout of the caller's away, with all its parts. Others get what Edit gives them.
func (s *Service) Delete(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		q := query.New(tx)
		if err := q.LockOriginal(ctx, by.id, id); err != nil {
			return err
		}
		gone, err := q.DeleteWorkout(ctx, query.DeleteWorkoutParams{MemberID: by.id, ID: id, Now: tx.Now()})
		if err == nil && len(gone) == 0 {
			return s.refuse(ctx, tx, id)
		}
		if err != nil {
			return err
		}
		if err := q.PlaceWorkouts(ctx, []uuid.UUID{id}); err != nil {
			return err
		}
		return q.DropOriginals(ctx, by.id)
	})
}

// refuse is the answer to whoever wants to change a workout that isn't theirs.
func (s *Service) refuse(ctx context.Context, tx *db.Tx, id uuid.UUID) error {
	row, err := query.New(tx).ReadWorkout(ctx, id)
	if err != nil {
		return err
	}
	shown, subject := apart(row)
	if _, visible, err := s.decide(tx, shown, subject, nil); err != nil {
		return err
	} else if !visible {
		return fault.NotFound()
	}
	return fault.Forbidden("not_owner", "only its owner may do that")
}

func (s *Service) readOwn(ctx context.Context, tx *db.Tx, by self, id uuid.UUID) (query.WorkoutShown, Shown, error) {
	row, err := query.New(tx).ReadWorkout(ctx, id)
	if err != nil {
		return query.WorkoutShown{}, Shown{}, err
	}
	shown, subject := apart(row)
	item, visible, err := s.decide(tx, shown, subject, nil)
	if err == nil && (!visible || subject.MemberID != by.id) {
		err = fault.NotFound()
	}
	return shown, item, err
}

// write changes the rows.
func (p Patch) write(ctx context.Context, tx *db.Tx, by self, w query.WorkoutShown) error {
	before, sport := w.Audience, w.Sport
	if err := p.merge(&w, by); err != nil {
		return err
	}
	q := query.New(tx)
	_, err := q.ChangeWorkout(ctx, query.ChangeWorkoutParams{
		MemberID: by.id, ID: w.ID, Audience: w.Audience, Sport: w.Sport, Indoor: w.Indoor, Title: w.Title,
		DistanceM: w.DistanceM, CaloriesKcal: w.CaloriesKcal, UpdatedAt: tx.Now(),
	})
	if err == nil && w.Audience != before {
		err = q.PointWorkout(ctx, query.PointWorkoutParams{ID: w.ID, StartedAt: w.StartedAt, Audience: w.Audience})
	}
	if err == nil && w.Sport != sport { // records are kept of other distances
		if err = q.ForgetDigests(ctx, by.id, w.ID); err == nil {
			_, err = digestMore(ctx, q, by)
		}
	}
	if err == nil && p.DistanceM.Set { // what the owner says replaces what the track gave
		if err = q.ForgetTrackDistance(ctx, by.id, w.ID); err == nil {
			err = q.NoteTypedDistance(ctx, by.id, w.ID)
		}
	}
	if err == nil && p.Notes.Set {
		err = p.writeNotes(ctx, q, by, w)
	}
	return err
}

// merge puts the changes into the row, if it makes sense with them.
func (p Patch) merge(w *query.WorkoutShown, by self) error {
	if p.Audience != nil && int16(*p.Audience) != w.Audience {
		if err := by.mayOpen(*p.Audience); err != nil {
			return err
		}
		w.Audience = int16(*p.Audience)
	}
	var c complaints
	if p.Sport != nil {
		c.add(!slices.Contains(recording.Sports(), *p.Sport), "/sport", "unknown_sport", "is no sport")
		w.Sport = string(*p.Sport)
	}
	if p.Indoor != nil {
		w.Indoor = *p.Indoor
	}
	p.Title.apply(&w.Title)
	p.DistanceM.apply(&w.DistanceM)
	p.CaloriesKcal.apply(&w.CaloriesKcal)
	if p.DistanceM.Set {
		moving := w.DurationS
		if w.MovingS != nil {
			moving = *w.MovingS
		}
		c.number("/distance_m", w.DistanceM)
		c.speed(Sport(w.Sport), w.DistanceM, moving)
	}
	if p.CaloriesKcal.Set {
		c.number("/calories_kcal", w.CaloriesKcal)
		c.calories(w.CaloriesKcal, w.DurationS)
	}
	if p.Title.Set {
		c.text("/title", p.Title.To, text.Line)
	}
	if p.Notes.Set {
		c.text("/notes", p.Notes.To, text.Lines)
	}
	return c.fault()
}

// writeNotes seals the notes together with the device that they are kept with.
func (p Patch) writeNotes(ctx context.Context, q *query.Queries, by self, w query.WorkoutShown) error {
	at := summaryAt(privacy.Device, w.ID)
	device, err := seal.OpenOptional[Device](by.key, at, w.DeviceSealed)
	if err != nil {
		return err
	}
	if device == nil {
		device = &Device{}
	}
	device.Notes = ""
	if p.Notes.To != nil {
		device.Notes = *p.Notes.To
	}
	sealed, err := seal.SealValue(by.key, at, *device)
	if err != nil {
		return err
	}
	return q.ChangeDevice(ctx, query.ChangeDeviceParams{MemberID: by.id, WorkoutID: w.ID, SummarySealed: sealed})
}
