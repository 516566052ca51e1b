package export

import (
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/muktihari/fit/encoder"
	"github.com/muktihari/fit/profile/mesgdef"
	"github.com/muktihari/fit/profile/typedef"
	"github.com/muktihari/fit/proto"

	"github.com/paceline/paceline/internal/workout/recording"
)

// FIT writes an activity file. Source: Garmin, "FIT Activity File",
// https://developer.garmin.com/fit/file-types/activity/
//
// It holds every channel: by the fields of the record message where they can, and otherwise by
// developer fields (resistance, which stands for the native field of that name; cadence above its
// 254 rpm; altitude between its steps of 0.2 m; the milliseconds of a moment, of which the native
// timestamp knows nothing). So all is kept to its full resolution, but for a longitude of
// 179.9999999°, which becomes 179.9999998°, and 180°, which becomes -180°. The timer's pauses are
// events.
//
// Laps begin at whole seconds for it, climbs are whole metres. Averages of resistance and incline
// have no place in it; who reads it works them out. That it was indoors it can say of a ride, run,
// walk, row or ski, and it always says so of elliptical, stairs, strength, cardio and yoga. Titles
// and names of devices longer than 254 bytes are cut. A workout without laps gets one that spans
// it, as activities must have one.
func FIT(w io.Writer, x Workout) error {
	if err := x.check(); err != nil {
		return err
	}
	var out memory
	stream, err := encoder.NewStream(&out, encoder.WithProtocolVersion(proto.V2),
		encoder.WithHeaderOption(encoder.HeaderOptionNormal, 15)) // records come in several shapes
	if err != nil {
		return err
	}
	f := fit{stream: stream, x: &x}
	f.head()
	f.records()
	f.summaries()
	if f.err == nil {
		f.err = stream.SequenceCompleted()
	}
	if f.err != nil {
		return f.err
	}
	_, err = w.Write(out)
	return err
}

// memory holds the file until its length is known, which stands at its beginning.
type memory []byte

func (m *memory) Write(p []byte) (int, error) {
	*m = append(*m, p...)
	return len(p), nil
}

// WriteAt writes over what was written before.
func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	if n := copy((*m)[at:], p); n < len(p) {
		return n, io.ErrShortWrite
	}
	return len(p), nil
}

// fit writes message by message, and nothing after the first error.
type fit struct {
	stream *encoder.StreamEncoder
	x      *Workout
	err    error
}

func (f *fit) put(mesg proto.Message) {
	if f.err == nil {
		f.err = f.stream.WriteMessage(&mesg)
	}
}

func (f *fit) head() {
	id := mesgdef.NewFileId(nil).SetType(typedef.FileActivity).SetManufacturer(typedef.ManufacturerDevelopment).
		SetProduct(0).SetTimeCreated(f.x.StartedAt)
	if device := short(f.x.Device); device != "" {
		id.SetProductName(device)
	}
	f.put(id.ToMesg(nil))
	f.describe()
	if title := short(f.x.Title); title != "" {
		f.put(mesgdef.NewWorkout(nil).SetWktName(title).ToMesg(nil))
	}
}

