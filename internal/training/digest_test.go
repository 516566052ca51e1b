package training_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

func best(t *testing.T, p training.Power, seconds int) training.Best {
	t.Helper()
	for _, b := range p.Best {
		if b.DurationS == seconds {
			return b
		}
	}
	t.Fatalf("no best of %d s", seconds)
	return training.Best{}
}

func TestBestPower(t *testing.T) {
	t.Parallel()
	p := power(t, times(60, 100, 10, 400, 60, 100)...)
	for seconds, want := range map[int]training.Best{
		1: {1, 400, 60}, 10: {10, 400, 60}, 20: {20, 250, 50}, 60: {60, 150, 10}, 120: {120, 125, 0},
	} {
		got := best(t, p, seconds)
		if seconds == 20 || seconds >= 60 {
			got.StartS = want.StartS // several windows are as good
		}
		if got != want {
			t.Errorf("best of %d s is %v, not %v", seconds, got, want)
		}
	}
	if last := p.Best[len(p.Best)-1]; last.DurationS != 120 {
		t.Errorf("130 s have a best of %d s", last.DurationS)
	}
	near(t, "the mean", p.MeanW, (120*100+10*400)/130.0, 1e-9)

	uneven, _ := training.DigestPower(series.Series{Channel: series.PowerW, T: []uint32{500, 4500, 10500}, V: []int32{300, 100, 100}})
	if b := best(t, uneven, 5); b.Watts != 260 || b.StartS != 0.5 { // 4 s of 300 and 1 s of 100
		t.Errorf("uneven samples: %v", b)
	}
	// The best window ends where the effort does: 2 s of 100 and 3 s of 400.
	uneven, _ = training.DigestPower(series.Series{Channel: series.PowerW, T: []uint32{0, 7000, 10_000, 13_000}, V: []int32{100, 400, 0, 0}})
	if b := best(t, uneven, 5); b.Watts != 280 || b.StartS != 5 {
		t.Errorf("an effort that ends: %v", b)
	}
}

// Ten seconds of samples, a gap of 91 s, ten more: the tenth sample stands for 10 s, the rest is a pause.
func TestAGapIsAPause(t *testing.T) {
	t.Parallel()
	s := perSecond(series.PowerW, times(10, 200)...)
	for i := range uint32(10) {
		s.T, s.V = append(s.T, 100_000+i*1000), append(s.V, 200)
	}
	p, _ := training.DigestPower(s)
	if p.Seconds != 19+10 || p.MeanW != 200 || p.NormalizedW != nil {
		t.Errorf("recorded %v s, mean %v, normalised %v", p.Seconds, p.MeanW, p.NormalizedW)
	}
	near(t, "the best of 20 s", best(t, p, 20).Watts, 190, 1e-9)
	near(t, "the best of 90 s", best(t, p, 90).Watts, 200*19/90.0, 1e-9)
	// A minute of 200 W with an hour's rest in it has a normalised power of 200.
	s = perSecond(series.PowerW, times(30, 200)...)
	for i := range uint32(30) {
		s.T, s.V = append(s.T, 3_600_000+i*1000), append(s.V, 200)
	}
	if p, _ = training.DigestPower(s); p.NormalizedW == nil || *p.NormalizedW != 200 {
		t.Errorf("normalised power is %v", p.NormalizedW)
	}
}

func TestNormalizedPower(t *testing.T) {
	t.Parallel()
	if p := power(t, times(29, 200)...); p.NormalizedW != nil {
		t.Error("29 s have a normalised power")
	}
	near(t, "an even ride", *power(t, times(3600, 200)...).NormalizedW, 200, 1e-9)
	// The rolling means are 0, 10, 20, … 300. The fourth powers of 1 to 30 add up to
	// 30·31·61·(3·30²+3·30−1)/30 = 5 273 999; ⁴√(10⁴ · 5 273 999 / 31) = 203.09.
	near(t, "half a minute's effort", *power(t, times(30, 0, 30, 300)...).NormalizedW, 203.09, 0.005)
}

func TestDigestsOfNothing(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]series.Series{
		"empty":         {Channel: series.PowerW},
		"other channel": perSecond(series.CadenceRPM, 90, 90),
		"absent":        perSecond(series.PowerW, series.Absent, series.Absent),
		"impossible":    perSecond(series.PowerW, -1, 5001, math.MaxInt32),
		"no values":     {Channel: series.PowerW, T: []uint32{1, 2, 3}},
	} {
		if p, ok := training.DigestPower(s); ok {
			t.Errorf("%s: %v", name, p)
		}
		if w, ok := training.DigestWatts(s); ok {
			t.Errorf("%s: %v", name, w)
		}
		if h, ok := training.DigestHeart(s); ok {
			t.Errorf("%s: %v", name, h)
		}
		if d, ok := training.DigestPath(training.Counted(s), recording.Run); ok {
			t.Errorf("%s: %v", name, d)
		}
	}
	if h, ok := training.DigestHeart(perSecond(series.HeartRateBPM, 0, 19, 251)); ok {
		t.Errorf("a strap without contact: %v", h)
	}
	if one := power(t, 300); one.Seconds != 1 || one.MeanW != 300 || len(one.Best) != 1 {
		t.Errorf("a single sample: %v", one)
	}
}

