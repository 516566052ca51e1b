package series

import "math"

// Family is a group of channels that one audience and one scope guard together.
type Family uint8

// The families. The numbers are written into blobs: never change one.
const (
	Effort Family = 1
	Heart  Family = 2
	Place  Family = 3
)

// Families lists all families in their fixed order.
func Families() []Family { return []Family{Effort, Heart, Place} }

// String gives "effort", "heart" or "place", and "unknown" for anything else.
func (f Family) String() string {
	switch f {
	case Effort:
		return "effort"
	case Heart:
		return "heart"
	case Place:
		return "place"
	default:
		return "unknown"
	}
}

// Channel is one measured quantity.
type Channel uint8

// The channels. The numbers are written into blobs: add at the end, never change one.
const (
	PowerW Channel = iota
	CadenceRPM
	SpeedMPS
	Resistance
	InclinePct
	DistanceM
	HeartRateBPM
	Lat
	Lon
	AltitudeM
	// Channels is how many channels there are.
	Channels = int(iota)
)

var channels = [Channels]struct {
	name   string
	family Family
	scale  float64 // steps per unit: the inverse of the resolution
}{
	PowerW:       {"power_w", Effort, 1},
	CadenceRPM:   {"cadence_rpm", Effort, 1},
	SpeedMPS:     {"speed_mps", Effort, 1000},
	Resistance:   {"resistance", Effort, 10},
	InclinePct:   {"incline_pct", Effort, 10},
	DistanceM:    {"distance_m", Effort, 100},
	HeartRateBPM: {"heart_rate_bpm", Heart, 1},
	Lat:          {"lat", Place, 1e7},
	Lon:          {"lon", Place, 1e7},
	AltitudeM:    {"altitude_m", Place, 10},
}

// ChannelNamed finds a channel by its name in the contract, such as "power_w".
func ChannelNamed(name string) (Channel, bool) {
	for c := range channels {
		if channels[c].name == name {
			return Channel(c), true
		}
	}
	return 0, false
}

// String gives the channel's name in the contract; "unknown" for a number that is none.
func (c Channel) String() string {
	if !c.known() {
		return "unknown"
	}
	return channels[c].name
}

// Family gives the family that guards the channel; zero for a number that is no channel.
func (c Channel) Family() Family {
	if !c.known() {
		return 0
	}
	return channels[c].family
}

// Decimals is how many decimals a value of the channel has: it comes in steps of the last of them.
func (c Channel) Decimals() (n int) {
	for scale := channels[c].scale; scale > 1; scale /= 10 {
		n++
	}
	return n
}

func (c Channel) known() bool { return int(c) < Channels }

// Absent marks a moment at which a channel has no value.
const Absent int32 = math.MinInt32

// Steps turns a value in the channel's unit into whole steps of its resolution. What has no
// place in an int32 (NaN, infinities, far too large) is Absent.
func (c Channel) Steps(value float64) int32 {
	steps := math.Round(value * channels[c].scale)
	if !(math.Abs(steps) <= math.MaxInt32) { // also catches NaN
		return Absent
	}
	return int32(steps)
}

// Value turns steps back into the channel's unit; Absent is NaN.
func (c Channel) Value(steps int32) float64 {
	if steps == Absent {
		return math.NaN()
	}
	return float64(steps) / channels[c].scale
}
