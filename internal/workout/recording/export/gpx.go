package export

import (
	"io"
	"slices"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

const gpxHead = `<gpx version="1.1" creator="Paceline" xmlns="http://www.topografix.com/GPX/1/1"` +
	` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"` +
	` xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd"` +
	` xmlns:tp="http://www.garmin.com/xmlschemas/TrackPointExtension/v2"` +
	` xmlns:pw="http://www.garmin.com/xmlschemas/PowerExtension/v1">` + "\n"

// GPX writes the track as GPX 1.1 with Garmin's TrackPointExtension v2 (heart rate, cadence,
// speed) and PowerExtension v1. A pause begins a new segment. Source:
// https://www.topografix.com/GPX/1/1/ and https://www8.garmin.com/xmlschemas/
//
// It holds the moments that have a position, and of them position, altitude, power, cadence up to
// 254 rpm, speed and heart rate, all to their full resolution; and the title and the sport. It
// can't hold what was measured where there is no position, resistance, incline, the counter of the
// distance, laps, figures of a whole, the device, whether it was indoors. The workout starts and
// ends for it with the track. Without any position it is ErrNoTrack.
func GPX(w io.Writer, x Workout) error {
	if err := x.check(); err != nil {
		return err
	}
	if !x.hasTrack() {
		return ErrNoTrack
	}
	d := newDocument(w)
	d.markup(gpxHead, "<trk>")
	d.text("name", x.Title)
	d.text("type", gpxTypes[x.Sport])
	pauses := x.pauses()
	open := false
	for r := range x.rows() {
		if !r.placed() {
			continue
		}
		paused := passed(pauses, r.t)
		if pauses = pauses[paused:]; open && paused > 0 {
			d.markup("</trkseg>")
			open = false
		}
		if !open {
			d.markup("<trkseg>\n")
			open = true
		}
		d.trackpoint(&x, r)
	}
	d.markup("</trkseg></trk></gpx>\n")
	return d.out.Flush()
}

func (x *Workout) hasTrack() bool {
	for r := range x.rows() {
		if r.placed() {
			return true
		}
	}
	return false
}

// passed counts the pauses that are over at a moment.
func passed(pauses []pause, at uint32) int {
	n := slices.IndexFunc(pauses, func(p pause) bool { return p.to > at })
	if n < 0 {
		return len(pauses)
	}
	return n
}

func (d document) trackpoint(x *Workout, r *row) {
	d.markup(`<trkpt lat="`, decimal(r.value(series.Lat)), `" lon="`, decimal(series.Lon.Value(east(r.v[series.Lon]))), `">`)
	d.number("ele", r.value(series.AltitudeM))
	d.markup("<time>", stamp(x.after(r.t)), "</time>")
	pulse := r.hasAny(series.HeartRateBPM, series.CadenceRPM, series.SpeedMPS)
	if pulse || r.has(series.PowerW) {
		d.markup("<extensions>")
		d.whole("pw:PowerInWatts", r.value(series.PowerW), 0, maxShort)
		if pulse {
			d.markup("<tp:TrackPointExtension>")
			d.whole("tp:hr", r.value(series.HeartRateBPM), leastPulse, maxPulse)
			d.whole("tp:cad", r.value(series.CadenceRPM), 0, maxByte)
			d.number("tp:speed", r.value(series.SpeedMPS))
			d.markup("</tp:TrackPointExtension>")
		}
		d.markup("</extensions>")
	}
	d.markup("</trkpt>\n")
}

// gpxTypes are the words for sports that other programs look for in a track's type, which is
// free text.
var gpxTypes = map[recording.Sport]string{
	recording.Ride: "cycling", recording.Run: "running", recording.Walk: "walking", recording.Hike: "hiking",
	recording.Row: "rowing", recording.Swim: "swimming", recording.Ski: "skiing",
	recording.Strength: "strength_training", recording.Cardio: "cardio", recording.Yoga: "yoga",
	recording.Elliptical: "elliptical", recording.Stairs: "stair_climbing", recording.Transition: "transition",
	recording.Other: "other",
}
