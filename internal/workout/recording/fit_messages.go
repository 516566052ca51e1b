package recording

import (
	"github.com/muktihari/fit/kit/datetime"
	"github.com/muktihari/fit/profile/basetype"
	"github.com/muktihari/fit/profile/factory"
	"github.com/muktihari/fit/profile/mesgdef"
	"github.com/muktihari/fit/profile/typedef"
	"github.com/muktihari/fit/profile/untyped/fieldnum"
	"github.com/muktihari/fit/profile/untyped/mesgnum"
	"github.com/muktihari/fit/proto"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// maxDeveloperFields bounds the descriptions of developer fields: the decoder searches them for
// each value.
const maxDeveloperFields = 128

// fitReader gathers what the messages of one FIT file say, in whatever order they come.
type fitReader struct {
	limits  Limits
	cancel  func()
	refused error
	seen    int // samples in the files of the chain before this one

	fitContent
}

type fitContent struct {
	collector
	kind      typedef.File
	sport     fitSport // of the sport message, for files without a session
	sessions  []fitSession
	laps      []lapDraft
	device    Device
	title     string
	developer map[developerKey]developerField
	own       [256]bool // by index: the developer fields are those of FITApplication
}

type fitSession struct {
	sport      fitSport
	start, end moment
	said       figures
}

// A developer field that names a native field stands for it: it is what the athlete's sensor or
// machine measured, where the native field is what the watch could see.
type (
	developerKey   struct{ index, number byte }
	developerField struct {
		mesg   typedef.MesgNum
		native byte
		base   basetype.BaseType
	}
)

func (f *fitReader) begin(cancel func()) {
	f.seen += f.collector.seen
	f.cancel, f.refused = cancel, nil
	f.fitContent = fitContent{
		collector: collector{limit: f.limits.MaxRecords - f.seen},
		kind:      typedef.FileInvalid,
		developer: map[developerKey]developerField{},
	}
}

// OnMesg takes one message from the decoder, which reuses it afterwards.
func (f *fitReader) OnMesg(mesg proto.Message) {
	if f.refused != nil {
		return
	}
	if f.refused = f.message(&mesg); f.refused != nil {
		f.cancel()
	}
}

func (f *fitReader) message(mesg *proto.Message) error {
	switch mesg.Num {
	case mesgnum.Record:
		return f.add(f.record(mesg))
	case mesgnum.Session:
		s := fitSession{sport: sportOf(mesg, fieldnum.SessionSport, fieldnum.SessionSubSport), said: f.figures(mesg)}
		s.start, s.end = timeOf(mesg, fieldnum.SessionStartTime), timeOf(mesg, fieldnum.SessionTimestamp)
		if f.sessions = append(f.sessions, s); len(f.sessions) > f.limits.MaxRecordings {
			return refuse(TooManyRecords)
		}
	case mesgnum.Lap:
		lap := lapDraft{said: f.figures(mesg)}
		lap.start = startOf(timeOf(mesg, fieldnum.LapStartTime), timeOf(mesg, fieldnum.LapTimestamp), lap.said)
		if f.laps = append(f.laps, lap); len(f.laps) > f.limits.MaxLaps {
			return refuse(TooManyRecords)
		}
	case mesgnum.Sport:
		f.sport = sportOf(mesg, fieldnum.SportSport, fieldnum.SportSubSport)
	case mesgnum.FileId:
		id := mesgdef.NewFileId(mesg)
		f.kind, f.device = id.Type, deviceOf(id)
	case mesgnum.Workout:
		f.title = mesg.FieldValueByNum(fieldnum.WorkoutWktName).String()
	case mesgnum.DeveloperDataId:
		f.application(mesg)
	case mesgnum.FieldDescription:
		d := mesgdef.NewFieldDescription(mesg)
		if len(f.developer) >= maxDeveloperFields {
			return refuse(TooManyRecords)
		}
		f.developer[developerKey{d.DeveloperDataIndex, d.FieldDefinitionNumber}] =
			developerField{d.NativeMesgNum, d.NativeFieldNum, d.FitBaseTypeId}
	default: // FIT has a hundred more
	}
	return nil
}

// recordChannels gives the channel of a field of the record message. The decoder expands speed
// and altitude into their enhanced fields.
var recordChannels = map[byte]series.Channel{
	fieldnum.RecordPower:            series.PowerW,
	fieldnum.RecordCadence:          series.CadenceRPM,
	fieldnum.RecordSpeed:            series.SpeedMPS,
	fieldnum.RecordEnhancedSpeed:    series.SpeedMPS,
	fieldnum.RecordResistance:       series.Resistance,
	fieldnum.RecordGrade:            series.InclinePct,
	fieldnum.RecordDistance:         series.DistanceM,
	fieldnum.RecordHeartRate:        series.HeartRateBPM,
	fieldnum.RecordPositionLat:      series.Lat,
	fieldnum.RecordPositionLong:     series.Lon,
	fieldnum.RecordAltitude:         series.AltitudeM,
	fieldnum.RecordEnhancedAltitude: series.AltitudeM,
}

func (f *fitReader) record(mesg *proto.Message) sample {
	s := nothing
	s.at = timeOf(mesg, fieldnum.RecordTimestamp)
	for i := range mesg.Fields {
		field := &mesg.Fields[i]
		channel, known := recordChannels[field.Num]
		if v, valid := number(field.Value, field.BaseType); known && valid {
			s.set(channel, scaled(field, v))
		}
	}
	for i := range mesg.DeveloperFields {
		f.restore(&s, &mesg.DeveloperFields[i])
		if native, v, valid := f.developed(mesg.Num, &mesg.DeveloperFields[i]); valid {
			if channel, known := recordChannels[native]; known && channel.Family() != series.Place {
				s.set(channel, v)
			}
		}
	}
	return s
}

// wanted names the figures that are kept of sessions and laps. An app's own field may replace
// those that are true: it measured them. Of the rest the device knows more: rowing apps, for
// one, write calories per hour into a field that claims to be calories.
var wanted = map[string]bool{
	elapsed: false, timer: false, totalWork: false, totalCalories: false, totalAscent: false, totalDescent: false,
	startLat: false, startLon: false, endLat: false, endLon: false,
	totalDistance: true, avgPower: true, maxPower: true, avgCadence: true, maxCadence: true,
	avgSpeed: true, maxSpeed: true, avgHeartRate: true, maxHeartRate: true,
}

func (f *fitReader) figures(mesg *proto.Message) figures {
	said := figures{}
	for i := range mesg.Fields {
		field := &mesg.Fields[i]
		v, valid := number(field.Value, field.BaseType)
		if _, keep := wanted[field.Name]; keep && valid {
			said[field.Name] = scaled(field, v)
		}
	}
	for i := range mesg.DeveloperFields {
		native, v, valid := f.developed(mesg.Num, &mesg.DeveloperFields[i])
		if !valid {
			continue
		}
		name := factory.CreateField(mesg.Num, native).Name
		if enhanced := "enhanced_" + name; wanted[enhanced] {
			name = enhanced
		}
		if wanted[name] && v != 0 {
			said[name] = v
		}
	}
	return said
}

// developed gives the native field that a developer field stands for, and its value, which is
// in the native field's unit and not scaled.
func (f *fitReader) developed(mesg typedef.MesgNum, field *proto.DeveloperField) (native byte, v float64, valid bool) {
	d, known := f.developer[developerKey{field.DeveloperDataIndex, field.Num}]
	if !known || d.mesg != mesg || d.native == basetype.Uint8Invalid {
		return 0, 0, false
	}
	v, valid = number(field.Value, d.base)
	return d.native, v, valid
}

// startOf works out a start that is missing from the end and the time between them.
func startOf(start, end moment, said figures) moment {
	if length, known := said[elapsed]; start == 0 && end != 0 && known {
		return at(end.after(-length).time())
	}
	return start
}

func timeOf(mesg *proto.Message, num byte) moment {
	seconds := mesg.FieldValueByNum(num).Uint32()
	if seconds == basetype.Uint32Invalid {
		return 0
	}
	return at(datetime.ToTime(seconds))
}

// scaled turns a field's raw number into its unit, and semicircles into degrees.
func scaled(field *proto.Field, v float64) float64 {
	if field.Units == "semicircles" {
		return v * 180 / (1 << 31)
	}
	return v/field.Scale - field.Offset
}

// number gives the value of a numeric field, unless it is the one that means "invalid".
func number(v proto.Value, base basetype.BaseType) (float64, bool) {
	if !v.Valid(base) {
		return 0, false
	}
	switch v.Type() {
	case proto.TypeInt8:
		return float64(v.Int8()), true
	case proto.TypeUint8:
		return float64(v.Uint8()), true
	case proto.TypeInt16:
		return float64(v.Int16()), true
	case proto.TypeUint16:
		return float64(v.Uint16()), true
	case proto.TypeInt32:
		return float64(v.Int32()), true
	case proto.TypeUint32:
		return float64(v.Uint32()), true
	case proto.TypeInt64:
		return float64(v.Int64()), true
	case proto.TypeUint64:
		return float64(v.Uint64()), true
	case proto.TypeFloat32:
		return float64(v.Float32()), true
	case proto.TypeFloat64:
		return v.Float64(), true
	default:
		return 0, false
	}
}
