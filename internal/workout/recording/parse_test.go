package recording_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

func parse(t *testing.T, file []byte) []recording.Recording {
	t.Helper()
	all, err := recording.Parse(bytes.NewReader(file), recording.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func only(t *testing.T, file []byte) recording.Recording {
	t.Helper()
	all := parse(t, file)
	if len(all) != 1 {
		t.Fatalf("%d recordings, want one", len(all))
	}
	return all[0]
}

func column(r recording.Recording, c series.Channel) []int32 {
	return r.Table(c.Family()).Column(c)
}

func near(t *testing.T, what string, got *float64, want, tolerance float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s is absent, want %v", what, want)
	} else if math.Abs(*got-want) > tolerance {
		t.Errorf("%s is %v, want %v", what, *got, want)
	}
}

func TestTheSameRideInEveryFormat(t *testing.T) {
	t.Parallel()
	ride := recordingtest.Make(recordingtest.Options{Seconds: 900, Laps: 3, Title: "Lunch <ride>", Serial: 4711})
	last := ride.Points[899]
	for format, file := range map[string][]byte{
		"fit": recordingtest.FIT(recordingtest.FITForm{}, ride),
		"tcx": recordingtest.TCX(ride),
		"gpx": recordingtest.GPX(ride),
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			r := only(t, file)
			if r.Sport != recording.Ride || r.Indoor || !r.StartedAt.Equal(ride.Start) {
				t.Errorf("%s, indoor %v, at %v", r.Sport, r.Indoor, r.StartedAt)
			}
			if r.DurationS < 899 || r.DurationS > 900 || r.MovingS > r.DurationS || r.MovingS < 899 {
				t.Errorf("%v s, %v s moving", r.DurationS, r.MovingS)
			}
			for _, c := range []series.Channel{series.PowerW, series.CadenceRPM, series.HeartRateBPM, series.Lat, series.Lon, series.AltitudeM} {
				if got := len(column(r, c)); got != 900 {
					t.Errorf("%d samples of %s", got, c)
				}
			}
			for i, p := range ride.Points {
				for c, want := range map[series.Channel]float64{
					series.PowerW: p.PowerW, series.CadenceRPM: math.Trunc(p.CadenceRPM), series.HeartRateBPM: p.HeartBPM,
				} {
					if got := c.Value(column(r, c)[i]); got != want {
						t.Fatalf("second %d: %s is %v, want %v", i, c, got, want)
					}
				}
				if got := series.Lat.Value(column(r, series.Lat)[i]); math.Abs(got-p.Lat) > 2e-7 {
					t.Fatalf("second %d: latitude is %v, want %v", i, got, p.Lat)
				}
			}
			near(t, "average heart rate", r.Heart.AvgBPM, 150, 25)
			near(t, "maximal power", r.Effort.MaxPowerW, 225, 30)
			near(t, "work", r.OutputKJ, 150, 30)
			near(t, "distance", r.DistanceM, last.DistanceM, 15)
			near(t, "start", r.Place.StartLat, 47, 1e-6)
			near(t, "end", r.Place.EndLat, last.Lat, 1e-6)
			near(t, "ascent", r.Place.AscentM, 70, 30)
			if format == "gpx" {
				if !r.DistanceFromPlace || r.Effort.AvgSpeedMPS != nil {
					t.Error("what was computed from the track must say so, and speed keeps out")
				}
				return
			}
			near(t, "average speed", r.Effort.AvgSpeedMPS, last.DistanceM/900, 0.1)
			near(t, "last distance", new(series.DistanceM.Value(column(r, series.DistanceM)[899])), last.DistanceM, 0.01)
			if len(r.Laps) != 3 || r.Laps[1].StartS != 300 || r.Laps[1].DurationS != 300 || r.DistanceFromPlace {
				t.Errorf("laps are %+v", r.Laps)
			}
			near(t, "lap's power", r.Laps[1].Effort.AvgPowerW, 180, 40)
			near(t, "lap's distance", r.Laps[1].DistanceM, ride.Points[600].DistanceM-ride.Points[300].DistanceM, 1)
			near(t, "calories", r.CaloriesKcal, 150, 50)
			if r.Device != (recording.Device{Name: "Paceline Bike", Serial: "4711"}) {
				t.Errorf("device is %+v", r.Device)
			}
		})
	}
}

