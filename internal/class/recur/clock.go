package recur

import "time"

// aDay is further from any moment than a change of clocks moves it.
const aDay = 24 * time.Hour

// At is the moment at which the clocks of a zone show a local time, which is given as if in UTC.
func At(local time.Time, zone *time.Location) time.Time {
	offset := func(at time.Time) time.Duration {
		_, s := at.In(zone).Zone()
		return time.Duration(s) * time.Second
	}
	// Of the two offsets that are in force around it, the one whose moment has that offset.
	before, after := offset(local.Add(-aDay)), offset(local.Add(aDay))
	first, second := local.Add(-before), local.Add(-after)
	if offset(first) != before && offset(second) == after {
		return second
	}
	return first // also where the clock shows it twice, or never
}

// Shown is what the clocks of a zone show at a moment, as if in UTC.
func Shown(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
}

// Zone is a zone of the IANA database by its name; not ok for what is none, or depends on the machine.
func Zone(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}
