package ride_test

import (
	"math"
	"reflect"
	"testing"

	"github.com/paceline/paceline/internal/ride"
)

func rider() ride.Rider {
	return ride.Rider{MassKG: 72, FTPWatts: 240, RestingHR: 52, MaxHR: 188}
}

// class is a warm-up, four climbs with rests, a cool-down.
func class() []ride.Segment {
	plan := []ride.Segment{{Seconds: 300, Effort: ride.Zone(1)}}
	for range 4 {
		plan = append(plan,
			ride.Segment{Seconds: 240, Effort: ride.Zone(4), Low: ride.Cue{CadenceRPM: 65, Resistance: 45}, High: ride.Cue{CadenceRPM: 75, Resistance: 65}},
			ride.Segment{Seconds: 120, Effort: ride.Zone(1), Low: ride.Cue{CadenceRPM: 85, Resistance: 20}, High: ride.Cue{CadenceRPM: 95, Resistance: 35}})
	}
	return append(plan, ride.Segment{Seconds: 180, Effort: ride.Zone(1)})
}

func steady(seconds int, effort float64) []ride.Segment {
	return []ride.Segment{{Seconds: seconds, Effort: effort}}
}

func course(seed uint64, climb float64) *ride.Course {
	return ride.NewCourse(seed, 12_000, climb, 47.37, 8.54)
}

// every is all that a rider can do, by name.
func every(seed uint64) map[string]ride.Track {
	r := rider()
	return map[string]ride.Track{
		"bike":      r.Bike(class(), seed),
		"road":      r.Road(course(seed, 150), steady(3600, 0.75), seed),
		"row":       r.Row(class(), seed),
		"run":       r.Run(course(seed, 100), steady(2400, 0.8), seed),
		"treadmill": r.Run(nil, class(), seed),
	}
}

func TestTheSameSeedIsTheSameRide(t *testing.T) {
	t.Parallel()
	once, again, other := every(7), every(7), every(8)
	for name, track := range once {
		if !reflect.DeepEqual(track, again[name]) {
			t.Errorf("%s: another ride", name)
		}
		if reflect.DeepEqual(track, other[name]) {
			t.Errorf("%s: another seed is the same ride", name)
		}
	}
}

// What a device would count is what the body did: work is the integral of power, distance that of
// speed, and what the body burned is more than the work by its efficiency.
func TestSumsAreOfTheSamples(t *testing.T) {
	t.Parallel()
	for name, track := range every(3) {
		work, distance := 0.0, 0.0
		for i, s := range track.Samples {
			work += s.PowerW
			distance += s.SpeedMPS
			if i > 0 && s.DistanceM < track.Samples[i-1].DistanceM {
				t.Fatalf("%s, second %d: rolls back", name, i)
			}
		}
		if off := math.Abs(work - track.WorkJ); off > 1e-6*work {
			t.Errorf("%s: %v J, not %v", name, track.WorkJ, work)
		}
		last := track.Samples[len(track.Samples)-1].DistanceM
		if math.Abs(distance/last-1) > 0.005 {
			t.Errorf("%s: %v m by the speed, %v by the counter", name, distance, last)
		}
		if name == "run" || name == "treadmill" {
			continue
		}
		if efficiency := track.WorkJ / (track.Kcal * 4184); efficiency < 0.19 || efficiency > 0.23 {
			t.Errorf("%s: an efficiency of %v", name, efficiency)
		}
	}
}

// A heart stays within its rider, trails what is asked of it, and drifts up in a long effort.
func TestTheHeartFollows(t *testing.T) {
	t.Parallel()
	r := rider()
	for name, track := range every(5) {
		for i, s := range track.Samples {
			if s.HeartBPM < r.RestingHR || s.HeartBPM > r.MaxHR {
				t.Fatalf("%s, second %d: a heart of %v", name, i, s.HeartBPM)
			}
			if i > 0 && math.Abs(s.HeartBPM-track.Samples[i-1].HeartBPM) > 4 {
				t.Fatalf("%s, second %d: the heart jumps from %v to %v", name, i, track.Samples[i-1].HeartBPM, s.HeartBPM)
			}
		}
	}
	step := r.Row(append(steady(300, 0.3), steady(300, 0.9)...), 1).Samples
	before, goal := step[299].HeartBPM, step[598].HeartBPM
	for second, share := range map[int][2]float64{10: {0.05, 0.35}, 35: {0.5, 0.72}, 120: {0.9, 1.02}} {
		if got := (step[300+second].HeartBPM - before) / (goal - before); got < share[0] || got > share[1] {
			t.Errorf("%d s after the step the heart is %v of the way", second, got)
		}
	}
	long := r.Row(steady(5400, 0.7), 1).Samples
	if early, late := long[900].HeartBPM, long[5399].HeartBPM; late < early+5 || late > early+25 {
		t.Errorf("from %v to %v in an hour and a quarter", early, late)
	}
}

