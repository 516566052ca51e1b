package ride

import "math"

// Course is a loop through hills: length, slope, altitude and place by the distance from its start.
type Course struct {
	length    float64
	waves     [4]wave // of the altitude
	base      float64
	lat, lon  float64
	way       []float64 // distance at each of the corners
	north     []float64 // m from the start
	east      []float64
	wind      float64 // m/s
	windFrom  float64 // radians from north
	metresLon float64 // m in a degree of longitude here
}

type wave struct{ height, turns, phase float64 }

const (
	corners   = 720
	steepest  = 0.09
	degreeLat = 111_195.0 // m in a degree of latitude
)

// NewCourse is a loop of a length that climbs about so much (both in m), from a place; the seed draws
// its shape, its hills and the day's wind.
func NewCourse(seed uint64, length, climb, lat, lon float64) *Course {
	d := dice(seed)
	c := &Course{
		length: length, lat: lat, lon: lon, base: 430, wind: 3 * d.Float64(), windFrom: 2 * math.Pi * d.Float64(),
		metresLon: degreeLat * math.Cos(lat*math.Pi/180),
	}
	turns := [...]float64{1, 2, 3, 5}
	for i := range c.waves {
		c.waves[i] = wave{height: (0.5 + d.Float64()) / turns[i], turns: turns[i], phase: 2 * math.Pi * d.Float64()}
	}
	c.lift(climb)
	c.bend(2*math.Pi*d.Float64(), 2*math.Pi*d.Float64())
	return c
}

// lift scales the hills to what they should climb, or to what one can still ride up.
func (c *Course) lift(climb float64) {
	up, steep := 0.0, 0.0
	for i := range 2000 {
		slope := c.Slope(c.length * float64(i) / 2000)
		up += max(0, slope) * c.length / 2000
		steep = max(steep, math.Abs(slope))
	}
	scale := min(climb/up, steepest/steep)
	for i := range c.waves {
		c.waves[i].height *= scale
	}
}

// bend draws the loop: a circle pressed in here and there, as long as it should be.
func (c *Course) bend(a, b float64) {
	at := func(i int) (x, y float64) {
		angle := 2 * math.Pi * float64(i) / corners
		radius := 1 + 0.25*math.Sin(2*angle+a) + 0.12*math.Sin(3*angle+b)
		return radius * math.Sin(angle), radius * math.Cos(angle)
	}
	around := 0.0
	x0, y0 := at(0)
	px, py := x0, y0
	for i := range corners + 1 {
		x, y := at(i)
		around += math.Hypot(x-px, y-py)
		c.way, c.east, c.north = append(c.way, around), append(c.east, x-x0), append(c.north, y-y0)
		px, py = x, y
	}
	for i := range c.way {
		c.way[i] *= c.length / around
		c.east[i] *= c.length / around
		c.north[i] *= c.length / around
	}
}

// Length is once around, in m.
func (c *Course) Length() float64 { return c.length }

func (c *Course) phase(w wave, distance float64) float64 {
	return 2*math.Pi*w.turns*distance/c.length + w.phase
}

// Altitude is in m.
func (c *Course) Altitude(distance float64) float64 {
	up := c.base
	for _, w := range c.waves {
		up += w.height * math.Sin(c.phase(w, distance))
	}
	return up
}

// Slope is the rise for each metre of the way.
func (c *Course) Slope(distance float64) (slope float64) {
	for _, w := range c.waves {
		slope += w.height * 2 * math.Pi * w.turns / c.length * math.Cos(c.phase(w, distance))
	}
	return slope
}

// corner finds the corner before a distance, and how far it is to the next one, as a share.
func (c *Course) corner(distance float64) (int, float64) {
	at := math.Mod(distance, c.length)
	low, high := 0, corners
	for high-low > 1 {
		if middle := (low + high) / 2; c.way[middle] <= at {
			low = middle
		} else {
			high = middle
		}
	}
	return low, (at - c.way[low]) / (c.way[low+1] - c.way[low])
}

// Position is latitude and longitude in degrees.
func (c *Course) Position(distance float64) (lat, lon float64) {
	i, share := c.corner(distance)
	north := c.north[i] + share*(c.north[i+1]-c.north[i])
	east := c.east[i] + share*(c.east[i+1]-c.east[i])
	return c.lat + north/degreeLat, c.lon + east/c.metresLon
}

// Headwind is how much of the wind is against, in m/s.
func (c *Course) Headwind(distance float64) float64 {
	i, _ := c.corner(distance)
	heading := math.Atan2(c.east[i+1]-c.east[i], c.north[i+1]-c.north[i])
	return c.wind * math.Cos(c.windFrom-heading)
}
