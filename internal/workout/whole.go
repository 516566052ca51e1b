package workout

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Cutting. What others may see of a workout under a zone is written where any workout is read, and
// its whole beside it: so whatever reads workouts for others, sorts or adds them up can only do so
// with what is cut, and needs to know nothing of zones. Whoever changes a workout puts it back
// together first (putBack) and cuts it again in the same transaction (cutAnew), under a lock that a
// change of zones doesn't share: so no cut is ever older than the zones.

// wholeFamily is the part that holds the samples of a field uncut.
func wholeFamily(f privacy.Field) string { return f.String() + wholeSuffix }

const wholeSuffix = "_whole"

func wholeAt(workout uuid.UUID) seal.Context {
	return seal.Context{Column: "workout_part.summary_sealed/" + wholeFamily(privacy.Route), Row: workout}
}

func wholeSamplesAt(f privacy.Field, workout uuid.UUID) seal.Context {
	return seal.Context{Column: "workout_part.samples_sealed/" + wholeFamily(f), Row: workout}
}

func wholeDigestAt(f privacy.Field, workout uuid.UUID) seal.Context {
	return seal.Context{Column: "workout_part.digest_sealed/" + wholeFamily(f), Row: workout}
}

func wholePreviewAt(f privacy.Field, workout uuid.UUID) seal.Context {
	return seal.Context{Column: "workout_part.preview_sealed/" + wholeFamily(f), Row: workout}
}

// sampled are the fields that have samples.
var sampled = []privacy.Field{privacy.Effort, privacy.HeartRate, privacy.Route}

// cutAnew cuts workouts as the member's zones say.
func cutAnew(ctx context.Context, tx *db.Tx, by self, ids ...uuid.UUID) error {
	zones, err := readZones(ctx, tx, by)
	if err != nil {
		return err
	}
	return cutBy(ctx, tx, by, zones.shifted(), ids...)
}

// cutNew cuts a workout that was just added, where there are zones.
func cutNew(ctx context.Context, tx *db.Tx, by self, id uuid.UUID) error {
	all, err := readZones(ctx, tx, by)
	if zones := all.shifted(); err == nil && len(zones) > 0 {
		err = cutBy(ctx, tx, by, zones, id)
	}
	return err
}

// putBack makes workouts whole again, for a change to come.
func putBack(ctx context.Context, tx *db.Tx, by self, ids ...uuid.UUID) error {
	return cutBy(ctx, tx, by, nil, ids...)
}

func cutBy(ctx context.Context, tx *db.Tx, by self, zones []place.Zone, ids ...uuid.UUID) error {
	for _, id := range ids {
		k, err := readStored(ctx, tx, by, id)
		if err != nil {
			return err
		}
		shown, cut := k.whole.cut(zones)
		if !cut && !k.cut {
			continue
		}
		if err := k.write(ctx, tx, by, shown, cut); err != nil {
			return err
		}
	}
	return nil
}

// stored is a workout as its rows hold it.
type stored struct {
	id     uuid.UUID
	row    query.ReadFiguresRow
	device Device
	there  bool // a part for the device
	cut    bool
	whole  content
}

func readStored(ctx context.Context, tx *db.Tx, by self, id uuid.UUID) (stored, error) {
	q := query.New(tx)
	row, err := q.ReadFigures(ctx, by.id, id)
	if err != nil {
		return stored{}, err
	}
	parts, err := q.ReadParts(ctx, by.id, id)
	if err != nil {
		return stored{}, err
	}
	k := stored{id: id, row: row, whole: content{tables: map[privacy.Field]series.Table{}}}
	of := map[string]query.ReadPartsRow{}
	for _, p := range parts {
		of[p.Family] = p
	}
	if p, there := of[privacy.Device.String()]; there {
		if k.device, err = seal.OpenValue[Device](by.key, summaryAt(privacy.Device, id), p.SummarySealed); err != nil {
			return stored{}, err
		}
		k.there, k.device.Whole = true, nil
	}
	if p, cut := of[wholeFamily(privacy.Route)]; cut {
		k.cut = true
		k.whole.Whole, err = seal.OpenValue[Whole](by.key, wholeAt(id), p.SummarySealed)
	} else {
		k.whole.Whole = Whole{
			Audience: row.Audience, StartedAt: row.StartedAt.UTC(), DurationS: row.DurationS, MovingS: row.MovingS,
			DistanceM: row.DistanceM, TrackM: of[privacy.Route.String()].DistanceM,
			CaloriesKcal: row.CaloriesKcal, OutputKJ: row.OutputKj,
		}
		err = errors.Join(
			openPart(by, id, of, privacy.Effort, &k.whole.Effort), openPart(by, id, of, privacy.HeartRate, &k.whole.Heart),
			openPart(by, id, of, privacy.Route, &k.whole.Route))
	}
	return k, errors.Join(err, k.readTables(by, of))
}

