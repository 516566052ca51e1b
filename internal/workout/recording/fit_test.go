package recording_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/muktihari/fit/encoder"
	"github.com/muktihari/fit/kit/hash/crc16"
	"github.com/muktihari/fit/profile/basetype"
	"github.com/muktihari/fit/profile/mesgdef"
	"github.com/muktihari/fit/profile/typedef"
	"github.com/muktihari/fit/proto"

	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

var start = time.Date(2026, 3, 7, 8, 0, 0, 0, time.UTC)

// fit writes messages after a file_id of the kind.
func fit(t testing.TB, kind typedef.File, messages ...proto.Message) []byte {
	t.Helper()
	var out bytes.Buffer
	messages = append([]proto.Message{mesgdef.NewFileId(nil).SetType(kind).ToMesg(nil)}, messages...)
	if err := encoder.New(&out, encoder.WithProtocolVersion(proto.V2)).Encode(&proto.FIT{Messages: messages}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func activity(t testing.TB, messages ...proto.Message) []byte {
	t.Helper()
	return fit(t, typedef.FileActivity, messages...)
}

// record is a record message so many seconds after start.
func record(second int) *mesgdef.Record {
	return mesgdef.NewRecord(nil).SetTimestamp(start.Add(time.Duration(second) * time.Second))
}

// session is a minute of riding.
func session() *mesgdef.Session {
	return mesgdef.NewSession(nil).SetStartTime(start).SetTimestamp(start.Add(time.Minute)).
		SetSport(typedef.SportCycling).SetTotalElapsedTimeScaled(60).SetTotalTimerTimeScaled(60)
}

func TestEachSessionIsARecording(t *testing.T) {
	t.Parallel()
	legs := []recording.Sport{recording.Swim, recording.Transition, recording.Ride, recording.Transition, recording.Run}
	var workouts []recordingtest.Workout
	for i, sport := range legs {
		o := recordingtest.Options{Sport: sport, Seconds: 100 + i, Laps: 1 + i%2, NoPower: sport == recording.Swim}
		if i > 0 {
			o = workouts[i-1].After(o)
		}
		workouts = append(workouts, recordingtest.Make(o))
	}
	for _, form := range []recordingtest.FITForm{{}, {SummaryFirst: true}} {
		all := parse(t, recordingtest.FIT(form, workouts...))
		if len(all) != len(legs) {
			t.Fatalf("%d recordings", len(all))
		}
		fingerprints := map[[32]byte]bool{}
		for i, r := range all {
			fingerprints[r.Fingerprint()] = true
			if r.Sport != legs[i] || !r.StartedAt.Equal(workouts[i].Start) || len(r.Laps) != workouts[i].Laps {
				t.Errorf("%d: %s at %v with %d laps", i, r.Sport, r.StartedAt, len(r.Laps))
			}
			if n := len(column(r, series.CadenceRPM)); n != 100+i {
				t.Errorf("%d: %d samples", i, n)
			}
		}
		if len(fingerprints) != len(legs) {
			t.Error("two sessions have one fingerprint")
		}
	}
}

func TestADistanceCounterThatRunsOnStartsAgain(t *testing.T) {
	t.Parallel()
	second := session().SetStartTime(start.Add(time.Minute)).SetTimestamp(start.Add(2 * time.Minute)).SetSport(typedef.SportRunning)
	all := parse(t, activity(t,
		record(0).SetDistanceScaled(0).ToMesg(nil), record(59).SetDistanceScaled(500).ToMesg(nil),
		record(60).SetDistanceScaled(502).ToMesg(nil), record(119).SetDistanceScaled(700).ToMesg(nil),
		second.ToMesg(nil), session().ToMesg(nil)))
	if got := column(all[1], series.DistanceM); !slices.Equal(got, []int32{200, 20000}) {
		t.Errorf("the second session's distances are %v", got)
	}
}

func TestDeveloperFieldsStandForNativeOnes(t *testing.T) {
	t.Parallel()
	ride := recordingtest.Make(recordingtest.Options{Seconds: 90})
	r := only(t, recordingtest.FIT(recordingtest.FITForm{DeveloperPower: true}, ride))
	power := column(r, series.PowerW)
	if len(power) != 90 || float64(power[80]) != ride.Points[80].PowerW {
		t.Errorf("power is %v", power)
	}
}

func TestAFileWithoutItsSummary(t *testing.T) {
	t.Parallel()
	r := only(t, recordingtest.FIT(recordingtest.FITForm{NoSession: true}, recordingtest.Make(recordingtest.Options{Seconds: 90})))
	if r.Sport != recording.Other || r.DurationS != 89 || r.Effort.AvgPowerW == nil {
		t.Errorf("%s of %v s, power %v", r.Sport, r.DurationS, r.Effort.AvgPowerW)
	}
}

func TestAWorkoutWithoutSamples(t *testing.T) {
	t.Parallel()
	r := only(t, activity(t, session().SetSubSport(typedef.SubSportStrengthTraining).SetAvgHeartRate(110).SetMaxHeartRate(150).ToMesg(nil)))
	if r.Sport != recording.Strength || r.DurationS != 60 || len(r.Samples) != 0 {
		t.Errorf("%+v", r)
	}
	near(t, "heart rate", r.Heart.AvgBPM, 110, 0)
}

// Old devices write headers of 12 bytes, or leave the checksum in the header zero. The file's
// checksum covers the header all the same.
func TestHeadersWithoutAChecksum(t *testing.T) {
	t.Parallel()
	file := recordingtest.RideFIT(recordingtest.Options{Seconds: 60})
	reseal := func(header, data []byte) []byte {
		out := slices.Concat(header, data)
		sum := crc16.New()
		sum.Write(out)
		return binary.LittleEndian.AppendUint16(out, sum.Sum16())
	}
	data := file[14 : len(file)-2]
	short := slices.Concat([]byte{12}, file[1:12])
	zeroed := slices.Concat(file[:12], []byte{0, 0})
	want := only(t, file)
	for _, header := range [][]byte{short, zeroed} {
		if r := only(t, reseal(header, data)); r.Fingerprint() != want.Fingerprint() {
			t.Errorf("a header of %d bytes gives another recording", len(header))
		}
	}
}

func TestFilesInAChain(t *testing.T) {
	t.Parallel()
	one := recordingtest.RideFIT(recordingtest.Options{Seconds: 60})
	two := recordingtest.RideFIT(recordingtest.Options{Seconds: 60, Start: start.Add(time.Hour)})
	if all := parse(t, slices.Concat(one, two)); len(all) != 2 || !all[1].StartedAt.Equal(start.Add(time.Hour)) {
		t.Errorf("%d recordings", len(all))
	}
}

func TestCrazySamplesAreDropped(t *testing.T) {
	t.Parallel()
	r := only(t, activity(t,
		record(-40_000_000).SetPower(100).ToMesg(nil), // before the session
		record(0).SetHeartRate(120).SetPower(100).SetPositionLatDegrees(47).SetPositionLongDegrees(8).ToMesg(nil),
		record(1).SetHeartRate(251).SetPower(60_000).SetSpeedScaled(64).ToMesg(nil),
		record(2).SetHeartRate(0).SetPositionLatDegrees(0).SetPositionLongDegrees(0).ToMesg(nil),
		record(3).SetPositionLatDegrees(91).SetPositionLongDegrees(8).SetHeartRate(130).ToMesg(nil),
		record(3).SetHeartRate(140).SetPower(200).ToMesg(nil), // the same second again
		record(90_000_000).SetPower(100).ToMesg(nil),          // years later
		session().ToMesg(nil)))
	if got := column(r, series.HeartRateBPM); !slices.Equal(got, []int32{120, 130}) {
		t.Errorf("heart rates are %v", got)
	}
	if got := column(r, series.PowerW); !slices.Equal(got, []int32{100, 200}) {
		t.Errorf("powers are %v", got)
	}
	if got := len(column(r, series.Lat)); got != 1 {
		t.Errorf("%d positions", got)
	}
	if column(r, series.SpeedMPS) != nil || r.DurationS != 60 {
		t.Errorf("speeds %v, %v s", column(r, series.SpeedMPS), r.DurationS)
	}
}

func TestRecordsInAnyOrder(t *testing.T) {
	t.Parallel()
	r := only(t, activity(t, record(5).SetPower(3).ToMesg(nil), record(1).SetPower(1).ToMesg(nil),
		session().ToMesg(nil), record(3).SetPower(2).ToMesg(nil)))
	if table := r.Table(series.Effort); !slices.Equal(table.T, []uint32{1000, 3000, 5000}) || !slices.Equal(table.Columns[0].V, []int32{1, 2, 3}) {
		t.Errorf("%+v", table)
	}
}

// What another application means by the numbers of our developer fields is its own affair.
func TestOurDeveloperFieldsAreOurs(t *testing.T) {
	t.Parallel()
	file := func(application string) []byte {
		describe := func(number byte, base basetype.BaseType) proto.Message {
			return mesgdef.NewFieldDescription(nil).SetDeveloperDataIndex(0).SetFieldDefinitionNumber(number).
				SetFitBaseTypeId(base).SetFieldName([]string{"x"}).ToMesg(nil)
		}
		with := record(1).SetPower(100).SetEnhancedAltitudeScaled(400.2)
		with.DeveloperFields = []proto.DeveloperField{
			{Num: recording.FITMilliseconds, Value: proto.Uint16(250)}, {Num: recording.FITAltitude, Value: proto.Float32(400.3)},
		}
		late := record(2).SetPower(100)
		late.DeveloperFields = []proto.DeveloperField{{Num: recording.FITMilliseconds, Value: proto.Uint16(1000)}} // no part of a second
		return activity(t, mesgdef.NewDeveloperDataId(nil).SetDeveloperDataIndex(0).SetApplicationId([]byte(application)).ToMesg(nil),
			describe(recording.FITMilliseconds, basetype.Uint16), describe(recording.FITAltitude, basetype.Float32),
			with.ToMesg(nil), late.ToMesg(nil), session().ToMesg(nil))
	}
	ours, theirs := only(t, file(recording.FITApplication)), only(t, file("another app's id"))
	if got := ours.Table(series.Effort).T; !slices.Equal(got, []uint32{1250, 2000}) || !slices.Equal(column(ours, series.AltitudeM), []int32{4003}) {
		t.Errorf("ours: %v, altitude %v", got, column(ours, series.AltitudeM))
	}
	if got := theirs.Table(series.Effort).T; !slices.Equal(got, []uint32{1000, 2000}) || !slices.Equal(column(theirs, series.AltitudeM), []int32{4002}) {
		t.Errorf("theirs: %v, altitude %v", got, column(theirs, series.AltitudeM))
	}
}
