package export_test

import (
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/export"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// jog has two laps, of which the first begins late, half a position, and values beyond a format.
func jog() export.Workout {
	return export.Workout{
		Sport: recording.Run, Title: "a<b", Device: "Watch & Co", StartedAt: start, DurationS: 30, CaloriesKcal: new(10.0),
		Laps: []recording.Lap{
			{StartS: 10, DurationS: 10, DistanceM: new(30.25), Figures: recording.Figures{Heart: recording.Heart{AvgBPM: new(120.0), MaxBPM: new(130.0)}}},
			{StartS: 20, DurationS: 10, Figures: recording.Figures{Effort: recording.Effort{AvgPowerW: new(250.0), AvgCadenceRPM: new(90.0)}}},
		},
		Samples: []series.Table{
			{Family: series.Effort, T: []uint32{0, 10_000, 20_000}, Columns: []series.Column{
				{Channel: series.CadenceRPM, V: []int32{254, 255, 90}},
				{Channel: series.Resistance, V: []int32{5, 5, 5}},
				{Channel: series.DistanceM, V: []int32{series.Absent, 1, 3025}},
			}},
			{Family: series.Place, T: []uint32{500, 10_000, 20_000}, Columns: []series.Column{
				{Channel: series.Lat, V: []int32{471234567, 471234567, 470000000}},
				{Channel: series.Lon, V: []int32{series.Absent, -80000000, 1_800_000_000}},
				{Channel: series.AltitudeM, V: []int32{series.Absent, 4005, -1}},
			}},
		},
	}
}

func TestTCXByHand(t *testing.T) {
	t.Parallel()
	want := `<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:ax="http://www.garmin.com/xmlschemas/ActivityExtension/v2">
<Activities><Activity Sport="Running"><Id>2026-03-07T08:00:00Z</Id>
<Lap StartTime="2026-03-07T08:00:00Z"><TotalTimeSeconds>10</TotalTimeSeconds><DistanceMeters>0</DistanceMeters><Calories>3</Calories><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>
<Track>
<Trackpoint><Time>2026-03-07T08:00:00Z</Time><Extensions><ax:TPX><ax:RunCadence>254</ax:RunCadence></ax:TPX></Extensions></Trackpoint>
</Track>
<Extensions><ax:LX></ax:LX></Extensions></Lap>
<Lap StartTime="2026-03-07T08:00:10Z"><TotalTimeSeconds>10</TotalTimeSeconds><DistanceMeters>30.25</DistanceMeters><Calories>4</Calories><AverageHeartRateBpm><Value>120</Value></AverageHeartRateBpm><MaximumHeartRateBpm><Value>130</Value></MaximumHeartRateBpm><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>
<Track>
<Trackpoint><Time>2026-03-07T08:00:10Z</Time><Position><LatitudeDegrees>47.1234567</LatitudeDegrees><LongitudeDegrees>-8</LongitudeDegrees></Position><AltitudeMeters>400.5</AltitudeMeters><DistanceMeters>0.01</DistanceMeters><Extensions><ax:TPX></ax:TPX></Extensions></Trackpoint>
</Track>
<Extensions><ax:LX></ax:LX></Extensions></Lap>
<Lap StartTime="2026-03-07T08:00:20Z"><TotalTimeSeconds>10</TotalTimeSeconds><DistanceMeters>0</DistanceMeters><Calories>3</Calories><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>
<Track>
<Trackpoint><Time>2026-03-07T08:00:20Z</Time><Position><LatitudeDegrees>47</LatitudeDegrees><LongitudeDegrees>180</LongitudeDegrees></Position><AltitudeMeters>-0.1</AltitudeMeters><DistanceMeters>30.25</DistanceMeters><Extensions><ax:TPX><ax:RunCadence>90</ax:RunCadence></ax:TPX></Extensions></Trackpoint>
</Track>
<Extensions><ax:LX><ax:AvgRunCadence>90</ax:AvgRunCadence><ax:AvgWatts>250</ax:AvgWatts></ax:LX></Extensions></Lap>
<Notes>a&lt;b</Notes><Creator xsi:type="Device_t"><Name>Watch &amp; Co</Name><UnitId>0</UnitId><ProductID>0</ProductID><Version><VersionMajor>0</VersionMajor><VersionMinor>0</VersionMinor></Version></Creator></Activity></Activities></TrainingCenterDatabase>
`
	if got := string(write(t, "tcx", jog())); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestGPXByHand(t *testing.T) {
	t.Parallel()
	want := `<trk><name>a&lt;b</name><type>running</type><trkseg>
<trkpt lat="47.1234567" lon="-8"><ele>400.5</ele><time>2026-03-07T08:00:10Z</time><extensions><tp:TrackPointExtension></tp:TrackPointExtension></extensions></trkpt>
<trkpt lat="47" lon="-180"><ele>-0.1</ele><time>2026-03-07T08:00:20Z</time><extensions><tp:TrackPointExtension><tp:cad>90</tp:cad></tp:TrackPointExtension></extensions></trkpt>
</trkseg></trk></gpx>
`
	if _, got, _ := strings.Cut(string(write(t, "gpx", jog())), "PowerExtension/v1\">\n"); got != want {
		t.Errorf("got\n%s", got)
	}
}

// FIT's own field for the cadence ends at 254 rpm; 255 is its word for "invalid".
func TestFITHoldsWhatItsOwnFieldsCant(t *testing.T) {
	t.Parallel()
	x := jog()
	back := parse(t, write(t, "fit", x))
	same(t, "fit", points(back.StartedAt, back.Samples, nil), turned("fit", points(start, x.Samples, func(at uint32, _ series.Channel, _ int32) bool {
		return at != 500 // half a position is none
	})))
}

// What is longer than the timer stood still was no pause.
func TestAPauseFitsIntoItsTime(t *testing.T) {
	t.Parallel()
	x := paused()
	x.MovingS = new(400.0)
	file := string(write(t, "gpx", x))
	_, second, cut := strings.Cut(file, "</trkseg>")
	if !cut || strings.Count(file, "<trkseg>") != 2 || strings.Count(second, "<trkpt") != 20 || !strings.Contains(second, "<time>2026-03-07T08:06:40Z") {
		t.Errorf("the pause is elsewhere: %s", second)
	}
}
