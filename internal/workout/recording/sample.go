package recording

import (
	"math"
	"time"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// moment is a time in Unix milliseconds; zero is a time that is not known.
type moment int64

// The times that a recording can have. Clocks that were never set start in 1970 or 1989.
var (
	earliest = moment(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	latest   = moment(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
)

// at gives t as a moment, and no moment for a time that no recording can have.
func at(t time.Time) moment {
	m := moment(t.UnixMilli())
	if m < earliest || m >= latest {
		return 0
	}
	return m
}

func (m moment) time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// after gives the moment so many seconds later.
func (m moment) after(seconds float64) moment { return m + moment(math.Round(seconds*1000)) }

// secondsTo gives the seconds from m to later.
func (m moment) secondsTo(later moment) float64 { return float64(later-m) / 1000 }

// plausible holds the range of values that each channel can have; others are dropped. They are
// wide: 5 kW and 60 m/s are beyond any athlete, so what lies outside is a sensor's mistake.
var plausible = [series.Channels]struct{ low, high float64 }{
	series.PowerW:       {0, 5000},
	series.CadenceRPM:   {0, 300},
	series.SpeedMPS:     {0, 60},
	series.Resistance:   {0, 1000},
	series.InclinePct:   {-100, 100},
	series.DistanceM:    {0, 10e6},
	series.HeartRateBPM: {20, 250}, // 0 is what a strap without contact sends
	series.Lat:          {-90, 90},
	series.Lon:          {-180, 180},
	series.AltitudeM:    {-500, 12000},
}

// believable says whether the channel can have the value; NaN never is.
func believable(c series.Channel, v float64) bool {
	return v >= plausible[c].low && v <= plausible[c].high
}

// sample is what a device recorded at one moment: a row, before the rows become columns.
type sample struct {
	at moment
	v  [series.Channels]int32
}

var nothing = func() (s sample) {
	for c := range s.v {
		s.v[c] = series.Absent
	}
	return s
}()

// set keeps a value that is plausible and drops any other.
func (s *sample) set(c series.Channel, value float64) {
	if believable(c, value) {
		s.v[c] = c.Steps(value)
	}
}

func (s *sample) has(c series.Channel) bool { return s.v[c] != series.Absent }

// settle drops half a position, and the one at 0° 0° that receivers without a fix send.
func (s *sample) settle() {
	if !s.has(series.Lat) || !s.has(series.Lon) || s.v[series.Lat] == 0 && s.v[series.Lon] == 0 {
		s.v[series.Lat], s.v[series.Lon] = series.Absent, series.Absent
	}
}

func (s *sample) empty() bool { return s.v == nothing.v }

// fill takes from another sample of the same moment what this one lacks.
func (s *sample) fill(from sample) {
	for c, v := range from.v {
		if s.v[c] == series.Absent {
			s.v[c] = v
		}
	}
}

// collector gathers the samples of a file and counts them against the limit.
type collector struct {
	samples []sample
	limit   int
	seen    int // samples in the file, kept or not
	untimed int // those without a time
}

// add takes a sample. One without a time or without any value is counted and dropped.
func (c *collector) add(s sample) error {
	if c.seen++; c.seen > c.limit {
		return refuse(TooManyRecords)
	}
	if s.at == 0 {
		c.untimed++
		return nil
	}
	if s.settle(); !s.empty() {
		c.samples = append(c.samples, s)
	}
	return nil
}

// mostlyUntimed says that the file doesn't tell when most of it was.
func (c *collector) mostlyUntimed() bool { return c.untimed > c.seen-c.untimed }
