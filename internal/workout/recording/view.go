package recording

import (
	"math"
	"slices"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// view is the samples of a recording or a part of it, in order.
type view struct {
	samples []sample
	start   moment
	moving  float64 // seconds
}

// part gives the samples of a part that begins at start: its first moment belongs to it, its
// end to the next.
func (v view) part(start moment, duration, moving float64) view {
	first, _ := slices.BinarySearchFunc(v.samples, start, sample.compare)
	end, _ := slices.BinarySearchFunc(v.samples, start.after(duration), sample.compare)
	return view{v.samples[first:max(first, end)], start, moving}
}

// meanAndPeak gives the mean of the samples and their maximum. Standing still is no cadence:
// its zeros don't count, as on every bike computer.
func (v view) meanAndPeak(c series.Channel) (mean, peak *float64) {
	total, n, top := 0.0, 0, math.Inf(-1)
	for _, s := range v.samples {
		if !s.has(c) || c == series.CadenceRPM && s.v[c] == 0 {
			continue
		}
		value := c.Value(s.v[c])
		total, n, top = total+value, n+1, max(top, value)
	}
	if n == 0 {
		return nil, nil
	}
	return new(c.Value(c.Steps(total / float64(n)))), new(top)
}

// holdS is for how many seconds a sample of power stands when the next is later: devices that
// record only changes leave out up to about this much; a longer gap is a pause.
const holdS = 10

// joules is power integrated over time.
func (v view) joules() float64 {
	total, before := 0.0, -1
	for i, s := range v.samples {
		if !s.has(series.PowerW) {
			continue
		}
		if before >= 0 {
			last := v.samples[before]
			total += float64(last.v[series.PowerW]) * min(last.at.secondsTo(s.at), holdS)
		}
		before = i
	}
	return total
}

// distance is how far the distance counter went, nil when it stood still or there is none.
func (v view) distance() *float64 {
	first, last := series.Absent, series.Absent
	for _, s := range v.samples {
		if s.has(series.DistanceM) {
			if last = s.v[series.DistanceM]; first == series.Absent {
				first = last
			}
		}
	}
	if first == last {
		return nil
	}
	return figure(series.DistanceM, series.DistanceM.Value(last)-series.DistanceM.Value(first))
}

// trackLength adds up the great circles between positions, but for leaps that nobody can do.
func (v view) trackLength() *float64 {
	total, before := 0.0, -1
	for i, s := range v.samples {
		if !s.has(series.Lat) {
			continue
		}
		if before >= 0 {
			last := v.samples[before]
			leg := greatCircle(last, s)
			if leg <= plausible[series.SpeedMPS].high*last.at.secondsTo(s.at) {
				total += leg
			}
		}
		before = i
	}
	return figure(series.DistanceM, total)
}

// greatCircle is the distance in metres between two positions on a sphere of the earth's mean
// radius, by the haversine formula.
func greatCircle(a, b sample) float64 {
	rad := func(s sample, c series.Channel) float64 { return c.Value(s.v[c]) * math.Pi / 180 }
	latA, latB := rad(a, series.Lat), rad(b, series.Lat)
	half := func(d float64) float64 { return math.Sin(d/2) * math.Sin(d/2) }
	h := half(latB-latA) + math.Cos(latA)*math.Cos(latB)*half(rad(b, series.Lon)-rad(a, series.Lon))
	return 2 * 6_371_008.8 * math.Asin(math.Sqrt(min(1, h)))
}

// noiseM is how far altitude has to turn, in metres, to count as a climb or a descent: less is
// the barometer's or the receiver's noise.
const noiseM = 3

// place gives the first and the last position, and the climbs and descents.
func (v view) place() Place {
	var p Place
	var up, down float64
	anchor := math.NaN() // where the last climb or descent that counts ended
	for _, s := range v.samples {
		if s.has(series.Lat) {
			p.EndLat, p.EndLon = new(series.Lat.Value(s.v[series.Lat])), new(series.Lon.Value(s.v[series.Lon]))
			if p.StartLat == nil {
				p.StartLat, p.StartLon = p.EndLat, p.EndLon
			}
		}
		if !s.has(series.AltitudeM) {
			continue
		}
		altitude := series.AltitudeM.Value(s.v[series.AltitudeM])
		switch turn := altitude - anchor; {
		case math.IsNaN(anchor):
			anchor = altitude
		case turn >= noiseM:
			up, anchor = up+turn, altitude
		case turn <= -noiseM:
			down, anchor = down-turn, altitude
		}
	}
	if !math.IsNaN(anchor) {
		p.AscentM, p.DescentM = &up, &down
	}
	return p
}