func openPart[T any](by self, id uuid.UUID, of map[string]query.ReadPartsRow, f privacy.Field, into **T) (err error) {
	*into, err = seal.OpenOptional[T](by.key, summaryAt(f, id), of[f.String()].SummarySealed)
	return err
}

func (k *stored) readTables(by self, of map[string]query.ReadPartsRow) error {
	for _, f := range sampled {
		part, at := of[f.String()], samplesAt(f, k.id)
		if k.cut {
			part, at = of[wholeFamily(f)], wholeSamplesAt(f, k.id)
		}
		if part.SamplesSealed == nil {
			continue
		}
		blob, err := by.key.Open(part.SamplesSealed, at)
		if err != nil {
			return err
		}
		if k.whole.tables[f], err = series.Decode(blob); err != nil {
			return err
		}
	}
	return nil
}

// write puts what others see into the workout's row and parts and, where that isn't all, the whole
// beside it.
func (k stored) write(ctx context.Context, tx *db.Tx, by self, shown content, cut bool) error {
	q, sport := query.New(tx), recording.Sport(k.row.Sport)
	err := errors.Join(
		writePart(ctx, q, by, k.id, privacy.Effort, shown.Effort, shown, sport, nil),
		writePart(ctx, q, by, k.id, privacy.HeartRate, shown.Heart, shown, sport, nil),
		writePart(ctx, q, by, k.id, privacy.Route, shown.Route, shown, sport, shown.TrackM))
	if err != nil {
		return err
	}
	if cut && !k.cut {
		err = k.writeWhole(ctx, q, by)
	} else if !cut {
		families := make([]string, 0, len(sampled))
		for _, f := range sampled {
			families = append(families, wholeFamily(f))
		}
		err = q.DropParts(ctx, query.DropPartsParams{MemberID: by.id, WorkoutID: k.id, Families: families})
	}
	if err != nil {
		return err
	}
	if cut {
		k.device.Whole = &k.whole.Whole
	}
	if err := k.writeDevice(ctx, q, by); err != nil {
		return err
	}
	err = q.WriteFigures(ctx, query.WriteFiguresParams{
		MemberID: by.id, ID: k.id, Audience: shown.Audience, StartedAt: shown.StartedAt, DurationS: shown.DurationS,
		MovingS: shown.MovingS, DistanceM: shown.DistanceM, CaloriesKcal: shown.CaloriesKcal, OutputKj: shown.OutputKJ,
	})
	if err != nil || k.row.Audience == shown.Audience && k.row.StartedAt.Equal(shown.StartedAt) {
		return err
	}
	// The pointers in the followers' feeds are of the start that shows.
	if err := q.PointWorkout(ctx, query.PointWorkoutParams{ID: k.id, StartedAt: k.row.StartedAt, Audience: 0}); err != nil {
		return err
	}
	return q.PointWorkout(ctx, query.PointWorkoutParams{ID: k.id, StartedAt: shown.StartedAt, Audience: shown.Audience})
}

// writePart writes a part that everybody reads, or takes it away.
func writePart[T any](ctx context.Context, q *query.Queries, by self, id uuid.UUID, f privacy.Field, part *T, shown content, sport recording.Sport, trackM *float64) error {
	if part == nil {
		return q.DropParts(ctx, query.DropPartsParams{MemberID: by.id, WorkoutID: id, Families: []string{f.String()}})
	}
	row := query.WritePartParams{MemberID: by.id, WorkoutID: id, Family: f.String(), DistanceM: trackM}
	var err error
	if row.SummarySealed, err = seal.SealValue(by.key, summaryAt(f, id), *part); err != nil {
		return err
	}
	if table, some := shown.tables[f]; some {
		if err := sealTable(&row, by, table, sport, samplesAt(f, id), previewAt(f, id), digestAt(f, id)); err != nil {
			return err
		}
	}
	return q.WritePart(ctx, row)
}

