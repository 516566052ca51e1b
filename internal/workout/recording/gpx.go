package recording

import (
	"encoding/xml"
	"strings"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// gpx reads GPX 1.0 and 1.1 with Garmin's TrackPointExtension and PowerExtension and what apps
// write in their place. Source: https://www.topografix.com/GPX/1/1/
//
// Each track with times is a recording. Routes and waypoints are plans, not workouts, and a track
// without times is one, too. It is left out beside real ones; a file where most points have no
// time is refused, rather than to take in a rest that is not what its owner did.
type gpx struct {
	limits    Limits
	collector collector
	tracks    int
	done      []Recording

	current  draft
	from     int     // where the current track's samples begin in the collector
	segment  int     // where the current segment's do
	recorded float64 // seconds within segments: between them the receiver was off
	point    *sample
}

func newGPX(limits Limits) *gpx {
	return &gpx{limits: limits, collector: collector{limit: limits.MaxRecords}}
}

func (x *gpx) open(_, name string, attributes []xml.Attr) error {
	switch name {
	case "trk":
		if x.tracks++; x.tracks > x.limits.MaxRecordings {
			return refuse(TooManyRecords)
		}
		x.from, x.recorded = len(x.collector.samples), 0
		x.current = draft{sport: Other}
	case "trkseg":
		x.segment = len(x.collector.samples)
	case "trkpt":
		x.point = new(nothing)
		x.point.set(series.Lat, decimal(attribute(attributes, "lat")))
		x.point.set(series.Lon, decimal(attribute(attributes, "lon")))
	}
	return nil
}

func (x *gpx) close(parent, name, text string) error {
	switch {
	case name == "trkpt" && x.point != nil:
		point := *x.point
		x.point = nil
		return x.collector.add(point)
	case x.point != nil:
		x.sample(name, text)
	case name == "trkseg":
		if segment := x.collector.samples[x.segment:]; len(segment) > 1 {
			x.recorded += max(0, segment[0].at.secondsTo(segment[len(segment)-1].at))
		}
	case name == "trk":
		return x.finish()
	case parent == "trk" && name == "name":
		x.current.title = text
	case parent == "trk" && name == "type":
		x.current.sport = gpxSport(text)
	}
	return nil
}

func (x *gpx) sample(name, text string) {
	switch strings.ToLower(name) {
	case "time":
		x.point.at = instant(text)
	case "ele":
		x.point.set(series.AltitudeM, decimal(text))
	case "speed":
		x.point.set(series.SpeedMPS, decimal(text))
	case "hr", "heartrate":
		x.point.set(series.HeartRateBPM, decimal(text))
	case "cad", "cadence":
		x.point.set(series.CadenceRPM, decimal(text))
	case "power", "powerinwatts", "watts":
		x.point.set(series.PowerW, decimal(text))
	}
}

// finish makes a recording of the track that just closed, if it has a start and an end.
func (x *gpx) finish() error {
	samples := x.collector.samples[x.from:]
	if len(samples) < 2 {
		return nil
	}
	if samples[len(samples)-1].at < samples[0].at {
		return refuse(Implausible)
	}
	x.current.said = figures{timer: x.recorded}
	recording, err := x.current.finish(samples)
	if err != nil {
		return err
	}
	x.done = append(x.done, recording)
	return nil
}

func (x *gpx) recordings() ([]Recording, error) {
	switch {
	case x.tracks == 0:
		return nil, refuse(NotAnActivity)
	case x.collector.mostlyUntimed():
		return nil, refuse(NoTimes)
	case len(x.done) > 0:
		return x.done, nil
	default:
		return nil, refuse(NoSamples)
	}
}

// gpxSports gives sports by the words apps write in a track's type, the first that is in it.
var gpxSports = []struct {
	word  string
	sport Sport
}{
	{"cycl", Ride}, {"bik", Ride}, {"ride", Ride}, {"run", Run}, {"hik", Hike}, {"walk", Walk},
	{"row", Row}, {"swim", Swim}, {"ski", Ski}, {"strength", Strength}, {"cardio", Cardio}, {"yoga", Yoga},
	{"elliptical", Elliptical}, {"stair", Stairs}, {"transition", Transition},
}

func gpxSport(name string) Sport {
	name = strings.ToLower(name)
	for _, s := range gpxSports {
		if strings.Contains(name, s.word) {
			return s.sport
		}
	}
	return Other
}
