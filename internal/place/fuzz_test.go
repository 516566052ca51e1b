package place_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// FuzzCut takes samples and zones of any kind. Each sample is 10 bytes: the time since the last in tenths of
// a second, latitude and longitude; the last byte is its altitude as well.
func FuzzCut(f *testing.F) {
	sample := func(step uint16, lat, lon int32) []byte {
		b := binary.BigEndian.AppendUint16(nil, step)
		return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, uint32(lat)), uint32(lon))
	}
	var ride []byte
	for x := int32(-20); x < 20; x++ {
		ride = append(ride, sample(10, 100, x*10_000)...)
	}
	f.Add(ride, 0.0, 0.0, 0.001, 0.001, uint16(200), uint32(60_000))
	f.Add(ride, 0.0, 0.002, 0.0, -0.002, uint16(400), uint32(0))
	f.Add(append(sample(0, 900_000_000, 1_800_000_000), sample(65535, -900_000_000, -1_800_000_000)...), 90.0, 0.0, 0.0, 180.0, uint16(1000), uint32(math.MaxUint32))
	f.Add(append(sample(7, math.MinInt32, math.MinInt32), sample(7, math.MinInt32, 5)...), 0.0, 0.0, math.NaN(), 0.0, uint16(0), uint32(1))
	f.Fuzz(func(t *testing.T, data []byte, lat1, lon1, lat2, lon2 float64, radius uint16, duration uint32) {
		tr := series.Table{Family: series.Place, Columns: []series.Column{{Channel: series.Lat}, {Channel: series.Lon}, {Channel: series.AltitudeM}}}
		now := uint32(0)
		for ; len(data) >= 10; data = data[10:] {
			now += 100 * uint32(binary.BigEndian.Uint16(data))
			tr.T = append(tr.T, now)
			tr.Columns[0].V = append(tr.Columns[0].V, int32(binary.BigEndian.Uint32(data[2:])))
			tr.Columns[1].V = append(tr.Columns[1].V, int32(binary.BigEndian.Uint32(data[6:])))
			tr.Columns[2].V = append(tr.Columns[2].V, int32(data[9])*10)
		}
		var zones []place.Zone
		for i, p := range []place.Point{{Lat: lat1, Lon: lon1}, {Lat: lat2, Lon: lon2}} {
			if z, err := place.New(p, int(radius), secret(i)); err == nil {
				zones = append(zones, z)
			}
		}
		v := place.Cut(tr, time.Duration(duration)*time.Millisecond, zones)
		holds(t, v, tr, zones)
	})
}

// holds checks what Cut promises of anything.
func holds(t *testing.T, v place.Visible, tr series.Table, zones []place.Zone) {
	t.Helper()
	spans := v.Spans()
	for i, s := range spans {
		if s.From > s.To || i > 0 && spans[i-1].To >= s.From {
			t.Fatalf("spans are no parts in order: %v", spans)
		}
	}
	if v.None() && (v.Whole() || v.Duration() != 0) || v.Duration() < 0 {
		t.Fatalf("it lasts %v in %v", v.Duration(), spans)
	}
	cut := v.Table(tr)
	if len(zones) > 0 {
		at, parts := points(cut), v.Parts()
		for i := range max(0, len(at)-1) { // nor does a line lead through, where a map draws it straight
			a, b := at[i], at[i+1]
			if inPart(parts, cut.T[i]) != inPart(parts, cut.T[i+1]) || place.Distance(a, b) > 5000 || math.Abs(a.Lat) > 80 || math.Abs(a.Lon-b.Lon) > 1 {
				continue
			}
			for k := range 9 {
				share := float64(k) / 8
				p := place.Point{Lat: a.Lat + share*(b.Lat-a.Lat), Lon: a.Lon + share*(b.Lon-a.Lon)}
				for _, z := range zones {
					if centre, r := z.Circle(); place.Distance(p, centre) < r-1 {
						t.Fatalf("a line leads through, %.1f m from the middle of %v m", place.Distance(p, centre), r)
					}
				}
			}
		}
		for _, p := range at {
			for _, z := range zones {
				if centre, r := z.Circle(); place.Distance(p, centre) <= r {
					t.Fatalf("%v shows, %.1f m from the middle of %v m", p, place.Distance(p, centre), r)
				}
			}
		}
		if !slices.IsSorted(cut.T) {
			t.Fatal("time goes back")
		}
	}
	for _, c := range cut.Columns {
		if len(c.V) != len(cut.T) {
			t.Fatal("columns differ")
		}
	}
	sum := v.Sum(tr)
	if sum.Moving < 0 || sum.Moving > sum.Duration || sum.DistanceM != nil && !(*sum.DistanceM >= 0) {
		t.Fatalf("%v m in %v of %v", sum.DistanceM, sum.Moving, sum.Duration)
	}
	total := 0.0
	for _, s := range v.Splits(tr, 1000) {
		if s.From > s.To || s.To > sum.Duration || !(s.DistanceM > 0) {
			t.Fatalf("a split of %v m from %v to %v of %v", s.DistanceM, s.From, s.To, sum.Duration)
		}
		total += s.DistanceM
	}
	if sum.DistanceM != nil && math.Abs(total-*sum.DistanceM) > 1e-6*total {
		t.Fatalf("splits have %v m, all has %v m", total, *sum.DistanceM)
	}
}
