package recording

import (
	"maps"
	"math"
	"strings"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// figures is what the device itself says of a session or a lap, by the names and in the units
// of the FIT profile; positions in degrees. The other formats say fewer of the same things.
type figures map[string]float64

const (
	elapsed       = "total_elapsed_time" // s, pauses included
	timer         = "total_timer_time"   // s, pauses left out
	totalDistance = "total_distance"     // m
	totalWork     = "total_work"         // J
	totalCalories = "total_calories"     // kcal
	totalAscent   = "total_ascent"       // m
	totalDescent  = "total_descent"      // m
	avgPower      = "avg_power"
	maxPower      = "max_power"
	avgCadence    = "avg_cadence"
	maxCadence    = "max_cadence"
	avgSpeed      = "enhanced_avg_speed"
	maxSpeed      = "enhanced_max_speed"
	avgHeartRate  = "avg_heart_rate"
	maxHeartRate  = "max_heart_rate"
	startLat      = "start_position_lat"
	startLon      = "start_position_long"
	endLat        = "end_position_lat"
	endLon        = "end_position_long"
)

// or gives a figure, or the fallback when the device didn't say it.
func (f figures) or(name string, fallback float64) float64 {
	if v, said := f[name]; said {
		return v
	}
	return fallback
}

// figure gives a value that the channel can have, to its resolution. Zero is "not measured".
func figure(c series.Channel, v float64) *float64 {
	if v == 0 || !believable(c, v) {
		return nil
	}
	return new(c.Value(c.Steps(v)))
}

// rounded gives a sum to so many parts of its unit: adding up leaves noise far behind the point.
func rounded(v, parts float64) float64 { return math.Round(v*parts) / parts }

const (
	millis = 1000 // parts of a second, a kilojoule or a joule
	tenths = 10   // parts of a metre up or down
)

type sum struct {
	Figures
	distance  *float64
	fromPlace bool
}

// sum makes the figures of a whole or a part: what the device says, else what the samples give.
func (f figures) sum(v view) (sum, error) {
	var out sum
	var contradicts [4]bool
	e, h := &out.Effort, &out.Heart
	e.AvgPowerW, e.MaxPowerW, contradicts[0] = f.pair(avgPower, maxPower, series.PowerW, v)
	e.AvgCadenceRPM, e.MaxCadenceRPM, contradicts[1] = f.pair(avgCadence, maxCadence, series.CadenceRPM, v)
	e.AvgSpeedMPS, e.MaxSpeedMPS, contradicts[2] = f.pair(avgSpeed, maxSpeed, series.SpeedMPS, v)
	e.AvgResistance, e.MaxResistance, _ = f.pair("", "", series.Resistance, v)
	e.AvgInclinePct, e.MaxInclinePct, _ = f.pair("", "", series.InclinePct, v)
	h.AvgBPM, h.MaxBPM, contradicts[3] = f.pair(avgHeartRate, maxHeartRate, series.HeartRateBPM, v)
	if contradicts[0] || contradicts[3] {
		return sum{}, refuse(Implausible)
	}

	out.distance, out.fromPlace = f.distance(v)
	if e.AvgSpeedMPS == nil && out.distance != nil && !out.fromPlace && v.moving > 0 {
		e.AvgSpeedMPS = figure(series.SpeedMPS, *out.distance/v.moving)
	}
	if e.AvgSpeedMPS != nil && e.MaxSpeedMPS != nil && *e.AvgSpeedMPS > *e.MaxSpeedMPS {
		e.MaxSpeedMPS = e.AvgSpeedMPS
	}
	out.Place = f.place(v)
	return out, nil
}

// pair gives average and maximum of a channel. When the device says an average above its
// maximum it contradicts itself, and neither is believed. (Real devices do that to speed, whose
// average is distance by time and whose maximum is smoothed; to a heart rate they don't.)
func (f figures) pair(avgName, maxName string, c series.Channel, v view) (avg, top *float64, contradicts bool) {
	avg, top = figure(c, f[avgName]), figure(c, f[maxName])
	if avg != nil && top != nil && *avg > *top+1/stepsPerUnit(c) {
		avg, top, contradicts = nil, nil, true
	}
	mean, peak := v.meanAndPeak(c)
	if avg == nil {
		avg = mean
	}
	if top == nil {
		top = peak
	}
	if avg != nil && top != nil && *avg > *top {
		top = avg
	}
	return avg, top, contradicts
}

func stepsPerUnit(c series.Channel) float64 { return float64(c.Steps(1)) }

// distance gives metres, and whether they were computed from the track.
func (f figures) distance(v view) (*float64, bool) {
	if said := figure(series.DistanceM, f[totalDistance]); said != nil {
		return said, false
	}
	if measured := v.distance(); measured != nil {
		return measured, false
	}
	track := v.trackLength()
	return track, track != nil
}

// calories are dropped where they would need more than 36 kcal a minute (2.5 kW of metabolism)
// and 20 to round up.
func (f figures) calories(durationS float64) *float64 {
	kcal := f[totalCalories]
	if !(kcal > 0 && kcal <= 20+durationS*36/60) {
		return nil
	}
	return &kcal
}

// work gives kilojoules.
func (f figures) work(v view) *float64 {
	kj := f[totalWork] / 1000
	if !(kj > 0) {
		kj = v.joules() / 1000
	}
	if !(kj > 0 && kj <= plausible[series.PowerW].high*MaxDuration.Seconds()/1000) {
		return nil
	}
	return new(rounded(kj, millis))
}

func (f figures) place(v view) Place {
	p := v.place()
	if p.StartLat == nil {
		p.StartLat, p.StartLon = f.position(startLat, startLon)
	}
	if p.EndLat == nil {
		p.EndLat, p.EndLon = f.position(endLat, endLon)
	}
	for name, into := range map[string]**float64{totalAscent: &p.AscentM, totalDescent: &p.DescentM} {
		if metres, said := f[name]; said && metres >= 0 && metres <= 100_000 {
			*into = &metres
		}
	}
	for _, climb := range []*float64{p.AscentM, p.DescentM} {
		if climb != nil {
			*climb = rounded(*climb, tenths)
		}
	}
	return p
}

func (f figures) position(latName, lonName string) (lat, lon *float64) {
	la, hasLat := f[latName]
	lo, hasLon := f[lonName]
	if !hasLat || !hasLon || !believable(series.Lat, la) || !believable(series.Lon, lo) || la == 0 && lo == 0 {
		return nil, nil
	}
	return new(series.Lat.Value(series.Lat.Steps(la))), new(series.Lon.Value(series.Lon.Steps(lo)))
}

// join makes the figures of a whole of those of its laps: totals are added up, maxima compared,
// averages weighted with the laps' time.
func join(laps []lapDraft) figures {
	whole, weights := figures{}, figures{}
	for _, lap := range laps {
		for name, v := range lap.said {
			switch {
			case strings.HasPrefix(name, "total_"):
				whole[name] += v
			case strings.Contains(name, "max_"):
				whole[name] = max(whole[name], v)
			case strings.Contains(name, "avg_"):
				whole[name] += v * lap.said[timer]
				weights[name] += lap.said[timer]
			}
		}
	}
	maps.DeleteFunc(whole, func(name string, v float64) bool {
		weight, averaged := weights[name]
		if averaged && weight > 0 {
			whole[name] = v / weight
		}
		if strings.HasPrefix(name, "total_") {
			whole[name] = rounded(v, millis)
		}
		return averaged && weight <= 0
	})
	return whole
}
