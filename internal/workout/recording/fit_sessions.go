package recording

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/muktihari/fit/profile/mesgdef"
	"github.com/muktihari/fit/profile/typedef"
	"github.com/muktihari/fit/proto"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// recordings makes a recording of each session of the file. FIT ties samples and laps to
// sessions by time alone: a session has what comes from its start to the start of the next.
func (f *fitContent) recordings() ([]Recording, error) {
	if f.kind != typedef.FileInvalid && f.kind != typedef.FileActivity && f.kind != typedef.FileActivitySummary {
		return nil, refuse(NotAnActivity)
	}
	if len(f.sessions) == 0 {
		if len(f.samples) == 0 {
			if f.mostlyUntimed() {
				return nil, refuse(NoTimes)
			}
			return nil, nil
		}
		f.sessions = []fitSession{{sport: f.sport}} // a device that stopped before its summary
	}
	if err := f.orderSessions(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(f.samples, func(a, b sample) int { return cmp.Compare(a.at, b.at) })

	var all []Recording
	counter := series.Absent // where the distance counter stood when the session began
	for i, s := range f.sessions {
		d := draft{device: f.device, start: s.start, said: s.said}
		d.sport, d.indoor = s.sport.known()
		if len(f.sessions) == 1 {
			d.title = f.title
		}
		next := latest
		if i+1 < len(f.sessions) {
			next = f.sessions[i+1].start
		}
		for _, lap := range f.laps {
			if lap.start >= s.start && lap.start < next && lap.start != 0 {
				d.laps = append(d.laps, lap)
			}
		}
		from, _ := slices.BinarySearchFunc(f.samples, s.start, sample.compare)
		to, _ := slices.BinarySearchFunc(f.samples, next, sample.compare)
		samples := f.samples[from:to]
		counter = restart(samples, counter)
		recording, err := d.finish(samples)
		if err != nil {
			return nil, err
		}
		all = append(all, recording)
	}
	return all, nil
}

// orderSessions sorts the sessions by their start, worked out where it is missing.
func (f *fitContent) orderSessions() error {
	for i := range f.sessions {
		s := &f.sessions[i]
		if s.start != 0 && s.end != 0 && s.end < s.start {
			return refuse(Implausible)
		}
		if s.start = startOf(s.start, s.end, s.said); s.start == 0 && len(f.sessions) > 1 {
			return refuse(NoTimes)
		}
	}
	slices.SortStableFunc(f.sessions, func(a, b fitSession) int { return cmp.Compare(a.start, b.start) })
	return nil
}

// restart makes the distance counter of a session begin at zero where it runs on from the
// session before, and gives where it stands at the end, counted from the start of the file.
func restart(samples []sample, counter int32) int32 {
	base, last := int32(0), counter
	first := true
	for i := range samples {
		distance := &samples[i].v[series.DistanceM]
		if *distance == series.Absent {
			continue
		}
		if first && counter != series.Absent && *distance >= counter {
			base = counter
		}
		first, last = false, *distance
		*distance = max(0, *distance-base)
	}
	return last
}

// fitSport is a sport in the words of FIT.
type fitSport struct {
	sport typedef.Sport
	sub   typedef.SubSport
}

func sportOf(mesg *proto.Message, sport, sub byte) fitSport {
	return fitSport{
		typedef.Sport(mesg.FieldValueByNum(sport).Uint8()), typedef.SubSport(mesg.FieldValueByNum(sub).Uint8()),
	}
}

var fitSports = map[typedef.Sport]Sport{
	typedef.SportCycling:            Ride,
	typedef.SportEBiking:            Ride,
	typedef.SportRunning:            Run,
	typedef.SportWalking:            Walk,
	typedef.SportHiking:             Hike,
	typedef.SportMountaineering:     Hike,
	typedef.SportSnowshoeing:        Hike,
	typedef.SportRowing:             Row,
	typedef.SportSwimming:           Swim,
	typedef.SportTraining:           Cardio,
	typedef.SportHiit:               Cardio,
	typedef.SportFloorClimbing:      Stairs,
	typedef.SportCrossCountrySkiing: Ski,
	typedef.SportAlpineSkiing:       Ski,
	typedef.SportTransition:         Transition,
}

// fitSubSports are the sub-sports that say more than the sport they come with.
var fitSubSports = map[typedef.SubSport]struct {
	sport  Sport // empty: as the sport says
	indoor bool
}{
	typedef.SubSportTreadmill:           {Run, true},
	typedef.SubSportIndoorRunning:       {Run, true},
	typedef.SubSportIndoorWalking:       {Walk, true},
	typedef.SubSportSpin:                {Ride, true},
	typedef.SubSportIndoorCycling:       {Ride, true},
	typedef.SubSportIndoorHandCycling:   {Ride, true},
	typedef.SubSportVirtualActivity:     {"", true},
	typedef.SubSportIndoorRowing:        {Row, true},
	typedef.SubSportIndoorSkiing:        {Ski, true},
	typedef.SubSportElliptical:          {Elliptical, true},
	typedef.SubSportStairClimbing:       {Stairs, true},
	typedef.SubSportStrengthTraining:    {Strength, true},
	typedef.SubSportCardioTraining:      {Cardio, true},
	typedef.SubSportYoga:                {Yoga, true},
	typedef.SubSportPilates:             {Yoga, true},
	typedef.SubSportFlexibilityTraining: {Yoga, true},
}

func (s fitSport) known() (sport Sport, indoor bool) {
	sport, ok := fitSports[s.sport]
	if !ok {
		sport = Other
	}
	sub := fitSubSports[s.sub]
	if sub.sport != "" && (s.sport != typedef.SportWalking || sub.sport != Run) { // one may walk on a treadmill
		sport = sub.sport
	}
	return sport, sub.indoor
}

func deviceOf(id *mesgdef.FileId) Device {
	var d Device
	if id.SerialNumber != 0 { // uint32z: zero is "invalid"
		d.Serial = strconv.FormatUint(uint64(id.SerialNumber), 10)
	}
	if d.Name = id.ProductName; d.Name != "" {
		return d
	}
	if id.Manufacturer == typedef.ManufacturerDevelopment { // anybody's
		return d
	}
	words := []string{id.Manufacturer.String()}
	if id.Manufacturer == typedef.ManufacturerGarmin {
		words = append(words, typedef.GarminProduct(id.Product).String())
	}
	words = slices.DeleteFunc(words, func(w string) bool { return strings.Contains(w, "Invalid") })
	d.Name = strings.ReplaceAll(strings.Join(words, " "), "_", " ")
	return d
}
