package demo

import (
	"math"
	"time"

	"github.com/paceline/paceline/internal/ride"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// measured is what a device keeps of a channel; a channel that is zero throughout was not measured.
var measured = [series.Channels]func(ride.Sample) float64{
	series.PowerW:       func(s ride.Sample) float64 { return s.PowerW },
	series.CadenceRPM:   func(s ride.Sample) float64 { return s.CadenceRPM },
	series.SpeedMPS:     func(s ride.Sample) float64 { return s.SpeedMPS },
	series.Resistance:   func(s ride.Sample) float64 { return s.Resistance },
	series.InclinePct:   func(s ride.Sample) float64 { return s.GradePct },
	series.DistanceM:    func(s ride.Sample) float64 { return s.DistanceM },
	series.HeartRateBPM: func(s ride.Sample) float64 { return s.HeartBPM },
	series.Lat:          func(s ride.Sample) float64 { return s.Lat },
	series.Lon:          func(s ride.Sample) float64 { return s.Lon },
	series.AltitudeM:    func(s ride.Sample) float64 { return s.AltitudeM },
}

// record is a track as a device would have kept it: a sample a second, in the steps of each channel.
func record(t ride.Track, kind int, start time.Time) (recording.Recording, error) {
	var tables []series.Table
	for _, family := range series.Families() {
		table := series.Table{Family: family}
		for channel := range series.Channel(series.Channels) {
			if channel.Family() != family {
				continue
			}
			column, some := make([]int32, len(t.Samples)), false
			for i, s := range t.Samples {
				v := measured[channel](s)
				column[i] = channel.Steps(v)
				some = some || v != 0
			}
			if some {
				table.Columns = append(table.Columns, series.Column{Channel: channel, V: column})
			}
		}
		if table.Columns == nil {
			continue
		}
		for i := range t.Samples {
			table.T = append(table.T, uint32(i)*1000)
		}
		tables = append(tables, table)
	}
	seconds := float64(len(t.Samples))
	return recording.Assemble(recording.Live{
		Sport: kinds[kind].sport, Indoor: kinds[kind].indoor, Device: recording.Device{Name: kinds[kind].device},
		StartedAt: start.Truncate(time.Second), DurationS: seconds, MovingS: &seconds, CaloriesKcal: new(float64(int(t.Kcal))), Parts: [][]series.Table{tables},
	})
}

// steady is a ride as one goes for alone: in, on, and home.
func steady(seconds int) []ride.Segment {
	return []ride.Segment{{Seconds: 300, Effort: 0.6}, {Seconds: seconds - 480, Effort: 0.78}, {Seconds: 180, Effort: 0.55}}
}

// riderOf is the body that a member of the small world says they have, or one that fits the name.
func riderOf(name string) ride.Rider {
	s, has := float64(seed(name)), profiles[name].fields
	r := ride.Rider{MassKG: 58 + math.Mod(s, 25), FTPWatts: 160 + math.Mod(s, 110), RestingHR: 50 + math.Mod(s, 12), MaxHR: 178 + math.Mod(s, 15)}
	for field, into := range map[string]*float64{"weight_kg": &r.MassKG, "ftp_watts": &r.FTPWatts, "resting_hr": &r.RestingHR, "max_hr": &r.MaxHR} {
		switch v := has[field].(type) {
		case int:
			*into = float64(v)
		case float64:
			*into = v
		}
	}
	return r
}

// file is a track as a FIT file.
func file(t ride.Track, o recordingtest.Options) []byte {
	o.Sport, o.Seconds, o.Device = recording.Ride, len(t.Samples), "Paceline Bike"
	o.NoPlace = o.Indoor
	w := recordingtest.Workout{Options: o}
	for i, s := range t.Samples {
		w.Points = append(w.Points, recordingtest.Point{
			At: o.Start.Add(time.Duration(i) * time.Second), PowerW: math.Round(s.PowerW), CadenceRPM: math.Round(s.CadenceRPM),
			HeartBPM: math.Round(s.HeartBPM), SpeedMPS: s.SpeedMPS, DistanceM: s.DistanceM, Resistance: s.Resistance, InclinePct: s.GradePct,
			Lat: s.Lat, Lon: s.Lon, AltitudeM: s.AltitudeM,
		})
	}
	return recordingtest.FIT(recordingtest.FITForm{}, w)
}

// Recording is an entry as its device recorded it.
func (e Entry) Recording(p Person, lessons []Lesson) (recording.Recording, error) {
	return record(e.Track(p, lessons), e.Kind, e.Start)
}
