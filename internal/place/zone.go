package place

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strconv"
)

// The radii that a zone can have, in metres; the circle that it cuts is twice as wide. Strava's went
// from 201 to 1005 m when they were studied.
const (
	MinRadiusM = 200
	MaxRadiusM = 1000
)

// SecretBytes is how long a zone's secret is: random, made with the zone, and sealed with it.
const SecretBytes = 32

// What New refuses.
var (
	ErrPoint  = errors.New("place: there is no such point")
	ErrRadius = errors.New("place: a zone's radius is out of range")
	ErrSecret = errors.New("place: a zone's secret has another length")
)

// ErrMarshal is the answer to every attempt to marshal a zone.
var ErrMarshal = errors.New("place: a zone cannot be marshalled")

// Zone is a circle out of which nothing is shown. It forgets the point that it was made for. The zero Zone
// hides everything. It prints as [guarded]: its centre is a good part of the secret.
type Zone struct {
	centre   Point
	radiusM  float64
	shiftedM float64 // the radius that the shift was made for
}

// New makes the zone that hides all within radius metres of a point. The same three arguments always
// make the same zone. The shift depends on the secret and the radius, not on the point: who moves
// the pin a little moves the circle with it and tells nobody more. A second secret for the same place
// does: two circles narrow it down to where their rings meet.
func New(point Point, radiusM int, secret []byte) (Zone, error) {
	switch {
	case !point.valid():
		return Zone{}, ErrPoint
	case radiusM < MinRadiusM || radiusM > MaxRadiusM:
		return Zone{}, ErrRadius
	case len(secret) != SecretBytes:
		return Zone{}, ErrSecret
	}
	// The radius is part of the purpose, so that shifts of two radii are independent: if one were
	// the other scaled, two circles would give the point by a line through their centres.
	noise, err := hkdf.Key(sha256.New, secret, nil, "paceline.place.shift.v1/"+strconv.Itoa(radiusM), 16)
	if err != nil {
		return Zone{}, err
	}
	r := float64(radiusM)
	// Uniform by area between r/2 and r: the square of the length is uniform between their squares.
	length := r * math.Sqrt(0.25+0.75*fraction(noise[:8]))
	return Zone{centre: point.away(length, 2*math.Pi*fraction(noise[8:])), radiusM: 2 * r, shiftedM: r}, nil
}

// Resized is the zone that hides all within another radius of its point. Its circle grows or shrinks
// around the centre that it has, so that whoever saw both learns nothing from the second: the point
// is no nearer to it, |shift| ≤ the first radius, and r + |shift| ≤ the circle's radius as before. How
// well the centre hides the point is decided by the first radius, for good.
func (z Zone) Resized(radiusM int) (Zone, error) {
	if radiusM < MinRadiusM || radiusM > MaxRadiusM {
		return Zone{}, ErrRadius
	}
	if z.radiusM <= 0 { // not made by New
		return Zone{}, nil
	}
	z.radiusM = z.shiftedM + float64(radiusM)
	return z, nil
}

// fraction turns 8 bytes into a number in [0, 1), of all multiples of 2⁻⁵³ alike.
func fraction(b []byte) float64 { return float64(binary.BigEndian.Uint64(b)>>11) / (1 << 53) }

// outside is how many metres a point lies outside of the zone, zero when it is inside.
func (z Zone) outside(p Point) float64 {
	if z.radiusM <= 0 { // not made by New
		return 0
	}
	return max(0, Distance(p, z.centre)-z.radiusM)
}

// Format writes [guarded], whatever the verb.
func (Zone) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[guarded]") }

// LogValue is [guarded].
func (Zone) LogValue() slog.Value { return slog.StringValue("[guarded]") }

// MarshalJSON always fails.
func (Zone) MarshalJSON() ([]byte, error) { return nil, ErrMarshal }

// MarshalText always fails.
func (Zone) MarshalText() ([]byte, error) { return nil, ErrMarshal }
