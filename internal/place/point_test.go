package place_test

import (
	"math"
	"testing"

	"github.com/paceline/paceline/internal/place"
)

func TestDistance(t *testing.T) {
	dms := func(d, m, s float64) float64 { return math.Copysign(math.Abs(d)+m/60+s/3600, d) }
	for _, c := range []struct {
		name   string
		a, b   place.Point
		metres float64
		within float64 // as a share
	}{
		{"the same point", place.Point{Lat: 51, Lon: 4}, place.Point{Lat: 51, Lon: 4}, 0, 0},
		{"a degree of a sphere: 2π·6371008.8/360", place.Point{}, place.Point{Lat: 1}, 111_195.0802, 1e-9},
		{"a degree to the east at 60° north is half of that, nearly", place.Point{Lat: 60}, place.Point{Lat: 60, Lon: 1}, 55_597.54, 1e-4},
		{"across the antimeridian", place.Point{Lon: 179.999}, place.Point{Lon: -179.999}, 222.39016, 1e-6},
		{"over the pole", place.Point{Lat: 89.5, Lon: 0}, place.Point{Lat: 89.5, Lon: 180}, 111_195.0802, 1e-9},
		{"to the antipode: π·6371008.8", place.Point{Lat: 10, Lon: 20}, place.Point{Lat: -10, Lon: -160}, 20_015_114.44, 1e-6},
		{"to another, where rounding leads off the sphere", place.Point{Lat: -8.9513, Lon: -79.7571}, place.Point{Lat: 8.9513, Lon: 100.2429}, 20_015_114.44, 1e-6},
		{"and to another", place.Point{Lat: 79.6479, Lon: -6.0459}, place.Point{Lat: -79.6479, Lon: 173.9541}, 20_015_114.44, 1e-6},
		// What the docstring says of the ellipsoid. The radii of curvature of WGS 84 along the meridian are
		// 6,335,439.33 m at the equator and 6,399,593.63 m at the poles.
		{"WGS 84: a degree along the equator", place.Point{}, place.Point{Lon: 1}, 111_319.491, 0.006},
		{"WGS 84: north at the equator, the worst", place.Point{Lat: -0.01}, place.Point{Lat: 0.01}, 0.02 * 6_335_439.33 * math.Pi / 180, 0.006},
		{"WGS 84: north at the pole", place.Point{Lat: 89.98}, place.Point{Lat: 90}, 0.02 * 6_399_593.63 * math.Pi / 180, 0.006},
		// Geocentric Datum of Australia, technical manual, 4.1: the test line of Vincenty's formulae.
		{
			"Flinders Peak to Buninyong",
			place.Point{Lat: dms(-37, 57, 3.72030), Lon: dms(144, 25, 29.52440)},
			place.Point{Lat: dms(-37, 39, 10.15610), Lon: dms(143, 55, 35.38390)}, 54_972.271, 0.006,
		},
	} {
		for _, got := range []float64{place.Distance(c.a, c.b), place.Distance(c.b, c.a)} {
			if !(math.Abs(got-c.metres) <= c.within*c.metres) {
				t.Errorf("%s: %.4f m, want %.4f m", c.name, got, c.metres)
			}
		}
	}
}

func TestAway(t *testing.T) {
	const degree = 111_195.0802
	for _, c := range []struct {
		name            string
		from            place.Point
		metres, bearing float64
		want            place.Point
	}{
		{"north", place.Point{}, degree, 0, place.Point{Lat: 1}},
		{"east", place.Point{}, degree, math.Pi / 2, place.Point{Lon: 1}},
		{"west across the antimeridian", place.Point{Lon: -179.5}, degree, 3 * math.Pi / 2, place.Point{Lon: 179.5}},
		{"over the pole", place.Point{Lat: 89.5, Lon: 10}, degree, 0, place.Point{Lat: 89.5, Lon: -170}},
	} {
		got := c.from.Away(c.metres, c.bearing)
		if d := place.Distance(got, c.want); d > 0.001 {
			t.Errorf("%s: %v, %.3f m off", c.name, got, d)
		}
		if math.Abs(got.Lat) > 90 || math.Abs(got.Lon) > 180 {
			t.Errorf("%s: %v is nowhere", c.name, got)
		}
	}
	for bearing := range 7 { // at a pole bearings mean nothing, distances do
		pole := place.Point{Lat: 90, Lon: 33}
		if got := place.Distance(pole, pole.Away(degree, float64(bearing))); math.Abs(got-degree) > 0.001 {
			t.Errorf("from the pole: %.3f m", got)
		}
	}
}
