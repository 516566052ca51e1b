package world

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// Workout is one workout. A nil part doesn't exist.
type Workout struct {
	ID       uuid.UUID
	Owner    int
	Audience privacy.Audience
	Facts    workout.Facts
	// DistanceM stands with the workout, TrackM with its route: one of them, or none.
	DistanceM, TrackM *float64
	Effort            *workout.Effort
	Heart             *workout.Heart
	Route             *workout.Route
	Device            *workout.Device
	CreatedAt         time.Time
	Source            workout.Source
}

const twoYears = 730 * 24 * time.Hour

// Owner is whose the k-th workout is.
func (w *World) Owner(k int) int {
	d := roll(w.Seed, streamWorkout, k)
	u := d.share()
	return min(int(math.Pow(u, 1.2)*float64(w.Members)), w.Members-1)
}

// Audience is the k-th workout's own.
func (w *World) Audience(k int) privacy.Audience {
	s := w.Settings(w.Owner(k))
	d := roll(w.Seed, streamWorkout, k)
	d.next()
	a := s.Audiences.Chosen(privacy.Workout)
	switch kind := d.share(); {
	case kind < 0.05:
		a = privacy.OnlyMe
	case kind < 0.08:
		a = privacy.Members
	}
	if s.Private {
		a = min(a, privacy.Followers)
	}
	return a
}

// WorkoutID is the k-th workout's: of version 7, as the service makes them.
func (w *World) WorkoutID(k int) uuid.UUID {
	d := roll(w.Seed, streamWorkout, k)
	d.next()
	d.next()
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(w.endOf(k).UnixMilli())<<16|d.next()&0xffff)
	binary.BigEndian.PutUint64(id[8:], d.next())
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// StartedAt is when the k-th workout began: they are spread over two years, each after the one before.
func (w *World) StartedAt(k int) time.Time {
	back := time.Duration(float64(w.Workouts-k) / float64(w.Workouts) * float64(twoYears))
	return w.Base.Add(-back - 4*time.Hour).Truncate(time.Second)
}

func (w *World) endOf(k int) time.Time { return w.StartedAt(k).Add(3 * time.Hour) }

// Workout is the k-th workout.
func (w *World) Workout(k int) Workout {
	d := roll(w.Seed, streamWorkout, k)
	for range 4 {
		d.next()
	}
	minutes := d.between(15, 150)
	out := Workout{
		ID: w.WorkoutID(k), Owner: w.Owner(k), Audience: w.Audience(k), CreatedAt: w.endOf(k), Source: workout.File,
		Facts: workout.Facts{StartedAt: w.StartedAt(k), DurationS: math.Round(minutes * 60)},
	}
	f := &out.Facts
	f.MovingS = new(math.Round(f.DurationS * d.between(0.85, 1)))
	f.CaloriesKcal = new(math.Round(minutes * d.between(6, 13)))
	switch kind := d.share(); {
	case kind < 0.45:
		w.ride(&out, &d, true)
	case kind < 0.70:
		w.ride(&out, &d, false)
	case kind < 0.90:
		w.run(&out, &d)
	default: // strength, typed in by hand
		f.Sport, out.Source = "strength", workout.Typed
		f.Indoor, f.MovingS = true, nil
		f.Title = new([]string{"Legs", "Back and core", "Push day", "Kettlebells"}[d.below(4)])
		return out
	}
	if d.chance(0.8) {
		out.Heart = &workout.Heart{
			HeartFigures: workout.HeartFigures{AvgBPM: new(float64(115 + d.below(40))), MaxBPM: new(float64(160 + d.below(35)))},
			Channels:     []string{"heart_rate_bpm"},
		}
	}
	if d.chance(0.25) {
		out.Facts.Title = new([]string{"Morning", "Intervals, 5 × 3 min", "Easy with friends", "Commute"}[d.below(4)])
	}
	out.Device = &workout.Device{Name: "Paceline Bike", Serial: "PB-" + f.StartedAt.Format("150405")}
	return out
}

func (w *World) ride(out *Workout, d *dice, indoor bool) {
	f := &out.Facts
	f.Sport, f.Indoor = "ride", indoor
	watts := float64(90 + d.below(180))
	f.OutputKJ = new(tenths(watts * *f.MovingS / 1000))
	speed := thousandths(d.between(6, 11))
	out.Effort = &workout.Effort{
		EffortFigures: workout.EffortFigures{
			PowerAvgW: new(watts), PowerMaxW: new(watts + float64(100+d.below(500))),
			CadenceAvgRPM: new(float64(70 + d.below(25))), CadenceMaxRPM: new(float64(100 + d.below(25))),
			SpeedAvgMPS: new(speed), SpeedMaxMPS: new(thousandths(speed * d.between(1.2, 1.9))),
		},
		Channels: []string{"power_w", "cadence_rpm", "speed_mps", "distance_m"},
	}
	if indoor {
		out.Effort.ResistanceAvg = new(float64(30 + d.below(40)))
		out.DistanceM = new(tenths(speed * *f.MovingS))
		return
	}
	out.TrackM = new(tenths(speed * *f.MovingS))
	out.Route = route(d)
}

func (w *World) run(out *Workout, d *dice) {
	f := &out.Facts
	f.Sport = "run"
	speed := thousandths(d.between(2.2, 4.4))
	out.Effort = &workout.Effort{
		EffortFigures: workout.EffortFigures{
			CadenceAvgRPM: new(float64(76 + d.below(14))), CadenceMaxRPM: new(float64(92 + d.below(12))),
			SpeedAvgMPS: new(speed), SpeedMaxMPS: new(thousandths(speed * d.between(1.1, 1.6))),
		},
		Channels: []string{"cadence_rpm", "speed_mps", "distance_m"},
	}
	out.TrackM = new(tenths(speed * *f.MovingS))
	out.Route = route(d)
}

func route(d *dice) *workout.Route {
	lat, lon := d.between(40, 60), d.between(-5, 20)
	return &workout.Route{
		RouteFigures: workout.RouteFigures{
			Start: &workout.Place{Lat: micro(lat), Lon: micro(lon)}, End: &workout.Place{Lat: micro(lat + 0.01), Lon: micro(lon - 0.01)},
			AscentM: new(math.Round(d.between(5, 900))), DescentM: new(math.Round(d.between(5, 900))),
		},
		Channels: []string{"lat", "lon", "altitude_m"},
	}
}

func thousandths(v float64) float64 { return math.Round(v*1000) / 1000 }
func micro(v float64) float64       { return math.Round(v*1e6) / 1e6 }
