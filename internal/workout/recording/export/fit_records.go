package export

import (
	"math"
	"time"

	"github.com/muktihari/fit/profile/basetype"
	"github.com/muktihari/fit/profile/mesgdef"
	"github.com/muktihari/fit/profile/typedef"
	"github.com/muktihari/fit/profile/untyped/fieldnum"
	"github.com/muktihari/fit/profile/untyped/mesgnum"
	"github.com/muktihari/fit/proto"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// developerField is a developer field of recording.FITApplication. One that stands for a native
// field has its number; 255 is none.
type developerField struct {
	number, native byte
	base           basetype.BaseType
	name, unit     string
	needed         func(x *Workout, r *row) bool
	value          func(x *Workout, r *row) proto.Value
}

var developerFields = []developerField{
	{
		recording.FITMilliseconds, basetype.Uint8Invalid, basetype.Uint16, "timestamp_ms", "ms",
		func(x *Workout, r *row) bool { return x.after(r.t).Nanosecond() != 0 },
		func(x *Workout, r *row) proto.Value {
			return proto.Uint16(uint16(x.after(r.t).Nanosecond() / int(time.Millisecond)))
		},
	},
	{
		recording.FITAltitude, basetype.Uint8Invalid, basetype.Float32, "altitude", "m",
		func(_ *Workout, r *row) bool { return r.has(series.AltitudeM) && r.v[series.AltitudeM]%2 != 0 },
		func(_ *Workout, r *row) proto.Value { return proto.Float32(float32(r.value(series.AltitudeM))) },
	},
	{
		2, fieldnum.RecordResistance, basetype.Float32, "resistance", "",
		func(_ *Workout, r *row) bool { return r.has(series.Resistance) },
		func(_ *Workout, r *row) proto.Value { return proto.Float32(float32(r.value(series.Resistance))) },
	},
	{
		3, fieldnum.RecordCadence, basetype.Uint16, "cadence", "rpm",
		func(_ *Workout, r *row) bool { return r.v[series.CadenceRPM] >= int32(basetype.Uint8Invalid) },
		func(_ *Workout, r *row) proto.Value {
			return proto.Uint16(fitted[uint16](r.value(series.CadenceRPM), 1))
		},
	},
}

// describe declares those developer fields that any record needs.
func (f *fit) describe() {
	needed := make([]bool, len(developerFields))
	some := false
	for r := range f.x.rows() {
		for i, d := range developerFields {
			needed[i] = needed[i] || d.needed(f.x, r)
			some = some || needed[i]
		}
	}
	if !some {
		return
	}
	f.put(mesgdef.NewDeveloperDataId(nil).SetDeveloperDataIndex(0).
		SetApplicationId([]byte(recording.FITApplication)).SetApplicationVersion(1).ToMesg(nil))
	for i, d := range developerFields {
		if !needed[i] {
			continue
		}
		m := mesgdef.NewFieldDescription(nil).SetDeveloperDataIndex(0).SetFieldDefinitionNumber(d.number).
			SetFitBaseTypeId(d.base).SetFieldName([]string{d.name})
		if d.unit != "" {
			m.SetUnits([]string{d.unit})
		}
		if d.native != basetype.Uint8Invalid {
			m.SetNativeMesgNum(mesgnum.Record).SetNativeFieldNum(d.native)
		}
		f.put(m.ToMesg(nil))
	}
}

// records writes the samples, and between them when the timer stopped and ran again.
func (f *fit) records() {
	x := f.x
	f.timer(x.StartedAt, typedef.EventTypeStart)
	pauses := x.pauses()
	for r := range x.rows() {
		for len(pauses) > 0 && pauses[0].to <= r.t {
			f.timer(x.after(pauses[0].from), typedef.EventTypeStopAll)
			f.timer(x.after(pauses[0].to), typedef.EventTypeStart)
			pauses = pauses[1:]
		}
		if m := f.record(r); len(m.Fields)+len(m.DeveloperFields) > 1 { // more than the timestamp
			f.put(m)
		}
		if f.err != nil {
			return
		}
	}
	f.timer(x.after(millis(x.DurationS)), typedef.EventTypeStopAll)
}

func (f *fit) timer(at time.Time, what typedef.EventType) {
	f.put(mesgdef.NewEvent(nil).SetTimestamp(at).SetEvent(typedef.EventTimer).SetEventType(what).ToMesg(nil))
}

func (f *fit) record(r *row) proto.Message {
	m := mesgdef.NewRecord(nil).SetTimestamp(f.x.after(r.t))
	m.Power = fitted[uint16](r.value(series.PowerW), 1)
	m.Cadence = fitted[uint8](r.value(series.CadenceRPM), 1)
	m.Distance = fitted[uint32](r.value(series.DistanceM), 100)
	m.HeartRate = fitted[uint8](r.value(series.HeartRateBPM), 1)
	// The enhanced fields only: whoever expands the others into them rounds once more.
	m.EnhancedSpeed = fitted[uint32](r.value(series.SpeedMPS), 1000)
	m.EnhancedAltitude = fitted[uint32](r.value(series.AltitudeM)+500, 5)
	if grade := math.Round(r.value(series.InclinePct) * 100); math.Abs(grade) < float64(basetype.Sint16Invalid) {
		m.Grade = int16(grade)
	}
	m.PositionLat, m.PositionLong = position(r.value(series.Lat), r.value(series.Lon))
	for _, d := range developerFields {
		if d.needed(f.x, r) {
			m.DeveloperFields = append(m.DeveloperFields, proto.DeveloperField{Num: d.number, Value: d.value(f.x, r)})
		}
	}
	return m.ToMesg(nil)
}

// fitted gives a value as a field holds it, in so many parts of its unit. What has no place in it
// is the highest number, FIT's word for "invalid", and the encoder leaves it out.
func fitted[T uint8 | uint16 | uint32](v, parts float64) T {
	invalid := ^T(0)
	v = math.Round(v * parts)
	if !(v >= 0 && v < float64(invalid)) { // also catches NaN
		return invalid
	}
	return T(v)
}

// position gives semicircles, 2^31 parts of 180° and so finer than the steps of 1e-7°, of both
// coordinates or, when one is missing, of none. 180° is no number of them, but -180° is.
func position(lat, lon float64) (int32, int32) {
	if !(math.Abs(lat) <= 90 && math.Abs(lon) <= 180) { // also catches NaN
		return basetype.Sint32Invalid, basetype.Sint32Invalid
	}
	semicircles := func(degrees float64) int32 {
		return int32(min(math.Round(degrees*(1<<31)/180), float64(basetype.Sint32Invalid-1)))
	}
	return semicircles(lat), semicircles(series.Lon.Value(east(series.Lon.Steps(lon))))
}
