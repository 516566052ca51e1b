package build

import (
	"github.com/paceline/paceline/internal/bench/world"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout"
)

func (b *builder) workouts() []fill {
	w := b.world
	return []fill{
		{"public.workout", "member_id, id, audience, sport, indoor, title, started_at, duration_s, moving_s, distance_m, calories_kcal, " +
			"output_kj, source, created_at, updated_at", w.Workouts, func(r *row, k int) error {
			o := w.Workout(k)
			r.begin(15)
			r.id(w.MemberID(o.Owner))
			head(r, o)
			return nil
		}},
		{"public.workout_part", "member_id, workout_id, family, distance_m, summary_sealed", w.Workouts, func(r *row, k int) error {
			return b.parts(r, w.Workout(k))
		}},
	}
}

// head is what stands in plain columns on either side, without the owner.
func head(r *row, o world.Workout) {
	f := o.Facts
	r.id(o.ID)
	r.small(int(o.Audience))
	r.text(string(f.Sport))
	r.flag(f.Indoor)
	r.optional(f.Title)
	r.time(f.StartedAt)
	r.float(&f.DurationS)
	r.float(f.MovingS)
	r.float(o.DistanceM)
	r.float(f.CaloriesKcal)
	r.float(f.OutputKJ)
	r.text(string(o.Source))
	r.time(o.CreatedAt)
	r.time(o.CreatedAt)
}

func (b *builder) parts(r *row, o world.Workout) error {
	if o.Effort == nil && o.Heart == nil && o.Route == nil && o.Device == nil {
		return nil
	}
	key, err := b.ring.Unwrap(b.world.MemberID(o.Owner), b.keys[o.Owner])
	if err != nil {
		return err
	}
	if err := part(r, key, o, privacy.Effort, o.Effort, nil); err != nil {
		return err
	}
	if err := part(r, key, o, privacy.HeartRate, o.Heart, nil); err != nil {
		return err
	}
	if err := part(r, key, o, privacy.Route, o.Route, o.TrackM); err != nil {
		return err
	}
	return part(r, key, o, privacy.Device, o.Device, nil)
}

func part[T workout.Effort | workout.Heart | workout.Route | workout.Device](r *row, key *seal.Key, o world.Workout, f privacy.Field, p *T, distance *float64) error {
	if p == nil {
		return nil
	}
	box, err := workout.SealSummary(key, f, o.ID, *p)
	if err != nil {
		return err
	}
	r.begin(5)
	r.id(key.Member())
	r.id(o.ID)
	r.text(f.String())
	r.float(distance)
	r.bytes(box)
	return nil
}