func TestSamplesOutOfOrder(t *testing.T) {
	t.Parallel()
	s := series.Series{Channel: series.PowerW, T: []uint32{2000, 0, 1000, 1000, 3000}, V: []int32{300, 100, 200, 999, series.Absent}}
	p, _ := training.DigestPower(s)
	w, _ := training.DigestWatts(s)
	if p.Seconds != 3 || p.MeanW != 200 || w.Low != 100 || len(w.Seconds) != 201 || best(t, p, 2).Watts != 250 {
		t.Errorf("%v s, %v W, from %d", p.Seconds, p.MeanW, w.Low)
	}
	if s.T[0] != 2000 {
		t.Error("the samples were changed")
	}
}

// Bests are those that trying every second gives, the histogram and the mean hold the same time and work.
func TestDigestIsWhatAddingUpGives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int32Range(0, 1500), 1, 100).Draw(t, "watts")
		p, _ := training.DigestPower(perSecond(series.PowerW, values...))
		got := map[int]float64{}
		for _, b := range p.Best {
			got[b.DurationS] = b.Watts
		}
		for _, d := range training.Durations() {
			want, has := -1.0, false
			for i := 0; i+d <= len(values); i++ {
				sum := 0.0
				for _, v := range values[i : i+d] {
					sum += float64(v)
				}
				want, has = max(want, sum/float64(d)), true
			}
			if watts, is := got[d]; is != has || has && math.Abs(watts-want) > 1e-9 {
				t.Fatalf("best of %d s is %v, not %v", d, watts, want)
			}
		}
		seconds, work := 0.0, 0.0
		w, _ := training.DigestWatts(perSecond(series.PowerW, values...))
		for i, s := range w.Seconds {
			seconds, work = seconds+s, work+s*float64(w.Low+i)
		}
		if math.Abs(seconds-p.Seconds) > 1e-6 || math.Abs(work-p.MeanW*p.Seconds) > 1e-3 || int(p.Seconds) != len(values) {
			t.Fatalf("%v s and %v J in the histogram, %v s and %v W", seconds, work, p.Seconds, p.MeanW)
		}
	})
}

// Whatever the samples, the figures are numbers.
func TestAnySamplesGiveNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := series.Series{
			Channel: series.PowerW,
			T:       rapid.SliceOfN(rapid.Uint32(), 0, 50).Draw(t, "times"),
			V:       rapid.SliceOfN(rapid.Int32(), 0, 50).Draw(t, "values"),
		}
		p, _ := training.DigestPower(s)
		for _, b := range p.Best {
			if !(b.Watts >= 0 && b.Watts <= 5000 && b.StartS >= 0) {
				t.Fatalf("%v", b)
			}
		}
		s.Channel = series.DistanceM
		d, _ := training.DigestPath(training.Counted(s), recording.Run)
		for _, f := range d.Fastest {
			if !(f.DurationS > 0 && f.StartS >= 0) || float64(f.DistanceM)/f.DurationS > 60.1 {
				t.Fatalf("%v", f)
			}
		}
	})
}

func TestHugeInput(t *testing.T) {
	t.Parallel()
	s := series.Series{Channel: series.PowerW}
	for i := range uint32(series.MaxSamples) {
		s.T, s.V = append(s.T, i*10_000), append(s.V, int32(i%400))
	}
	if p, ok := training.DigestPower(s); !ok || p.Seconds != series.MaxSamples*10 || len(p.Best) != len(training.Durations()) {
		t.Errorf("%v s", p.Seconds)
	}
}

// What was sealed is read again: the names stay as they are.
func TestDigestsAreStoredAsTheyWere(t *testing.T) {
	t.Parallel()
	far, _ := training.DigestPath(training.Counted(counter(0, leg{400, 100})), recording.Run)
	for want, digest := range map[string]any{
		`{"seconds":1,"mean_w":200,"best":[{"duration_s":1,"watts":200,"start_s":0}]}`: power(t, 200),
		`{"bpm":{"low":120,"seconds":[1,0,1]}}`:                                        heart(t, 120, 122),
		`{"fastest":[{"distance_m":400,"duration_s":100,"start_s":0}]}`:                far,
	} {
		if got, err := json.Marshal(digest); err != nil || string(got) != want {
			t.Errorf("%s, %v, not %s", got, err, want)
		}
	}
	if got, _ := json.Marshal(power(t, times(30, 200)...)); !strings.Contains(string(got), `"normalized_w":200`) {
		t.Errorf("%s", got)
	}
}
