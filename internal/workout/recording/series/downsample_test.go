package series_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// anySeries draws a channel's samples; a small range of values makes ties common.
func anySeries(t *rapid.T) series.Series {
	s := series.Series{Channel: series.PowerW}
	at := uint32(0)
	for range rapid.IntRange(0, 400).Draw(t, "samples") {
		at += rapid.Uint32Range(1, 5000).Draw(t, "step")
		s.T, s.V = append(s.T, at), append(s.V, rapid.Int32Range(-50, 50).Draw(t, "value"))
	}
	return s
}

func TestThinningKeepsEndsAndPeaks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, points := anySeries(t), rapid.IntRange(-1, 450).Draw(t, "points")
		thin := s.Downsample(points)

		if points >= len(s.V) && !slices.Equal(thin.V, s.V) {
			t.Fatalf("asked for %d of %d and got %d", points, len(s.V), len(thin.V))
		}
		if len(thin.V) > max(points, 4) || len(thin.V) != len(thin.T) {
			t.Fatalf("%d samples for %d points", len(thin.V), points)
		}
		if len(s.V) == 0 {
			return
		}
		last, thinLast := len(s.V)-1, len(thin.V)-1
		if thin.T[0] != s.T[0] || thin.T[thinLast] != s.T[last] || thin.V[0] != s.V[0] || thin.V[thinLast] != s.V[last] {
			t.Fatal("an end is lost")
		}
		if slices.Min(thin.V) != slices.Min(s.V) || slices.Max(thin.V) != slices.Max(s.V) {
			t.Fatal("a peak is lost")
		}
		for i, at := range thin.T {
			from, ok := slices.BinarySearch(s.T, at)
			if !ok || s.V[from] != thin.V[i] {
				t.Fatal("a sample is made up")
			}
			if i > 0 && at <= thin.T[i-1] {
				t.Fatal("time goes back")
			}
		}
	})
}

func TestThinningUsesThePointsItIsGiven(t *testing.T) {
	t.Parallel()
	for _, s := range hour().Series() {
		for _, points := range []int{4, 10, 500, 3599, 3600, 5000} {
			if got, want := len(s.Downsample(points).V), min(points, 3600); got > want || got < want-1 {
				t.Errorf("%s: %d samples for %d points", s.Channel, got, points)
			}
		}
	}
}

func TestPositionIsThinnedOnTheMap(t *testing.T) {
	t.Parallel()
	// North for 500 samples, then a sharp spike to the east and back, then north again. All of
	// it at an even pace, so over time alone latitude is a straight line.
	track := series.Table{Family: series.Place, Columns: []series.Column{{Channel: series.Lat}, {Channel: series.Lon}, {Channel: series.AltitudeM}}}
	for i := range int32(1000) {
		track.T = append(track.T, uint32(i)*1000)
		track.Columns[0].V = append(track.Columns[0].V, 450_000_000+i*100)
		track.Columns[1].V = append(track.Columns[1].V, 70_000_000+max(0, 20-max(i-500, 500-i))*1000)
		track.Columns[2].V = append(track.Columns[2].V, i%7)
	}
	thin := track.Downsample(40)
	lat, lon := thin[0], thin[1]
	if !slices.Equal(lat.T, lon.T) || len(lat.T) > 40 {
		t.Fatalf("latitude has %d samples, longitude %d", len(lat.T), len(lon.T))
	}
	for _, corner := range []uint32{0, 500_000, 999_000} {
		if !slices.Contains(lat.T, corner) {
			t.Errorf("the corner at %d ms is lost", corner)
		}
	}
	if len(thin[2].T) > 40 || len(thin[2].T) < 39 {
		t.Errorf("altitude has %d samples", len(thin[2].T))
	}
}

func TestPositionKeepsItsOutermostPoints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lat, lon := anySeries(t), []int32(nil)
		for range lat.V {
			lon = append(lon, rapid.Int32Range(-50, 50).Draw(t, "lon"))
		}
		points := rapid.IntRange(6, 450).Draw(t, "points")
		thin := series.Table{Family: series.Place, T: lat.T, Columns: []series.Column{
			{Channel: series.Lat, V: lat.V}, {Channel: series.Lon, V: lon}}}.Downsample(points)
		if len(thin[0].V) > points || !slices.Equal(thin[0].T, thin[1].T) {
			t.Fatalf("%d samples for %d points", len(thin[0].V), points)
		}
		for i, all := range [][]int32{lat.V, lon} {
			if len(all) > 0 && (slices.Min(all) != slices.Min(thin[i].V) || slices.Max(all) != slices.Max(thin[i].V)) {
				t.Fatal("an outermost point is lost")
			}
		}
	})
}
