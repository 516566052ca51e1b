package workout

import (
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/text"
	"github.com/paceline/paceline/internal/workout/recording"
)

// pack makes a draft of a recording: what is guarded alike together, the samples as blobs. It has no
// title: devices name a recording after the place where it was made.
func pack(r *recording.Recording) (draft, error) {
	f := Facts{
		Sport: r.Sport, Indoor: r.Indoor, StartedAt: r.StartedAt, DurationS: r.DurationS, MovingS: new(r.MovingS),
		CaloriesKcal: r.CaloriesKcal, OutputKJ: r.OutputKJ,
	}
	d, err := newDraft(f)
	if err != nil {
		return draft{}, err
	}
	fingerprint := r.Fingerprint()
	d.source, d.fingerprint = File, fingerprint[:]
	if r.DistanceFromPlace {
		d.trackM = r.DistanceM
	} else {
		d.distanceM = r.DistanceM
	}
	d.samples, d.previews, d.digests = map[privacy.Field][]byte{}, map[privacy.Field][]byte{}, map[privacy.Field]digest{}
	channels := map[privacy.Field][]string{}
	for _, table := range r.Samples {
		field := fieldOf[table.Family]
		if d.samples[field], err = table.Encode(); err != nil {
			return draft{}, err
		}
		if d.previews[field], err = table.Preview(); err != nil {
			return draft{}, err
		}
		d.digests[field] = digestOf(table.Series(), r.Sport)
		for _, column := range table.Columns {
			channels[field] = append(channels[field], column.Channel.String())
		}
	}
	d.packParts(r, channels)
	if tracked(d.route, d.samples[privacy.Route] != nil) {
		// Other ids say when they were made, by the millisecond. A device sends a ride when it ends: at
		// home, and a zone hides when that was.
		d.id, err = uuid.NewRandom()
	}
	return d, err
}

// packParts makes the parts that have anything in them.
func (d *draft) packParts(r *recording.Recording, channels map[privacy.Field][]string) {
	e := Effort{EffortFigures: effortOf(r.Effort), Channels: channels[privacy.Effort]}
	h := Heart{HeartFigures: HeartFigures(r.Heart), Channels: channels[privacy.HeartRate]}
	p := Route{RouteFigures: routeOf(r.Place), Channels: channels[privacy.Route]}
	heartLaps, routeLaps := false, false
	for _, lap := range r.Laps {
		one := Lap{StartS: lap.StartS, DurationS: lap.DurationS, DistanceM: lap.DistanceM, EffortFigures: effortOf(lap.Effort)}
		route := routeOf(lap.Place)
		e.Laps = append(e.Laps, one)
		h.Laps = append(h.Laps, HeartFigures(lap.Heart))
		p.Laps = append(p.Laps, route)
		heartLaps = heartLaps || h.Laps[len(h.Laps)-1] != HeartFigures{}
		routeLaps = routeLaps || route != RouteFigures{}
	}
	if !heartLaps {
		h.Laps = nil
	}
	if !routeLaps {
		p.Laps = nil
	}
	if e.EffortFigures != (EffortFigures{}) || e.Laps != nil || e.Channels != nil {
		d.effort = &e
	}
	if h.HeartFigures != (HeartFigures{}) || h.Laps != nil || h.Channels != nil {
		d.heart = &h
	}
	if p.RouteFigures != (RouteFigures{}) || p.Laps != nil || p.Channels != nil || d.trackM != nil {
		d.route = &p
	}
	device := Device{Name: r.Device.Name, Serial: r.Device.Serial}
	if text.Lines(r.Title) == nil {
		device.Notes = r.Title
	}
	if device != (Device{}) {
		d.device = &device
	}
}

func effortOf(e recording.Effort) EffortFigures {
	return EffortFigures{
		PowerAvgW: e.AvgPowerW, PowerMaxW: e.MaxPowerW, CadenceAvgRPM: e.AvgCadenceRPM, CadenceMaxRPM: e.MaxCadenceRPM,
		SpeedAvgMPS: e.AvgSpeedMPS, SpeedMaxMPS: e.MaxSpeedMPS, ResistanceAvg: e.AvgResistance, InclineAvgPct: e.AvgInclinePct,
	}
}

func routeOf(p recording.Place) RouteFigures {
	return RouteFigures{
		Start: placeAt(p.StartLat, p.StartLon), End: placeAt(p.EndLat, p.EndLon), AscentM: p.AscentM, DescentM: p.DescentM,
	}
}

func placeAt(lat, lon *float64) *Place {
	if lat == nil || lon == nil {
		return nil
	}
	return &Place{Lat: *lat, Lon: *lon}
}