func TestTitles(t *testing.T) {
	t.Parallel()
	o := recordingtest.Options{Title: "Lunch <ride>\u202e\x07 & more", Seconds: 60}
	for format, file := range map[string][]byte{"fit": recordingtest.RideFIT(o), "gpx": recordingtest.RideGPX(o)} {
		title := only(t, file).Title
		if format == "gpx" { // XML can't hold the bell; it becomes a replacement character
			title = string(bytes.ReplaceAll([]byte(title), []byte("\ufffd"), nil))
		}
		if title != "Lunch <ride> & more" {
			t.Errorf("%s: %q", format, title)
		}
	}
}

func TestFamiliesKeepTheirOwnTime(t *testing.T) {
	t.Parallel()
	r := only(t, recordingtest.RideFIT(recordingtest.Options{Indoor: true, NoHeart: true, Seconds: 60}))
	if len(r.Samples) != 1 || r.Samples[0].Family != series.Effort || !r.Indoor {
		t.Fatalf("an indoor ride without a strap has %d families", len(r.Samples))
	}
	if r.Heart != (recording.Heart{}) || r.Place != (recording.Place{}) {
		t.Errorf("figures of nothing: %+v %+v", r.Heart, r.Place)
	}
	if len(column(r, series.Resistance)) != 60 {
		t.Error("resistance is missing")
	}
	near(t, "resistance", r.Effort.AvgResistance, 70, 20)
}

func TestCompressedFilesAreTheSame(t *testing.T) {
	t.Parallel()
	for _, file := range [][]byte{
		recordingtest.RideFIT(recordingtest.Options{}), recordingtest.RideTCX(recordingtest.Options{}), recordingtest.RideGPX(recordingtest.Options{}),
	} {
		if diff := cmp.Diff(parse(t, file), parse(t, zip(t, file))); diff != "" {
			t.Error(diff)
		}
	}
}

func zip(t testing.TB, file []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFingerprintIsOfTheContent(t *testing.T) {
	t.Parallel()
	o := recordingtest.Options{Seconds: 120, Laps: 2}
	base := only(t, recordingtest.RideFIT(o))
	same := map[string]recording.Recording{
		"summary first":   only(t, recordingtest.FIT(recordingtest.FITForm{SummaryFirst: true}, recordingtest.Make(o))),
		"developer power": only(t, recordingtest.FIT(recordingtest.FITForm{DeveloperPower: true}, recordingtest.Make(o))),
		"another device":  only(t, recordingtest.RideFIT(recordingtest.Options{Seconds: 120, Device: "Other", Serial: 9, Title: "x"})),
	}
	for name, r := range same {
		if r.Fingerprint() != base.Fingerprint() {
			t.Errorf("%s: another fingerprint", name)
		}
	}
	seen := map[[32]byte]string{base.Fingerprint(): "base"}
	for name, other := range map[string]recordingtest.Options{
		"another day's noise": {Seconds: 120, Seed: 1},
		"a second later":      {Seconds: 120, Start: base.StartedAt.Add(time.Second)},
		"a second longer":     {Seconds: 121},
		"no heart":            {Seconds: 120, NoHeart: true},
		"another sport":       {Seconds: 120, Sport: recording.Hike},
	} {
		r := only(t, recordingtest.RideFIT(other))
		if twin, known := seen[r.Fingerprint()]; known {
			t.Errorf("%s has the fingerprint of %s", name, twin)
		}
		seen[r.Fingerprint()] = name
	}
}
