package recording

import (
	"encoding/xml"
	"math"
	"strings"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// tcx reads Garmin's Training Center XML, version 2, with the ActivityExtension v2 (speed,
// power, running cadence). Source: https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd
//
// An activity's figures are those of its laps joined. Courses and plans are not activities.
type tcx struct {
	limits     Limits
	collector  collector
	activities int
	laps       int
	done       []Recording

	current draft
	from    int // where the current activity's samples begin in the collector
	point   *sample
}

func newTCX(limits Limits) *tcx {
	return &tcx{limits: limits, collector: collector{limit: limits.MaxRecords}}
}

func (x *tcx) open(_, name string, attributes []xml.Attr) error {
	switch name {
	case "Activity", "Transition":
		if x.activities++; x.activities > x.limits.MaxRecordings {
			return refuse(TooManyRecords)
		}
		x.from = len(x.collector.samples)
		x.current = draft{sport: tcxSport(attribute(attributes, "Sport"))}
		if name == "Transition" {
			x.current.sport = Transition
		}
	case "Trackpoint":
		x.point = new(nothing)
	}
	if name == "Lap" || name == "Transition" {
		if x.laps++; x.laps > x.limits.MaxLaps {
			return refuse(TooManyRecords)
		}
		x.current.laps = append(x.current.laps,
			lapDraft{start: instant(attribute(attributes, "StartTime")), said: figures{}})
	}
	return nil
}

func (x *tcx) close(parent, name, text string) error {
	switch {
	case name == "Trackpoint" && x.point != nil:
		point := *x.point
		x.point = nil
		return x.collector.add(point)
	case x.point != nil:
		x.sample(parent, name, text)
	case name == "Activity", name == "Transition":
		return x.finish()
	case parent == "Creator" && name == "Name":
		x.current.device.Name = text
	case parent == "Creator" && name == "UnitId" && text != "0":
		x.current.device.Serial = text
	case len(x.current.laps) > 0:
		x.lap(parent, name, text)
	}
	return nil
}

func (x *tcx) sample(parent, name, text string) {
	switch name {
	case "Time":
		x.point.at = instant(text)
	case "LatitudeDegrees":
		x.point.set(series.Lat, decimal(text))
	case "LongitudeDegrees":
		x.point.set(series.Lon, decimal(text))
	case "AltitudeMeters":
		x.point.set(series.AltitudeM, decimal(text))
	case "DistanceMeters":
		x.point.set(series.DistanceM, decimal(text))
	case "Cadence", "RunCadence":
		x.point.set(series.CadenceRPM, decimal(text))
	case "Speed":
		x.point.set(series.SpeedMPS, decimal(text))
	case "Watts":
		x.point.set(series.PowerW, decimal(text))
	case "Value":
		if parent == "HeartRateBpm" {
			x.point.set(series.HeartRateBPM, decimal(text))
		}
	}
}

// tcxFigures names what a lap says, by parent and element.
var tcxFigures = map[[2]string]string{
	{"Lap", "TotalTimeSeconds"}:      timer,
	{"Lap", "DistanceMeters"}:        totalDistance,
	{"Lap", "Calories"}:              totalCalories,
	{"Lap", "MaximumSpeed"}:          maxSpeed,
	{"Lap", "Cadence"}:               avgCadence,
	{"AverageHeartRateBpm", "Value"}: avgHeartRate,
	{"MaximumHeartRateBpm", "Value"}: maxHeartRate,
	{"LX", "AvgSpeed"}:               avgSpeed,
	{"LX", "AvgWatts"}:               avgPower,
	{"LX", "MaxWatts"}:               maxPower,
	{"LX", "AvgRunCadence"}:          avgCadence,
	{"LX", "MaxRunCadence"}:          maxCadence,
	{"LX", "MaxBikeCadence"}:         maxCadence,
}

func (x *tcx) lap(parent, name, text string) {
	said := x.current.laps[len(x.current.laps)-1].said
	if parent == "Transition" { // which is a lap by another name
		parent = "Lap"
	}
	if figure, known := tcxFigures[[2]string{parent, name}]; known {
		if v := decimal(text); !math.IsNaN(v) {
			said[figure] = v
		}
	}
}

// finish makes a recording of the activity that just closed. One without laps and samples is
// left out: a transition that nobody recorded is in many files.
func (x *tcx) finish() error {
	d, samples := x.current, x.collector.samples[x.from:]
	x.current = draft{}
	if len(d.laps) == 0 && len(samples) == 0 {
		return nil
	}
	d.said = join(d.laps)
	var end moment
	for _, lap := range d.laps {
		if lap.start != 0 && (d.start == 0 || lap.start < d.start) {
			d.start = lap.start
		}
		end = max(end, lap.start.after(lap.said[timer]))
	}
	if d.start != 0 {
		d.said[elapsed] = d.start.secondsTo(end)
	}
	if d.start == 0 && len(samples) == 0 {
		return nil // recordings says what is wrong when nothing else comes
	}
	if n := len(samples); n > 0 && (samples[n-1].at < samples[0].at || samples[n-1].at < d.start) {
		return refuse(Implausible)
	}
	recording, err := d.finish(samples)
	if err != nil {
		return err
	}
	x.done = append(x.done, recording)
	return nil
}

func (x *tcx) recordings() ([]Recording, error) {
	switch {
	case x.activities == 0:
		return nil, refuse(NotAnActivity)
	case x.collector.mostlyUntimed():
		return nil, refuse(NoTimes)
	case len(x.done) > 0:
		return x.done, nil
	case x.laps > 0:
		return nil, refuse(NoTimes)
	default:
		return nil, refuse(NoSamples)
	}
}

func tcxSport(name string) Sport {
	switch strings.ToLower(name) {
	case "biking":
		return Ride
	case "running":
		return Run
	default:
		return Other
	}
}

func attribute(attributes []xml.Attr, name string) string {
	for _, a := range attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
