package export_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/export"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

var start = time.Date(2026, 3, 7, 8, 0, 0, 0, time.UTC)

var writers = map[string]func(io.Writer, export.Workout) error{
	"fit": export.FIT, "tcx": export.TCX, "gpx": export.GPX, "csv": export.CSV,
}

// opened is a recording as its owner gets it.
func opened(r recording.Recording) export.Workout {
	x := export.Workout{
		Sport: r.Sport, Indoor: r.Indoor, Title: r.Title, Device: r.Device.Name, StartedAt: r.StartedAt,
		DurationS: r.DurationS, MovingS: &r.MovingS, CaloriesKcal: r.CaloriesKcal, OutputKJ: r.OutputKJ,
		Figures: r.Figures, Laps: r.Laps, Samples: r.Samples,
	}
	if !r.DistanceFromPlace {
		x.DistanceM = r.DistanceM
	}
	return x
}

type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

func write(t tester, format string, x export.Workout) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := writers[format](&out, x); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return out.Bytes()
}

func parse(t tester, file []byte) recording.Recording {
	t.Helper()
	all, err := recording.Parse(bytes.NewReader(file), recording.DefaultLimits())
	if err != nil {
		t.Fatalf("%v in %.3000s", err, file)
	}
	if len(all) != 1 {
		t.Fatalf("%d recordings", len(all))
	}
	return all[0]
}

// point is the value of a channel at a moment.
type point struct {
	at int64 // Unix, ms
	c  series.Channel
	v  int32
}

func (p point) String() string {
	return fmt.Sprintf("%s %v at %s", p.c, p.c.Value(p.v), time.UnixMilli(p.at).UTC().Format(time.RFC3339Nano))
}

