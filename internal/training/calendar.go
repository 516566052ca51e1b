package training

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/paceline/paceline/internal/privacy"
)

// day is a date: how many days it is after the 1st of January 1970. Days are counted by dates and
// never by hours, since a day may have 23, 24 or 25.
type day int

// dayOf is the date that clocks in the zone show; nil is UTC.
func dayOf(t time.Time, zone *time.Location) day {
	if zone == nil {
		zone = time.UTC
	}
	year, month, date := t.In(zone).Date()
	return day(time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// date is midnight UTC of the date.
func (d day) date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// monday is the first day of its ISO week.
func (d day) monday() day { return d - day((d.date().Weekday()+6)%7) }

// first is the first day of its month.
func (d day) first() day { return d - day(d.date().Day()-1) }

// Streaks are days in a row with a workout.
type Streaks struct {
	CurrentDays int // up to today, or to yesterday as long as there is nothing today
	LongestDays int
	LastDay     time.Time // the last day with a workout, as midnight UTC of the date; zero where there is none
}

// StreaksOf counts by the days of the member's zone (nil is UTC): the day on which a workout started. What
// starts after today counts not. Made from the facts of the workouts.
func StreaksOf(by privacy.Grant, all []Workout, now time.Time, zone *time.Location) Derived[Streaks] {
	m, ok := summing(by)
	if !ok {
		return Derived[Streaks]{}
	}
	today := dayOf(now, zone)
	active := map[day]bool{}
	for _, w := range all {
		if f, ok := take(m, w.Facts); ok && dayOf(f.StartedAt, zone) <= today {
			active[dayOf(f.StartedAt, zone)] = true
		}
	}
	var s Streaks
	run, before := 0, day(0)
	for _, d := range slices.Sorted(maps.Keys(active)) {
		if run > 0 && d == before+1 {
			run++
		} else {
			run = 1
		}
		s.LongestDays, s.LastDay, before = max(s.LongestDays, run), d.date(), d
	}
	if run > 0 && before >= today-1 {
		s.CurrentDays = run
	}
	return made(m, s)
}

// Period is the totals of a week or a month.
type Period struct {
	Name         string    // "2026-W47", the ISO 8601 week, or "2026-11"
	FirstDay     time.Time // midnight UTC of the date
	Workouts     int
	DurationS    float64
	DistanceM    float64
	OutputKJ     float64
	CaloriesKcal float64
}

// ByWeek are totals by ISO 8601 week, which begins on Monday; a workout counts where it started in the
// member's zone (nil is UTC). Weeks in order, those without a workout left out. Made from facts and
// distances of the workouts; a distance that stays closed isn't added.
func ByWeek(by privacy.Grant, all []Workout, zone *time.Location) Derived[[]Period] {
	return byPeriod(by, all, zone, func(d day) (day, string) {
		year, week := d.date().ISOWeek()
		return d.monday(), fmt.Sprintf("%04d-W%02d", year, week)
	})
}

// ByMonth are totals by month, as ByWeek are by week.
func ByMonth(by privacy.Grant, all []Workout, zone *time.Location) Derived[[]Period] {
	return byPeriod(by, all, zone, func(d day) (day, string) { return d.first(), d.date().Format("2006-01") })
}

func byPeriod(by privacy.Grant, all []Workout, zone *time.Location, period func(day) (day, string)) Derived[[]Period] {
	m, ok := summing(by)
	if !ok {
		return Derived[[]Period]{}
	}
	sums := map[day]*Period{}
	for _, w := range all {
		f, ok := take(m, w.Facts)
		if !ok {
			continue
		}
		first, name := period(dayOf(f.StartedAt, zone))
		if sums[first] == nil {
			sums[first] = &Period{Name: name, FirstDay: first.date()}
		}
		p := sums[first]
		p.Workouts++
		add(&p.DurationS, &f.DurationS)
		add(&p.OutputKJ, f.OutputKJ)
		add(&p.CaloriesKcal, f.CaloriesKcal)
		if d, ok := take(m, w.DistanceM); ok {
			add(&p.DistanceM, &d)
		}
	}
	out := make([]Period, 0, len(sums))
	for _, p := range sums {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Period) int { return cmp.Compare(a.FirstDay.Unix(), b.FirstDay.Unix()) })
	return made(m, out)
}

// add adds an amount that is there and is one.
func add(sum, v *float64) {
	if v != nil && finite(*v) {
		*sum += *v
	}
}
