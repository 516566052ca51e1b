package dto

import (
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// WorkoutBody is one workout with its laps. Where the grant doesn't show that there is one, it is
// the empty body, which can't be sent.
func WorkoutBody(w workout.Workout, g privacy.Grant) Body {
	var s shower
	by := s.by(g)
	m, ok := workoutModel(w, by)
	if !ok {
		return Body{}
	}
	m.Laps = lapModels(w, by)
	return s.body(m)
}

// WorkoutListBody is a page of workouts, without their laps.
func WorkoutListBody(p page.Page[workout.Shown]) Body {
	var s shower
	items, ok := workoutModels(p.Items, &s)
	if !ok {
		return Body{}
	}
	list := WorkoutList{Items: items}
	if p.Next != "" {
		list.NextCursor = &p.Next
	}
	return s.body(list)
}

// ImportBody is what an import ended in.
func ImportBody(i workout.Imported) Body {
	var s shower
	items, ok := workoutModels(i.Items, &s)
	if !ok {
		return Body{}
	}
	return s.body(ImportResult{Items: items})
}

// StatsBody is a member's totals, each absent where the grant doesn't open them.
func StatsBody(totals privacy.Guarded[workout.Totals], g privacy.Grant) Body {
	var s shower
	t := opened(s.by(g), totals)
	if t == nil {
		return Body{}
	}
	return s.body(Stats{
		Workouts: new(int(t.Workouts)), DurationS: &t.DurationS, DistanceM: &t.DistanceM,
		OutputKj: &t.OutputKJ, CaloriesKcal: &t.CaloriesKcal,
	})
}

// workoutModels are the items of a list, each opened with its own grant; not ok if one of them
// doesn't show at all.
func workoutModels(items []workout.Shown, s *shower) ([]Workout, bool) {
	out := make([]Workout, 0, len(items))
	for _, item := range items {
		m, ok := workoutModel(item.Workout, s.by(item.Grant))
		if !ok {
			return nil, false
		}
		out = append(out, m)
	}
	return out, true
}

// workoutModel is a workout without its laps, as far as the grant opens it.
func workoutModel(w workout.Workout, g opener) (Workout, bool) {
	facts := opened(g, w.Facts)
	if facts == nil {
		return Workout{}, false
	}
	m := Workout{
		ID: w.ID, Member: workoutOwner(w.Owner, g),
		Sport: Sport(facts.Sport), Indoor: facts.Indoor, Title: facts.Title, StartedAt: facts.StartedAt,
		DurationS: facts.DurationS, MovingS: facts.MovingS, DistanceM: opened(g, w.DistanceM),
		CaloriesKcal: facts.CaloriesKcal, OutputKj: facts.OutputKJ,
	}
	if from := opened(g, w.Source); from != nil {
		m.Source = WorkoutSource(*from)
	}
	var recorded []string
	if e := opened(g, w.Effort); e != nil {
		m.PowerAvgW, m.PowerMaxW = e.PowerAvgW, e.PowerMaxW
		m.CadenceAvgRpm, m.CadenceMaxRpm = e.CadenceAvgRPM, e.CadenceMaxRPM
		m.SpeedAvgMps, m.SpeedMaxMps = e.SpeedAvgMPS, e.SpeedMaxMPS
		m.ResistanceAvg, m.InclineAvgPct = e.ResistanceAvg, e.InclineAvgPct
		recorded = append(recorded, e.Channels...)
	}
	if h := opened(g, w.Heart); h != nil {
		m.HeartRateAvgBpm, m.HeartRateMaxBpm = h.AvgBPM, h.MaxBPM
		recorded = append(recorded, h.Channels...)
	}
	if r := opened(g, w.Route); r != nil {
		m.StartPlace, m.EndPlace = placeModel(r.Start), placeModel(r.End)
		m.AscentM, m.DescentM = r.AscentM, r.DescentM
		recorded = append(recorded, r.Channels...)
	}
	if d := opened(g, w.Device); d != nil {
		m.DeviceName, m.DeviceSerial, m.Notes = unlessEmpty(d.Name), unlessEmpty(d.Serial), unlessEmpty(d.Notes)
	}
	if k := opened(g, w.Keeping); k != nil {
		m.Audience = new(Audience(k.Audience.String()))
		m.CreatedAt, m.UpdatedAt = &k.CreatedAt, &k.UpdatedAt
	}
	m.Channels = channelNames(recorded)
	return m, true
}

// workoutOwner is whose workout it is, nil for who can't find them.
func workoutOwner(o workout.Owner, g opener) *MemberSummary {
	id, username := opened(g, o.ID), opened(g, o.Username)
	if id == nil || username == nil {
		return nil
	}
	m := &MemberSummary{ID: *id, Username: *username, DisplayName: opened(g, o.DisplayName)}
	if picture := opened(g, o.Avatar); picture != nil {
		m.AvatarURL = new("/v1/members/" + picture.String() + "/avatar")
	}
	return m
}

// lapModels puts the laps together again from the parts that open. Their times are part of the
// effort, which shows wherever the workout does.
func lapModels(w workout.Workout, g opener) []Lap {
	effort := opened(g, w.Effort)
	if effort == nil {
		return nil
	}
	out := make([]Lap, 0, len(effort.Laps))
	for i, l := range effort.Laps {
		out = append(out, Lap{
			Index: i, StartS: l.StartS, DurationS: l.DurationS, DistanceM: l.DistanceM,
			PowerAvgW: l.PowerAvgW, PowerMaxW: l.PowerMaxW, CadenceAvgRpm: l.CadenceAvgRPM, CadenceMaxRpm: l.CadenceMaxRPM,
			SpeedAvgMps: l.SpeedAvgMPS, SpeedMaxMps: l.SpeedMaxMPS, ResistanceAvg: l.ResistanceAvg, InclineAvgPct: l.InclineAvgPct,
		})
	}
	if h := opened(g, w.Heart); h != nil && len(h.Laps) == len(out) {
		for i, l := range h.Laps {
			out[i].HeartRateAvgBpm, out[i].HeartRateMaxBpm = l.AvgBPM, l.MaxBPM
		}
	}
	if r := opened(g, w.Route); r != nil && len(r.Laps) == len(out) {
		for i, l := range r.Laps {
			out[i].StartPlace, out[i].EndPlace = placeModel(l.Start), placeModel(l.End)
			out[i].AscentM, out[i].DescentM = l.AscentM, l.DescentM
		}
	}
	return out
}

func placeModel(p *workout.Place) *Place {
	if p == nil {
		return nil
	}
	return &Place{Lat: p.Lat, Lon: p.Lon}
}

func unlessEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
