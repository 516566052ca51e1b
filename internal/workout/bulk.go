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

// Kept is a recording with what its owner calls it, and the class that it was taken in, if it was.
type Kept struct {
	Recording *recording.Recording
	Title     string
	Class     ClassRef
}

// KeepAll is Keep for many recordings of one member's, in one transaction: all of them or none. It gives their
// ids and reads nothing else back. Those that are there already stay as they are.
func (s *Service) KeepAll(ctx context.Context, c db.Caller, all []Kept) (ids []uuid.UUID, err error) {
	drafts := make([]draft, len(all))
	for i, k := range all {
		if drafts[i], err = pack(k.Recording); err != nil {
			return nil, err
		}
		drafts[i].facts.Title, drafts[i].class = &k.Title, k.Class
	}
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		audience, err := by.audienceFor(nil)
		if err != nil {
			return err
		}
		ids, _, err = writeAll(ctx, tx, by, audience, drafts)
		for _, d := range drafts {
			if err == nil {
				err = d.unfit
			}
		}
		return err
	})
	return ids, err
}
