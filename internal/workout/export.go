package workout

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Saved is a workout with all its samples, closed: what a file of it is made of.
type Saved struct {
	Workout Workout
	Samples Streams
	// CountedM is the workout's distance where it was not computed from the track.
	CountedM privacy.Guarded[float64]
}

// Save reads all of a workout. NotFound as Read.
func (s *Service) Save(ctx context.Context, c db.Caller, id uuid.UUID) (Saved, privacy.Grant, error) {
	var out Saved
	var grant privacy.Grant
	all := make([]series.Channel, series.Channels)
	for i := range all {
		all[i] = series.Channel(i)
	}
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		shown, samples, err := s.whole(ctx, tx, id, all...)
		if err != nil {
			return err
		}
		grant = shown.Grant
		out = Saved{Workout: shown.Workout, Samples: samples}
		if !shown.Workout.tracked {
			out.CountedM = shown.Workout.DistanceM
		}
		return nil
	})
	return out, grant, err
}