// Nobody rides at 400 W for hours who has an FTP of 240: the store empties, and what is left is
// less than critical power.
func TestNobodyHoldsWhatTheyCannot(t *testing.T) {
	t.Parallel()
	r := rider()
	for name, track := range map[string]ride.Track{
		"bike": r.Bike(steady(7200, 400.0/240), 1), "row": r.Row(steady(7200, 2), 1), "road": r.Road(course(1, 300), steady(7200, 2), 1),
	} {
		sum := 0.0
		for i, s := range track.Samples {
			if s.StoreJ < 0 || s.StoreJ > 20_000 {
				t.Fatalf("%s, second %d: %v J are left", name, i, s.StoreJ)
			}
			if i >= 3600 {
				sum += s.PowerW
			}
		}
		if mean := sum / 3600; mean > 240 {
			t.Errorf("%s: %v W in the second hour", name, mean)
		}
	}
	// All-out, it is empty after minutes and comes back afterwards, more slowly than it went.
	sprint := r.Row(append(steady(30, 4), steady(600, 0.4)...), 1).Samples
	least, back := sprint[29].StoreJ, sprint[29+120].StoreJ
	if least > 0.6*0.85*20_000 || back <= least || back > 0.85*20_000*0.95 {
		t.Errorf("after the sprint %v J, two minutes later %v", least, back)
	}
}

// The most of a moment is linear in what is left; and who has an hour to go doesn't spend it in minutes.
func TestWhatIsLeftIsTheMost(t *testing.T) {
	t.Parallel()
	left := 20_000.0
	for i, s := range rider().Bike(steady(60, 10), 1).Samples {
		if most := 247.2 + (960-247.2)*left/20_000; s.PowerW > most+1 {
			t.Fatalf("second %d: %v W, and %v is the most", i, s.PowerW, most)
		}
		left = s.StoreJ
	}
	if hour := rider().Row(steady(3600, 1.5), 1).Samples; hour[1800].StoreJ < 4_000 {
		t.Errorf("%v J are left in the middle of an hour", hour[1800].StoreJ)
	}
}

// A ride follows its plan, and a second its neighbour: a series of dice would do neither.
func TestPowerFollowsThePlan(t *testing.T) {
	t.Parallel()
	plan := class()
	for name, track := range map[string]ride.Track{"bike": rider().Bike(plan, 2), "row": rider().Row(plan, 2)} {
		var power, asked, next []float64
		at := 0
		for _, s := range plan {
			for n := range s.Seconds {
				if n >= 20 {
					asked, power = append(asked, s.Effort), append(power, track.Samples[at].PowerW)
				}
				at++
			}
		}
		for i := range track.Samples[1:] {
			next = append(next, track.Samples[i+1].PowerW)
		}
		if r := correlation(power, asked); r < 0.95 {
			t.Errorf("%s: power and plan go together by %v", name, r)
		}
		var now []float64
		for _, s := range track.Samples[:len(next)] {
			now = append(now, s.PowerW)
		}
		if r := correlation(now, next); r < 0.97 {
			t.Errorf("%s: a second and the next go together by %v", name, r)
		}
	}
}

func correlation(a, b []float64) float64 {
	var ma, mb, ab, aa, bb float64
	for i := range a {
		ma += a[i] / float64(len(a))
		mb += b[i] / float64(len(b))
	}
	for i := range a {
		ab += (a[i] - ma) * (b[i] - mb)
		aa += (a[i] - ma) * (a[i] - ma)
		bb += (b[i] - mb) * (b[i] - mb)
	}
	return ab / math.Sqrt(aa*bb)
}

// An instructor's cues are kept: cadence near the middle, resistance within what riders allow themselves.
func TestCuesAreKept(t *testing.T) {
	t.Parallel()
	s := ride.Segment{Seconds: 300, Effort: 0.95, Low: ride.Cue{CadenceRPM: 80, Resistance: 40}, High: ride.Cue{CadenceRPM: 90, Resistance: 50}}
	for _, sample := range rider().Bike([]ride.Segment{s}, 4).Samples[30:] {
		if sample.CadenceRPM < 70 || sample.CadenceRPM > 100 || sample.Resistance < 30 || sample.Resistance > 60 {
			t.Fatalf("cadence %v, resistance %v", sample.CadenceRPM, sample.Resistance)
		}
		// 190 W at 80 rpm and 50, and the square of both.
		want := 190 * math.Pow(sample.CadenceRPM/80, 2) * math.Pow(sample.Resistance/50, 2)
		if math.Abs(sample.PowerW-want) > 1e-9*want {
			t.Fatalf("%v W, not %v", sample.PowerW, want)
		}
	}
}
