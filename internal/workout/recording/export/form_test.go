package export_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muktihari/fit/decoder"
	"github.com/muktihari/fit/profile/mesgdef"
	"github.com/muktihari/fit/profile/typedef"
	"github.com/muktihari/fit/profile/untyped/mesgnum"

	"github.com/paceline/paceline/internal/testkit/heap"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/export"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// model is what the schemas say of the elements that we write: their children in order, a "!" at
// those that have to be there. Sources: TrainingCenterDatabasev2.xsd, ActivityExtensionv2.xsd,
// gpx.xsd 1.1, TrackPointExtensionv2.xsd, PowerExtensionv1.xsd.
var model = map[string]string{
	"TrainingCenterDatabase": "Folders Activities Workouts Courses Author Extensions",
	"Activities":             "Activity MultiSportSession",
	"Activity":               "Id! Lap! Notes Training Creator Extensions",
	"Lap": "TotalTimeSeconds! DistanceMeters! MaximumSpeed Calories! AverageHeartRateBpm MaximumHeartRateBpm Intensity! " +
		"Cadence TriggerMethod! Track Notes Extensions",
	"AverageHeartRateBpm": "Value!", "MaximumHeartRateBpm": "Value!", "HeartRateBpm": "Value!",
	"Track":      "Trackpoint!",
	"Trackpoint": "Time! Position AltitudeMeters DistanceMeters HeartRateBpm Cadence SensorState Extensions",
	"Position":   "LatitudeDegrees! LongitudeDegrees!",
	"Extensions": "LX TPX",
	"LX":         "AvgSpeed MaxBikeCadence AvgRunCadence MaxRunCadence Steps AvgWatts MaxWatts Extensions",
	"TPX":        "Speed RunCadence Watts Extensions",
	"Creator":    "Name! UnitId! ProductID! Version!",
	"Version":    "VersionMajor! VersionMinor! BuildMajor BuildMinor",

	"gpx":                 "metadata wpt rte trk extensions",
	"trk":                 "name cmt desc src link number type extensions trkseg",
	"trkseg":              "trkpt extensions",
	"trkpt":               "ele time magvar geoidheight name cmt desc src link sym type fix sat hdop vdop pdop ageofdgpsdata dgpsid extensions",
	"extensions":          "PowerInWatts TrackPointExtension",
	"TrackPointExtension": "atemp wtemp depth hr cad speed course bearing Extensions",
}

// many may come several times.
var many = []string{"Lap", "Track", "Trackpoint", "trkseg", "trkpt"}

// valid reads a document by the model, and gives the text of each element, by name.
func valid(t *testing.T, file []byte) map[string][]string {
	t.Helper()
	type element struct {
		name     string
		children []string
	}
	var open []element
	texts := map[string][]string{}
	text := ""
	in := xml.NewDecoder(bytes.NewReader(file))
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatalf("%v in %.2000s", err, file)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Space == "" {
				t.Errorf("<%s> has no namespace", e.Name.Local)
			}
			if n := len(open); n > 0 {
				open[n-1].children = append(open[n-1].children, e.Name.Local)
			}
			open, text = append(open, element{name: e.Name.Local}), ""
		case xml.CharData:
			text += string(e)
		case xml.EndElement:
			n := len(open) - 1
			at, order := 0, strings.Fields(model[open[n].name])
			for _, child := range open[n].children {
				next := slices.IndexFunc(order[at:], func(s string) bool { return strings.TrimSuffix(s, "!") == child })
				if next < 0 {
					t.Fatalf("<%s> holds %v", open[n].name, open[n].children)
				}
				if at += next; !slices.Contains(many, child) {
					at++
				}
			}
			for _, s := range order {
				if name, must := strings.CutSuffix(s, "!"); must && !slices.Contains(open[n].children, name) {
					t.Errorf("<%s> lacks %s", open[n].name, name)
				}
			}
			if len(open[n].children) == 0 {
				texts[open[n].name] = append(texts[open[n].name], text)
			}
			open = open[:n]
		}
	}
}

func TestXMLIsValid(t *testing.T) {
	t.Parallel()
	for _, r := range recordings(t) {
		valid(t, write(t, "tcx", opened(r)))
		if r.Table(series.Place).T != nil {
			valid(t, write(t, "gpx", opened(r)))
		}
	}
	valid(t, write(t, "tcx", export.Workout{StartedAt: start}))
}

const nasty = "</name><trkpt lat=\"0\" lon=\"0\"/>]]><!-- & \x07\n=cmd|' /C calc'!A0"

