package workout

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/query"
)

// draft is a workout that is about to be written. A nil part doesn't exist.
type draft struct {
	id          uuid.UUID
	facts       Facts
	distanceM   *float64 // not from a track
	trackM      *float64 // computed from the track
	effort      *Effort
	heart       *Heart
	route       *Route
	device      *Device
	samples     map[privacy.Field][]byte // packed
	fingerprint []byte                   // of a recording
}

// newDraft gives the draft its id.
func newDraft(f Facts) (draft, error) {
	id, err := uuid.NewV7()
	return draft{id: id, facts: f}, err
}

// write adds the workout with its parts, and says which one it is now: another one where the same
// recording was there already.
func (d draft) write(ctx context.Context, tx *db.Tx, by self, audience privacy.Audience) (id uuid.UUID, added bool, err error) {
	q := query.New(tx)
	f := d.facts
	for range 3 { // whoever finds it there already may find it deleted a moment later
		n, err := q.AddWorkout(ctx, query.AddWorkoutParams{
			MemberID: by.id, ID: d.id, Audience: int16(audience), Sport: string(f.Sport), Indoor: f.Indoor, Title: f.Title,
			StartedAt: f.StartedAt, DurationS: f.DurationS, MovingS: f.MovingS, DistanceM: d.distanceM,
			CaloriesKcal: f.CaloriesKcal, OutputKj: f.OutputKJ, Source: string(f.Source), Fingerprint: d.fingerprint,
			CreatedAt: tx.Now(),
		})
		if err != nil {
			return uuid.Nil, false, err
		}
		if n == 1 {
			return d.id, true, d.writeParts(ctx, q, by)
		}
		id, err := q.FindRecording(ctx, by.id, d.fingerprint)
		if err == nil || !errors.Is(err, pgx.ErrNoRows) {
			return id, false, err
		}
	}
	return uuid.Nil, false, fault.Unavailable("import_busy", "the same recording is being changed; try again", 0)
}

func (d draft) writeParts(ctx context.Context, q *query.Queries, by self) error {
	if err := writePart(ctx, q, by, d, privacy.Effort, d.effort); err != nil {
		return err
	}
	if err := writePart(ctx, q, by, d, privacy.HeartRate, d.heart); err != nil {
		return err
	}
	if err := writePart(ctx, q, by, d, privacy.Route, d.route); err != nil {
		return err
	}
	return writePart(ctx, q, by, d, privacy.Device, d.device)
}

func writePart[T any](ctx context.Context, q *query.Queries, by self, d draft, f privacy.Field, part *T) error {
	if part == nil {
		return nil
	}
	summary, err := seal.SealValue(by.key, summaryAt(f, d.id), *part)
	if err != nil {
		return err
	}
	row := query.AddPartParams{MemberID: by.id, WorkoutID: d.id, Family: f.String(), SummarySealed: summary}
	if f == privacy.Route {
		row.DistanceM = d.trackM
	}
	if blob := d.samples[f]; blob != nil {
		if row.SamplesSealed, err = by.key.Seal(blob, samplesAt(f, d.id)); err != nil {
			return err
		}
	}
	return q.AddPart(ctx, row)
}

// audienceFor is the audience of a new workout: the one asked for, else the owner's default.
func (by self) audienceFor(asked *privacy.Audience) (privacy.Audience, error) {
	if asked == nil {
		a := by.settings.Audiences.Chosen(privacy.Workout)
		if by.settings.Private {
			a = min(a, privacy.Followers)
		}
		return a, nil
	}
	return *asked, by.mayOpen(*asked)
}

// mayOpen refuses what the private switch only holds back: it would open when the switch goes off.
func (by self) mayOpen(to privacy.Audience) error {
	if by.settings.Private && to > privacy.Followers {
		return fault.Unprocessable("private_account", "the account is private",
			fault.At("/audience", "private_account", "take the private switch off first"))
	}
	return nil
}
