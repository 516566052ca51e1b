package dto

import (
	"math"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout"
)

// derived is opened for what was computed: all that it was made from has to open.
func derived[T any](g opener, v training.Derived[T]) *T {
	value, ok := v.Open(g.Grant)
	if !ok {
		return nil
	}
	g.note()
	return &value
}

// LapsBody is a workout's laps and splits. Where the grant doesn't show that there is a workout, it is
// the empty body, which can't be sent.
func LapsBody(l workout.Laps, everyM float64, grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	if opened(g, l.Workout.Facts) == nil {
		return Body{}
	}
	m := WorkoutLaps{WorkoutID: l.Workout.ID, EveryM: everyM, Laps: lapModels(l.Workout, g)}
	m.Splits = append(m.Splits, splitsOf(l.Counted, g)...)
	for _, p := range splitsOf(l.Tracked, g) {
		m.TrackSplits = append(m.TrackSplits, TrackSplit(p))
	}
	return s.body(m)
}

// splitsOf puts the splits together from what opens.
func splitsOf(from workout.Splits, g opener) []Split {
	parts := derived(g, from.Parts)
	if parts == nil {
		return nil
	}
	out := make([]Split, len(*parts))
	for i, p := range *parts {
		out[i] = Split{Index: i, StartS: to(p.StartS, 1000), DurationS: to(p.DurationS, 1000), DistanceM: *round(p.DistanceM, 100)}
	}
	if watts := derived(g, from.PowerW); watts != nil {
		for i, v := range *watts {
			out[i].PowerAvgW = round(v, 10)
		}
	}
	if beats := derived(g, from.HeartBPM); beats != nil {
		for i, v := range *beats {
			out[i].HeartRateAvgBpm = round(v, 10)
		}
	}
	return out
}

// ZonesBody is a workout's time in zones, each kind absent where the grant doesn't open all that it was made from.
func ZonesBody(z workout.TimeInZones, grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	g.note() // that there is such a workout, where nothing else opens
	m := WorkoutZones{WorkoutID: z.WorkoutID}
	if p := derived(g, z.Power); p != nil {
		m.PowerZones = &PowerZones{Model: p.Model.Name, Source: p.Model.Source, Zones: []PowerZone{}}
		for _, one := range p.Zones {
			m.PowerZones.Zones = append(m.PowerZones.Zones, PowerZone{Name: one.Name, FromW: one.From, ToW: one.To, Seconds: to(one.Seconds, 1000)})
		}
	}
	if h := derived(g, z.Heart); h != nil {
		m.HeartZones = &HeartZones{Model: h.Model.Name, Source: h.Model.Source, BelowS: round(&h.BelowS, 1000), Zones: []HeartZone{}}
		for _, one := range h.Zones {
			m.HeartZones.Zones = append(m.HeartZones.Zones, HeartZone{Name: one.Name, FromBpm: one.From, ToBpm: one.To, Seconds: to(one.Seconds, 1000)})
		}
	}
	if r := derived(g, z.Reserve); r != nil {
		m.HeartReserveZones = &ReserveZones{Model: r.Model.Name, Source: r.Model.Source, BelowS: round(&r.BelowS, 1000), Zones: []ReserveZone{}}
		for _, one := range r.Zones {
			m.HeartReserveZones.Zones = append(m.HeartReserveZones.Zones, ReserveZone{Name: one.Name, FromBpm: one.From, ToBpm: one.To, Seconds: to(one.Seconds, 1000)})
		}
	}
	if p := derived(g, z.Stress); p != nil {
		m.PowerStress = &PowerStress{NormalizedPowerW: to(p.NormalizedW, 10), Intensity: to(p.Intensity, 1000), Score: to(p.Score, 10)}
	}
	if i := derived(g, z.Impulse); i != nil {
		m.HeartImpulse = &HeartImpulse{Trimp: to(i.TRIMP, 10), Score: to(i.Score, 10)}
	}
	return s.body(m)
}

