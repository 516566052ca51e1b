package recording

import (
	"time"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Sport is what was done. Formats name hundreds; these are the ones told apart here.
type Sport string

// The sports. Whatever a file names that is none of these is Other.
const (
	Ride       Sport = "ride"
	Run        Sport = "run"
	Walk       Sport = "walk"
	Hike       Sport = "hike"
	Row        Sport = "row"
	Swim       Sport = "swim"
	Strength   Sport = "strength"
	Cardio     Sport = "cardio"
	Yoga       Sport = "yoga"
	Elliptical Sport = "elliptical"
	Stairs     Sport = "stairs"
	Ski        Sport = "ski"
	Transition Sport = "transition" // between two legs of a multisport race
	Other      Sport = "other"
)

// Sports lists every sport a recording can have.
func Sports() []Sport {
	return []Sport{Ride, Run, Walk, Hike, Row, Swim, Strength, Cardio, Yoga, Elliptical, Stairs, Ski, Transition, Other}
}

// Recording is one workout as its device recorded it. A nil figure was not measured.
type Recording struct {
	Sport     Sport
	Indoor    bool
	Title     string    // what the file calls it; may be empty. At most 100 characters
	StartedAt time.Time // UTC, whole seconds
	DurationS float64   // from start to end, pauses included
	MovingS   float64   // while the timer ran, at most DurationS

	DistanceM         *float64
	DistanceFromPlace bool     // DistanceM was computed from the track, and says as much as it does
	CaloriesKcal      *float64 // kcal
	OutputKJ          *float64 // mechanical work; from the samples of power where the device doesn't say

	Device  Device
	Figures                // of the whole recording
	Laps    []Lap          // in order; empty when the file has none
	Samples []series.Table // the families that have samples, in family order
}

// Device is what recorded it. Both may be empty.
type Device struct{ Name, Serial string }

// Lap is a part of a recording.
type Lap struct {
	StartS    float64 // seconds after StartedAt
	DurationS float64
	DistanceM *float64 // never computed from the track
	Figures
}

// Figures sum up a recording or a lap, a struct for each family that is guarded on its own.
type Figures struct {
	Effort Effort
	Heart  Heart
	Place  Place
}

// Effort sums up what the athlete put in. Averages of cadence leave out standing still.
type Effort struct {
	AvgPowerW, MaxPowerW         *float64
	AvgCadenceRPM, MaxCadenceRPM *float64
	AvgSpeedMPS, MaxSpeedMPS     *float64
	AvgResistance, MaxResistance *float64
	AvgInclinePct, MaxInclinePct *float64
}

// Heart sums up the heart rate.
type Heart struct{ AvgBPM, MaxBPM *float64 }

// Place sums up where it was. A start or end has both coordinates (degrees, WGS 84) or none.
type Place struct {
	StartLat, StartLon *float64
	EndLat, EndLon     *float64
	AscentM, DescentM  *float64
}

// Table gives the samples of a family; an empty table when there are none.
func (r *Recording) Table(f series.Family) series.Table {
	for _, t := range r.Samples {
		if t.Family == f {
			return t
		}
	}
	return series.Table{Family: f}
}
