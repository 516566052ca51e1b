package place_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

const gone = series.Absent

// passingHome is 79 s in sight, 42 s not, and 79 s in sight.
func passingHome() (series.Table, place.Visible) {
	tr := track(1, line(0, 2000, 10)...)
	return tr, place.Cut(tr, length(tr), []place.Zone{at(1000)})
}

func TestOthersSeeTimesOfTheVisiblePart(t *testing.T) {
	tr := track(1, line(0, 2000, 10)...)
	v := place.Cut(tr, length(tr), []place.Zone{at(0), at(1000)}) // 21 to 79 s and 121 to 200 s
	if diff := cmp.Diff(seconds(0, 58, 59, 138), v.Parts()); diff != "" {
		t.Error(diff)
	}
	if v.Start() != 21*time.Second || v.Duration() != 138*time.Second {
		t.Errorf("it starts %v later and lasts %v", v.Start(), v.Duration())
	}

	v3 := place.Cut(tr, length(tr), []place.Zone{at(500), at(1500)}) // 0 to 29 s, 71 to 129 s, 171 to 200 s
	if diff := cmp.Diff(seconds(0, 29, 30, 88, 89, 118), v3.Parts()); diff != "" {
		t.Error(diff)
	}

	heart := series.Table{
		Family:  series.Heart,
		T:       []uint32{0, 20_999, 21_000, 50_500, 79_000, 79_001, 100_000, 121_000, 199_999, 200_001},
		Columns: []series.Column{{Channel: series.HeartRateBPM, V: []int32{60, 61, 62, gone, 64, 65, 66, 67, 68, 69}}},
	}
	want := series.Table{
		Family:  series.Heart,
		T:       []uint32{0, 29_500, 58_000, 59_000, 137_999},
		Columns: []series.Column{{Channel: series.HeartRateBPM, V: []int32{62, gone, 64, 67, 68}}},
	}
	if diff := cmp.Diff(want, v.Table(heart)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Series(), v.Series(heart.Series())); diff != "" {
		t.Error(diff)
	}
	if got := v.Series([]series.Series{{Channel: series.HeartRateBPM, T: []uint32{0, 100_000}, V: []int32{60, 61}}}); len(got) > 0 {
		t.Errorf("hidden values show: %v", got)
	}
}

func TestCounterStandsStillOverWhatIsHidden(t *testing.T) {
	_, v := passingHome() // 0 to 79 s and 121 to 200 s
	effort := series.Table{
		Family: series.Effort,
		T:      []uint32{0, 10_000, 79_000, 80_000, 120_000, 121_000, 122_000, 200_000},
		Columns: []series.Column{
			{Channel: series.SpeedMPS, V: []int32{1, 2, 3, 4, 5, 6, 7, 8}},
			{Channel: series.DistanceM, V: []int32{5000, gone, 12_900, 13_000, 99_000, gone, 99_500, 99_800}},
		},
	}
	want := series.Table{
		Family: series.Effort,
		T:      []uint32{0, 10_000, 79_000, 80_000, 81_000, 159_000},
		Columns: []series.Column{
			{Channel: series.SpeedMPS, V: []int32{1, 2, 3, 6, 7, 8}},
			{Channel: series.DistanceM, V: []int32{0, gone, 7900, gone, 7900, 8200}},
		},
	}
	if diff := cmp.Diff(want, v.Table(effort)); diff != "" {
		t.Error(diff)
	}

	// A counter that leaps over the whole range has no place in one that begins at zero.
	wild := series.Table{Family: series.Effort, T: []uint32{0, 1000}, Columns: []series.Column{{Channel: series.DistanceM, V: []int32{-math.MaxInt32, math.MaxInt32}}}}
	if got := v.Table(wild).Column(series.DistanceM); !slices.Equal(got, []int32{0, gone}) {
		t.Errorf("it counts %v", got)
	}
}

