package ride

import "math"

// What Martin et al. measured or took over.
const (
	chain       = 0.976  // of the power at the pedals gets to the wheel
	wheelDrag   = 0.0044 // m², of spokes that turn
	wheelMass   = 1.45   // kg: the wheels' inertia over their radius squared
	bearing     = 0.091  // N
	bearingPerV = 0.0087 // N for each m/s
)

const (
	gravity    = 9.80665
	steps      = 4    // a second is cut into
	safeMPS    = 17.0 // faster than that one brakes
	coastMPS   = 13.0 // faster than that one lets it roll downhill
	bikeKG     = 9.0
	legsLagS   = 4.0
	shiftEvery = 4 // seconds between two gears
)

// Bicycle is what moves, and through what.
type Bicycle struct {
	MassKG   float64 // with the rider
	DragArea float64 // m²
	Rolling  float64 // coefficient
	Air      float64 // kg/m³
}

// NewBicycle is a rider on a road bike with the hands on the hoods, in ordinary air. The drag area
// grows with the body.
func NewBicycle(riderKG float64) Bicycle {
	return Bicycle{MassKG: riderKG + bikeKG, DragArea: 0.32 * math.Pow(riderKG/75, 2.0/3), Rolling: 0.0045, Air: 1.2}
}

// flat is what an indoor bike's display makes of power: a road without slope.
var flat = NewBicycle(75)

func (c Bicycle) after(speed, power float64) float64 {
	var into Balance
	for range steps {
		speed = c.step(speed, power, 0, 0, 1.0/steps, &into)
	}
	return speed
}

// forces are what holds back at a speed, in N; the wind is against, in m/s.
func (c Bicycle) forces(speed, slope, wind float64) (lift, rolling, air, bearings float64) {
	angle := math.Atan(slope)
	through := speed + wind
	return c.MassKG * gravity * math.Sin(angle), c.MassKG * gravity * math.Cos(angle) * c.Rolling,
		c.Air / 2 * (c.DragArea + wheelDrag) * through * math.Abs(through), bearing + bearingPerV*speed
}

// step is the speed dt later. It works on energy, so that standing still is no special case: what
// comes in goes somewhere, and the balance says where.
func (c Bicycle) step(speed, power, slope, wind, dt float64, into *Balance) float64 {
	mass := c.MassKG + wheelMass
	before := mass * speed * speed / 2
	lift, rolling, air, bearings := c.forces(speed, slope, wind)
	way := speed * dt
	energy := before + chain*power*dt - (lift+rolling+air+bearings)*way
	if energy < 0 { // it stands: what the hill asked for was not there
		rolling, energy = rolling+energy/max(way, 1e-9), 0
	}
	if most := mass * safeMPS * safeMPS / 2; energy > most {
		into.Brakes += energy - most
		energy = most
	}
	into.Chain += (1 - chain) * power * dt
	into.Potential += lift * way
	into.Rolling += rolling * way
	into.Air += air * way
	into.Bearings += bearings * way
	into.Kinetic += energy - before
	return math.Sqrt(2 * energy / mass)
}

// developments are how far each gear goes in a turn of the crank, m: 50/34 by 11 to 32, and what lies between.
var developments = [...]float64{2.2, 2.6, 3.0, 3.4, 3.9, 4.4, 5.0, 5.6, 6.3, 7.2, 8.2, 9.5}

// Road rides a plan along a course, which is a loop and begins again at its end. Riders push uphill,
// ease downhill, and let it roll where it is fast.
func (r Rider) Road(c *Course, plan []Segment, seed uint64) Track {
	b, d := newBody(r), dice(seed)
	bike := NewBicycle(r.MassKG)
	will := sway{dice: d, by: 0.05, over: 60}
	power, speed, distance, gear, shifted := 0.0, 0.0, 0.0, 3, 0
	var t Track
	second := 0
	for _, s := range plan {
		for n := range s.Seconds {
			slope := c.Slope(distance)
			wants := s.Effort * b.critical() * (1 + will.next()) * max(0.3, min(1.35, 1+6*slope))
			if speed > coastMPS && slope < 0 {
				wants = 0
			}
			power = min(towards(power, b.paced(wants, s.Seconds-n), legsLagS), b.most())
			if wants == 0 {
				power = 0 // feet stop at once
			}
			for range steps {
				at := c.Slope(distance)
				speed = bike.step(speed, power, at, c.Headwind(distance), 1.0/steps, &t.Balance)
				distance += speed / steps
			}
			b.do(power)
			if second-shifted >= shiftEvery {
				if next := gearFor(speed); next != gear {
					gear, shifted = next, second
				}
			}
			cadence := min(120, max(40, 60*speed/developments[gear]))
			if power == 0 {
				cadence = 0
			}
			lat, lon := c.Position(distance)
			t.add(Sample{
				PowerW: power, CadenceRPM: cadence, SpeedMPS: speed, DistanceM: distance, GradePct: 100 * slope,
				Lat: lat, Lon: lon, AltitudeM: c.Altitude(distance),
			}, b, power/bikeEfficiency/joulesPerKcal)
			second++
		}
	}
	return t
}

// gearFor is the gear in which legs turn nearest to 86 rpm.
func gearFor(speed float64) (best int) {
	for i, d := range developments {
		if math.Abs(60*speed/d-86) < math.Abs(60*speed/developments[best]-86) {
			best = i
		}
	}
	return best
}
