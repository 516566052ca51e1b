package build

import (
	"slices"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

func (b *builder) floorWorkouts() fill {
	w := b.world
	return fill{"floor.workout", "owner_id, id, audience, sport, indoor, title, started_at, duration_s, moving_s, distance_m, calories_kcal, " +
		"output_kj, source, created_at, updated_at, track_m, power_avg_w, power_max_w, cadence_avg_rpm, cadence_max_rpm, speed_avg_mps, " +
		"speed_max_mps, resistance_avg, incline_avg_pct, effort_channels, heart_avg_bpm, heart_max_bpm, heart_channels, start_lat, start_lon, " +
		"end_lat, end_lon, ascent_m, descent_m, route_channels, device_name, device_serial", w.Workouts, func(r *row, k int) error {
		o := w.Workout(k)
		r.begin(37)
		r.id(w.MemberID(o.Owner))
		head(r, o)
		r.float(o.TrackM)
		e := or(o.Effort)
		for _, v := range []*float64{e.PowerAvgW, e.PowerMaxW, e.CadenceAvgRPM, e.CadenceMaxRPM, e.SpeedAvgMPS, e.SpeedMaxMPS, e.ResistanceAvg, e.InclineAvgPct} {
			r.float(v)
		}
		channels(r, e.Channels)
		h := or(o.Heart)
		r.float(h.AvgBPM)
		r.float(h.MaxBPM)
		channels(r, h.Channels)
		p := or(o.Route)
		start, end := or(p.Start), or(p.End)
		for _, v := range []*float64{&start.Lat, &start.Lon, &end.Lat, &end.Lon} {
			if p.Start == nil {
				v = nil
			}
			r.float(v)
		}
		r.float(p.AscentM)
		r.float(p.DescentM)
		if p.Channels != nil {
			r.texts([]string{"altitude_m", "position"}) // as the contract names and orders them
		} else {
			r.null()
		}
		d := or(o.Device)
		optional(r, o.Device, d.Name)
		optional(r, o.Device, d.Serial)
		return nil
	}}
}

// or is what p points to, or the zero value.
func or[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

func channels(r *row, names []string) {
	if names == nil {
		r.null()
		return
	}
	r.texts(slices.Clone(names))
}

func optional(r *row, d *workout.Device, text string) {
	if d == nil || text == "" {
		r.null()
		return
	}
	r.text(text)
}

func (b *builder) floorPeople() []fill {
	w := b.world
	all := make([]pair, 0, w.FollowCount())
	var blocks []pair
	for i := range w.Members {
		for _, f := range w.Following(i) {
			all = append(all, pair{member: uint32(i), other: f})
		}
		if other := w.Blocks(i); other >= 0 {
			blocks = append(blocks, pair{member: uint32(i), other: uint32(other)}) //nolint:gosec // as above
		}
	}
	shuffle(all)
	two := func(list []pair) func(r *row, i int) error {
		return func(r *row, i int) error {
			r.begin(2)
			r.id(w.MemberID(int(list[i].member)))
			r.id(w.MemberID(int(list[i].other)))
			return nil
		}
	}
	return []fill{
		{"floor.follow", "follower_id, owner_id", len(all), two(all)},
		{"floor.block", "blocker_id, blocked_id", len(blocks), two(blocks)},
		{"floor.owner", "id, username, display_name, private, discoverability, display_name_audience, heart_rate_audience, route_audience", w.Members,
			func(r *row, i int) error {
				m := w.Member(i)
				r.begin(8)
				r.id(m.ID)
				r.text(m.Username)
				r.text(m.DisplayName)
				r.flag(m.Settings.Private)
				r.small(int(m.Settings.Discoverability))
				for _, f := range []privacy.Field{privacy.DisplayName, privacy.HeartRate, privacy.Route} {
					r.small(int(m.Settings.Audiences.Chosen(f)))
				}
				return nil
			}},
	}
}
