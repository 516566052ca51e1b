package workout

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/recording"
)

// SealSummary seals a part of a workout as writing one does. It is for those who fill a database in
// bulk, such as the bench.
func SealSummary[T Effort | Heart | Route | Device](key *seal.Key, f privacy.Field, workout uuid.UUID, part T) ([]byte, error) {
	return seal.SealValue(key, summaryAt(f, workout), part)
}

// Keep adds a workout for a recording that was parsed elsewhere: what an import does once it has
// read its file.
func (s *Service) Keep(ctx context.Context, c db.Caller, r *recording.Recording) (Shown, error) {
	d, err := pack(r)
	if err != nil {
		return Shown{}, err
	}
	made, err := s.keep(ctx, c, []draft{d}, nil, nil, Repeat{})
	if err != nil {
		return Shown{}, err
	}
	return made.Items[0], nil
}
