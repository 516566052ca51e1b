package recur

import (
	"errors"
	"slices"
	"time"
)

// ErrTooMany: there is more to walk over, or to give, than is taken.
var ErrTooMany = errors.New("the recurrence goes on for too long")

// maxDays bounds a walk: 30 years of days.
const maxDays = 30 * 366

// Series is a rule with its first start.
type Series struct {
	Rule  Rule
	First time.Time // on the wall clock, as if in UTC
	Zone  *time.Location
}

// Occurrence is one of a series.
type Occurrence struct {
	Date     time.Time // the day that the rule gives it, at midnight as if in UTC
	StartsAt time.Time // in UTC
}

// Synchronized says whether the first start is the rule's first occurrence; of any other the RFC leaves open
// what it means.
func (s Series) Synchronized() bool {
	var found bool
	err := s.walk(s.First, func(time.Time) bool { found = true; return false })
	return err == nil && found
}

// Between gives the occurrences from from on and before to, in order: most of them at most.
func (s Series) Between(from, to time.Time, most int) ([]Occurrence, error) {
	var out []Occurrence
	var tooMany bool
	// A local time is less than a day from the moment it stands for.
	err := s.walk(Shown(to, s.Zone).Add(aDay), func(local time.Time) bool {
		at := At(local, s.Zone).UTC()
		if !s.Rule.until.IsZero() && at.After(s.Rule.until) {
			return false
		}
		if !at.Before(from) && at.Before(to) {
			if tooMany = len(out) == most; tooMany {
				return false
			}
			out = append(out, Occurrence{Date: midnight(local), StartsAt: at})
		}
		return true
	})
	if tooMany {
		err = ErrTooMany
	}
	return out, err
}

// On is the occurrence of a date, if the rule has one.
func (s Series) On(date time.Time) (Occurrence, bool) {
	around := At(midnight(date), s.Zone)
	all, err := s.Between(around.Add(-2*aDay), around.Add(3*aDay), 8)
	i := slices.IndexFunc(all, func(o Occurrence) bool { return o.Date.Equal(midnight(date)) })
	if err != nil || i < 0 {
		return Occurrence{}, false
	}
	return all[i], true
}

// walk gives local starts in order, up to last, until give has enough.
func (s Series) walk(last time.Time, give func(local time.Time) bool) error {
	if s.Rule.freq == "" {
		return ErrRule
	}
	if last.Sub(s.First) > maxDays*aDay {
		return ErrTooMany
	}
	first, given := midnight(s.First), 0
	clock := s.First.Sub(first)
	for period := s.Rule.begin(first); !period.After(last); period = s.Rule.next(period) {
		for _, day := range s.Rule.of(period, first) {
			if day.Before(first) {
				continue
			}
			if given++; s.Rule.count > 0 && given > s.Rule.count || day.Add(clock).After(last) {
				return nil
			}
			if !give(day.Add(clock)) {
				return nil
			}
		}
	}
	return nil
}

// begin is the first day of the period that a day is in.
func (r Rule) begin(day time.Time) time.Time {
	switch r.freq {
	case weekly:
		return day.AddDate(0, 0, -int((day.Weekday()-r.weekStart+7)%7))
	case monthly:
		return time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	case yearly:
		return time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case daily:
	}
	return day
}

func (r Rule) next(period time.Time) time.Time {
	switch r.freq {
	case weekly:
		return period.AddDate(0, 0, 7*r.interval)
	case monthly:
		return period.AddDate(0, r.interval, 0)
	case yearly:
		return period.AddDate(r.interval, 0, 0)
	case daily:
	}
	return period.AddDate(0, 0, r.interval)
}

// of are the days of a period that the rule has, in order.
func (r Rule) of(period, first time.Time) []time.Time {
	end := Rule{freq: r.freq, interval: 1}.next(period)
	var days []time.Time
	for day := period; day.Before(end); day = day.AddDate(0, 0, 1) {
		if r.has(day, first) {
			days = append(days, day)
		}
	}
	if len(r.positions) == 0 {
		return days
	}
	var picked []time.Time
	for i, day := range days {
		if slices.Contains(r.positions, i+1) || slices.Contains(r.positions, i-len(days)) {
			picked = append(picked, day)
		}
	}
	return picked
}

// has says whether a day fits all parts. What they leave open is as it is on the first day.
func (r Rule) has(day, first time.Time) bool {
	left := monthLength(day) - day.Day()
	if len(r.months) > 0 && !slices.Contains(r.months, int(day.Month())) {
		return false
	}
	if len(r.monthDays) > 0 && !slices.Contains(r.monthDays, day.Day()) && !slices.Contains(r.monthDays, -left-1) {
		return false
	}
	if len(r.days) > 0 {
		return slices.ContainsFunc(r.days, func(d weekday) bool {
			return d.day == day.Weekday() && (d.nth == 0 || d.nth == (day.Day()-1)/7+1 || d.nth == -(left/7)-1)
		})
	}
	switch {
	case len(r.monthDays) > 0 || r.freq == daily:
		return true
	case r.freq == weekly:
		return day.Weekday() == first.Weekday()
	case r.freq == yearly && len(r.months) == 0 && day.Month() != first.Month():
		return false
	}
	return day.Day() == first.Day()
}

func monthLength(day time.Time) int {
	return time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
