package ride

import "math"

const (
	rowWatt       = 2.80 // W for a metre a second cubed
	rowShare      = 0.85 // of what the legs do on a bike, the rower's chain gets
	rowEfficiency = 0.20
	runShare      = 0.235 // of what running burns a bike would get as work
	runLagS       = 5.0
)

// Row rows a plan on an ergometer. Its work counts as the rower's, which is less than a bike would get.
func (r Rider) Row(plan []Segment, seed uint64) Track {
	b, d := newBody(r.on(rowShare)), dice(seed)
	will := sway{dice: d, by: 0.03, over: 60}
	own, power, distance := 1.2*d.NormFloat64(), 0.0, 0.0 // strokes a minute beside the usual
	var t Track
	for _, s := range plan {
		for second := range s.Seconds {
			wants := b.paced(s.Effort*b.critical()*(1+will.next()), s.Seconds-second)
			power = min(towards(power, wants, legsLagS), b.most())
			b.do(power)
			speed := math.Cbrt(power / rowWatt)
			distance += speed
			t.add(Sample{
				PowerW: power, CadenceRPM: 17 + own + 9*power/b.critical(), SpeedMPS: speed, DistanceM: distance,
			}, b, power/rowEfficiency/joulesPerKcal)
		}
	}
	return t
}

// cost is what a metre takes, in J for each kg, by the slope (Minetti's polynomial).
func cost(slope float64) float64 {
	i := max(-0.45, min(0.45, slope))
	return ((((155.4*i-30.4)*i-43.3)*i+46.3)*i+19.5)*i + 3.6
}

// Run runs a plan along a course, or on a treadmill without slope if there is none. The body is the
// one that rides: what it burns is its threshold's, and the slope says how fast that is.
func (r Rider) Run(c *Course, plan []Segment, seed uint64) Track {
	b, d := newBody(r), dice(seed)
	will := sway{dice: d, by: 0.04, over: 60}
	speed, distance, own := 0.0, 0.0, d.NormFloat64()
	var t Track
	for _, s := range plan {
		for second := range s.Seconds {
			slope := 0.0
			if c != nil {
				slope = c.Slope(distance)
			}
			wants := b.paced(s.Effort*b.critical()*(1+will.next()), s.Seconds-second)
			each := cost(slope) * r.MassKG // J a metre
			speed = min(towards(speed, wants/runShare/each, runLagS), b.most()/runShare/each)
			burned := each * speed
			b.do(burned * runShare)
			distance += speed
			sample := Sample{CadenceRPM: 76 + own + 3.2*speed, SpeedMPS: speed, DistanceM: distance, GradePct: 100 * slope}
			if c != nil {
				sample.Lat, sample.Lon = c.Position(distance)
				sample.AltitudeM = c.Altitude(distance)
			}
			t.add(sample, b, burned/joulesPerKcal)
		}
	}
	return t
}

// on is the rider on something on which only a share of the power arrives.
func (r Rider) on(share float64) Rider {
	r = r.withDefaults()
	r.FTPWatts, r.StoreJ, r.PeakW = share*r.FTPWatts, share*r.StoreJ, share*r.PeakW
	return r
}
