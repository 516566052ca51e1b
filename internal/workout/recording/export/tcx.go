package export

import (
	"io"
	"math"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

const tcxHead = `<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"` +
	` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"` +
	` xmlns:ax="http://www.garmin.com/xmlschemas/ActivityExtension/v2">` + "\n<Activities>"

// TCX writes Garmin's Training Center XML, version 2, with the ActivityExtension v2 (speed, power,
// cadence of runs). A pause begins a new track within its lap. Source:
// https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd
//
// It holds power, cadence up to 254 rpm, speed, distance, heart rate, position and altitude, all to
// their full resolution; the laps; and of sports rides and runs, all others are "Other". The title
// goes into the notes. It can't hold resistance, incline, whether it was indoors, mechanical work,
// climbs. Of a lap it says how long the timer ran, not how long it was, and the workout ends for it
// with the last lap or sample. Figures of the whole are those of its laps; calories are spread over
// them by their time. A workout without laps gets one that spans it; time before the first lap is a
// lap of its own.
func TCX(w io.Writer, x Workout) error {
	if err := x.check(); err != nil {
		return err
	}
	pauses := x.pauses()
	t := tcx{document: newDocument(w), x: &x, laps: x.laps(pauses)}
	if first := t.laps[0].StartS; first > 0 {
		t.laps = append([]lap{{recording.Lap{DurationS: first}, first}}, t.laps...)
	}
	t.markup(tcxHead, `<Activity Sport="`, tcxSport(x.Sport), `"><Id>`, stamp(x.after(0)), "</Id>\n")
	t.openLap()
	for r := range x.rows() {
		for len(t.laps) > 1 && r.t >= millis(t.laps[1].StartS) {
			t.nextLap()
		}
		paused := passed(pauses, r.t)
		if pauses = pauses[paused:]; paused > 0 {
			t.closeTrack()
		}
		t.trackpoint(r)
	}
	for len(t.laps) > 1 {
		t.nextLap()
	}
	t.closeLap()
	t.text("Notes", x.Title)
	if x.Device != "" {
		t.markup(`<Creator xsi:type="Device_t">`)
		t.text("Name", x.Device)
		t.markup("<UnitId>0</UnitId><ProductID>0</ProductID><Version><VersionMajor>0</VersionMajor><VersionMinor>0</VersionMinor></Version></Creator>")
	}
	t.markup("</Activity></Activities></TrainingCenterDatabase>\n")
	return t.out.Flush()
}

func tcxSport(s recording.Sport) string {
	switch s {
	case recording.Ride:
		return "Biking"
	case recording.Run:
		return "Running"
	default:
		return "Other"
	}
}

// tcx writes the laps one after the other.
type tcx struct {
	document
	x     *Workout
	laps  []lap // the one that is written, then those to come
	track bool  // a track is open

	timerS  float64 // of the laps so far
	burntKc float64 // kcal given to the laps so far
}

func (t *tcx) nextLap() {
	t.closeLap()
	t.laps = t.laps[1:]
	t.openLap()
}

func (t *tcx) openLap() {
	l := t.laps[0]
	t.markup(`<Lap StartTime="`, stamp(t.x.after(millis(l.StartS))), `">`)
	t.number("TotalTimeSeconds", l.timerS)
	t.number("DistanceMeters", orZero(l.DistanceM))
	t.number("MaximumSpeed", figure(l.Effort.MaxSpeedMPS))
	t.whole("Calories", t.calories(l), 0, maxShort)
	t.pulse("AverageHeartRateBpm", figure(l.Heart.AvgBPM))
	t.pulse("MaximumHeartRateBpm", figure(l.Heart.MaxBPM))
	t.markup("<Intensity>Active</Intensity>")
	if t.x.Sport != recording.Run {
		t.whole("Cadence", figure(l.Effort.AvgCadenceRPM), 0, maxByte)
	}
	t.markup("<TriggerMethod>Manual</TriggerMethod>\n")
}

// orZero is for figures that the format wants in any case: zero is "not measured".
func orZero(v *float64) float64 {
	if f := figure(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return f
	}
	return 0
}

// calories gives a lap its share. What was given to all of them so far is rounded, so that the
// laps add up to the whole.
func (t *tcx) calories(l lap) float64 {
	whole := min(max(0, orZero(t.x.CaloriesKcal)), maxShort)
	t.timerS += l.timerS
	left := t.timerS
	for _, later := range t.laps[1:] {
		left += later.timerS
	}
	share := whole // all of it, where no lap took any time
	if left > 0 {
		share = whole * t.timerS / left
	}
	before := t.burntKc
	t.burntKc = math.Round(share)
	return t.burntKc - before
}

func (t *tcx) pulse(name string, bpm float64) {
	if bpm = math.Round(bpm); bpm >= leastPulse && bpm <= maxPulse {
		t.markup("<", name, ">")
		t.number("Value", bpm)
		t.markup("</", name, ">")
	}
}

func (t *tcx) closeTrack() {
	if t.track {
		t.markup("</Track>\n")
		t.track = false
	}
}

func (t *tcx) closeLap() {
	t.closeTrack()
	e := t.laps[0].Effort
	t.markup("<Extensions><ax:LX>")
	t.number("ax:AvgSpeed", figure(e.AvgSpeedMPS))
	if t.x.Sport == recording.Run {
		t.whole("ax:AvgRunCadence", figure(e.AvgCadenceRPM), 0, maxByte)
		t.whole("ax:MaxRunCadence", figure(e.MaxCadenceRPM), 0, maxByte)
	} else {
		t.whole("ax:MaxBikeCadence", figure(e.MaxCadenceRPM), 0, maxByte)
	}
	t.whole("ax:AvgWatts", figure(e.AvgPowerW), 0, maxShort)
	t.whole("ax:MaxWatts", figure(e.MaxPowerW), 0, maxShort)
	t.markup("</ax:LX></Extensions></Lap>\n")
}

// trackpoint writes a row, unless it has only what the format can't hold.
func (t *tcx) trackpoint(r *row) {
	extended := r.hasAny(series.SpeedMPS, series.PowerW) || t.x.Sport == recording.Run && r.has(series.CadenceRPM)
	if !extended && !r.placed() && !r.hasAny(series.AltitudeM, series.DistanceM, series.HeartRateBPM, series.CadenceRPM) {
		return
	}
	if !t.track {
		t.markup("<Track>\n")
		t.track = true
	}
	t.markup("<Trackpoint><Time>", stamp(t.x.after(r.t)), "</Time>")
	if r.placed() {
		t.markup("<Position>")
		t.number("LatitudeDegrees", r.value(series.Lat))
		t.number("LongitudeDegrees", r.value(series.Lon))
		t.markup("</Position>")
	}
	t.number("AltitudeMeters", r.value(series.AltitudeM))
	t.number("DistanceMeters", r.value(series.DistanceM))
	t.pulse("HeartRateBpm", r.value(series.HeartRateBPM))
	if t.x.Sport != recording.Run {
		t.whole("Cadence", r.value(series.CadenceRPM), 0, maxByte)
	}
	if extended {
		t.markup("<Extensions><ax:TPX>")
		t.number("ax:Speed", r.value(series.SpeedMPS))
		if t.x.Sport == recording.Run {
			t.whole("ax:RunCadence", r.value(series.CadenceRPM), 0, maxByte)
		}
		t.whole("ax:Watts", r.value(series.PowerW), 0, maxShort)
		t.markup("</ax:TPX></Extensions>")
	}
	t.markup("</Trackpoint>\n")
}
