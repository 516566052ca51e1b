package demo

import (
	"time"

	"github.com/paceline/paceline/internal/ride"
	"github.com/paceline/paceline/internal/workout/recording"
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
			column, any := make([]int32, len(t.Samples)), false
			for i, s := range t.Samples {
				v := measured[channel](s)
				column[i] = channel.Steps(v)
				any = any || v != 0
			}
			if any {
				table.Columns = append(table.Columns, series.Column{Channel: channel, V: column})
			}
		}
		if table.Columns == nil {
			continue
		}
		for i := range t.Samples {
			table.T = append(table.T, uint32(i)*1000) //nolint:gosec // some thousand seconds
		}
		tables = append(tables, table)
	}
	seconds := float64(len(t.Samples))
	return recording.Assemble(recording.Live{
		Sport: kinds[kind].sport, Indoor: kinds[kind].indoor, Device: recording.Device{Name: kinds[kind].device},
		StartedAt: start.Truncate(time.Second), DurationS: seconds, MovingS: &seconds, CaloriesKcal: new(float64(int(t.Kcal))), Parts: [][]series.Table{tables},
	})
}

// Recording is an entry as its device recorded it.
func (e Entry) Recording(p Person, lessons []Lesson) (recording.Recording, error) {
	return record(e.Track(p, lessons), e.Kind, e.Start)
}
