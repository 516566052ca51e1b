package recordingtest

import (
	"bytes"
	"time"

	"github.com/muktihari/fit/encoder"
	"github.com/muktihari/fit/profile/basetype"
	"github.com/muktihari/fit/profile/mesgdef"
	"github.com/muktihari/fit/profile/typedef"
	"github.com/muktihari/fit/profile/untyped/fieldnum"
	"github.com/muktihari/fit/profile/untyped/mesgnum"
	"github.com/muktihari/fit/proto"

	"github.com/paceline/paceline/internal/workout/recording"
)

// FITForm chooses among the shapes that real FIT files have.
type FITForm struct {
	SummaryFirst   bool // sessions and laps before the records, as some apps write them
	DeveloperPower bool // power in a developer field that stands for the native one
	NoSession      bool // the device stopped before it wrote its summary
}

// RideFIT makes a FIT file with one session.
func RideFIT(o Options) []byte { return FIT(FITForm{}, Make(o)) }

// FIT writes the workouts as the sessions of one FIT file. Later ones should start after the
// ones before them end; see After.
func FIT(form FITForm, workouts ...Workout) []byte {
	first := workouts[0]
	id := mesgdef.NewFileId(nil).SetType(typedef.FileActivity).SetManufacturer(typedef.ManufacturerDevelopment).
		SetProduct(1).SetProductName(first.Device).SetTimeCreated(first.Start)
	if first.Serial != 0 {
		id.SetSerialNumber(first.Serial)
	}
	messages := []proto.Message{id.ToMesg(nil)}
	if first.Title != "" {
		messages = append(messages, mesgdef.NewWorkout(nil).SetWktName(first.Title).ToMesg(nil))
	}
	if form.DeveloperPower {
		messages = append(messages,
			mesgdef.NewDeveloperDataId(nil).SetDeveloperDataIndex(0).SetApplicationId([]byte("recordingtest...")).ToMesg(nil),
			mesgdef.NewFieldDescription(nil).SetDeveloperDataIndex(0).SetFieldDefinitionNumber(7).
				SetFitBaseTypeId(basetype.Uint16).SetFieldName([]string{"Power"}).SetUnits([]string{"Watts"}).
				SetNativeMesgNum(mesgnum.Record).SetNativeFieldNum(fieldnum.RecordPower).ToMesg(nil))
	}
	var records, summaries []proto.Message
	end := first.Start
	for _, w := range workouts {
		for _, p := range w.Points {
			records = append(records, w.record(p, form))
		}
		end = w.Start.Add(time.Duration(len(w.Points)) * time.Second)
		if !form.NoSession {
			summaries = append(summaries, w.summaries(end)...)
		}
	}
	if form.SummaryFirst {
		records, summaries = summaries, records
	}
	messages = append(append(messages, records...), summaries...)
	if !form.NoSession {
		messages = append(messages, mesgdef.NewActivity(nil).SetTimestamp(end).SetType(typedef.ActivityManual).ToMesg(nil))
	}
	return encode(messages)
}

// After gives options like o that start where w ends, for the next session of a file.
func (w Workout) After(o Options) Options {
	o.Start = w.Start.Add(time.Duration(len(w.Points)) * time.Second)
	return o
}

func encode(messages []proto.Message) []byte {
	var out bytes.Buffer
	if err := encoder.New(&out, encoder.WithProtocolVersion(proto.V2)).Encode(&proto.FIT{Messages: messages}); err != nil {
		panic("recordingtest: the encoder refuses a message of ours: " + err.Error())
	}
	return out.Bytes()
}

