package training

import (
	"math"
	"time"

	"github.com/paceline/paceline/internal/privacy"
)

// Fitness is the training load of one day and what it adds up to.
type Fitness struct {
	Day  time.Time // midnight UTC of the date
	Load float64   // of the day: the scores of its workouts
	CTL  float64   // chronic training load, at the end of the day
	ATL  float64   // acute training load, at the end of the day
	TSB  float64   // training stress balance, at the beginning of the day
}

// The time constants, in days.
const (
	chronicDays = 42
	acuteDays   = 7
)

// FitnessByDay is CTL, ATL and TSB of every day from the first workout to today, both included:
//
//	CTL = CTL of the day before + (load − CTL of the day before) · (1 − e^(−1/42))
//	ATL = ATL of the day before + (load − ATL of the day before) · (1 − e^(−1/7))
//	TSB = CTL of the day before − ATL of the day before
//
// CTL and ATL are 0 before the first workout, so both are too low for some time: after 42 days CTL has
// come 63 % of its way. Source: Allen, Coggan, "Training and Racing with a Power Meter", 2nd edition, 2010,
// chapter 8, after the impulse-response model of Banister et al., "A systems model of training for athletic
// performance", Aust J Sports Med 7, 1975. (Some programs take 1/42 and 1/7 for the weights, which gives
// a little more.)
//
// A workout's load is the Score of PowerStress, or of HeartImpulse where power or FTP is not there or stays
// closed; without either it is no load. All are scored by the settings of now.
//
// Days are those of the member's zone (nil is UTC). What starts after today, or more than 50 years ago, is
// left out. Made from the facts of the workouts, and the power, heart rates and settings that were used.
func FitnessByDay(by privacy.Grant, all []Workout, s Settings, now time.Time, zone *time.Location) Derived[[]Fitness] {
	m, ok := summing(by)
	if !ok {
		return Derived[[]Fitness]{}
	}
	ftp, _ := take(m, s.FTPWatts)
	r, _ := takeReserve(m, s.MaxHR, s.RestingHR)
	today := dayOf(now, zone)
	first := today + 1
	loads := map[day]float64{}
	for _, w := range all {
		f, ok := take(m, w.Facts)
		d := dayOf(f.StartedAt, zone)
		if !ok || d < today-50*366 {
			continue
		}
		first = min(first, d)
		if stress, ok := powerStress(m, w.Power, ftp); ok {
			loads[d] += stress.Score
		} else if impulse, ok := heartImpulse(m, w.Heart, r); ok {
			loads[d] += impulse.Score
		}
	}
	out := make([]Fitness, 0, today-first+1)
	ctl, atl := 0.0, 0.0
	for d := first; d <= today; d++ {
		f := Fitness{Day: d.date(), Load: loads[d], TSB: ctl - atl}
		ctl += (f.Load - ctl) * (1 - math.Exp(-1.0/chronicDays))
		atl += (f.Load - atl) * (1 - math.Exp(-1.0/acuteDays))
		f.CTL, f.ATL = ctl, atl
		out = append(out, f)
	}
	return made(m, out)
}