func TestWhatIsWholeStaysAsItIs(t *testing.T) {
	tr := track(1, line(0, 2000, 10)...)
	effort := series.Table{Family: series.Effort, T: []uint32{7}, Columns: []series.Column{{Channel: series.DistanceM, V: []int32{5000}}}}
	v := place.Cut(tr, length(tr), []place.Zone{at(9000)})
	if cmp.Diff(tr, v.Table(tr)) != "" || cmp.Diff(effort, v.Table(effort)) != "" || cmp.Diff(effort.Series(), v.Series(effort.Series())) != "" {
		t.Error("it changed")
	}

	// Without any position there is nothing to cut by time; altitudes go, as they may give a hill away.
	inside := track(1, make([]*xy, 5)...)
	v = place.Cut(inside, time.Minute, []place.Zone{at(0)})
	if len(v.Table(inside).T) > 0 || len(v.Series(inside.Series())) > 0 || v.Sum(inside).AscentM != nil {
		t.Error("altitudes show")
	}
	if cmp.Diff(effort, v.Table(effort)) != "" || v.Sum(inside).Duration != time.Minute {
		t.Error("the rest doesn't")
	}
	if v = place.Cut(inside, time.Minute, nil); len(v.Table(inside).T) != 5 {
		t.Error("altitudes go without any zone")
	}
}

// TestHiddenPartChangesNothing is the reason why totals tell nothing: of two workouts that differ in
// what is hidden only, others get the same, bit by bit. One was in the zone for longer, rode about in
// it, climbed in it.
func TestHiddenPartChangesNothing(t *testing.T) {
	for n := range 40 {
		rng := rand.New(rand.NewPCG(7, uint64(n)))
		home := xy{rng.Float64() * 100, 0}
		z := zone(t, home.point(), 300, secret(n))
		centre, r := z.Circle()
		shared := ride(rng, home, xy{1500, 0}, xy{100 * float64(rng.IntN(9)-4), 0}, xy{-1500, -900})
		a, before := stay(rng, shared, centre, r)
		b, otherwise := stay(rng, shared, centre, r)

		va, vb := place.Cut(a, length(a), []place.Zone{z}), place.Cut(b, length(b), []place.Zone{z})
		if va.Whole() || va.None() || slices.Equal(a.T, b.T) {
			t.Fatal("nothing is hidden")
		}
		if va.Start()-before != vb.Start()-otherwise {
			t.Errorf("it starts %v and %v later", va.Start(), vb.Start())
		}
		told := func(v place.Visible, tr series.Table) []any {
			return []any{v.Parts(), v.Duration(), v.Table(tr), v.Table(counted(tr)), v.Series(counted(tr).Series()), v.Sum(tr), v.Splits(tr, 500)}
		}
		if diff := cmp.Diff(told(va, a), told(vb, b)); diff != "" {
			t.Fatal(diff)
		}
	}
}

// stay makes the inside of a zone up: each position in it becomes up to four, anywhere in it, at any
// altitude. It also gives how much longer it takes until the ride is out of it for the first time.
func stay(rng *rand.Rand, tr series.Table, centre place.Point, r float64) (series.Table, time.Duration) {
	out := series.Table{Family: series.Place, Columns: []series.Column{{Channel: series.Lat}, {Channel: series.Lon}, {Channel: series.AltitudeM}}}
	var added, first uint32
	left := false
	for i, p := range points(tr) {
		inside, times := place.Distance(p, centre) < r-1, 1
		if inside {
			times = 1 + rng.IntN(4)
		}
		left = left || !inside
		for k := range times {
			lat, lon, high := tr.Columns[0].V[i], tr.Columns[1].V[i], tr.Columns[2].V[i]
			if inside {
				p := centre.Away(rng.Float64()*(r-1), rng.Float64()*7)
				lat, lon, high = series.Lat.Steps(p.Lat), series.Lon.Steps(p.Lon), rng.Int32N(3000)
			}
			if k > 0 {
				added += 2000
			}
			out.T = append(out.T, tr.T[i]+added)
			out.Columns[0].V = append(out.Columns[0].V, lat)
			out.Columns[1].V = append(out.Columns[1].V, lon)
			out.Columns[2].V = append(out.Columns[2].V, high)
		}
		if !left {
			first = added
		}
	}
	return out, time.Duration(first) * time.Millisecond
}

// counted is the effort of a ride with a wheel that counts its way.
func counted(tr series.Table) series.Table {
	at := points(tr)
	counter := make([]int32, len(at))
	for i := range at[1:] { // in whole centimetres, as the wheel knows nothing of zones
		counter[i+1] = counter[i] + series.DistanceM.Steps(place.Distance(at[i], at[i+1]))
	}
	return series.Table{Family: series.Effort, T: tr.T, Columns: []series.Column{{Channel: series.DistanceM, V: counter}}}
}
