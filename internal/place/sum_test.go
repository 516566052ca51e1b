package place_test

import (
	"math"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

func near(got *float64, want, within float64) bool {
	return got != nil && math.Abs(*got-want) <= within
}

// altitudes gives a track heights in metres, one for each sample; NaN is none.
func altitudes(tr series.Table, metres ...float64) series.Table {
	for i, m := range metres {
		tr.Columns[2].V[i] = series.AltitudeM.Steps(m)
	}
	return tr
}

func TestSum(t *testing.T) {
	through := track(1, line(0, 2000, 10)...)
	hill := make([]float64, 201) // 100 m up, to the middle of the zone, down a cliff and on down
	for i := range hill {
		hill[i] = 100 - math.Abs(float64(i-100))
		if i > 100 {
			hill[i] -= 30
		}
	}
	altitudes(through, hill...)
	v := place.Cut(through, length(through), []place.Zone{at(1000)})
	s := v.Sum(through) // 0 to 790 m, and 1210 to 2000 m
	if !near(s.DistanceM, 1580, 0.1) || !near(s.AscentM, 78, 0.01) || !near(s.DescentM, 78, 0.01) || s.Moving != 158*time.Second || s.Duration != 159*time.Second {
		t.Errorf("through the zone: %v m in %v of %v, %v m up, %v m down", *s.DistanceM, s.Moving, s.Duration, *s.AscentM, *s.DescentM)
	}
	s = place.Cut(through, length(through), nil).Sum(through)
	if !near(s.DistanceM, 2000, 0.1) || !near(s.AscentM, 99, 0.01) || !near(s.DescentM, 130, 2) || s.Duration != 200*time.Second {
		t.Errorf("in full: %v m, %v m up, %v m down", *s.DistanceM, *s.AscentM, *s.DescentM)
	}
}

func TestSumOfWhatDevicesDo(t *testing.T) {
	far := []place.Zone{at(90_000)}
	still := func(n int) (out []*xy) {
		for range n {
			out = append(out, &xy{100, 0})
		}
		return out
	}
	for _, c := range []struct {
		name             string
		track            series.Table
		metres, up, down float64
		moving           time.Duration
	}{
		{"standing", altitudes(track(1, append(line(0, 100, 10), still(60)...)...)), 100, 0, 0, 10 * time.Second},
		{"a leap of 5 km", track(1, append(line(0, 50, 10), &xy{5000, 0}, &xy{60, 0}, &xy{70, 0})...), 60, 6, 4, 6 * time.Second},
		{"positions lost for 10 s", track(1, append(line(0, 50, 10), append(make([]*xy, 9), line(150, 200, 10)...)...)...), 200, 12, 12, 20 * time.Second},
		{"noise of 2 m is no climb", altitudes(track(1, line(0, 60, 10)...), 100, 102, 100, 98, 100, 102, 100), 60, 0, 0, 6 * time.Second},
		{"up by 5 m in steps of 2 m", altitudes(track(1, line(0, 60, 10)...), 100, 102, 104, 105, 105, 105, 105), 60, 4, 0, 6 * time.Second},
		{"altitudes lost", altitudes(track(1, line(0, 60, 10)...), 100, math.NaN(), math.NaN(), 110, math.NaN(), 107, 107), 60, 10, 3, 6 * time.Second},
	} {
		s := place.Cut(c.track, length(c.track), far).Sum(c.track)
		if c.name == "standing" || c.name == "a leap of 5 km" || c.name == "positions lost for 10 s" {
			c.up, c.down = *s.AscentM, *s.DescentM // not what these are about
		}
		if !near(s.DistanceM, c.metres, 0.05) || !near(s.AscentM, c.up, 0.01) || !near(s.DescentM, c.down, 0.01) || s.Moving != c.moving {
			t.Errorf("%s: %v m in %v, %v m up, %v m down", c.name, *s.DistanceM, s.Moving, *s.AscentM, *s.DescentM)
		}
	}

	flatLand := track(1, line(0, 60, 10)...)
	flatLand.Columns = flatLand.Columns[:2]
	if s := place.Cut(flatLand, time.Minute, far).Sum(flatLand); s.AscentM != nil || s.DescentM != nil || !near(s.DistanceM, 60, 0.05) {
		t.Errorf("without altitudes: %+v", s)
	}
	if s := place.Cut(series.Table{Family: series.Place}, time.Minute, far).Sum(series.Table{Family: series.Place}); s != (place.Sum{Duration: time.Minute}) {
		t.Errorf("of nothing: %+v", s)
	}
}

func TestSplits(t *testing.T) {
	through := track(1, line(0, 2000, 10)...)
	cut := place.Cut(through, length(through), []place.Zone{at(1000)}) // 0 to 79 s, then 80 to 159 s
	whole := place.Cut(through, length(through), nil)
	for _, c := range []struct {
		name  string
		v     place.Visible
		track series.Table
		every float64
		want  []float64 // when each ends, in seconds
		last  float64   // how long the last is, in metres
	}{
		{"in full", whole, through, 500, []float64{50, 100, 150, 200}, 500},
		{"in full, with a rest", whole, through, 1500, []float64{150, 200}, 500},
		{"one is enough", whole, through, 5000, []float64{200}, 2000},
		// 500 m at 50 s; 1000 m after 290 m before the break and 210 m after it.
		{"cut", cut, through, 500, []float64{50, 101, 151, 159}, 80},
		{"several in a leg", whole, track(100, &xy{0, 0}, &xy{1000, 0}, &xy{1050, 0}), 250, []float64{25, 50, 75, 100, 200}, 50},
		{"none so short", whole, through, 99, nil, 0},
		{"none of no number", whole, through, math.NaN(), nil, 0},
		{"one of infinity", whole, through, math.Inf(1), []float64{200}, 2000},
		{"of nothing", place.Visible{}, through, 500, nil, 0},
	} {
		v := c.v
		if v.Whole() {
			v = place.Cut(c.track, length(c.track), nil)
		}
		// A hair less than every 500 m, as positions come in centimetres.
		got := v.Splits(c.track, c.every-c.every*1e-4)
		if math.IsInf(c.every, 1) || math.IsNaN(c.every) {
			got = v.Splits(c.track, c.every)
		}
		if len(got) > len(c.want) && got[len(got)-1].DistanceM < 1 { // the hairs
			got = got[:len(got)-1]
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", c.name, got)
			continue
		}
		from := time.Duration(0)
		for i, s := range got {
			if math.Abs(s.To.Seconds()-c.want[i]) > 0.1 || s.From != from {
				t.Errorf("%s: split %d goes from %v to %v", c.name, i, s.From, s.To)
			}
			from = s.To
		}
		if n := len(got); n > 0 && math.Abs(got[n-1].DistanceM-c.last) > 1 {
			t.Errorf("%s: the last has %v m", c.name, got[n-1].DistanceM)
		}
	}
}

func TestSplitsAreBounded(t *testing.T) {
	long := track(100_000, line(0, 1_500_000, 500_000)...) // 28 hours
	got := place.Cut(long, length(long), nil).Splits(long, place.MinSplitM)
	total := 0.0
	for _, s := range got {
		total += s.DistanceM
	}
	if len(got) != place.MaxSplits || math.Abs(total-1_500_000) > 20_000 {
		t.Errorf("%d splits of %.0f m", len(got), total)
	}
}