// points gives all values, in order, of the channels that keep says a format can hold there.
func points(from time.Time, samples []series.Table, keep func(at uint32, c series.Channel, v int32) bool) []point {
	var out []point
	for _, table := range samples {
		for _, s := range table.Series() {
			for i, at := range s.T {
				if keep == nil || keep(at, s.Channel, s.V[i]) {
					out = append(out, point{from.UnixMilli() + int64(at), s.Channel, s.V[i]})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b point) int {
		if a.at != b.at {
			return int(a.at - b.at)
		}
		return int(a.c) - int(b.c)
	})
	return out
}

// same compares the points and says where they part.
func same(t tester, format string, got, want []point) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("%s: point %d is %v, want %v", format, i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d points, want %d", format, len(got), len(want))
	}
}

// held says, by what the comments on the writers say, which values a format holds of a workout.
func held(format string, x export.Workout) func(at uint32, c series.Channel, v int32) bool {
	placed := map[uint32]bool{}
	for _, table := range x.Samples {
		lat, lon := table.Column(series.Lat), table.Column(series.Lon)
		for i, at := range table.T {
			placed[at] = placed[at] || lat != nil && lon != nil && lat[i] != series.Absent && lon[i] != series.Absent
		}
	}
	return func(at uint32, c series.Channel, v int32) bool {
		tooFast := c == series.CadenceRPM && v > 254
		switch format {
		case "gpx":
			return placed[at] && !tooFast && c != series.DistanceM && c != series.Resistance && c != series.InclinePct
		case "tcx":
			return !tooFast && c != series.Resistance && c != series.InclinePct
		default:
			return true
		}
	}
}

// recordings are those of the other tests' files, and what made them.
func recordings(t *testing.T) map[string]recording.Recording {
	t.Helper()
	o := recordingtest.Options{Seconds: 900, Laps: 3, Title: "Lunch <ride> & \"back\"", Serial: 4711}
	indoor, run := o, o
	indoor.Indoor = true
	run.Sport = recording.Run
	out := map[string]recording.Recording{}
	for name, o := range map[string]recordingtest.Options{
		"ride": o, "indoor": indoor, "run": run, "no heart": {NoHeart: true}, "no power": {NoPower: true, NoDistance: true},
	} {
		out[name+" from FIT"] = parse(t, recordingtest.RideFIT(o))
		out[name+" from TCX"] = parse(t, recordingtest.RideTCX(o))
		if !o.Indoor {
			out[name+" from GPX"] = parse(t, recordingtest.RideGPX(o))
		}
	}
	return out
}

func TestEverySampleComesBack(t *testing.T) {
	t.Parallel()
	for name, r := range recordings(t) {
		x := opened(r)
		for _, format := range []string{"fit", "tcx", "gpx"} {
			if format == "gpx" && r.Table(series.Place).T == nil {
				continue
			}
			back := parse(t, write(t, format, x))
			same(t, name+" as "+format, points(back.StartedAt, back.Samples, nil), points(x.StartedAt, x.Samples, held(format, x)))
		}
		if back := parse(t, write(t, "fit", x)); back.Fingerprint() != r.Fingerprint() {
			t.Errorf("%s: as FIT it would be another recording", name)
		}
	}
}

// near compares figures; a tolerance below zero is for those that the format doesn't hold.
func near(t *testing.T, what string, got, want *float64, tolerance float64) {
	t.Helper()
	switch {
	case tolerance < 0:
	case (got == nil) != (want == nil):
		t.Errorf("%s: present %v, want %v", what, got != nil, want != nil)
	case got != nil && math.Abs(*got-*want) > tolerance:
		t.Errorf("%s is %v, want %v", what, *got, *want)
	}
}

func TestLapsAndSummaryComeBack(t *testing.T) {
	t.Parallel()
	for name, r := range recordings(t) {
		back := parse(t, write(t, "fit", opened(r)))
		if back.Sport != r.Sport || back.Indoor != r.Indoor || back.Title != r.Title || back.Device.Name != r.Device.Name ||
			!back.StartedAt.Equal(r.StartedAt) || back.DurationS != r.DurationS || math.Abs(back.MovingS-r.MovingS) > 0.001 {
			t.Errorf("%s as FIT: %+v", name, back)
		}
		near(t, name+" as FIT: distance", back.DistanceM, r.DistanceM, 0.01)
		near(t, name+" as FIT: calories", back.CaloriesKcal, r.CaloriesKcal, 0.5)
		near(t, name+" as FIT: work", back.OutputKJ, r.OutputKJ, 0.001)
		near(t, name+" as FIT: ascent", back.Place.AscentM, r.Place.AscentM, 0.5)
		near(t, name+" as FIT: average power", back.Effort.AvgPowerW, r.Effort.AvgPowerW, 0)
		near(t, name+" as FIT: highest heart rate", back.Heart.MaxBPM, r.Heart.MaxBPM, 0)
		laps(t, name+" as FIT", back, r)
		back = parse(t, write(t, "tcx", opened(r)))
		if back.DurationS != r.DurationS || back.MovingS != r.MovingS || back.Device != (recording.Device{Name: r.Device.Name}) {
			t.Errorf("%s as TCX: %v s, %v s moving, %+v", name, back.DurationS, back.MovingS, back.Device)
		}
		near(t, name+" as TCX: calories", back.CaloriesKcal, r.CaloriesKcal, 0.5)
		laps(t, name+" as TCX", back, r)
	}
}

func laps(t *testing.T, name string, got, want recording.Recording) {
	t.Helper()
	if len(want.Laps) == 0 {
		if len(got.Laps) != 1 || got.Laps[0].StartS != 0 || got.Laps[0].DurationS != want.DurationS {
			t.Errorf("%s: laps %+v", name, got.Laps)
		}
		return
	}
	if len(got.Laps) != len(want.Laps) {
		t.Fatalf("%s: %d laps, want %d", name, len(got.Laps), len(want.Laps))
	}
	for i, l := range want.Laps {
		g := got.Laps[i]
		if g.StartS != l.StartS || g.DurationS != l.DurationS {
			t.Errorf("%s: lap %d from %v for %v s, want from %v for %v s", name, i, g.StartS, g.DurationS, l.StartS, l.DurationS)
		}
		near(t, name+": a lap's distance", g.DistanceM, l.DistanceM, 0.01)
		near(t, name+": a lap's power", g.Effort.AvgPowerW, l.Effort.AvgPowerW, 0)
		near(t, name+": a lap's speed", g.Effort.AvgSpeedMPS, l.Effort.AvgSpeedMPS, 0)
		near(t, name+": a lap's heart rate", g.Heart.AvgBPM, l.Heart.AvgBPM, 0)
	}
}

func TestWhatCantBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	for name, x := range broken() {
		for format, to := range writers {
			var out bytes.Buffer
			if err := to(&out, x); err == nil || out.Len() > 0 {
				t.Errorf("%s as %s: %v, and %d bytes", name, format, err, out.Len())
			}
		}
	}
	typed := export.Workout{Sport: recording.Yoga, StartedAt: start, DurationS: 1800, CaloriesKcal: new(90.0)}
	heart := typed
	heart.Samples = []series.Table{{Family: series.Heart, T: []uint32{0}, Columns: []series.Column{{Channel: series.HeartRateBPM, V: []int32{99}}}}}
	half := typed
	half.Samples = []series.Table{{Family: series.Place, T: []uint32{0}, Columns: []series.Column{{Channel: series.Lat, V: []int32{99}}}}}
	for format, want := range map[string]error{"gpx": export.ErrNoTrack, "csv": export.ErrNoSamples} {
		if err := writers[format](io.Discard, typed); !errors.Is(err, want) {
			t.Errorf("%s without samples: %v", format, err)
		}
	}
	for _, x := range []export.Workout{heart, half} {
		if err := export.GPX(io.Discard, x); !errors.Is(err, export.ErrNoTrack) {
			t.Errorf("GPX without a position: %v", err)
		}
	}
	for _, format := range []string{"fit", "tcx"} {
		back := parse(t, write(t, format, typed))
		if back.DurationS != 1800 || *back.CaloriesKcal != 90 || len(back.Samples) != 0 {
			t.Errorf("%s without samples: %+v", format, back)
		}
	}
}

