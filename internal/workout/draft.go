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
	source      Source
	distanceM   *float64 // not from a track
	trackM      *float64 // computed from the track
	effort      *Effort
	heart       *Heart
	route       *Route
	device      *Device
	samples     map[privacy.Field][]byte // packed
	previews    map[privacy.Field][]byte // packed, of those with more than a chart shows
	digests     map[privacy.Field]digest // of what has samples
	fingerprint []byte                   // of a recording
	class       ClassRef
	unfit       error // why it doesn't belong to the class, once it is written
}

// newDraft gives the draft its id.
func newDraft(f Facts) (draft, error) {
	id, err := uuid.NewV7()
	return draft{id: id, facts: f}, err
}

// write adds the workout with its parts, and says which one it is now: another one where the same
// recording was there already, be it merged.
func (d *draft) write(ctx context.Context, tx *db.Tx, by self, audience privacy.Audience) (id uuid.UUID, added bool, err error) {
	q := query.New(tx)
	row, err := d.row(by)
	if err != nil {
		return uuid.Nil, false, err
	}
	row.Audience, row.CreatedAt = int16(audience), tx.Now()
	for range 3 { // whoever finds it there already may find it deleted a moment later
		made, err := q.AddWorkout(ctx, row)
		if err == nil && len(made) == 1 && tracked(d.route, d.samples[privacy.Route] != nil) {
			err = cutNew(ctx, tx, by, d.id)
		}
		if err == nil && len(made) == 1 && d.class.some() {
			d.unfit, err = setClass(ctx, q, d.id, d.class)
		}
		if err != nil || len(made) == 1 {
			return d.id, true, err
		}
		id, err := q.FindRecording(ctx, d.fingerprint)
		if err == nil || !errors.Is(err, pgx.ErrNoRows) {
			return id, false, err
		}
	}
	return uuid.Nil, false, fault.Unavailable("import_busy", "the same recording is being changed; try again", 0)
}

// row is the workout with its parts sealed.
func (d draft) row(by self) (query.AddWorkoutParams, error) {
	f := d.facts
	row := query.AddWorkoutParams{
		MemberID: by.id, ID: d.id, Sport: string(f.Sport), Indoor: f.Indoor, Title: f.Title,
		StartedAt: f.StartedAt, DurationS: f.DurationS, MovingS: f.MovingS, DistanceM: d.distanceM,
		CaloriesKcal: f.CaloriesKcal, OutputKj: f.OutputKJ, Source: string(d.source), Fingerprint: d.fingerprint, TrackM: d.trackM,
		Families: []string{}, Summaries: [][]byte{}, Samples: [][]byte{}, Previews: [][]byte{}, Digests: [][]byte{},
	}
	return row, errors.Join(
		addPart(&row, by, d, privacy.Effort, d.effort), addPart(&row, by, d, privacy.HeartRate, d.heart),
		addPart(&row, by, d, privacy.Route, d.route), addPart(&row, by, d, privacy.Device, d.device))
}

func addPart[T any](row *query.AddWorkoutParams, by self, d draft, f privacy.Field, part *T) error {
	if part == nil {
		return nil
	}
	summary, err := seal.SealValue(by.key, summaryAt(f, d.id), *part)
	if err != nil {
		return err
	}
	samples, err := sealBlob(by, d.samples[f], samplesAt(f, d.id))
	if err != nil {
		return err
	}
	preview, err := sealBlob(by, d.previews[f], previewAt(f, d.id))
	if err != nil {
		return err
	}
	var digest []byte
	if made, there := d.digests[f]; there {
		digest, err = seal.SealValue(by.key, digestAt(f, d.id), made)
	}
	row.Families, row.Summaries = append(row.Families, f.String()), append(row.Summaries, summary)
	row.Samples, row.Previews = append(row.Samples, samples), append(row.Previews, preview)
	row.Digests = append(row.Digests, digest)
	return err
}

// sealBlob seals packed samples; nil stays nil.
func sealBlob(by self, blob []byte, at seal.Context) ([]byte, error) {
	if blob == nil {
		return nil, nil
	}
	return by.key.Seal(blob, at)
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