func TestTextStaysText(t *testing.T) {
	t.Parallel()
	r := parse(t, recordingtest.RideFIT(recordingtest.Options{Seconds: 5}))
	x := opened(r)
	x.Title, x.Device = nasty, nasty
	want := strings.ReplaceAll(nasty, "\x07", "\ufffd")
	for _, file := range []struct{ format, element string }{{"gpx", "name"}, {"tcx", "Notes"}, {"tcx", "Name"}} {
		if got := valid(t, write(t, file.format, x))[file.element]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %s is %q", file.format, file.element, got)
		}
	}
	if got := parse(t, write(t, "fit", x)).Title; got != strings.NewReplacer("\x07", "", "\n", "").Replace(nasty) {
		t.Errorf("fit: the title is %q", got)
	}
	if file := write(t, "csv", x); bytes.Contains(file, []byte("cmd")) {
		t.Error("csv: it holds the title")
	}
	long := strings.Repeat("ü", 200) // 400 bytes
	x.Title, x.Device = "\x00", long
	if got := parse(t, write(t, "fit", x)); got.Device.Name != long[:200] || got.Title != "" { // Parse takes 100 characters
		t.Errorf("fit: %q by %q", got.Title, got.Device.Name)
	}
}

func TestCSVByHand(t *testing.T) {
	t.Parallel()
	x := export.Workout{
		Sport: recording.Ride, StartedAt: start.In(time.FixedZone("", 3600)), DurationS: 60, Title: "=1+1",
		Laps: []recording.Lap{{StartS: 20, DurationS: 5}, {StartS: 0.5, DurationS: 5}},
		Samples: []series.Table{
			{Family: series.Effort, T: []uint32{0, 1000, 2000}, Columns: []series.Column{
				{Channel: series.PowerW, V: []int32{200, series.Absent, 0}},
				{Channel: series.SpeedMPS, V: []int32{series.Absent, series.Absent, series.Absent}},
				{Channel: series.InclinePct, V: []int32{-15, 0, series.Absent}},
			}},
			{Family: series.Place, T: []uint32{500, 2000, 20_000}, Columns: []series.Column{
				{Channel: series.Lat, V: []int32{471234567, 1, 470000000}}, {Channel: series.Lon, V: []int32{-80000000, -1, 0}},
			}},
		},
	}
	want := strings.ReplaceAll(`time,elapsed_s,lap,power_w,incline_pct,lat_deg,lon_deg
2026-03-07T08:00:00Z,0,,200,-1.5,,
2026-03-07T08:00:00.5Z,0.5,1,,,47.1234567,-8
2026-03-07T08:00:01Z,1,1,,0,,
2026-03-07T08:00:02Z,2,1,0,,0.0000001,-0.0000001
2026-03-07T08:00:20Z,20,2,,,47,0
`, "\n", "\r\n")
	if got := string(write(t, "csv", x)); got != want {
		t.Errorf("got\n%s", got)
	}
}

// paused rides a minute, rests for five, and rides another; the sensor also slept for 20 seconds.
func paused() export.Workout {
	x := export.Workout{Sport: recording.Ride, StartedAt: start, DurationS: 420, MovingS: new(120.0)}
	place := series.Table{Family: series.Place, Columns: []series.Column{{Channel: series.Lat}, {Channel: series.Lon}}}
	for s := range uint32(420) {
		if s < 60 || s >= 360 && (s < 380 || s >= 400) {
			place.T = append(place.T, s*1000)
			place.Columns[0].V = append(place.Columns[0].V, 470000000+int32(s)) //nolint:gosec // small
			place.Columns[1].V = append(place.Columns[1].V, 80000000)
		}
	}
	x.Samples = []series.Table{place}
	return x
}

func TestPausesStay(t *testing.T) {
	t.Parallel()
	x := paused()
	for format, moving := range map[string]float64{"fit": 120, "tcx": 120, "gpx": 118} { // GPX: from point to point
		back := parse(t, write(t, format, x))
		if back.MovingS != moving {
			t.Errorf("%s: %v s moving, want %v", format, back.MovingS, moving)
		}
	}
	for format, cut := range map[string]string{"tcx": "<Track>", "gpx": "<trkseg>"} {
		if n := strings.Count(string(write(t, format, x)), cut); n != 2 {
			t.Errorf("%s: %d tracks", format, n)
		}
	}
	x.MovingS = nil // then nothing stopped, however the samples lie
	for format, cut := range map[string]string{"tcx": "<Track>", "gpx": "<trkseg>"} {
		if n := strings.Count(string(write(t, format, x)), cut); n != 1 {
			t.Errorf("%s: %d tracks without a pause", format, n)
		}
	}
	x.MovingS = new(120.0)
	x.Laps = []recording.Lap{{DurationS: 200}, {StartS: 200, DurationS: 220}} // the pause is in both
	back := parse(t, write(t, "tcx", x))
	if len(back.Laps) != 2 || back.Laps[0].DurationS != 59 || back.Laps[1].StartS != 200 || back.Laps[1].DurationS != 60 {
		t.Errorf("tcx: laps %+v", back.Laps)
	}
}

