package training

import (
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording"
)

// Workout is one workout of a member, closed. A part that there is not is the zero Guarded. Where Facts
// stay closed, the workout counts nowhere, whatever else may open.
type Workout struct {
	ID        uuid.UUID
	Facts     privacy.Guarded[Facts]
	DistanceM privacy.Guarded[float64] // the route's where it was computed from a track
	Power     privacy.Guarded[Power]
	Heart     privacy.Guarded[Heart]
	Distance  privacy.Guarded[Distance]
}

// Facts follow the workout's own audience.
type Facts struct {
	Sport        recording.Sport
	StartedAt    time.Time
	DurationS    float64
	CaloriesKcal *float64
	OutputKJ     *float64
}

// Settings are the member's own, each under its field of the profile.
type Settings struct {
	FTPWatts  privacy.Guarded[int]
	MaxHR     privacy.Guarded[int] // beats per minute
	RestingHR privacy.Guarded[int] // beats per minute
}
