package workout

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Laps is a workout, which holds the laps that its device or athlete marked, and the parts that it
// falls into every so many metres.
type Laps struct {
	Workout Workout
	Counted Splits // by the distance that the device counted
	Tracked Splits // by the track, where no device counted
}

// Splits are parts of a workout, and means over each, in the parts' order.
type Splits struct {
	Parts    training.Derived[[]training.Part]
	PowerW   training.Derived[[]*float64]
	HeartBPM training.Derived[[]*float64]
}

// Laps cuts a workout every so many metres, 1 at least. NotFound as Read.
func (s *Service) Laps(ctx context.Context, c db.Caller, id uuid.UUID, everyM float64) (Laps, privacy.Grant, error) {
	var out Laps
	var grant privacy.Grant
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		shown, samples, err := s.whole(ctx, tx, id,
			series.DistanceM, series.PowerW, series.HeartRateBPM, series.Lat, series.Lon)
		if err != nil {
			return err
		}
		out.Workout, grant = shown.Workout, shown.Grant
		isCounted := false
		counted := path(grant, samples.Effort, func(all []series.Series) (training.Path, bool) {
			var d series.Series
			d, isCounted = channel(all, series.DistanceM)
			return training.Counted(d), isCounted
		})
		if isCounted {
			out.Counted = splits(grant, counted, everyM, samples)
			return nil
		}
		out.Tracked = splits(grant, path(grant, samples.Place, func(all []series.Series) (training.Path, bool) {
			at := positions(all)
			return training.Tracked(at), len(at) > 0
		}), everyM, samples)
		return nil
	})
	return out, grant, err
}

// whole reads a workout and the channels asked for, in full.
func (s *Service) whole(ctx context.Context, tx *db.Tx, id uuid.UUID, channels ...series.Channel) (Shown, Streams, error) {
	row, err := query.New(tx).ReadWorkout(ctx, id)
	if err != nil {
		return Shown{}, Streams{}, err
	}
	head, subject := apart(row)
	shown, visible, err := s.decide(tx, head, subject, nil)
	if err == nil && !visible {
		err = fault.NotFound()
	}
	if err != nil {
		return Shown{}, Streams{}, err
	}
	samples, _, err := s.samples(ctx, tx, id, channels, everything)
	return shown, samples, err
}

// path is made of the samples of a part and stands under the same field; it is closed where there is none.
func path(by privacy.Grant, samples privacy.Guarded[[]series.Series], of func([]series.Series) (training.Path, bool)) privacy.Guarded[training.Path] {
	p, _ := privacy.Convert(by, samples, func(all []series.Series) (*training.Path, error) {
		return kept(of(all)), nil
	})
	return p
}

// one is a channel of the samples of a part; closed where there is none.
func one(by privacy.Grant, samples privacy.Guarded[[]series.Series], c series.Channel) privacy.Guarded[series.Series] {
	s, _ := privacy.Convert(by, samples, func(all []series.Series) (*series.Series, error) {
		return kept(channel(all, c)), nil
	})
	return s
}

func channel(all []series.Series, c series.Channel) (series.Series, bool) {
	for _, s := range all {
		if s.Channel == c {
			return s, true
		}
	}
	return series.Series{}, false
}

func splits(by privacy.Grant, path privacy.Guarded[training.Path], everyM float64, samples Streams) Splits {
	parts := training.Splits(by, path, everyM)
	return Splits{
		Parts:    parts,
		PowerW:   training.Means(by, parts, one(by, samples.Effort, series.PowerW)),
		HeartBPM: training.Means(by, parts, one(by, samples.Heart, series.HeartRateBPM)),
	}
}
