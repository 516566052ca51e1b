package recur

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // names of zones mean the same wherever the program runs
)

// ErrRule: the text is no rule that is taken.
var ErrRule = errors.New("no recurrence rule that is taken")

// Bounds of a rule.
const (
	MaxLength   = 256 // bytes of its text
	maxInterval = 366
	maxCount    = 1000
	maxListed   = 31 // values of one part
)

type frequency string

const (
	daily   frequency = "DAILY"
	weekly  frequency = "WEEKLY"
	monthly frequency = "MONTHLY"
	yearly  frequency = "YEARLY"
)

// weekday is a day of the week, or with nth the nth of its kind in a month, from the end if below zero.
type weekday struct {
	day time.Weekday
	nth int
}

// Rule is a rule that was taken. The zero value has no occurrences.
type Rule struct {
	freq      frequency
	interval  int
	count     int       // 0: no end by number
	until     time.Time // zero: no end by time
	days      []weekday
	monthDays []int
	months    []int
	positions []int
	weekStart time.Weekday
}

var dayNames = map[string]time.Weekday{
	"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday,
}

// Parse reads a rule, as RFC 5545 writes it behind "RRULE:".
func Parse(text string) (Rule, error) {
	r := Rule{interval: 1, weekStart: time.Monday}
	if text == "" || len(text) > MaxLength {
		return Rule{}, ErrRule
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || seen[name] || !r.take(name, value) {
			return Rule{}, ErrRule
		}
		seen[name] = true
	}
	if !r.sound() {
		return Rule{}, ErrRule
	}
	return r, nil
}

func (r *Rule) take(name, value string) (ok bool) {
	switch name {
	case "FREQ":
		r.freq = frequency(value)
		return slices.Contains([]frequency{daily, weekly, monthly, yearly}, r.freq)
	case "INTERVAL":
		r.interval, ok = number(value, 1, maxInterval)
	case "COUNT":
		r.count, ok = number(value, 1, maxCount)
	case "UNTIL":
		until, err := time.Parse("20060102T150405Z", value)
		r.until, ok = until, err == nil && len(value) == len("20060102T150405Z")
	case "BYDAY":
		r.days, ok = list(value, weekdayOf)
	case "BYMONTHDAY":
		r.monthDays, ok = list(value, func(s string) (int, bool) { return signed(s, 31) })
	case "BYMONTH":
		r.months, ok = list(value, func(s string) (int, bool) { return number(s, 1, 12) })
	case "BYSETPOS":
		r.positions, ok = list(value, func(s string) (int, bool) { return signed(s, 31) })
	case "WKST":
		r.weekStart, ok = dayNames[value]
	}
	return ok
}

// sound: what the RFC forbids together, and what has no bounds.
func (r Rule) sound() bool {
	longer := r.freq == monthly || r.freq == yearly
	nth := slices.ContainsFunc(r.days, func(d weekday) bool { return d.nth != 0 })
	every := slices.ContainsFunc(r.days, func(d weekday) bool { return d.nth == 0 })
	switch {
	case r.freq == "", r.count > 0 && !r.until.IsZero():
		return false
	case r.freq == weekly && len(r.monthDays) > 0:
		return false
	case nth && (!longer || r.freq == yearly && len(r.months) == 0): // of a year it would be another count
		return false
	case nth && every: // programs differ in whether both hold or one
		return false
	case len(r.positions) > 0 && (!longer || len(r.days)+len(r.monthDays)+len(r.months) == 0):
		return false
	}
	return true
}

// number reads digits without a sign or a zero in front.
func number(s string, low, high int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && strconv.Itoa(n) == s && n >= low && n <= high
}

// signed is number up to most either way, but not zero; a plus may stand in front.
func signed(s string, most int) (int, bool) {
	n, ok := number(strings.TrimPrefix(s, "+"), -most, most)
	return n, ok && n != 0 && !strings.HasPrefix(s, "+-")
}

func weekdayOf(s string) (weekday, bool) {
	if len(s) < 2 {
		return weekday{}, false
	}
	at := len(s) - 2
	day, ok := dayNames[s[at:]]
	if !ok || at == 0 {
		return weekday{day: day}, ok
	}
	nth, ok := signed(s[:at], 5)
	return weekday{day, nth}, ok
}

// list reads values with commas between, none of them twice.
func list[T comparable](value string, one func(string) (T, bool)) ([]T, bool) {
	var all []T
	for s := range strings.SplitSeq(value, ",") {
		v, ok := one(s)
		if !ok || slices.Contains(all, v) || len(all) == maxListed {
			return nil, false
		}
		all = append(all, v)
	}
	return all, true
}
