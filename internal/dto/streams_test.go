package dto

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Samples are written byte by byte as encoding/json writes the contract's Streams of them.
func TestSamplesAreTheContractsStreams(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		got := streams{workout: uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))}
		want := Streams{WorkoutID: got.workout}
		step := rapid.OneOf(rapid.Int32Range(-20, 20), rapid.Int32Range(-20_000, 20_000), rapid.Int32Range(-math.MaxInt32, math.MaxInt32))
		var lat *series.Series
		for c := range series.Channel(series.Channels) {
			s := series.Series{Channel: c, V: rapid.SliceOfN(step, 0, 4).Draw(t, c.String())}
			for range s.V {
				s.T = append(s.T, rapid.Uint32().Draw(t, "t"))
			}
			if c == series.Lon && lat != nil && len(lat.T) == len(s.T) && rapid.Bool().Draw(t, "together") {
				s.T = lat.T
			}
			got.opened[c.Family()] = append(got.opened[c.Family()], s)
			if len(s.V) == 0 {
				continue
			}
			at := make([]float64, len(s.T))
			for i, ms := range s.T {
				at[i] = float64(ms) / 1000
			}
			effort := &EffortChannel{TS: at, Values: s.Values()}
			switch c {
			case series.PowerW:
				want.PowerW = effort
			case series.CadenceRPM:
				want.CadenceRpm = effort
			case series.SpeedMPS:
				want.SpeedMps = effort
			case series.Resistance:
				want.Resistance = effort
			case series.InclinePct:
				want.InclinePct = effort
			case series.DistanceM:
				want.DistanceM = effort
			case series.HeartRateBPM:
				want.HeartRateBpm = &HeartRateChannel{TS: at, Values: s.Values()}
			case series.AltitudeM:
				want.AltitudeM = &AltitudeChannel{TS: at, Values: s.Values()}
			case series.Lat:
				lat = &s
			case series.Lon:
				if lat != nil && slices.Equal(lat.T, s.T) {
					want.Position = &PositionChannel{TS: at, Lat: lat.Values(), Lon: s.Values()}
				}
			}
		}
		encoded, err := bodyOf(got).Encode()
		if wanted, refused := json.Marshal(want); err != nil || refused != nil || string(encoded) != string(wanted) {
			t.Fatalf("%v, %v\n%s\n%s", err, refused, encoded, wanted)
		}
	})
}

// BenchmarkStreams writes a chart of six channels.
func BenchmarkStreams(b *testing.B) {
	var body streams
	for _, c := range []series.Channel{series.PowerW, series.CadenceRPM, series.SpeedMPS, series.Resistance, series.DistanceM, series.HeartRateBPM} {
		s := series.Series{Channel: c}
		for i := range uint32(500) {
			s.T, s.V = append(s.T, i*7200), append(s.V, c.Steps(100+float64(i)*1.234))
		}
		body.opened[c.Family()] = append(body.opened[c.Family()], s)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bodyOf(body).Encode(); err != nil {
			b.Fatal(err)
		}
	}
}
