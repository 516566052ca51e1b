package export

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// ErrNoTrack says that there is no position among the samples, and GPX is made of positions.
var ErrNoTrack = errors.New("export: the workout has no track: GPX holds nothing without positions")

// ErrNoSamples says that there is not one sample, and CSV is made of samples.
var ErrNoSamples = errors.New("export: the workout has no samples: CSV holds nothing else")

// Workout is what a file is to say. A nil figure is left out, and so are figures that are no
// numbers.
type Workout struct {
	Sport     recording.Sport
	Indoor    bool
	Title     string    // may be empty
	Device    string    // the name of what recorded it, never its serial number; may be empty
	StartedAt time.Time // between 2000 and 2100
	DurationS float64   // from start to end, pauses included
	MovingS   *float64  // while the timer ran; nil: all the time

	DistanceM    *float64 // nil where it was computed from the track: so will who reads the file
	CaloriesKcal *float64
	OutputKJ     *float64

	recording.Figures                 // of the whole workout
	Laps              []recording.Lap // in any order
	Samples           []series.Table  // at most one per family
}

// check says what is wrong with a workout, nil when it can be written.
func (x *Workout) check() error {
	if y := x.StartedAt.UTC().Year(); y < 2000 || y >= 2100 {
		return fmt.Errorf("export: the workout starts in the year %d", y)
	}
	if !lasts(x.DurationS) || x.MovingS != nil && !lasts(*x.MovingS) {
		return errors.New("export: the workout has no length that a workout can have")
	}
	for i, lap := range x.Laps {
		if !lasts(lap.StartS) || !lasts(lap.DurationS) {
			return fmt.Errorf("export: lap %d has no time that a lap can have", i)
		}
	}
	seen := map[series.Family]bool{}
	for _, table := range x.Samples {
		if err := table.Check(); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		if seen[table.Family] {
			return fmt.Errorf("export: two tables of the family %s", table.Family)
		}
		seen[table.Family] = true
		if n := len(table.T); n > 0 && !lasts(float64(table.T[n-1])/1000) {
			return fmt.Errorf("export: samples of the family %s go beyond what a workout may last", table.Family)
		}
	}
	return nil
}

// lasts says whether so many seconds fit into a recording; NaN never does.
func lasts(seconds float64) bool {
	return seconds >= 0 && seconds <= recording.MaxDuration.Seconds()
}

// moving is for how many seconds the timer ran.
func (x *Workout) moving() float64 {
	if x.MovingS == nil {
		return x.DurationS
	}
	return min(*x.MovingS, x.DurationS)
}

// after gives the moment so many milliseconds after the start.
func (x *Workout) after(ms uint32) time.Time {
	return x.StartedAt.UTC().Truncate(time.Millisecond).Add(time.Duration(ms) * time.Millisecond)
}

// millis turns seconds that last into milliseconds.
func millis(seconds float64) uint32 { return uint32(math.Round(seconds * 1000)) }

// stamp writes a moment as RFC 3339, which is an xsd:dateTime, too.
func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.999Z07:00") }

// figure gives the value of a figure, NaN when there is none.
func figure(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
