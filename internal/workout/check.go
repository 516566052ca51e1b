package workout

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/text"
	"github.com/paceline/paceline/internal/workout/recording"
)

// clockSkew is how far ahead of ours a client's clock may be.
const clockSkew = 5 * time.Minute

// earliest is before anybody's own workouts.
var earliest = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

// fastest is a speed in m/s that nobody keeps up over a whole workout: about the world's best over
// the shortest distance that is run, swum or rowed for time, rounded up.
var fastest = map[recording.Sport]float64{
	recording.Run: 12, recording.Walk: 5, recording.Hike: 5, recording.Row: 8, recording.Swim: 3,
	recording.Ride: 30, recording.Ski: 60, recording.Elliptical: 10, recording.Stairs: 5,
	recording.Strength: 12, recording.Yoga: 12, recording.Cardio: 30, recording.Transition: 12, recording.Other: 60,
}

const (
	maxKcalPerMinute = 36   // 2.5 kW of metabolism
	maxWattsThrough  = 2500 // of work, over a whole workout
	maxClimbMPS      = 5.0
)

// complaints gathers what is wrong, member by member.
type complaints []fault.Field

func (c *complaints) add(wrong bool, pointer string, code fault.Code, message string) {
	if wrong {
		*c = append(*c, fault.At(pointer, code, message))
	}
}

func (c complaints) fault() error {
	if len(c) == 0 {
		return nil
	}
	return fault.Unprocessable("invalid_value", "the values make no sense together", c...)
}

// check holds an entry's values against each other and against the moment it is made at.
func (e Entry) check(now time.Time) error {
	var c complaints
	c.add(!slices.Contains(recording.Sports(), e.Sport), "/sport", "unknown_sport", "is no sport")
	c.add(e.StartedAt.Before(earliest), "/started_at", "too_early", "is before anybody's workouts")
	c.add(!finite(e.DurationS) || e.DurationS <= 0 || e.DurationS > recording.MaxDuration.Seconds(), "/duration_s", "out_of_range", "is no duration")
	if len(c) > 0 {
		return c.fault() // the rest is measured against these
	}
	c.add(e.StartedAt.After(now.Add(clockSkew)), "/started_at", "in_future", "has not begun yet")
	end := e.StartedAt.Add(time.Duration(e.DurationS * float64(time.Second)))
	c.add(!e.StartedAt.After(now.Add(clockSkew)) && end.After(now.Add(clockSkew)), "/duration_s", "in_future", "has not ended yet")

	moving := e.DurationS
	if e.MovingS != nil {
		c.add(*e.MovingS > e.DurationS, "/moving_s", "over_duration", "is longer than the whole workout")
		moving = min(*e.MovingS, e.DurationS)
	}
	for _, pair := range []struct {
		pointer  string
		avg, top *float64
	}{
		{"/power_avg_w", e.PowerAvgW, e.PowerMaxW},
		{"/cadence_avg_rpm", e.CadenceAvgRPM, e.CadenceMaxRPM},
		{"/heart_rate_avg_bpm", e.HeartAvgBPM, e.HeartMaxBPM},
	} {
		c.add(pair.avg != nil && pair.top != nil && *pair.avg > *pair.top, pair.pointer, "over_maximum", "an average is not above its maximum")
	}
	c.speed(e.Sport, e.DistanceM, moving)
	c.calories(e.CaloriesKcal, e.DurationS)
	c.work(e, moving)
	c.add(e.AscentM != nil && *e.AscentM > maxClimbMPS*e.DurationS, "/ascent_m", "too_much", "nobody climbs that fast")
	c.text("/title", e.Title, text.Line)
	c.text("/notes", e.Notes, text.Lines)
	for _, figure := range []struct {
		pointer string
		v       *float64
	}{
		{"/moving_s", e.MovingS}, {"/distance_m", e.DistanceM}, {"/calories_kcal", e.CaloriesKcal}, {"/output_kj", e.OutputKJ},
		{"/power_avg_w", e.PowerAvgW}, {"/power_max_w", e.PowerMaxW}, {"/cadence_avg_rpm", e.CadenceAvgRPM},
		{"/cadence_max_rpm", e.CadenceMaxRPM}, {"/heart_rate_avg_bpm", e.HeartAvgBPM}, {"/heart_rate_max_bpm", e.HeartMaxBPM},
		{"/ascent_m", e.AscentM},
	} {
		c.number(figure.pointer, figure.v)
	}
	return c.fault()
}

// speed: the distance in the time that was moved in.
func (c *complaints) speed(sport Sport, distanceM *float64, moving float64) {
	if distanceM != nil {
		c.add(*distanceM > fastest[sport]*moving, "/distance_m", "too_fast", "nobody is that fast in this sport")
	}
}

func (c *complaints) calories(kcal *float64, duration float64) {
	if kcal != nil {
		c.add(*kcal > 20+duration/60*maxKcalPerMinute, "/calories_kcal", "too_much", "nobody burns that much in this time")
	}
}

// work: what the highest power would give, if it is known, is the most there can be.
func (c *complaints) work(e Entry, moving float64) {
	if e.OutputKJ == nil {
		return
	}
	watts := float64(maxWattsThrough)
	if e.PowerMaxW != nil {
		watts = min(watts, *e.PowerMaxW)
	}
	c.add(*e.OutputKJ*1000 > watts*moving+500, "/output_kj", "too_much", "is more work than the power gives in this time")
}

// number: the contract has bounds for each; what is no number has none.
func (c *complaints) number(pointer string, v *float64) {
	c.add(v != nil && (!finite(*v) || *v < 0), pointer, "out_of_range", "is no such figure")
}

func (c *complaints) text(pointer string, s *string, rule func(string) error) {
	if s == nil {
		return
	}
	err := rule(*s)
	c.add(errors.Is(err, text.ErrBlank), pointer, "blank", "shows nothing")
	c.add(errors.Is(err, text.ErrUnreadable), pointer, "control_character", "holds a character that can't be read")
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
