package dto

import (
	"slices"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// channelOrder is the contract's channels in its order, each with the samples it is made of.
var channelOrder = []struct {
	name    ChannelName
	samples []series.Channel
}{
	{ChannelNamePowerW, []series.Channel{series.PowerW}},
	{ChannelNameCadenceRpm, []series.Channel{series.CadenceRPM}},
	{ChannelNameSpeedMps, []series.Channel{series.SpeedMPS}},
	{ChannelNameResistance, []series.Channel{series.Resistance}},
	{ChannelNameInclinePct, []series.Channel{series.InclinePct}},
	{ChannelNameDistanceM, []series.Channel{series.DistanceM}},
	{ChannelNameHeartRateBpm, []series.Channel{series.HeartRateBPM}},
	{ChannelNameAltitudeM, []series.Channel{series.AltitudeM}},
	{ChannelNamePosition, []series.Channel{series.Lat, series.Lon}},
}

// SampledChannels are the samples that the named channels are made of; of all channels where none
// is named. The contract has refused names that are none.
func SampledChannels(names []ChannelName) []series.Channel {
	var out []series.Channel
	for _, channel := range channelOrder {
		if len(names) == 0 || slices.Contains(names, channel.name) {
			out = append(out, channel.samples...)
		}
	}
	return out
}

// channelNames are the contract's names of recorded channels, in its order.
func channelNames(recorded []string) []ChannelName {
	out := []ChannelName{}
	for _, channel := range channelOrder {
		if slices.Contains(recorded, channel.samples[0].String()) {
			out = append(out, channel.name)
		}
	}
	return out
}

// StreamsBody is the samples that the grant opens, a channel each.
func StreamsBody(s workout.Streams, grant privacy.Grant) Body {
	var shows shower
	g := shows.by(grant)
	m := Streams{WorkoutID: s.WorkoutID}
	if effort := opened(g, s.Effort); effort != nil {
		for channel, into := range map[series.Channel]**EffortChannel{
			series.PowerW: &m.PowerW, series.CadenceRPM: &m.CadenceRpm, series.SpeedMPS: &m.SpeedMps,
			series.Resistance: &m.Resistance, series.InclinePct: &m.InclinePct, series.DistanceM: &m.DistanceM,
		} {
			if one := channelOf(*effort, channel); one != nil {
				*into = &EffortChannel{TS: seconds(one), Values: one.Values()}
			}
		}
	}
	if heart := opened(g, s.Heart); heart != nil {
		if one := channelOf(*heart, series.HeartRateBPM); one != nil {
			m.HeartRateBpm = &HeartRateChannel{TS: seconds(one), Values: one.Values()}
		}
	}
	if place := opened(g, s.Place); place != nil {
		if one := channelOf(*place, series.AltitudeM); one != nil {
			m.AltitudeM = &AltitudeChannel{TS: seconds(one), Values: one.Values()}
		}
		lat, lon := channelOf(*place, series.Lat), channelOf(*place, series.Lon)
		if lat != nil && lon != nil && slices.Equal(lat.T, lon.T) {
			m.Position = &PositionChannel{TS: seconds(lat), Lat: lat.Values(), Lon: lon.Values()}
		}
	}
	return shows.body(m)
}

func channelOf(all []series.Series, c series.Channel) *series.Series {
	for i := range all {
		if all[i].Channel == c && len(all[i].V) > 0 {
			return &all[i]
		}
	}
	return nil
}

func seconds(s *series.Series) []float64 {
	out := make([]float64, len(s.T))
	for i, ms := range s.T {
		out[i] = float64(ms) / 1000
	}
	return out
}
