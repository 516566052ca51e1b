package workout

import (
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// SealSummary seals a part of a workout as writing one does. It is for those who fill a database in
// bulk, such as the bench.
func SealSummary[T Effort | Heart | Route | Device](key *seal.Key, f privacy.Field, workout uuid.UUID, part T) ([]byte, error) {
	return seal.SealValue(key, summaryAt(f, workout), part)
}
