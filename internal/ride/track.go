package ride

// Sample is a second of a track. What the sport doesn't have is zero.
type Sample struct {
	PowerW     float64
	CadenceRPM float64 // turns of the crank, strokes, or strides of one leg, a minute
	Resistance float64 // of the brake, 0 to 100
	SpeedMPS   float64
	DistanceM  float64 // until now
	GradePct   float64
	HeartBPM   float64
	Lat, Lon   float64 // degrees, outdoors
	AltitudeM  float64 // outdoors
	StoreJ     float64 // what is left of W'
}

// Track is what became of a ride, second by second.
type Track struct {
	Samples []Sample
	WorkJ   float64 // the integral of power
	Kcal    float64 // what the body burned
	Balance Balance // on the road; zero anywhere else
}

// Balance is where the work of a ride on the road went, in joules. Work in and kinetic energy at the
// start are the sum of the rest.
type Balance struct {
	Chain     float64 // lost between the pedals and the wheel
	Kinetic   float64 // in the moving bike and its wheels at the end
	Potential float64 // lifted; less than zero where it ended below its start
	Rolling   float64
	Air       float64 // less than zero where the wind pushed
	Bearings  float64
	Brakes    float64
}

// Sum is what all of it comes to.
func (b Balance) Sum() float64 {
	return b.Chain + b.Kinetic + b.Potential + b.Rolling + b.Air + b.Bearings + b.Brakes
}

// Segment is a part of a plan: how long, and what is asked for.
type Segment struct {
	Seconds int
	Effort  float64 // share of the rider's threshold
	Low     Cue     // what is called out: from
	High    Cue     // to; zero for none
}

// Cue is what an instructor calls out.
type Cue struct{ CadenceRPM, Resistance float64 }

// zones are the middles of the seven zones of power, as shares of the threshold (H. Allen, A. Coggan,
// "Training and Racing with a Power Meter").
var zones = [...]float64{0.60, 0.50, 0.65, 0.83, 0.97, 1.10, 1.30, 1.60}

// Zone is the effort of a zone from 1 to 7; that of an easy spin for any other number.
func Zone(n int) float64 {
	if n < 1 || n >= len(zones) {
		return zones[0]
	}
	return zones[n]
}

// Seconds is how long a plan is.
func Seconds(plan []Segment) (n int) {
	for _, s := range plan {
		n += s.Seconds
	}
	return n
}

const joulesPerKcal = 4184

func (t *Track) add(s Sample, b *body, kcal float64) {
	s.HeartBPM, s.StoreJ = b.heart, b.left()
	t.Samples = append(t.Samples, s)
	t.WorkJ += s.PowerW
	t.Kcal += kcal
}