// RecordsBody is a member's bests, without the sports that there are none of.
func RecordsBody(all []workout.Records, grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	m := Records{Items: []SportRecords{}}
	for _, r := range all {
		one := SportRecords{Sport: Sport(r.Sport), Power: powerRecords(g, r.Power)}
		if distances := derived(g, r.Distances); distances != nil {
			for _, d := range *distances {
				one.Distances = append(one.Distances, DistanceRecord{
					DistanceM: float64(d.DistanceM), DurationS: to(d.DurationS, 1000), StartS: to(d.StartS, 1000), WorkoutID: d.Workout, StartedAt: d.StartedAt,
				})
			}
		}
		if one.Power != nil || one.Distances != nil {
			m.Items = append(m.Items, one)
		}
	}
	return s.body(m)
}

func powerRecords(g opener, from training.Derived[[]training.PowerRecord]) []PowerRecord {
	records := derived(g, from)
	if records == nil {
		return nil
	}
	var out []PowerRecord
	for _, p := range *records {
		out = append(out, PowerRecord{
			DurationS: float64(p.DurationS), Watts: to(p.Watts, 10), StartS: to(p.StartS, 1000), WorkoutID: p.Workout, StartedAt: p.StartedAt,
		})
	}
	return out
}

// PowerCurveBody is a member's power-duration curve; the empty body where the grant doesn't open it.
func PowerCurveBody(c workout.PowerCurve, grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	if derived(g, c.Points) == nil {
		return Body{}
	}
	m := PowerCurve{Sport: Sport(c.Sport), Points: powerRecords(g, c.Points)}
	if m.Points == nil {
		m.Points = []PowerRecord{}
	}
	if f := derived(g, c.FTP); f != nil {
		m.FtpEstimate = &FTPEstimate{Watts: to(f.Watts, 10), Method: f.Method.Name, Source: f.Method.Source}
		if f.Model != nil {
			m.FtpEstimate.CriticalPowerW, m.FtpEstimate.WorkAboveJ = round(&f.Model.Watts, 10), round(&f.Model.WorkJ, 1)
		}
	}
	return s.body(m)
}

// LoadBody is the last days of a member's training load; the empty body where the grant doesn't open it.
func LoadBody(load training.Derived[[]training.Fitness], days int, grant privacy.Grant) Body {
	var s shower
	all := derived(s.by(grant), load)
	if all == nil {
		return Body{}
	}
	m := TrainingLoad{Days: []LoadDay{}}
	for _, f := range (*all)[max(0, len(*all)-days):] {
		m.Days = append(m.Days, LoadDay{
			Day: openapi_types.Date{Time: f.Day}, Load: to(f.Load, 10), Ctl: to(f.CTL, 10), Atl: to(f.ATL, 10), Tsb: to(f.TSB, 10),
		})
	}
	return s.body(m)
}

// CalendarBody is a member's streaks and totals; the empty body where the grant doesn't open them.
func CalendarBody(c workout.Calendar, grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	streaks, weeks, months := derived(g, c.Streaks), derived(g, c.Weeks), derived(g, c.Months)
	if streaks == nil || weeks == nil || months == nil {
		return Body{}
	}
	m := Calendar{
		CurrentStreakDays: streaks.CurrentDays, LongestStreakDays: streaks.LongestDays, Weeks: periods(*weeks), Months: periods(*months),
	}
	if !streaks.LastDay.IsZero() {
		m.LastDay = &openapi_types.Date{Time: streaks.LastDay}
	}
	return s.body(m)
}

// periods are the newest first.
func periods(all []training.Period) []Period {
	out := make([]Period, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		p := all[i]
		out = append(out, Period{
			Name: p.Name, FirstDay: openapi_types.Date{Time: p.FirstDay}, Workouts: p.Workouts, DurationS: to(p.DurationS, 1000),
			DistanceM: to(p.DistanceM, 100), OutputKj: to(p.OutputKJ, 1000), CaloriesKcal: to(p.CaloriesKcal, 1),
		})
	}
	return out
}

// to rounds to so many parts of one: what is computed has noise behind its digits.
func to(v, parts float64) float64 { return math.Round(v*parts) / parts }

// round is to for a value that may be absent.
func round(v *float64, parts float64) *float64 {
	if v == nil {
		return nil
	}
	return new(to(*v, parts))
}
