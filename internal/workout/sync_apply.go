package workout

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording"
)

// said are the figures that a console gives and an owner can edit. As last applied they tell what the
// owner has changed since, which stays.
type said struct {
	Sport        Sport    `json:"sport"`
	Indoor       bool     `json:"indoor"`
	DistanceM    *float64 `json:"distance_m,omitempty"`
	CaloriesKcal *float64 `json:"calories_kcal,omitempty"`
}

func saidAt(client uuid.UUID) seal.Context {
	return seal.Context{Column: "sync_workout.applied_sealed", Row: client}
}

// apply brings the workout up to the parts that are there.
func (at *syncing) apply(ctx context.Context) (SyncStatus, error) {
	n := at.contiguous()
	complete := at.row.LastPart != nil && n == int(*at.row.LastPart)+1
	another := at.row.AppliedVersion != at.row.Version
	switch {
	case n == 0, another && at.row.Complete && !complete, !another && n == int(at.row.AppliedParts):
		return SyncUpdated, nil // kept, and not yet to be seen
	}
	d, err := at.assemble(ctx, n)
	if err != nil {
		return "", err
	}
	if !complete { // its content is still to come, and so is whatever it may be the same as
		d.fingerprint = nil
	}
	if at.row.Duplicate { // of what it was; now it is another
		at.row.WorkoutID, at.row.Duplicate, at.shown = uuid.NullUUID{}, false, uuid.Nil
	}
	status, err := at.applyDraft(ctx, d)
	if err != nil {
		return "", err
	}
	at.row.AppliedVersion, at.row.AppliedParts, at.row.Complete = at.row.Version, int32(n), complete //nolint:gosec // bounded
	if complete {
		err = at.q.EmptyParts(ctx, at.by.id, at.item.ClientID)
	}
	return status, err
}

// assemble makes a draft of the first n parts. It counts as the console's only if each of them was signed.
func (at *syncing) assemble(ctx context.Context, n int) (draft, error) {
	rows, err := at.q.ReadPayloads(ctx, query.ReadPayloadsParams{MemberID: at.by.id, ClientID: at.item.ClientID, Below: int32(n)}) //nolint:gosec // bounded
	if err != nil {
		return draft{}, err
	}
	parts := make([]payload, 0, n)
	for _, row := range rows {
		p, err := seal.OpenValue[payload](at.by.key, payloadAt(at.item.ClientID, int(row.Part)), row.PayloadSealed)
		if err != nil {
			return draft{}, err
		}
		parts = append(parts, p)
	}
	told, err := live(parts)
	if err != nil {
		return draft{}, err
	}
	r, err := recording.Assemble(told)
	if err != nil {
		return draft{}, refusedItem(err)
	}
	d, err := pack(&r)
	d.source, d.class = Console, ClassRef{Class: parts[0].ClassID, Scheduled: parts[0].ScheduledClassID}
	for _, part := range at.have[:n] {
		if !part.Signed {
			d.source = Typed
		}
	}
	return d, err
}

// refusedItem says to a console why its parts make no workout.
func refusedItem(err error) error {
	why, ok := errors.AsType[*recording.Error](err)
	if !ok {
		return err
	}
	code := fault.Code(why.Code)
	return fault.Unprocessable(code, why.Message(), fault.At("/samples", code, why.Message())).Because(err)
}

// applyDraft makes the workout, brings it up to date, or finds the one that has the same recording.
func (at *syncing) applyDraft(ctx context.Context, d draft) (SyncStatus, error) {
	if !at.row.WorkoutID.Valid {
		audience, err := at.by.audienceFor(nil)
		if err != nil {
			return "", err
		}
		id, added, err := d.write(ctx, at.tx, at.by, audience)
		if err != nil {
			return "", err
		}
		at.row.WorkoutID, at.row.Duplicate = uuid.NullUUID{UUID: id, Valid: true}, !added
		if !added {
			at.shown, err = shownAs(ctx, at.q, id)
			return SyncDuplicate, err
		}
		return SyncCreated, at.keepSaid(d)
	}
	own := at.row.WorkoutID.UUID
	if d.fingerprint != nil {
		other, err := at.q.FindRecording(ctx, d.fingerprint)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return "", err
		}
		if err == nil && other != own { // it came whole some other way while this one went on
			if _, err := at.q.DeleteWorkout(ctx, query.DeleteWorkoutParams{MemberID: at.by.id, ID: own, Now: at.tx.Now()}); err != nil {
				return "", err
			}
			if err := at.q.PlaceWorkouts(ctx, []uuid.UUID{own}); err != nil {
				return "", err
			}
			at.row.WorkoutID.UUID, at.row.Duplicate, at.row.AppliedSealed = other, true, nil
			at.shown, err = shownAs(ctx, at.q, other)
			return SyncDuplicate, err
		}
	}
	return SyncUpdated, at.replace(ctx, own, d)
}

