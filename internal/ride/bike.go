package ride

import "math"

const (
	bikeEfficiency = 0.22 // gross, of a body on a bike
	brakeW         = 190  // at 80 rpm and half the resistance
	reactS         = 3    // from the cue to the knob
	knobPerS       = 4.0  // resistance a second
	aside          = 10.0 // resistance that riders allow themselves beside the cue
)

// brake is the power at the pedals of a bike with an eddy-current brake: torque is proportional to
// the speed and to the square of the magnet's field, which is proportional to the resistance shown.
func brake(cadence, resistance float64) float64 {
	c, r := cadence/80, resistance/50
	return brakeW * c * c * r * r
}

// Resistance is what the brake has to be set to for a power at a cadence: the inverse of brake.
func Resistance(power, cadence float64) float64 {
	return 50 * math.Sqrt(max(0, power)/brakeW) * 80 / max(cadence, 20)
}

// Bike rides a class on an indoor bike. Cadence trails the cue by seconds; the knob is turned once
// the cue is understood, towards the effort asked for, and back when there is not enough left.
func (r Rider) Bike(plan []Segment, seed uint64) Track {
	b, d := newBody(r), dice(seed)
	legs, will := sway{dice: d, by: 1.3, over: 8}, sway{dice: d, by: 0.03, over: 90}
	cadence, knob, speed, distance := 50.0, 20.0, 0.0, 0.0
	likes := 3 * d.NormFloat64() // turns a minute, beside what is called out
	var t Track
	for _, s := range plan {
		for second := range s.Seconds {
			turn := cadenceFor(s) + likes
			wants := b.paced(s.Effort*b.critical()*(1+will.next()), s.Seconds-second)
			if second >= reactS {
				to := math.Round(withinCue(s, Resistance(wants, turn)))
				knob += max(-knobPerS, min(knobPerS, to-knob))
			}
			cadence = towards(cadence, turn+legs.next(), 3)
			power := brake(cadence, knob)
			if most := b.most(); power > most {
				cadence *= math.Sqrt(most / power)
				power = most
			}
			b.do(power)
			speed = flat.after(speed, power)
			distance += speed
			t.add(Sample{PowerW: power, CadenceRPM: cadence, Resistance: knob, SpeedMPS: speed, DistanceM: distance}, b,
				power/bikeEfficiency/joulesPerKcal)
		}
	}
	return t
}

// cadenceFor is the cadence of a segment: the middle of what is called out.
func cadenceFor(s Segment) float64 {
	if s.Low.CadenceRPM <= 0 || s.High.CadenceRPM < s.Low.CadenceRPM {
		return 78 + 10*s.Effort
	}
	return (s.Low.CadenceRPM + s.High.CadenceRPM) / 2
}

func withinCue(s Segment, resistance float64) float64 {
	if s.Low.Resistance > 0 && s.High.Resistance >= s.Low.Resistance {
		resistance = max(s.Low.Resistance-aside, min(s.High.Resistance+aside, resistance))
	}
	return max(5, min(100, resistance))
}
