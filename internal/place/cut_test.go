package place_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// at is a circle of 200 m around x on y = 0.
func at(x float64) place.Zone { return place.Around(xy{x, 0}.point(), 200) }

func seconds(s ...uint32) (out []place.Span) {
	for i := 0; i < len(s); i += 2 {
		out = append(out, place.Span{From: s[i] * 1000, To: s[i+1] * 1000})
	}
	return out
}

// Tracks go along y = 0 by 10 m a second, unless it says otherwise; so x = 10 × seconds. In a second
// nobody gets further than 25 m: the last position in sight is the last that is 10 m outside, as a leg
// from 10 m to 0 m may have led inside, and one from 20 m to 10 m may not.
func TestCut(t *testing.T) {
	gap := func(n int) []*xy { return make([]*xy, n) }
	hour := 3600 * time.Second
	for _, c := range []struct {
		name     string
		track    series.Table
		duration time.Duration // as long as the track when zero
		zones    []place.Zone
		want     []place.Span
		whole    bool
	}{
		{"no zones", track(1, line(0, 2000, 10)...), 0, nil, seconds(0, 200), true},
		{"a zone far away", track(1, line(0, 2000, 10)...), 0, []place.Zone{at(9000)}, seconds(0, 200), true},
		{"through the middle", track(1, line(0, 2000, 10)...), 0, []place.Zone{at(1000)}, seconds(0, 79, 121, 200), false},
		{"from inside", track(1, line(0, 2000, 10)...), 0, []place.Zone{at(0)}, seconds(21, 200), false},
		{"into it", track(1, line(0, 2000, 10)...), 0, []place.Zone{at(2000)}, seconds(0, 179), false},
		{"home and back home", track(1, append(line(0, 1000, 10), line(990, 0, -10)...)...), 0, []place.Zone{at(0)}, seconds(21, 179), false},
		{"all inside", track(1, line(0, 100, 10)...), 0, []place.Zone{at(0)}, nil, false},
		{"two that overlap", track(1, line(0, 2000, 10)...), 0, []place.Zone{at(1100), at(900)}, seconds(0, 69, 131, 200), false},
		{"two with a track between", track(1, line(0, 2000, 10)...), 0, []place.Zone{at(500), at(1500)}, seconds(0, 29, 71, 129, 171, 200), false},
		{"one in another", track(1, line(0, 2000, 10)...), 0, []place.Zone{at(1000), place.Around(xy{1000, 0}.point(), 50)}, seconds(0, 79, 121, 200), false},
		{"two with a moment between", track(1, line(0, 2000, 10)...), 0, []place.Zone{at(790), at(1210)}, seconds(0, 58, 142, 200), false},
		{"a leap out of it", track(1, append(append(line(0, 50, 10), &xy{2000, 0}), line(60, 100, 10)...)...), 0, []place.Zone{at(0)}, nil, false},

		// Positions far between: the line between two of them leads through, or may have.
		{"a line through", track(60, &xy{-600, 0}, &xy{-500, 0}, &xy{500, 0}, &xy{600, 0}), 0, []place.Zone{at(0)}, nil, false},
		{"a line through in no time", track(1, &xy{-260, 0}, &xy{-250, 0}, &xy{250, 0}, &xy{260, 0}), 0, []place.Zone{at(0)}, seconds(0, 1, 2, 3), false},
		{"two lines by the side", track(10, line(-1000, 1000, 100)...), 0, []place.Zone{place.Around(xy{0, 900}.point(), 200)}, seconds(0, 200), true},
		{"a stop of a minute 500 m off", track(1, append(append(line(-1000, -700, 10), gap(60)...), line(-700, -1000, -10)...)...), 0, []place.Zone{at(0)}, seconds(0, 30, 91, 121), false},
		{"a stop of an hour 2 km off", track(1, append(append(line(-2300, -2200, 10), gap(3600)...), line(-2200, -2300, -10)...)...), 0, []place.Zone{at(0)}, seconds(0, 3621), true},
		{"a stop of an hour 1.4 km off", track(1, append(append(line(-1700, -1600, 10), gap(3600)...), line(-1600, -1700, -10)...)...), 0, []place.Zone{at(0)}, seconds(0, 10, 3611, 3621), false},

		// Nobody knows where it was before the first position, and after the last.
		{"no fix for 10 s, 1 km off", track(1, append(gap(10), line(1200, 1300, 10)...)...), 0, []place.Zone{at(0)}, seconds(0, 20), true},
		{"no fix for 60 s, 1 km off", track(1, append(gap(60), line(1200, 1300, 10)...)...), 0, []place.Zone{at(0)}, seconds(60, 70), false},
		{"lost for the last 10 s", track(1, line(1200, 1300, 10)...), 20 * time.Second, []place.Zone{at(0)}, seconds(0, 20), true},
		{"lost for the last hour", track(1, line(1200, 1300, 10)...), hour, []place.Zone{at(0)}, seconds(0, 10), false},
		{"lost for the last hour, far away", track(1, line(9200, 9300, 10)...), hour, []place.Zone{at(0)}, seconds(0, 3600), true},
		{"longer than it lasts", track(1, line(9200, 9300, 10)...), time.Second, []place.Zone{at(0)}, seconds(0, 10), true},

		{"no positions", track(1, gap(10)...), hour, []place.Zone{at(0)}, seconds(0, 3600), true},
		{"no samples", series.Table{Family: series.Place}, hour, []place.Zone{at(0)}, seconds(0, 3600), true},
		{"one position", track(1, &xy{900, 0}), 0, []place.Zone{at(0)}, nil, false},
		{"a zone that nobody made", track(1, line(0, 2000, 10)...), 0, []place.Zone{{}}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.duration == 0 {
				c.duration = length(c.track)
			}
			v := place.Cut(c.track, c.duration, c.zones)
			if diff := cmp.Diff(c.want, v.Spans()); diff != "" && len(c.want)+len(v.Spans()) > 0 {
				t.Error(diff)
			}
			if v.Whole() != c.whole || v.None() != (c.want == nil) {
				t.Errorf("whole %v, none %v", v.Whole(), v.None())
			}
		})
	}
}