// replace writes the draft over the workout. Title, audience and notes are the owner's, and so is
// what they changed of what the console said.
func (at *syncing) replace(ctx context.Context, id uuid.UUID, d draft) error {
	was, err := readStored(ctx, at.tx, at.by, id) // for writing: a console may not read what it writes over
	if err == nil && was.cut {
		// By zones; what is written over is the whole.
		if err = putBack(ctx, at.tx, at.by, id); err == nil {
			was, err = readStored(ctx, at.tx, at.by, id)
		}
	}
	if err != nil {
		return err
	}
	now := was.row
	before, err := seal.OpenOptional[said](at.by.key, saidAt(at.item.ClientID), at.row.AppliedSealed)
	if err != nil {
		return err
	}
	if err := at.keepSaid(d); err != nil {
		return err
	}
	d.id = id
	if before != nil {
		d.keepEdits(*before, now)
	}
	if notes := was.device.Notes; notes != "" {
		if d.device == nil {
			d.device = &Device{}
		}
		d.device.Notes = notes
	}
	to, err := d.row(at.by)
	if err != nil {
		return err
	}
	moved := !now.StartedAt.Equal(to.StartedAt)
	if moved { // the followers' feeds point to it by its start
		err = at.q.PointWorkout(ctx, query.PointWorkoutParams{ID: id, StartedAt: now.StartedAt, Audience: int16(privacy.OnlyMe)})
	}
	if err != nil {
		return err
	}
	_, err = at.q.ReplaceWorkout(ctx, query.ReplaceWorkoutParams{
		MemberID: to.MemberID, ID: id, Sport: to.Sport, Indoor: to.Indoor, StartedAt: to.StartedAt, DurationS: to.DurationS,
		MovingS: to.MovingS, DistanceM: to.DistanceM, CaloriesKcal: to.CaloriesKcal, OutputKj: to.OutputKj, Source: to.Source,
		Fingerprint: to.Fingerprint, TrackM: to.TrackM, Families: to.Families, Summaries: to.Summaries,
		Samples: to.Samples, Previews: to.Previews, Digests: to.Digests, Now: at.tx.Now(),
	})
	if err == nil && moved {
		err = at.q.PointWorkout(ctx, query.PointWorkoutParams{ID: id, StartedAt: to.StartedAt, Audience: now.Audience})
	}
	if err == nil && tracked(d.route, d.samples[privacy.Route] != nil) {
		err = cutNew(ctx, at.tx, at.by, id)
	}
	if err == nil {
		err = at.q.PlaceWorkouts(ctx, []uuid.UUID{id})
	}
	return err
}

// keepSaid remembers what the console says now.
func (at *syncing) keepSaid(d draft) (err error) {
	at.row.AppliedSealed, err = seal.SealValue(at.by.key, saidAt(at.item.ClientID), said{
		Sport: d.facts.Sport, Indoor: d.facts.Indoor, DistanceM: d.distanceM, CaloriesKcal: d.facts.CaloriesKcal,
	})
	return err
}

// keepEdits takes over what differs from what the console had said.
func (d *draft) keepEdits(before said, now query.ReadFiguresRow) {
	if Sport(now.Sport) != before.Sport {
		d.facts.Sport, d.digests = Sport(now.Sport), nil // records are kept of other distances
	}
	if now.Indoor != before.Indoor {
		d.facts.Indoor = now.Indoor
	}
	if !same(now.DistanceM, before.DistanceM) {
		d.distanceM, d.trackM = now.DistanceM, nil
	}
	if !same(now.CaloriesKcal, before.CaloriesKcal) {
		d.facts.CaloriesKcal = now.CaloriesKcal
	}
}

func same(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }

func unixTime(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
