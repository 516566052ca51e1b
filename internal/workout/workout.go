package workout

import (
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording"
)

// Workout is one workout, closed. Its grant opens what its viewer may see of it.
type Workout struct {
	ID      uuid.UUID
	Owner   Owner
	Facts   privacy.Guarded[Facts]
	Source  privacy.Guarded[Source] // guarded as the provenance
	Effort  privacy.Guarded[Effort]
	Heart   privacy.Guarded[Heart]
	Route   privacy.Guarded[Route]
	Device  privacy.Guarded[Device]
	Keeping privacy.Guarded[Keeping]
	// DistanceM in metres is guarded as the route where it was computed from the track.
	DistanceM privacy.Guarded[float64]
	tracked   bool // it was computed so
}

// Shown is a workout in a list, with the grant for its owner.
type Shown struct {
	Workout Workout
	Grant   privacy.Grant
	at      position
	cut     bool // by zones; only its owner gets to know
}

// Owner is the name of a workout's owner, by the fields of their profile.
type Owner struct {
	ID          privacy.Guarded[uuid.UUID]
	Username    privacy.Guarded[string]
	DisplayName privacy.Guarded[string]
	Avatar      privacy.Guarded[uuid.UUID] // whose picture it is; closed where there is none
}

// Source says where a workout comes from.
type Source string

// The sources.
const (
	Typed   Source = "typed"   // by hand, or sent by an app without a console's key
	File    Source = "file"    // a device's recording
	Console Source = "console" // every part came with a proof by a paired console's key
)

// Trusted says whether a workout from there may count against other members' workouts: in rankings,
// challenges and shared records. What was typed may not: nothing but its owner's word stands behind
// it. What a device recorded may, though a file can be made up; a ranking that has to exclude
// that asks for Console.
func (s Source) Trusted() bool { return s == File || s == Console }

// Sport is what was done; recording lists them.
type Sport = recording.Sport

// Facts follow the workout's own audience.
type Facts struct {
	Sport        Sport
	Indoor       bool
	Title        *string
	StartedAt    time.Time
	DurationS    float64 // start to end
	MovingS      *float64
	CaloriesKcal *float64
	OutputKJ     *float64
}

// Keeping is for the owner only.
type Keeping struct {
	Audience             privacy.Audience
	CreatedAt, UpdatedAt time.Time
}

// Effort sums up what the athlete put in, and holds the laps' times. The json names here and
// below are those of the sealed values: they stay as they are.
type Effort struct {
	EffortFigures
	Laps     []Lap    `json:"laps,omitempty"`
	Channels []string `json:"channels,omitempty"` // the names of the channels among the samples
}

// EffortFigures are of a whole workout or of a lap.
type EffortFigures struct {
	PowerAvgW     *float64 `json:"power_avg_w,omitempty"`
	PowerMaxW     *float64 `json:"power_max_w,omitempty"`
	CadenceAvgRPM *float64 `json:"cadence_avg_rpm,omitempty"`
	CadenceMaxRPM *float64 `json:"cadence_max_rpm,omitempty"`
	SpeedAvgMPS   *float64 `json:"speed_avg_mps,omitempty"`
	SpeedMaxMPS   *float64 `json:"speed_max_mps,omitempty"`
	ResistanceAvg *float64 `json:"resistance_avg,omitempty"`
	InclineAvgPct *float64 `json:"incline_avg_pct,omitempty"`
}

// Lap is a part of a workout. Heart.Laps and Route.Laps hold the same laps in the same order, or
// none.
type Lap struct {
	StartS    float64  `json:"start_s"` // after the workout's start
	DurationS float64  `json:"duration_s"`
	DistanceM *float64 `json:"distance_m,omitempty"`
	EffortFigures
}

// Heart sums up the heart rate, in beats per minute.
type Heart struct {
	HeartFigures
	Laps     []HeartFigures `json:"laps,omitempty"`
	Channels []string       `json:"channels,omitempty"`
}

// HeartFigures are of a whole workout or of a lap.
type HeartFigures struct {
	AvgBPM *float64 `json:"avg_bpm,omitempty"`
	MaxBPM *float64 `json:"max_bpm,omitempty"`
}

// Route sums up where it was.
type Route struct {
	RouteFigures
	Laps     []RouteFigures `json:"laps,omitempty"`
	Channels []string       `json:"channels,omitempty"`
}

// RouteFigures are of a whole workout or of a lap.
type RouteFigures struct {
	Start    *Place   `json:"start,omitempty"`
	End      *Place   `json:"end,omitempty"`
	AscentM  *float64 `json:"ascent_m,omitempty"`
	DescentM *float64 `json:"descent_m,omitempty"`
}

// Place is in degrees, WGS 84.
type Place struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Device is what recorded it, and the owner's notes. All may be empty.
type Device struct {
	Name   string `json:"name,omitempty"`
	Serial string `json:"serial,omitempty"`
	Notes  string `json:"notes,omitempty"`
	Whole  *Whole `json:"whole,omitempty"` // of what zones cut; reads put it where it belongs
}
