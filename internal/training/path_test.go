package training_test

import (
	"math"
	"slices"
	"testing"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// leg is so many metres in so many seconds.
type leg struct{ metres, seconds float64 }

// counter is a distance counter with a sample at the end of each leg.
func counter(start float64, legs ...leg) series.Series {
	s := series.Series{Channel: series.DistanceM, T: []uint32{0}, V: []int32{series.DistanceM.Steps(start)}}
	at := 0.0
	for _, l := range legs {
		start, at = start+l.metres, at+l.seconds
		s.T, s.V = append(s.T, uint32(at*1000)), append(s.V, series.DistanceM.Steps(start))
	}
	return s
}

func TestFastest(t *testing.T) {
	t.Parallel()
	const no = 0
	for name, c := range map[string]struct {
		path training.Path
		want map[int]float64 // seconds
	}{
		"even": {training.Counted(counter(0, leg{5000, 1250})), map[int]float64{400: 100, 5000: 1250, 10_000: no}},
		"exactly, from a counter that ran before": {training.Counted(counter(12.34, leg{3333.33, 800}, leg{6666.67, 1700})), map[int]float64{10_000: 2500, 15_000: no}},
		"a fast kilometre": {training.Counted(counter(0, leg{2000, 500}, leg{1000, 200}, leg{2000, 500})),
			map[int]float64{800: 160, 1000: 200, 1609: 200 + 609/4.0, 5000: 1200}},
		"a pause":        {training.Counted(counter(0, leg{2000, 500}, leg{0, 60}, leg{2000, 500})), map[int]float64{1000: 250, 3219: 3219/4.0 + 60}},
		"begins anew":    {training.Counted(counter(3000, leg{800, 200}, leg{-3800, 1}, leg{800, 200})), map[int]float64{800: 200, 1000: 251, 1609: no}},
		"leaps":          {training.Counted(counter(0, leg{400, 100}, leg{50_000, 1}, leg{400, 100})), map[int]float64{400: 100, 800: 201, 1000: no}},
		"never reached":  {training.Counted(counter(0, leg{300, 75})), map[int]float64{400: no}},
		"stands":         {training.Counted(counter(500, leg{0, 75})), map[int]float64{400: no}},
		"two pieces":     {training.Counted(counter(0, leg{300, 75}), counter(300, leg{300, 75})), map[int]float64{400: no}},
		"best of pieces": {training.Counted(counter(0, leg{400, 100}), counter(0, leg{400, 90})), map[int]float64{400: 90, 800: no}},
		"nothing":        {training.Counted(), map[int]float64{400: no}},
	} {
		d, _ := training.DigestPath(c.path, recording.Run)
		got := map[int]float64{}
		for _, f := range d.Fastest {
			got[f.DistanceM] = f.DurationS
		}
		for metres, seconds := range c.want {
			if math.Abs(got[metres]-seconds) > 0.001 {
				t.Errorf("%s: %d m in %v s, not %v", name, metres, got[metres], seconds)
			}
		}
	}
	if d, _ := training.DigestPath(training.Counted(counter(0, leg{5000, 1250})), recording.Yoga); d.Fastest != nil {
		t.Error("yoga has distances")
	}
}

func point(second int, lat, lon float64) training.Position {
	return training.Position{AtMS: uint32(second) * 1000, Point: place.Point{Lat: lat, Lon: lon}}
}

// A degree of latitude is π/180 · 6 371 008.8 m = 111 195.08 m, and so is one of longitude on the equator.
func TestATrackIsMeasuredOnTheSphere(t *testing.T) {
	t.Parallel()
	const degree = 111_195.08
	var north, east, high []training.Position
	for i := range 11 {
		high = append(high, point(i*25, 60, 0.002*float64(i))) // cos 60° is a half
		north = append(north, point(i*25, 45+0.001*float64(i), 7))
		east = append(east, point(i*25, 0, 179.995+0.001*float64(i)))
	}
	for i := range east {
		if east[i].Lon > 180 { // across the date line
			east[i].Lon -= 360
		}
	}
	north = append(north, point(251, 46, 7), point(252, 91, 7))
	for name, track := range map[string][]training.Position{
		"north": north, "east": east, "at 60°": high,
		"with what is no position": slices.Concat(north[:5], []training.Position{point(101, math.NaN(), 7), point(102, 45.004, 187)}, north[5:]),
	} {
		d, _ := training.DigestPath(training.Tracked(track), recording.Run)
		if len(d.Fastest) != 3 {
			t.Fatalf("%s: %v", name, d)
		}
		near(t, name+": 1000 m", d.Fastest[2].DurationS, 1000/(degree*0.001/25), 0.01)
	}
	apart, _ := training.DigestPath(training.Tracked(north[:5], north[6:]), recording.Run)
	if len(apart.Fastest) != 1 { // each piece has 400 m, none 800
		t.Errorf("two pieces: %v", apart)
	}
}

func TestSplits(t *testing.T) {
	t.Parallel()
	split := func(every float64, pieces ...series.Series) []training.Part {
		return mustOpen(t, training.Splits(own(t), guard(privacy.Effort, training.Counted(pieces...)), every))
	}
	type row struct{ start, duration, metres float64 }
	for name, c := range map[string]struct {
		got  []training.Part
		want []row
	}{
		"a rest":     {split(1000, counter(0, leg{1000, 250}, leg{1500, 300})), []row{{0, 250, 1000}, {250, 200, 1000}, {450, 100, 500}}},
		"even":       {split(1000, counter(77, leg{2000, 500})), []row{{0, 250, 1000}, {250, 250, 1000}}},
		"a pause":    {split(1000, counter(0, leg{1000, 250}, leg{0, 60}, leg{1000, 250})), []row{{0, 250, 1000}, {250, 310, 1000}}},
		"miles":      {split(1609.344, counter(0, leg{3218.69, 800})), []row{{0, 400, 1609.344}, {400, 400, 1609.344}}},
		"two pieces": {split(1000, counter(0, leg{1200, 300}), counter(0, leg{400, 100})), []row{{0, 250, 1000}, {250, 50, 200}, {0, 100, 400}}},
		"standing":   {split(1000, counter(5, leg{0, 60})), nil},
		"nothing":    {split(1000), nil},
	} {
		if len(c.got) != len(c.want) {
			t.Errorf("%s: %d splits", name, len(c.got))
			continue
		}
		for i, w := range c.want {
			near(t, name+": start", c.got[i].StartS, w.start, 0.01)
			near(t, name+": duration", c.got[i].DurationS, w.duration, 0.01)
			near(t, name+": metres", *c.got[i].DistanceM, w.metres, 0.01)
		}
	}
	if n := len(split(1, counter(0, leg{50_000, 10_000}))); n != 2000 {
		t.Errorf("%d splits", n)
	}
	for _, every := range []float64{0, -1, 0.5, math.NaN(), math.Inf(1)} {
		isClosed(t, "splits of nothing", training.Splits(own(t), guard(privacy.Effort, training.Counted(counter(0, leg{10, 10}))), every))
	}
}

func TestLapsAndTheirMeans(t *testing.T) {
	t.Parallel()
	laps := training.Laps(own(t), guard(privacy.Effort, []training.Part{
		{StartS: 0, DurationS: 10}, {StartS: 5, DurationS: 10}, {StartS: 100, DurationS: 10}, {StartS: math.NaN()}, {DurationS: -1},
	}))
	if n := len(mustOpen(t, laps)); n != 3 {
		t.Fatalf("%d laps", n)
	}
	bpm := perSecond(series.HeartRateBPM, times(10, 120, 10, 160)...)
	means := mustOpen(t, training.Means(own(t), laps, guard(privacy.HeartRate, bpm)))
	if len(means) != 3 || means[0] == nil || *means[0] != 120 || means[1] == nil || *means[1] != 140 || means[2] != nil {
		t.Errorf("means are %v", means)
	}
	// In the channel's unit: speed has steps of a millimetre a second.
	speed := mustOpen(t, training.Means(own(t), laps, guard(privacy.Effort, perSecond(series.SpeedMPS, times(10, 3000)...))))
	near(t, "the mean speed", *speed[0], 3, 1e-9)
	// A lap that ends in a pause has the mean of what there was before.
	bpm.T[10] += 3_600_000
	bpm.T, bpm.V = bpm.T[:11], bpm.V[:11]
	pause := training.Laps(own(t), guard(privacy.Effort, []training.Part{{StartS: 0, DurationS: 60}, {StartS: 60, DurationS: 60}}))
	if means = mustOpen(t, training.Means(own(t), pause, guard(privacy.HeartRate, bpm))); means[0] == nil || *means[0] != 120 || means[1] != nil {
		t.Errorf("means around a pause are %v", means)
	}
	none := mustOpen(t, training.Means(own(t), laps, guard(privacy.Effort, series.Series{Channel: series.SpeedMPS})))
	if len(none) != 3 || none[0] != nil {
		t.Errorf("means of nothing are %v", none)
	}
}