func (w Workout) record(p Point, form FITForm) proto.Message {
	r := mesgdef.NewRecord(nil).SetTimestamp(p.At).SetCadence(uint8(p.CadenceRPM))
	if w.Indoor {
		r.SetResistance(uint8(p.Resistance))
	} else {
		r.SetGradeScaled(p.InclinePct)
	}
	if !w.NoDistance {
		r.SetDistanceScaled(p.DistanceM).SetSpeedScaled(p.SpeedMPS)
	}
	if !w.NoHeart {
		r.SetHeartRate(uint8(p.HeartBPM))
	}
	if !w.NoPlace {
		r.SetPositionLatDegrees(p.Lat).SetPositionLongDegrees(p.Lon).SetAltitudeScaled(p.AltitudeM)
	}
	switch {
	case w.NoPower:
	case form.DeveloperPower:
		r.DeveloperFields = []proto.DeveloperField{{Num: 7, DeveloperDataIndex: 0, Value: proto.Uint16(uint16(p.PowerW))}}
	default:
		r.SetPower(uint16(p.PowerW))
	}
	return r.ToMesg(nil)
}

// summaries gives the laps, then the session.
func (w Workout) summaries(end time.Time) []proto.Message {
	var out []proto.Message
	for n := range w.Laps {
		points := w.lap(n)
		s := summarise(points)
		lap := mesgdef.NewLap(nil).SetTimestamp(points[len(points)-1].At.Add(time.Second)).SetStartTime(points[0].At).
			SetTotalElapsedTimeScaled(s.seconds).SetTotalTimerTimeScaled(s.seconds).
			SetAvgCadence(uint8(s.avgCadence)).SetMaxCadence(uint8(s.maxCadence))
		if !w.NoDistance {
			lap.SetTotalDistanceScaled(s.distanceM)
		}
		if !w.NoPower {
			lap.SetAvgPower(uint16(s.avgPower)).SetMaxPower(uint16(s.maxPower))
		}
		if !w.NoHeart {
			lap.SetAvgHeartRate(uint8(s.avgHeart)).SetMaxHeartRate(uint8(s.maxHeart))
		}
		out = append(out, lap.ToMesg(nil))
	}
	s := summarise(w.Points)
	sport, sub := w.fitSport()
	session := mesgdef.NewSession(nil).SetTimestamp(end).SetStartTime(w.Start).SetSport(sport).SetSubSport(sub).
		SetTotalElapsedTimeScaled(s.seconds).SetTotalTimerTimeScaled(s.seconds).SetTotalCalories(uint16(min(s.kcal, 65_000))).
		SetAvgCadence(uint8(s.avgCadence)).SetMaxCadence(uint8(s.maxCadence))
	if !w.NoDistance {
		session.SetTotalDistanceScaled(s.distanceM).SetAvgSpeedScaled(s.distanceM / s.seconds).SetMaxSpeedScaled(s.maxSpeed)
	}
	if !w.NoPower {
		session.SetAvgPower(uint16(s.avgPower)).SetMaxPower(uint16(s.maxPower)).SetTotalWork(uint32(s.joules))
	}
	if !w.NoHeart {
		session.SetAvgHeartRate(uint8(s.avgHeart)).SetMaxHeartRate(uint8(s.maxHeart))
	}
	if !w.NoPlace {
		session.SetTotalAscent(uint16(s.ascentM))
	}
	return append(out, session.ToMesg(nil))
}

func (w Workout) fitSport() (typedef.Sport, typedef.SubSport) {
	sub := typedef.SubSportGeneric
	switch w.Sport {
	case recording.Ride:
		if w.Indoor {
			sub = typedef.SubSportIndoorCycling
		}
		return typedef.SportCycling, sub
	case recording.Run:
		if w.Indoor {
			sub = typedef.SubSportTreadmill
		}
		return typedef.SportRunning, sub
	case recording.Row:
		if w.Indoor {
			return typedef.SportFitnessEquipment, typedef.SubSportIndoorRowing
		}
		return typedef.SportRowing, sub
	case recording.Walk:
		return typedef.SportWalking, sub
	case recording.Hike:
		return typedef.SportHiking, sub
	case recording.Swim:
		return typedef.SportSwimming, sub
	case recording.Strength:
		return typedef.SportTraining, typedef.SubSportStrengthTraining
	case recording.Yoga:
		return typedef.SportTraining, typedef.SubSportYoga
	case recording.Transition:
		return typedef.SportTransition, sub
	default:
		return typedef.SportGeneric, sub
	}
}