func TestCutAtTheEdgeOfTheMap(t *testing.T) {
	// A degree of longitude at 60° is 55.6 km: 180 positions 10 m apart, across the antimeridian.
	lats, lons := make([]int32, 201), make([]int32, 201)
	axis := make([]uint32, 201)
	for i := range axis {
		axis[i] = uint32(i * 1000)
		lats[i] = series.Lat.Steps(60)
		lon := 180 + float64(i-100)*10/55_597.54
		if lon > 180 {
			lon -= 360
		}
		lons[i] = series.Lon.Steps(lon)
	}
	tr := series.Table{Family: series.Place, T: axis, Columns: []series.Column{{Channel: series.Lat, V: lats}, {Channel: series.Lon, V: lons}}}
	for _, lon := range []float64{180, -180} {
		v := place.Cut(tr, length(tr), []place.Zone{place.Around(place.Point{Lat: 60, Lon: lon}, 200)})
		if diff := cmp.Diff(seconds(0, 79, 121, 200), v.Spans()); diff != "" {
			t.Error(diff)
		}
	}
}

// What breaks its own rules shows nothing, as nobody knows what else is wrong with it.
func TestCutShowsNothingOfBrokenTracks(t *testing.T) {
	for name, spoil := range map[string]func(*series.Table){
		"time goes back":   func(t *series.Table) { slices.Reverse(t.T) },
		"time stands":      func(t *series.Table) { t.T[5] = t.T[4] },
		"another family":   func(t *series.Table) { t.Family = series.Effort },
		"a short column":   func(t *series.Table) { t.Columns[2].V = t.Columns[2].V[1:] },
		"half a position":  func(t *series.Table) { t.Columns[1].V[7] = series.Absent },
		"no longitudes":    func(t *series.Table) { t.Columns = t.Columns[:1] },
		"beyond the pole":  func(t *series.Table) { t.Columns[0].V[7] = series.Lat.Steps(95) },
		"beyond the globe": func(t *series.Table) { t.Columns[1].V[7] = series.Lon.Steps(181) },
	} {
		tr := track(1, line(0, 2000, 10)...)
		spoil(&tr)
		v := place.Cut(tr, 200*time.Second, []place.Zone{at(9000)})
		if !v.None() || v.Whole() || len(v.Table(tr).T) > 0 || v.Sum(tr) != (place.Sum{}) || v.Duration() != 0 || v.Start() != 0 {
			t.Errorf("%s: it shows %v", name, v.Spans())
		}
	}
}
