package place_test

import (
	"crypto/sha256"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// town is where the tests take place; xy are metres east and north of it.
var town = place.Point{Lat: 50.8798, Lon: 4.7005}

type xy struct{ x, y float64 }

func (p xy) minus(q xy) xy        { return xy{p.x - q.x, p.y - q.y} }
func (p xy) plus(q xy) xy         { return xy{p.x + q.x, p.y + q.y} }
func (p xy) times(f float64) xy   { return xy{p.x * f, p.y * f} }
func (p xy) length() float64      { return math.Hypot(p.x, p.y) }
func (p xy) to(q xy) float64      { return p.minus(q).length() }
func (p xy) streets(q xy) float64 { return math.Abs(p.x-q.x) + math.Abs(p.y-q.y) }

const metresPerDegree = 111_195.08 // 2π · 6,371,008.8 / 360

func (p xy) point() place.Point {
	return place.Point{
		Lat: town.Lat + p.y/metresPerDegree,
		Lon: town.Lon + p.x/metresPerDegree/math.Cos(town.Lat*math.Pi/180),
	}
}

func flat(p place.Point) xy {
	return xy{(p.Lon - town.Lon) * metresPerDegree * math.Cos(town.Lat*math.Pi/180), (p.Lat - town.Lat) * metresPerDegree}
}

// secret makes a secret of a number.
func secret(n int) []byte {
	sum := sha256.Sum256([]byte("secret " + strconv.Itoa(n)))
	return sum[:]
}

func zone(t testing.TB, p place.Point, radiusM int, secret []byte) place.Zone {
	t.Helper()
	z, err := place.New(p, radiusM, secret)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// track makes samples of place, a position each so many seconds. A nil point has none.
func track(everyS int, at ...*xy) series.Table {
	t := series.Table{Family: series.Place, Columns: []series.Column{{Channel: series.Lat}, {Channel: series.Lon}, {Channel: series.AltitudeM}}}
	for i, p := range at {
		lat, lon := series.Absent, series.Absent
		if p != nil {
			lat, lon = series.Lat.Steps(p.point().Lat), series.Lon.Steps(p.point().Lon)
		}
		t.T = append(t.T, uint32(i*everyS*1000))
		t.Columns[0].V = append(t.Columns[0].V, lat)
		t.Columns[1].V = append(t.Columns[1].V, lon)
		t.Columns[2].V = append(t.Columns[2].V, series.AltitudeM.Steps(float64(20+i%7)))
	}
	return t
}

// line goes along y = 0 from one x to another.
func line(from, to, step float64) (out []*xy) {
	for x := from; (to-x)*step >= 0; x += step {
		out = append(out, &xy{x, 0})
	}
	return out
}

func length(t series.Table) time.Duration {
	return time.Duration(t.T[len(t.T)-1]) * time.Millisecond
}

// points gives the positions of a table.
func points(t series.Table) (out []place.Point) {
	lats, lons := t.Column(series.Lat), t.Column(series.Lon)
	for i := range t.T {
		if lats[i] != series.Absent {
			out = append(out, place.Point{Lat: series.Lat.Value(lats[i]), Lon: series.Lon.Value(lons[i])})
		}
	}
	return out
}

// block is how far apart the streets of the town are, north to south and east to west.
const block = 100.0

// ride goes from home, which lies on a street that runs east to west, to one crossing after the other, by
// a shortest way along the streets, at 5 m/s, a position every other second. The receiver is off by a
// few metres for the whole ride, and by decimetres from second to second.
func ride(rng *rand.Rand, home xy, goals ...xy) series.Table {
	corners := []xy{home}
	for at := home; len(goals) > 0; {
		goal := xy{math.Round(goals[0].x/block) * block, math.Round(goals[0].y/block) * block}
		left := goal.minus(at)
		alongX := rng.Float64()*at.streets(goal) < math.Abs(left.x)
		if at == home && left.x != 0 {
			alongX = true
		}
		switch {
		case at == goal:
			goals = goals[1:]
			continue
		case alongX:
			at.x = next(at.x, left.x)
		default:
			at.y = next(at.y, left.y)
		}
		corners = append(corners, at)
	}
	off := xy{rng.NormFloat64(), rng.NormFloat64()}.times(3)
	var samples []*xy
	ahead := 0.0 // metres from the corner to the next sample
	for i, from := range corners[:len(corners)-1] {
		leg := corners[i+1].minus(from)
		for ; ahead < leg.length(); ahead += 10 {
			p := from.plus(leg.times(ahead / leg.length())).plus(off).plus(xy{rng.NormFloat64(), rng.NormFloat64()}.times(0.2))
			samples = append(samples, &p)
		}
		ahead -= leg.length()
	}
	return track(2, samples...)
}

// fromHome makes rides to everywhere 2 km from home, in all directions alike.
func fromHome(rng *rand.Rand, home xy, n int) (all []series.Table) {
	for range n {
		all = append(all, ride(rng, home, home.plus(direction(rng).times(2000))))
	}
	return all
}

// fromZone makes rides from home that leave a zone on all its sides alike, so that where they come into
// view doesn't tell where in the zone they are from.
func fromZone(rng *rand.Rand, home xy, z place.Zone, n int) (all []series.Table) {
	centre, r := z.Circle()
	for range n {
		way := direction(rng)
		all = append(all, ride(rng, home, flat(centre).plus(way.times(r+100)), flat(centre).plus(way.times(r+800))))
	}
	return all
}

// direction is a direction, of all alike.
func direction(rng *rand.Rand) xy {
	bearing := 2 * math.Pi * rng.Float64()
	return xy{math.Cos(bearing), math.Sin(bearing)}
}

// next is the next street that way.
func next(at, way float64) float64 {
	if way > 0 {
		return (math.Floor(at/block) + 1) * block
	}
	return (math.Ceil(at/block) - 1) * block
}
