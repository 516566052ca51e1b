// Package recordingtest makes workout files like those of real devices, for tests and for the
// demo world: Make rides a deterministic ride (or run), and FIT, TCX and GPX write it down. The
// same options give the same bytes.
package recordingtest

import (
	"math"
	"math/rand/v2" //nolint:depguard // a ride has to be the same each time, and nothing in it is secret
	"time"

	"github.com/paceline/paceline/internal/workout/recording"
)

// Options say what to ride. The zero value of each field means its default.
type Options struct {
	Sport   recording.Sport // Ride; Run changes cadence and speed, all others move like a ride
	Start   time.Time       // 2026-03-07 08:00 UTC
	Seconds int             // 600
	Laps    int             // 1
	FTP     float64         // 200 W: what the athlete can hold for an hour
	Seed    uint64          // another seed is another day: other noise, same plan
	Title   string          // none
	Device  string          // "Paceline Bike"
	Serial  uint32          // none
	Lat     float64         // 47 N; with Lon where the track starts
	Lon     float64         // 8 E

	Indoor              bool // no place, but resistance
	NoHeart, NoPlace    bool
	NoPower, NoDistance bool // NoDistance leaves out speed, too
}

// Workout is what the options gave: a second of it per point.
type Workout struct {
	Options
	Points []Point
}

// Point is what a device measures in a second.
type Point struct {
	At                           time.Time
	PowerW, CadenceRPM, HeartBPM float64 // whole numbers
	SpeedMPS, DistanceM          float64
	Resistance, InclinePct       float64
	Lat, Lon, AltitudeM          float64
}

func (o Options) withDefaults() Options {
	if o.Sport == "" {
		o.Sport = recording.Ride
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 3, 7, 8, 0, 0, 0, time.UTC)
	}
	if o.Seconds <= 0 {
		o.Seconds = 600
	}
	o.Laps = min(max(o.Laps, 1), o.Seconds)
	if o.FTP <= 0 {
		o.FTP = 200
	}
	if o.Device == "" {
		o.Device = "Paceline Bike"
	}
	if o.Lat == 0 && o.Lon == 0 {
		o.Lat, o.Lon = 47, 8
	}
	o.NoPlace = o.NoPlace || o.Indoor
	return o
}

// Constants of the rider and the road.
const (
	massKg     = 80     // rider and bicycle
	rolling    = 0.0045 // coefficient of rolling resistance
	runWPerMPS = 75     // what running costs 72 kg: 1.04 W for each kg and m/s
	dragArea   = 0.32   // m², drag coefficient times frontal area
	airKgM3    = 1.2
	gravity    = 9.81
	loopM      = 5000.0 // the track is a circle of this length
	hillsM     = 30.0   // and climbs this much, twice a loop
	degreeM    = 111_195.0
	restBPM    = 60.0
	spareBPM   = 115.0 // heart rate above rest at FTP
	heartLagS  = 35.0
)

// Make rides. Power follows a plan (warm-up, intervals of three minutes, cool-down) with noise;
// speed follows from power, slope, drag and inertia; heart rate trails power.
func Make(options Options) Workout {
	o := options.withDefaults()
	w := Workout{Options: o, Points: make([]Point, 0, o.Seconds)}
	random := rand.New(rand.NewPCG(o.Seed, 0x9e3779b97f4a7c15)) //nolint:gosec // as above
	speed, distance, wander, heart := 0.0, 0.0, 0.0, restBPM+20
	for i := range o.Seconds {
		hill := 4 * math.Pi * distance / loopM // phase: two hills a loop
		slope := hillsM / 2 * 4 * math.Pi / loopM * math.Cos(hill)
		if o.Indoor {
			slope = 0
		}
		wander = 0.9*wander + random.NormFloat64()*0.02
		effort := plan(float64(i), float64(o.Seconds))
		power := math.Round(max(0, o.FTP*(effort+wander)))
		cadence := 70 + 25*effort + random.NormFloat64()
		if o.Sport == recording.Run {
			cadence = 78 + 7*effort + random.NormFloat64()/2
			speed += (power/runWPerMPS - speed) / 5
		} else {
			force := massKg*gravity*(rolling+slope) + dragArea*airKgM3*speed*speed/2
			speed = min(25, max(0.5, speed+(power/max(speed, 2)-force)/massKg))
		}
		heart += (restBPM + spareBPM*power/o.FTP - heart) / heartLagS
		angle := 2 * math.Pi * distance / loopM
		radius := loopM / (2 * math.Pi) / degreeM
		w.Points = append(w.Points, Point{
			At: o.Start.Add(time.Duration(i) * time.Second), PowerW: power, CadenceRPM: math.Round(cadence),
			HeartBPM: math.Round(min(heart, 205)), SpeedMPS: speed, DistanceM: distance,
			Resistance: math.Round(30 + 40*effort), InclinePct: 100 * slope,
			Lat:       o.Lat + radius*math.Sin(angle),
			Lon:       o.Lon + radius*(1-math.Cos(angle))/math.Cos(o.Lat*math.Pi/180),
			AltitudeM: 430 + hillsM/2*(1+math.Sin(hill)),
		})
		distance += speed
	}
	return w
}

// plan gives the share of FTP to ride at a second of the workout.
func plan(second, total float64) float64 {
	switch part := second / total; {
	case part < 0.15:
		return 0.45 + 2*part
	case part > 0.9:
		return 0.5
	case int(second)/180%2 == 0:
		return 1.05
	default:
		return 0.65
	}
}

// lap gives the points of the n-th lap; laps are of equal length but for rounding.
func (w Workout) lap(n int) []Point {
	return w.Points[n*len(w.Points)/w.Laps : (n+1)*len(w.Points)/w.Laps]
}

// summary is what a device says of a lap or a session.
type summary struct {
	seconds, distanceM, kcal, joules float64
	avgPower, maxPower               float64
	avgCadence, maxCadence           float64
	avgHeart, maxHeart               float64
	maxSpeed, ascentM                float64
}

func summarise(points []Point) summary {
	s := summary{seconds: float64(len(points))}
	for i, p := range points {
		s.joules += p.PowerW
		s.avgCadence += p.CadenceRPM / s.seconds
		s.avgHeart += p.HeartBPM / s.seconds
		s.maxPower, s.maxCadence = max(s.maxPower, p.PowerW), max(s.maxCadence, p.CadenceRPM)
		s.maxHeart, s.maxSpeed = max(s.maxHeart, p.HeartBPM), max(s.maxSpeed, p.SpeedMPS)
		if i > 0 {
			s.ascentM += max(0, p.AltitudeM-points[i-1].AltitudeM)
		}
	}
	s.avgPower = s.joules / s.seconds
	s.distanceM = points[len(points)-1].DistanceM - points[0].DistanceM + points[len(points)-1].SpeedMPS
	s.kcal = s.joules / 4184 / 0.24 // a body turns about 24 % into work
	return s
}
