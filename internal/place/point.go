package place

import "math"

// Point is a position in degrees, WGS 84.
type Point struct{ Lat, Lon float64 }

// valid says whether there is such a point on earth; NaN is none.
func (p Point) valid() bool {
	return math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180
}

// earthM is the earth's mean radius in metres, (2a+b)/3 of WGS 84.
const earthM = 6_371_008.8

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

func degrees(radians float64) float64 { return radians * 180 / math.Pi }

// Distance is the great circle between two points in metres, by the haversine formula (Sinnott, "Virtues
// of the Haversine", Sky and Telescope 68, 1984) on a sphere of the earth's mean radius. It is within
// 0.6 % of the geodesic on the ellipsoid; rounding is below a millimetre at the distances of a workout.
func Distance(a, b Point) float64 {
	half := func(d float64) float64 { return math.Sin(d/2) * math.Sin(d/2) }
	latA, latB := radians(a.Lat), radians(b.Lat)
	h := half(latB-latA) + math.Cos(latA)*math.Cos(latB)*half(radians(b.Lon-a.Lon))
	return 2 * earthM * math.Asin(math.Sqrt(min(1, h)))
}

// away is the point so many metres away on the great circle that starts at a bearing, in radians
// clockwise from north. (Snyder, "Map Projections: A Working Manual", USGS 1987, 5-5 and 5-6)
func (p Point) away(metres, bearing float64) Point {
	lat, angle := radians(p.Lat), metres/earthM
	sin := math.Sin(lat)*math.Cos(angle) + math.Cos(lat)*math.Sin(angle)*math.Cos(bearing)
	lon := math.Atan2(math.Sin(bearing)*math.Sin(angle)*math.Cos(lat), math.Cos(angle)-math.Sin(lat)*sin)
	return Point{
		Lat: degrees(math.Asin(max(-1, min(1, sin)))),
		Lon: math.Remainder(p.Lon+degrees(lon), 360),
	}
}