func TestFITIsAnActivity(t *testing.T) {
	t.Parallel()
	file := write(t, "fit", paused())
	if _, err := decoder.New(bytes.NewReader(file)).CheckIntegrity(); err != nil {
		t.Fatal(err)
	}
	whole, err := decoder.New(bytes.NewReader(file)).Decode() // with its checksums
	if err != nil {
		t.Fatal(err)
	}
	if whole.Messages[0].Num != mesgnum.FileId || whole.Messages[len(whole.Messages)-1].Num != mesgnum.Activity {
		t.Error("a file begins with its id and ends with the activity")
	}
	count := map[string]int{}
	type event struct {
		second uint32
		what   typedef.EventType
	}
	var events []event
	for _, m := range whole.Messages {
		count[m.Num.String()]++
		if m.Num == mesgnum.Event {
			e := mesgdef.NewEvent(&m)
			events = append(events, event{uint32(e.Timestamp.Sub(start) / time.Second), e.EventType}) //nolint:gosec // small
		}
	}
	for name, want := range map[string]int{"file_id": 1, "session": 1, "lap": 1, "activity": 1, "event": 4, "record": 100, "device_info": 0, "user_profile": 0, "developer_data_id": 0} {
		if count[name] != want {
			t.Errorf("%d messages %s, want %d", count[name], name, want)
		}
	}
	if want := []event{
		{0, typedef.EventTypeStart}, {59, typedef.EventTypeStopAll}, {360, typedef.EventTypeStart}, {420, typedef.EventTypeStopAll},
	}; !slices.Equal(events, want) {
		t.Errorf("the timer's events are %v", events)
	}
}

// The serial number is in no file, and neither is anything else that nobody gave.
func TestNothingMoreThanGiven(t *testing.T) {
	t.Parallel()
	r := parse(t, recordingtest.RideFIT(recordingtest.Options{Seconds: 5, Serial: 4711, Device: "Edge", Title: "Lunch"}))
	x := opened(r)
	back := parse(t, write(t, "fit", x))
	if back.Device != (recording.Device{Name: "Edge"}) {
		t.Errorf("fit: %+v", back.Device)
	}
	x.Title, x.Device = "", ""
	for format := range writers {
		file := write(t, format, x)
		if bytes.Contains(file, []byte("4711")) || bytes.Contains(file, []byte("Edge")) || bytes.Contains(file, []byte("Lunch")) {
			t.Errorf("%s tells what it wasn't given", format)
		}
	}
	if back := parse(t, write(t, "fit", x)); back.Device != (recording.Device{}) {
		t.Errorf("fit: %+v", back.Device)
	}
	x.Samples = slices.DeleteFunc(x.Samples, func(table series.Table) bool { return table.Family != series.Effort })
	x.Figures = recording.Figures{Effort: x.Effort}
	for i := range x.Laps {
		x.Laps[i].Figures = recording.Figures{Effort: x.Laps[i].Effort}
	}
	for _, format := range []string{"fit", "tcx"} {
		if back := parse(t, write(t, format, x)); back.Heart != (recording.Heart{}) || back.Place != (recording.Place{}) {
			t.Errorf("%s: %+v", format, back.Figures)
		}
	}
}

// watched looks at the heap, without its garbage, now and then while a file goes through it.
type watched struct {
	calls, largest int
	bytes          int64
	heap           uint64
}

func (w *watched) Write(p []byte) (int, error) {
	w.bytes += int64(len(p))
	w.largest = max(w.largest, len(p))
	if w.calls++; w.calls%100 == 1 {
		w.heap = max(w.heap, heap.Live())
	}
	return len(p), nil
}

func TestMemoryIsBounded(t *testing.T) { // alone: it measures the heap of the process
	for _, seconds := range []int{3600, 20 * 3600} {
		ride := recordingtest.Options{Seconds: seconds, Laps: 12}
		x := opened(parse(t, recordingtest.RideFIT(ride)))
		for format, to := range writers {
			idle := heap.Live()
			var out watched
			if err := to(&out, x); err != nil {
				t.Fatal(err)
			}
			above := int64(out.heap) - int64(idle) //nolint:gosec // small
			t.Logf("%d s as %s: %d KiB, %d KiB above idle", seconds, format, out.bytes>>10, above>>10)
			most := int64(256 << 10)
			if format == "fit" {
				most += 5 * out.bytes / 2
			} else if out.largest > 64<<10 {
				t.Errorf("%s: %d bytes at once", format, out.largest)
			}
			if above > most {
				t.Errorf("%d s as %s: %d KiB above idle", seconds, format, above>>10)
			}
		}
		runtime.KeepAlive(x)
	}
}
