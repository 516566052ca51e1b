package dto

import (
	"slices"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// ChartPoints is how many samples a channel has where nobody said how many: as many as are there
// at once, without a look at the others. It is the contract's default.
const ChartPoints = series.PreviewPoints

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

// StreamsBody is the samples that the grant opens, a channel each: the contract's Streams.
func StreamsBody(s workout.Streams, grant privacy.Grant) Body {
	var shows shower
	g := shows.by(grant)
	b := streams{workout: s.WorkoutID}
	for family, samples := range map[series.Family]privacy.Guarded[[]series.Series]{
		series.Effort: s.Effort, series.Heart: s.Heart, series.Place: s.Place,
	} {
		if all := opened(g, samples); all != nil {
			b.opened[family] = *all
		}
	}
	return shows.body(b)
}

// streams is Streams as it comes from the samples. Thousands of numbers that are whole steps are written
// as such: no step becomes a float on the way.
type streams struct {
	workout uuid.UUID
	opened  [series.Place + 1][]series.Series // by family
}

// channelsInJSON are the members of Streams as encoding/json orders them, workout_id apart.
var channelsInJSON = []series.Channel{
	series.AltitudeM, series.CadenceRPM, series.DistanceM, series.HeartRateBPM, series.InclinePct, series.Lat,
	series.PowerW, series.Resistance, series.SpeedMPS,
}

func (s streams) appendJSON(b []byte) ([]byte, error) { //nolint:unparam // an appender
	points := 0
	for _, family := range s.opened {
		for i := range family {
			points += len(family[i].V)
		}
	}
	b = append(slices.Grow(b, 128+14*points), '{')
	for _, channel := range channelsInJSON {
		one := s.channel(channel)
		switch lon := s.channel(series.Lon); {
		case one == nil:
			continue
		case channel != series.Lat:
			b = appendSteps(appendName(appendName(b, channel.String(), '{'), "t_s", '['), one.T, milliseconds)
			b = appendSteps(appendName(b, "values", '['), one.V, channel.Decimals())
		case lon == nil || !slices.Equal(one.T, lon.T):
			continue
		default:
			b = appendSteps(appendName(appendName(b, string(ChannelNamePosition), '{'), "lat", '['), one.V, series.Lat.Decimals())
			b = appendSteps(appendName(b, "lon", '['), lon.V, series.Lon.Decimals())
			b = appendSteps(appendName(b, "t_s", '['), one.T, milliseconds)
		}
		b = append(closed(b), ',')
	}
	return closed(append(appendUUID(append(b, `"workout_id":`...), s.workout), ',')), nil
}

// channel finds one that was opened and has samples.
func (s streams) channel(c series.Channel) *series.Series {
	family := s.opened[c.Family()]
	for i := range family {
		if family[i].Channel == c && len(family[i].V) > 0 {
			return &family[i]
		}
	}
	return nil
}

func appendName(b []byte, name string, start byte) []byte {
	return append(append(append(append(b, '"'), name...), '"', ':'), start)
}

// milliseconds are the decimals of a second.
const milliseconds = 3

// appendSteps ends a list with whole steps, of so many decimals, and a comma.
func appendSteps[N int32 | uint32](b []byte, steps []N, decimals int) []byte {
	for _, step := range steps {
		b = append(appendDecimal(b, int64(step), decimals), ',')
	}
	return append(ended(b), ',')
}
