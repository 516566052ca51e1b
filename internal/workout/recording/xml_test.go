package recording_test

import (
	"slices"
	"testing"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

func TestGPXAsAppsWriteIt(t *testing.T) {
	t.Parallel()
	all := parse(t, []byte("\xef\xbb\xbf"+`<?xml version="1.0" encoding="ISO-8859-1"?>
<gpx version="1.0" creator="old" xmlns="http://www.topografix.com/GPX/1/0"><time>2026-01-01T00:00:00Z</time>
<wpt lat="1" lon="1"><name>not this</name></wpt>
<trk><name>planned</name><trkseg><trkpt lat="47" lon="8"/></trkseg></trk>
<trk><name>Z`+"\xfc"+`rich &amp; back</name><type>Trail Running</type>
<trkseg><trkpt lat="47" lon="8"><ele>400.04</ele><time>2026-03-07T08:00:00</time><speed>3.0</speed></trkpt>
<trkpt lat="47.001" lon="8"><time>2026-03-07T09:00:10.500+01:00</time><speed>NaN</speed>
<extensions><power>250</power><a:TrackPointExtension xmlns:a="x"><a:hr>150</a:hr><a:cad>85</a:cad></a:TrackPointExtension></extensions></trkpt></trkseg>
<trkseg><trkpt lat="47.001" lon="8"><time>2026-03-07T08:01:00Z</time></trkpt>
<trkpt lat="47.002" lon="8"><time>2026-03-07T08:01:20Z</time></trkpt></trkseg></trk></gpx>`))
	if len(all) != 1 {
		t.Fatalf("%d recordings", len(all))
	}
	r := all[0]
	if r.Title != "Zürich & back" || r.Sport != recording.Run || r.DurationS != 80 || r.MovingS != 30.5 {
		t.Errorf("%q, %s, %v s, %v s moving", r.Title, r.Sport, r.DurationS, r.MovingS)
	}
	if place := r.Table(series.Place); !slices.Equal(place.T, []uint32{0, 10500, 60000, 80000}) || place.Column(series.AltitudeM)[0] != 4000 {
		t.Errorf("%+v", place)
	}
	near(t, "length", r.DistanceM, 222.4, 0.1)
	near(t, "power", r.Effort.AvgPowerW, 250, 0)
	near(t, "cadence", r.Effort.AvgCadenceRPM, 85, 0)
	near(t, "heart rate", r.Heart.MaxBPM, 150, 0)
}

func TestTCXAsAppsWriteIt(t *testing.T) {
	t.Parallel()
	all := parse(t, []byte(`<TrainingCenterDatabase xmlns:n="x"><Folders/><Activities><MultiSportSession><Id>2026-03-07T08:00:00Z</Id>
<FirstSport><Activity Sport="Biking"><Id>2026-03-07T08:00:00Z</Id><Notes>mine</Notes>
<Lap StartTime="2026-03-07T08:00:00Z"><TotalTimeSeconds>20</TotalTimeSeconds><DistanceMeters>100</DistanceMeters><Calories>5</Calories>
<AverageHeartRateBpm><Value>100</Value></AverageHeartRateBpm><MaximumHeartRateBpm><Value>120</Value></MaximumHeartRateBpm>
<Track><Trackpoint><Time>2026-03-07T08:00:00Z</Time><HeartRateBpm><Value>99</Value></HeartRateBpm><Cadence>80</Cadence></Trackpoint>
<Trackpoint><Time>2026-03-07T08:00:19Z</Time></Trackpoint></Track>
<Extensions><n:LX><n:AvgWatts>200</n:AvgWatts><n:MaxWatts>300</n:MaxWatts></n:LX></Extensions></Lap>
<Lap StartTime="2026-03-07T08:01:00Z"><TotalTimeSeconds>60</TotalTimeSeconds><DistanceMeters>400</DistanceMeters><Calories>9</Calories>
<AverageHeartRateBpm><Value>140</Value></AverageHeartRateBpm><MaximumHeartRateBpm><Value>150</Value></MaximumHeartRateBpm></Lap>
<Creator><Name>Edge</Name><UnitId>0</UnitId><ProductID>7</ProductID></Creator></Activity></FirstSport>
<NextSport><Transition StartTime="2026-03-07T08:02:00Z"><TotalTimeSeconds>30</TotalTimeSeconds><Calories>1</Calories></Transition>
<Activity Sport="Running"><Lap StartTime="2026-03-07T08:02:30Z"><TotalTimeSeconds>60</TotalTimeSeconds>
<Track><Trackpoint><Time>2026-03-07T08:02:31Z</Time><Position><LatitudeDegrees>47</LatitudeDegrees><LongitudeDegrees>8</LongitudeDegrees></Position>
<Extensions><n:TPX><n:Speed>3.2</n:Speed><n:RunCadence>84</n:RunCadence></n:TPX></Extensions></Trackpoint></Track></Lap></Activity></NextSport>
</MultiSportSession></Activities></TrainingCenterDatabase>`))
	if len(all) != 3 || all[0].Sport != recording.Ride || all[1].Sport != recording.Transition || all[2].Sport != recording.Run {
		t.Fatalf("%+v", all)
	}
	ride, change, run := all[0], all[1], all[2]
	if ride.DurationS != 120 || ride.MovingS != 80 || ride.Title != "" || ride.Device != (recording.Device{Name: "Edge"}) {
		t.Errorf("%v s, %v s moving, %q, %+v", ride.DurationS, ride.MovingS, ride.Title, ride.Device)
	}
	near(t, "distance", ride.DistanceM, 500, 0)
	near(t, "calories", ride.CaloriesKcal, 14, 0)
	near(t, "heart rate", ride.Heart.AvgBPM, 130, 0)
	near(t, "highest heart rate", ride.Heart.MaxBPM, 150, 0)
	near(t, "first lap's power", ride.Laps[0].Effort.MaxPowerW, 300, 0)
	if change.DurationS != 30 || len(change.Laps) != 1 || len(change.Samples) != 0 {
		t.Errorf("the transition is %+v", change)
	}
	if run.DurationS != 60 || !slices.Equal(column(run, series.CadenceRPM), []int32{84}) || !slices.Equal(column(run, series.SpeedMPS), []int32{3200}) {
		t.Errorf("the run is %+v", run)
	}
}