func broken() map[string]export.Workout {
	good := export.Workout{Sport: recording.Ride, StartedAt: start, DurationS: 60}
	change := func(how func(x *export.Workout)) export.Workout {
		x := good
		x.Samples = []series.Table{{
			Family: series.Place, T: []uint32{0, 1000},
			Columns: []series.Column{{Channel: series.Lat, V: []int32{1, 2}}, {Channel: series.Lon, V: []int32{1, 2}}},
		}}
		how(&x)
		return x
	}
	return map[string]export.Workout{
		"no start":      change(func(x *export.Workout) { x.StartedAt = time.Time{} }),
		"far away":      change(func(x *export.Workout) { x.StartedAt = start.AddDate(100, 0, 0) }),
		"no length":     change(func(x *export.Workout) { x.DurationS = math.NaN() }),
		"endless":       change(func(x *export.Workout) { x.DurationS = math.Inf(1) }),
		"backwards":     change(func(x *export.Workout) { x.DurationS = -1 }),
		"no timer":      change(func(x *export.Workout) { x.MovingS = new(math.NaN()) }),
		"a lap before":  change(func(x *export.Workout) { x.Laps = []recording.Lap{{StartS: -1}} }),
		"an odd lap":    change(func(x *export.Workout) { x.Laps = []recording.Lap{{DurationS: math.Inf(1)}} }),
		"unsorted":      change(func(x *export.Workout) { x.Samples[0].T = []uint32{5, 4} }),
		"short columns": change(func(x *export.Workout) { x.Samples[0].Columns[1].V = []int32{1} }),
		"twice":         change(func(x *export.Workout) { x.Samples = append(x.Samples, x.Samples[0]) }),
		"a month later": change(func(x *export.Workout) { x.Samples[0].T[1] = math.MaxUint32 }),
	}
}

// A writer that breaks says so, in every format.
func TestTheWritersTroubleIsSaid(t *testing.T) {
	t.Parallel()
	x := opened(parse(t, recordingtest.RideFIT(recordingtest.Options{})))
	for format, to := range writers {
		for _, after := range []int{0, 5000} {
			if err := to(&breaking{left: after}, x); !errors.Is(err, errBroken) {
				t.Errorf("%s: %v", format, err)
			}
		}
	}
}

var errBroken = errors.New("the line is dead")

type breaking struct{ left int }

func (b *breaking) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return b.left, errBroken
	}
	b.left -= len(p)
	return len(p), nil
}
