package place_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/place"
)

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		point  place.Point
		radius int
		secret []byte
		want   error
	}{
		{"too far north", place.Point{Lat: 90.1}, 400, secret(1), place.ErrPoint},
		{"too far west", place.Point{Lon: -180.1}, 400, secret(1), place.ErrPoint},
		{"no number", place.Point{Lat: math.NaN()}, 400, secret(1), place.ErrPoint},
		{"infinite", place.Point{Lon: math.Inf(1)}, 400, secret(1), place.ErrPoint},
		{"small", town, place.MinRadiusM - 1, secret(1), place.ErrRadius},
		{"wide", town, place.MaxRadiusM + 1, secret(1), place.ErrRadius},
		{"negative", town, -400, secret(1), place.ErrRadius},
		{"no secret", town, 400, nil, place.ErrSecret},
		{"short secret", town, 400, secret(1)[1:], place.ErrSecret},
		{"smallest", town, place.MinRadiusM, secret(1), nil},
		{"widest, at the end of the world", place.Point{Lat: -90, Lon: 180}, place.MaxRadiusM, secret(1), nil},
	} {
		if _, err := place.New(c.point, c.radius, c.secret); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// A zone keeps its circle for life: this one was worked out apart from the package, from RFC 5869.
func TestShiftStaysWhatItIs(t *testing.T) {
	centre, radius := zone(t, town, 400, secret(1)).Circle()
	want := place.Point{Lat: 50.87815897450256, Lon: 4.704608487599547}
	if d := place.Distance(centre, want); d > 0.01 || radius != 800 {
		t.Errorf("the circle is %.2f m from where it was, and %v m wide", d, radius)
	}
}

func TestShift(t *testing.T) {
	const n, radius = 4000, 600
	var sum, squares, north, east, scaled float64
	for i := range n {
		centre, r := zone(t, town, radius, secret(i)).Circle()
		if r != 2*radius {
			t.Fatalf("the circle's radius is %v m", r)
		}
		length := place.Distance(town, centre) / radius
		if length < 0.5-1e-9 || length > 1+1e-9 {
			t.Fatalf("the shift is %v of the radius", length)
		}
		sum, squares = sum+length, squares+length*length
		off := flat(centre)
		north, east = north+off.y/off.length(), east+off.x/off.length()

		// Another radius is another shift: the line through both centres doesn't lead home.
		other, _ := zone(t, town, radius/2, secret(i)).Circle()
		home := flat(other).times(2).minus(off)
		scaled += home.length() / n
	}
	// Uniform by area over the ring: the mean is (2/3)(1−⅛)/(1−¼), the mean square (1+¼)/2. Four
	// standard errors are 0.009.
	if mean := sum / n; math.Abs(mean-7.0/9) > 0.009 {
		t.Errorf("the shift is %.4f of the radius on average", mean)
	}
	if mean := squares / n; math.Abs(mean-0.625) > 0.014 {
		t.Errorf("its square is %.4f on average", mean)
	}
	if math.Hypot(north, east)/n > 4/math.Sqrt(n) {
		t.Errorf("shifts lean: %.3f north, %.3f east", north/n, east/n)
	}
	if scaled < radius/2 {
		t.Errorf("two radii give the point to %.0f m", scaled)
	}
}

func TestShiftFollowsTheSecretAlone(t *testing.T) {
	a, _ := zone(t, town, 400, secret(1)).Circle()
	again, _ := zone(t, town, 400, secret(1)).Circle()
	other, _ := zone(t, town, 400, secret(2)).Circle()
	if a != again {
		t.Error("the same zone has two circles")
	}
	if place.Distance(a, other) < 1 {
		t.Error("two secrets have one circle")
	}
	pin := town.Away(7, 1)
	moved, _ := zone(t, pin, 400, secret(1)).Circle()
	if d := place.Distance(a, moved); math.Abs(d-7) > 0.01 {
		t.Errorf("the pin was moved by 7 m, the circle by %.2f m", d)
	}
}

func TestZoneShowsNothing(t *testing.T) {
	z := zone(t, town, 400, secret(1))
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("", "zone", z, "zones", []place.Zone{z})
	for _, shown := range []string{fmt.Sprint(z), fmt.Sprintf("%+v %#v %s %d", z, &z, z, []place.Zone{z}), log.String()} {
		if !strings.Contains(shown, "[guarded]") || strings.Contains(shown, "50.8") || strings.Contains(shown, "800") {
			t.Errorf("it shows %s", shown)
		}
	}
	if out, err := json.Marshal(z); err == nil {
		t.Errorf("it marshals to %s", out)
	}
}

// Who saw a zone of all its radii, one after the other, saw one centre.
func TestAnotherRadiusMovesNothing(t *testing.T) {
	made := zone(t, town, 400, secret(1))
	centre, _ := made.Circle()
	z := made
	for _, radius := range []int{place.MinRadiusM, place.MaxRadiusM, 400, 650, 400} {
		var err error
		if z, err = z.Resized(radius); err != nil {
			t.Fatal(err)
		}
		at, r := z.Circle()
		if at != centre || r != float64(400+radius) {
			t.Errorf("with %d m the circle is %.1f m off, and %v m wide", radius, place.Distance(at, centre), r)
		}
		if place.Distance(town, at)+float64(radius) > r {
			t.Errorf("with %d m something within it shows", radius)
		}
	}
	if z != made {
		t.Error("its own radius makes it another zone")
	}
	for _, radius := range []int{place.MinRadiusM - 1, place.MaxRadiusM + 1, -1} {
		if _, err := made.Resized(radius); !errors.Is(err, place.ErrRadius) {
			t.Errorf("a radius of %d m: %v", radius, err)
		}
	}
	if z, err := (place.Zone{}).Resized(400); err != nil || z != (place.Zone{}) {
		t.Errorf("a zone that nobody made shows something by now: %v", err)
	}
}
