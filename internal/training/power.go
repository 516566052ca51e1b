package training

import (
	"math"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Power is the digest of the samples of power of one workout. It stands under the same field as they
// do. The json names are those of a sealed value: they stay as they are.
type Power struct {
	Seconds float64 `json:"seconds"` // recorded, pauses left out
	MeanW   float64 `json:"mean_w"`
	Best    []Best  `json:"best,omitempty"`
	// NormalizedW is nil for less than 30 s.
	NormalizedW *float64 `json:"normalized_w,omitempty"`
}

// Best is the highest mean power over a duration.
type Best struct {
	DurationS int     `json:"duration_s"`
	Watts     float64 `json:"watts"`
	StartS    float64 `json:"start_s"` // after the workout's start
}

const mostWatts = 5000 // as in package recording: beyond any athlete

// Durations are those that bests are kept of, in seconds: of a second to six hours, close enough for a
// curve on a logarithmic axis.
func Durations() []int {
	return []int{
		1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480, 600, 720, 900, 1200,
		1500, 1800, 2400, 2700, 3600, 4500, 5400, 7200, 9000, 10800, 14400, 18000, 21600,
	}
}

// Watts is for how long each power stood in one workout, 1 W wide. It stands under the same field as its
// samples, and is made of them when somebody asks for zones: it is much larger than Power, which is
// read of many workouts at once.
type Watts struct{ Histogram }

// DigestWatts counts samples of power_w; false when there are none.
func DigestWatts(s series.Series) (Watts, bool) {
	if s.Channel != series.PowerW {
		return Watts{}, false
	}
	all := steps(s, 0, mostWatts)
	return Watts{histogram(all)}, len(all) > 0
}

// DigestPower sums up samples of power_w; false when there are none.
//
// Bests are mean-maximal power: the highest mean over any window of a duration, wherever it begins, to
// the millisecond. A pause counts as 0 W there: rest does not make an effort longer.
func DigestPower(s series.Series) (Power, bool) {
	if s.Channel != series.PowerW {
		return Power{}, false
	}
	all := steps(s, 0, mostWatts)
	if len(all) == 0 {
		return Power{}, false
	}
	var elapsed, recorded line // milliseconds to watt milliseconds; the clock of recorded stands in a pause
	work, clock := int64(0), int64(0)
	recorded.add(0, 0)
	for i, s := range all {
		if i == 0 || all[i-1].to < s.from {
			elapsed.add(s.from, work)
		}
		work, clock = work+s.value*(s.to-s.from), clock+s.to-s.from
		elapsed.add(s.to, work)
		recorded.add(clock, work)
	}
	p := Power{
		Seconds: float64(clock) / 1000, MeanW: float64(work) / float64(clock),
		NormalizedW: normalized(&recorded),
	}
	for _, d := range Durations() {
		best := Best{DurationS: d, Watts: -1}
		elapsed.slide(int64(d)*1000, func(from, _, work float64) {
			if w := work / float64(d*1000); w > best.Watts {
				best.Watts, best.StartS = w, from/1000
			}
		})
		if best.Watts >= 0 {
			p.Best = append(p.Best, best)
		}
	}
	return p, true
}

// normalized is normalised power in watts: the fourth root of the mean of the fourth powers of the rolling
// 30 s mean, second by second from the 30th on. Pauses are left out, as the device's own timer does.
// Source: Allen, Coggan, "Training and Racing with a Power Meter", 2nd edition, 2010, chapter 7.
// Below some 20 min it says little; that is for the reader to know.
func normalized(recorded *line) *float64 {
	const window = 30_000
	last := len(recorded.x) - 1
	sum, n := 0.0, 0
	begin, end := 1, 1
	for to := int64(window); to <= recorded.x[last]; to += 1000 {
		for recorded.x[end] < to {
			end++
		}
		for recorded.x[begin] < to-window {
			begin++
		}
		mean := (recorded.at(end, to) - recorded.at(begin, to-window)) / window
		sum, n = sum+mean*mean*mean*mean, n+1
	}
	if n == 0 {
		return nil
	}
	return new(math.Sqrt(math.Sqrt(sum / float64(n))))
}