// writeWhole writes the parts for the owner alone. There is always one of the route: it says that the
// workout is cut, and holds the figures. The copy of them with the device is for reads, which bring
// that along.
func (k stored) writeWhole(ctx context.Context, q *query.Queries, by self) error {
	for _, f := range sampled {
		table, some := k.whole.tables[f]
		if !some && f != privacy.Route {
			continue
		}
		row := query.WritePartParams{MemberID: by.id, WorkoutID: k.id, Family: wholeFamily(f), SummarySealed: []byte{}}
		if f == privacy.Route {
			var err error
			if row.SummarySealed, err = seal.SealValue(by.key, wholeAt(k.id), k.whole.Whole); err != nil {
				return err
			}
		}
		if some {
			if err := sealTable(&row, by, table, recording.Sport(k.row.Sport), wholeSamplesAt(f, k.id), wholePreviewAt(f, k.id), wholeDigestAt(f, k.id)); err != nil {
				return err
			}
		}
		if err := q.WritePart(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

func (k stored) writeDevice(ctx context.Context, q *query.Queries, by self) error {
	if k.device == (Device{}) {
		if !k.there {
			return nil
		}
		return q.DropParts(ctx, query.DropPartsParams{MemberID: by.id, WorkoutID: k.id, Families: []string{privacy.Device.String()}})
	}
	sealed, err := seal.SealValue(by.key, summaryAt(privacy.Device, k.id), k.device)
	if err != nil {
		return err
	}
	return q.ChangeDevice(ctx, query.ChangeDeviceParams{MemberID: by.id, WorkoutID: k.id, SummarySealed: sealed})
}

// sealTable seals samples, and what is made of them.
func sealTable(row *query.WritePartParams, by self, table series.Table, sport recording.Sport, samples, preview, digest seal.Context) error {
	blob, err := table.Encode()
	if err != nil {
		return err
	}
	if row.SamplesSealed, err = by.key.Seal(blob, samples); err != nil {
		return err
	}
	if blob, err = table.Preview(); err != nil {
		return err
	}
	if row.PreviewSealed, err = sealBlob(by, blob, preview); err != nil {
		return err
	}
	row.DigestSealed, err = seal.SealValue(by.key, digest, digestOf(table.Series(), sport))
	return err
}

// tracksAtOnce bounds what a change of zones holds in memory.
const tracksAtOnce = 16

// cutAll cuts all workouts of the member anew, after a change of zones.
func cutAll(ctx context.Context, tx *db.Tx, by self, zones []place.Zone) error {
	after := uuid.Nil
	for {
		rows, err := query.New(tx).ReadTracks(ctx, query.ReadTracksParams{
			MemberID: by.id, After: after, Most: tracksAtOnce, Zoned: len(zones) > 0,
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			after = row.ID
			touched, err := touches(by, row, zones)
			if err != nil {
				return err
			}
			if touched {
				if err := cutBy(ctx, tx, by, zones, row.ID); err != nil {
					return err
				}
			}
		}
	}
}

// touches says whether a workout is cut, or should be, from its track alone.
func touches(by self, row query.ReadTracksRow, zones []place.Zone) (bool, error) {
	if row.Cut {
		return true, nil
	}
	c := content{Whole: Whole{DurationS: row.DurationS}, tables: map[privacy.Field]series.Table{}}
	var err error
	if c.Route, err = seal.OpenOptional[Route](by.key, summaryAt(privacy.Route, row.ID), row.SummarySealed); err != nil {
		return false, err
	}
	if row.SamplesSealed != nil {
		blob, err := by.key.Open(row.SamplesSealed, samplesAt(privacy.Route, row.ID))
		if err != nil {
			return false, err
		}
		if c.tables[privacy.Route], err = series.Decode(blob); err != nil {
			return false, err
		}
	}
	_, cut := c.cut(zones)
	return cut, nil
}