// short makes text fit into a field, which holds 255 bytes and ends with a zero. It cuts no
// character in two.
func short(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
	cut := min(len(text), 254)
	for cut > 0 && cut < len(text) && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

// summaries gives what goes on at the end: the laps, the session, the activity.
func (f *fit) summaries() {
	x := f.x
	end := x.after(millis(x.DurationS))
	laps := x.laps(x.pauses())
	for i, l := range laps {
		f.put(f.lap(i, l).ToMesg(nil))
	}
	f.put(f.session(end, len(laps)).ToMesg(nil))
	f.put(mesgdef.NewActivity(nil).SetTimestamp(end).SetTotalTimerTime(millis(x.moving())).SetNumSessions(1).
		SetType(typedef.ActivityManual).SetEvent(typedef.EventActivity).SetEventType(typedef.EventTypeStop).ToMesg(nil))
}

func (f *fit) lap(i int, l lap) *mesgdef.Lap {
	start := f.x.after(millis(l.StartS))
	end := start.Add(time.Duration(millis(l.DurationS)) * time.Millisecond)
	out := mesgdef.NewLap(nil).SetStartTime(start).SetTimestamp(end).
		SetEvent(typedef.EventLap).SetEventType(typedef.EventTypeStop).
		SetTotalElapsedTime(millis(l.DurationS)).SetTotalTimerTime(millis(l.timerS))
	out.MessageIndex = typedef.MessageIndex(fitted[uint16](float64(i), 1))
	e, h, p := l.Effort, l.Heart, l.Place
	out.TotalDistance = fitted[uint32](figure(l.DistanceM), 100)
	out.AvgPower, out.MaxPower = fitted[uint16](figure(e.AvgPowerW), 1), fitted[uint16](figure(e.MaxPowerW), 1)
	out.AvgCadence, out.MaxCadence = fitted[uint8](figure(e.AvgCadenceRPM), 1), fitted[uint8](figure(e.MaxCadenceRPM), 1)
	out.EnhancedAvgSpeed, out.EnhancedMaxSpeed = fitted[uint32](figure(e.AvgSpeedMPS), 1000), fitted[uint32](figure(e.MaxSpeedMPS), 1000)
	out.AvgHeartRate, out.MaxHeartRate = fitted[uint8](figure(h.AvgBPM), 1), fitted[uint8](figure(h.MaxBPM), 1)
	out.TotalAscent, out.TotalDescent = fitted[uint16](figure(p.AscentM), 1), fitted[uint16](figure(p.DescentM), 1)
	out.StartPositionLat, out.StartPositionLong = position(figure(p.StartLat), figure(p.StartLon))
	out.EndPositionLat, out.EndPositionLong = position(figure(p.EndLat), figure(p.EndLon))
	return out
}

func (f *fit) session(end time.Time, laps int) *mesgdef.Session {
	x := f.x
	sport := fitSport(x.Sport, x.Indoor)
	out := mesgdef.NewSession(nil).SetMessageIndex(0).SetStartTime(x.StartedAt).SetTimestamp(end).
		SetEvent(typedef.EventSession).SetEventType(typedef.EventTypeStop).SetSport(sport.sport).SetSubSport(sport.sub).
		SetTotalElapsedTime(millis(x.DurationS)).SetTotalTimerTime(millis(x.moving())).
		SetFirstLapIndex(0).SetNumLaps(fitted[uint16](float64(laps), 1))
	e, h, p := x.Effort, x.Heart, x.Place
	out.TotalDistance = fitted[uint32](figure(x.DistanceM), 100)
	out.TotalCalories = fitted[uint16](figure(x.CaloriesKcal), 1)
	out.TotalWork = fitted[uint32](figure(x.OutputKJ), 1000)
	out.AvgPower, out.MaxPower = fitted[uint16](figure(e.AvgPowerW), 1), fitted[uint16](figure(e.MaxPowerW), 1)
	out.AvgCadence, out.MaxCadence = fitted[uint8](figure(e.AvgCadenceRPM), 1), fitted[uint8](figure(e.MaxCadenceRPM), 1)
	out.EnhancedAvgSpeed, out.EnhancedMaxSpeed = fitted[uint32](figure(e.AvgSpeedMPS), 1000), fitted[uint32](figure(e.MaxSpeedMPS), 1000)
	out.AvgHeartRate, out.MaxHeartRate = fitted[uint8](figure(h.AvgBPM), 1), fitted[uint8](figure(h.MaxBPM), 1)
	out.TotalAscent, out.TotalDescent = fitted[uint16](figure(p.AscentM), 1), fitted[uint16](figure(p.DescentM), 1)
	out.StartPositionLat, out.StartPositionLong = position(figure(p.StartLat), figure(p.StartLon))
	out.EndPositionLat, out.EndPositionLong = position(figure(p.EndLat), figure(p.EndLon))
	return out
}

// sportPair is a sport in the words of FIT.
type sportPair struct {
	sport typedef.Sport
	sub   typedef.SubSport
}

var (
	fitOutdoors = map[recording.Sport]sportPair{
		recording.Ride:       {typedef.SportCycling, typedef.SubSportGeneric},
		recording.Run:        {typedef.SportRunning, typedef.SubSportGeneric},
		recording.Walk:       {typedef.SportWalking, typedef.SubSportGeneric},
		recording.Hike:       {typedef.SportHiking, typedef.SubSportGeneric},
		recording.Row:        {typedef.SportRowing, typedef.SubSportGeneric},
		recording.Swim:       {typedef.SportSwimming, typedef.SubSportGeneric},
		recording.Strength:   {typedef.SportTraining, typedef.SubSportStrengthTraining},
		recording.Cardio:     {typedef.SportTraining, typedef.SubSportCardioTraining},
		recording.Yoga:       {typedef.SportTraining, typedef.SubSportYoga},
		recording.Elliptical: {typedef.SportFitnessEquipment, typedef.SubSportElliptical},
		recording.Stairs:     {typedef.SportFitnessEquipment, typedef.SubSportStairClimbing},
		recording.Ski:        {typedef.SportCrossCountrySkiing, typedef.SubSportGeneric},
		recording.Transition: {typedef.SportTransition, typedef.SubSportGeneric},
	}
	fitIndoors = map[recording.Sport]sportPair{
		recording.Ride: {typedef.SportCycling, typedef.SubSportIndoorCycling},
		recording.Run:  {typedef.SportRunning, typedef.SubSportTreadmill},
		recording.Walk: {typedef.SportWalking, typedef.SubSportIndoorWalking},
		recording.Row:  {typedef.SportFitnessEquipment, typedef.SubSportIndoorRowing},
		recording.Ski:  {typedef.SportFitnessEquipment, typedef.SubSportIndoorSkiing},
	}
)

func fitSport(s recording.Sport, indoor bool) sportPair {
	if pair, known := fitIndoors[s]; known && indoor {
		return pair
	}
	if pair, known := fitOutdoors[s]; known {
		return pair
	}
	return sportPair{typedef.SportGeneric, typedef.SubSportGeneric}
}
