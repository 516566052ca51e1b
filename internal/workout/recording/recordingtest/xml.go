package recordingtest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"time"

	"github.com/paceline/paceline/internal/workout/recording"
)

// RideTCX makes a TCX file with one activity.
func RideTCX(o Options) []byte { return TCX(Make(o)) }

// RideGPX makes a GPX 1.1 file with one track. GPX can't say what was done indoors: without
// place its points stand still at 0° 0°.
func RideGPX(o Options) []byte { return GPX(Make(o)) }

// TCX writes the workouts as the activities of one file.
func TCX(workouts ...Workout) []byte {
	var out bytes.Buffer
	out.WriteString(xml.Header + `<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" ` +
		`xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><Activities>` + "\n")
	for _, w := range workouts {
		sport := map[recording.Sport]string{recording.Ride: "Biking", recording.Run: "Running"}[w.Sport]
		if sport == "" {
			sport = "Other"
		}
		fmt.Fprintf(&out, "<Activity Sport=%q><Id>%s</Id>\n", sport, stamp(w.Start))
		for n := range w.Laps {
			w.tcxLap(&out, w.lap(n))
		}
		fmt.Fprintf(&out, `<Creator xsi:type="Device_t"><Name>%s</Name><UnitId>%d</UnitId></Creator></Activity>`+"\n", text(w.Device), w.Serial)
	}
	out.WriteString("</Activities></TrainingCenterDatabase>\n")
	return out.Bytes()
}

func (w Workout) tcxLap(out *bytes.Buffer, points []Point) {
	s := summarise(points)
	fmt.Fprintf(out, "<Lap StartTime=%q><TotalTimeSeconds>%s</TotalTimeSeconds>", stamp(points[0].At), number(s.seconds))
	if !w.NoDistance {
		fmt.Fprintf(out, "<DistanceMeters>%.2f</DistanceMeters><MaximumSpeed>%.3f</MaximumSpeed>", s.distanceM, s.maxSpeed)
	}
	fmt.Fprintf(out, "<Calories>%.0f</Calories>", s.kcal)
	if !w.NoHeart {
		fmt.Fprintf(out, "<AverageHeartRateBpm><Value>%.0f</Value></AverageHeartRateBpm>", s.avgHeart)
		fmt.Fprintf(out, "<MaximumHeartRateBpm><Value>%.0f</Value></MaximumHeartRateBpm>", s.maxHeart)
	}
	out.WriteString("<Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod><Track>\n")
	for _, p := range points {
		fmt.Fprintf(out, "<Trackpoint><Time>%s</Time>", stamp(p.At))
		if !w.NoPlace {
			fmt.Fprintf(out, "<Position><LatitudeDegrees>%.7f</LatitudeDegrees><LongitudeDegrees>%.7f</LongitudeDegrees></Position>"+
				"<AltitudeMeters>%.1f</AltitudeMeters>", p.Lat, p.Lon, p.AltitudeM)
		}
		if !w.NoDistance {
			fmt.Fprintf(out, "<DistanceMeters>%.2f</DistanceMeters>", p.DistanceM)
		}
		if !w.NoHeart {
			fmt.Fprintf(out, "<HeartRateBpm><Value>%s</Value></HeartRateBpm>", number(p.HeartBPM))
		}
		fmt.Fprintf(out, "<Cadence>%s</Cadence><Extensions><ns3:TPX>", number(p.CadenceRPM))
		if !w.NoDistance {
			fmt.Fprintf(out, "<ns3:Speed>%.3f</ns3:Speed>", p.SpeedMPS)
		}
		if !w.NoPower {
			fmt.Fprintf(out, "<ns3:Watts>%s</ns3:Watts>", number(p.PowerW))
		}
		out.WriteString("</ns3:TPX></Extensions></Trackpoint>\n")
	}
	out.WriteString("</Track></Lap>\n")
}

// GPX writes the workouts as the tracks of one file, with Garmin's TrackPointExtension v1 and
// PowerExtension v1. It holds neither laps nor distances.
func GPX(workouts ...Workout) []byte {
	var out bytes.Buffer
	out.WriteString(xml.Header + `<gpx version="1.1" creator="recordingtest" xmlns="http://www.topografix.com/GPX/1/1" ` +
		`xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1" xmlns:gpxpx="http://www.garmin.com/xmlschemas/PowerExtension/v1">` + "\n")
	for _, w := range workouts {
		name := map[recording.Sport]string{recording.Ride: "cycling", recording.Run: "running", recording.Walk: "walking", recording.Hike: "hiking"}[w.Sport]
		fmt.Fprintf(&out, "<trk><name>%s</name><type>%s</type><trkseg>\n", text(w.Title), name)
		for _, p := range w.Points {
			if w.NoPlace {
				p.Lat, p.Lon = 0, 0
			}
			fmt.Fprintf(&out, `<trkpt lat="%.7f" lon="%.7f">`, p.Lat, p.Lon)
			if !w.NoPlace {
				fmt.Fprintf(&out, "<ele>%.1f</ele>", p.AltitudeM)
			}
			fmt.Fprintf(&out, "<time>%s</time><extensions>", stamp(p.At))
			if !w.NoPower {
				fmt.Fprintf(&out, "<gpxpx:PowerInWatts>%s</gpxpx:PowerInWatts>", number(p.PowerW))
			}
			out.WriteString("<gpxtpx:TrackPointExtension><gpxtpx:atemp>21.0</gpxtpx:atemp>")
			if !w.NoHeart {
				fmt.Fprintf(&out, "<gpxtpx:hr>%s</gpxtpx:hr>", number(p.HeartBPM))
			}
			fmt.Fprintf(&out, "<gpxtpx:cad>%s</gpxtpx:cad></gpxtpx:TrackPointExtension></extensions></trkpt>\n", number(p.CadenceRPM))
		}
		out.WriteString("</trkseg></trk>\n")
	}
	out.WriteString("</gpx>\n")
	return out.Bytes()
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func text(s string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(s)) // a buffer takes everything
	return out.String()
}
