package ride_test

import (
	"math"
	"testing"

	"github.com/paceline/paceline/internal/ride"
)

// The work that went in is in the chain, the air, the rolling, the bearings, the brakes, the height
// and the speed at the end; and the height is that of the course.
func TestEnergyIsKept(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		c := course(seed, 250)
		track := rider().Road(c, steady(4000, 0.8), seed)
		b := track.Balance
		if off := math.Abs(b.Sum()-track.WorkJ) / track.WorkJ; off > 1e-9 {
			t.Errorf("seed %d: %v of the work is nowhere: %+v", seed, off, b)
		}
		last := track.Samples[len(track.Samples)-1]
		lifted := (rider().MassKG + 9) * 9.80665 * (c.Altitude(last.DistanceM) - c.Altitude(0))
		if math.Abs(b.Potential-lifted) > 0.02*(rider().MassKG+9)*9.80665*250 {
			t.Errorf("seed %d: %v J lifted, the course says %v", seed, b.Potential, lifted)
		}
		for what, share := range map[string]float64{
			"chain": b.Chain / track.WorkJ, "rolling": b.Rolling / track.WorkJ, "air": b.Air / track.WorkJ, "bearings": b.Bearings / track.WorkJ,
		} {
			if share <= 0.005 || share > 0.95 {
				t.Errorf("seed %d: %s takes %v", seed, what, share)
			}
		}
	}
}

// After minutes of the same power on the same slope, the speed is the root of the power balance,
// found here by halving and with the paper's own sum.
func TestSteadySpeedIsTheRootOfTheBalance(t *testing.T) {
	t.Parallel()
	bike := ride.NewBicycle(72)
	for _, power := range []float64{80, 150, 220, 320} {
		for _, slope := range []float64{0, 0.02, 0.06, -0.01} {
			for _, wind := range []float64{0, 2, -2} {
				got := ride.SpeedAfter(bike, power, slope, wind, 900)
				if want := root(bike, power, slope, wind); math.Abs(got-want) > 0.002*want {
					t.Errorf("%v W, slope %v, wind %v: %v m/s, the balance says %v", power, slope, wind, got, want)
				}
			}
		}
	}
	// 200 W on the flat: somewhat over 33 km/h, as everybody knows who has ridden it.
	if v := 3.6 * root(bike, 200, 0, 0); v < 31 || v > 36 {
		t.Errorf("200 W make %v km/h", v)
	}
}

func root(b ride.Bicycle, power, slope, wind float64) float64 {
	low, high := 0.0, 17.0
	for range 60 {
		v := (low + high) / 2
		needs := (b.Air/2*(b.DragArea+0.0044)*(v+wind)*math.Abs(v+wind)*v +
			v*b.Rolling*b.MassKG*9.80665*math.Cos(math.Atan(slope)) +
			v*(91+8.7*v)*1e-3 +
			v*b.MassKG*9.80665*math.Sin(math.Atan(slope))) / 0.976
		if needs < power {
			low = v
		} else {
			high = v
		}
	}
	return low
}

func TestACourseIsALoop(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		c := course(seed, 200)
		lat0, lon0 := c.Position(0)
		lat1, lon1 := c.Position(c.Length() - 1e-6)
		if math.Hypot(lat1-lat0, lon1-lon0) > 1e-6 || math.Abs(c.Altitude(0)-c.Altitude(c.Length())) > 1e-6 {
			t.Errorf("seed %d doesn't end where it began", seed)
		}
		up := 0.0
		for at := 0.0; at < c.Length(); at += 10 {
			rise := c.Altitude(at+5) - c.Altitude(at-5)
			if math.Abs(rise/10-c.Slope(at)) > 1e-3 || math.Abs(c.Slope(at)) > 0.091 {
				t.Fatalf("seed %d, %v m: slope %v, risen %v", seed, at, c.Slope(at), rise)
			}
			up += max(0, rise)
			if at == 0 {
				continue // a loop's start has no place before it
			}
			lat, lon := c.Position(at)
			before, west := c.Position(at - 10)
			way := math.Hypot((lat-before)*111_195, (lon-west)*111_195*math.Cos(47.37*math.Pi/180))
			if way < 9.9 || way > 10.1 {
				t.Fatalf("seed %d: %v m in ten", seed, way)
			}
		}
		if up < 150 || up > 210 {
			t.Errorf("seed %d climbs %v m", seed, up)
		}
	}
}

// Riders go slower uphill than down, feet rest where it rolls, and nobody is faster than is safe.
func TestHillsAreHills(t *testing.T) {
	t.Parallel()
	track := rider().Road(course(2, 400), steady(5400, 0.75), 2)
	var up, down, ups, downs float64
	coasts := 0
	for _, s := range track.Samples {
		switch {
		case s.GradePct > 2:
			up, ups = up+s.SpeedMPS, ups+1
		case s.GradePct < -2:
			down, downs = down+s.SpeedMPS, downs+1
		}
		if s.SpeedMPS > 17.001 || s.CadenceRPM > 120 {
			t.Fatalf("%+v", s)
		}
		if s.PowerW == 0 && s.CadenceRPM == 0 {
			coasts++
		}
	}
	if up/ups > 0.7*down/downs || coasts < 60 {
		t.Errorf("%v m/s up, %v down, %d seconds of rolling", up/ups, down/downs, coasts)
	}
}

// Rowing is the cube of the speed; running costs what was measured.
func TestOthersKeepTheirLaws(t *testing.T) {
	t.Parallel()
	for i, s := range rider().Row(class(), 6).Samples {
		if math.Abs(2.80*math.Pow(s.SpeedMPS, 3)-s.PowerW) > 1e-6 || i > 60 && (s.CadenceRPM < 14 || s.CadenceRPM > 40) {
			t.Fatalf("second %d: %+v", i, s)
		}
	}
	track := rider().Run(nil, steady(1800, 0.8), 6)
	last := track.Samples[1799]
	burned := 3.6 * 72 * last.DistanceM / 4184
	if math.Abs(track.Kcal/burned-1) > 0.001 {
		t.Errorf("%v kcal for %v m, not %v", track.Kcal, last.DistanceM, burned)
	}
	if pace := 1000 / (last.DistanceM / 1800); pace < 270 || pace > 420 {
		t.Errorf("%v s for a kilometre", pace)
	}
	hills := rider().Run(course(3, 300), steady(3600, 0.8), 3)
	if hills.Samples[3599].DistanceM >= 2*last.DistanceM {
		t.Error("hills are faster than the flat")
	}
}
