package recur_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/class/recur"
)

func series(t *testing.T, rule, first, zone string) recur.Series {
	t.Helper()
	r, err := recur.Parse(rule)
	if err != nil {
		t.Fatalf("%s: %v", rule, err)
	}
	local, err := time.Parse("2006-01-02 15:04", first)
	if err != nil {
		t.Fatal(err)
	}
	z, ok := recur.Zone(zone)
	if !ok {
		t.Fatal(zone)
	}
	return recur.Series{Rule: r, First: local, Zone: z}
}

// The weekends on which clocks change, in three zones: the moments are those that zdump gives, and the
// wall clock stays. Lord Howe changes by half an hour.
func TestWeekendsOfClockChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, first string
		want        []string
	}{
		// 2027: forward on 28 March at 01:00Z, back on 31 October at 01:00Z.
		{"Europe/Zurich", "2027-03-26 18:00", []string{"2027-03-26T17:00", "2027-03-27T17:00", "2027-03-28T16:00", "2027-03-29T16:00"}},
		{"Europe/Zurich", "2027-03-26 02:30", []string{"2027-03-26T01:30", "2027-03-27T01:30", "2027-03-28T01:30", "2027-03-29T00:30"}}, // 02:30 is skipped: 03:30
		{"Europe/Zurich", "2027-10-29 02:30", []string{"2027-10-29T00:30", "2027-10-30T00:30", "2027-10-31T00:30", "2027-11-01T01:30"}}, // 02:30 comes twice: the first
		// 2027: forward on 14 March at 07:00Z, back on 7 November at 06:00Z.
		{"America/New_York", "2027-03-12 06:15", []string{"2027-03-12T11:15", "2027-03-13T11:15", "2027-03-14T10:15", "2027-03-15T10:15"}},
		{"America/New_York", "2027-03-13 02:30", []string{"2027-03-13T07:30", "2027-03-14T07:30", "2027-03-15T06:30"}},
		{"America/New_York", "2027-11-06 01:30", []string{"2027-11-06T05:30", "2027-11-07T05:30", "2027-11-08T06:30"}},
		// 2027: back on 4 April at 15:00Z the day before, from +11:00 to +10:30; forward on 3 October.
		{"Australia/Lord_Howe", "2027-04-03 09:00", []string{"2027-04-02T22:00", "2027-04-03T22:30", "2027-04-04T22:30"}},
		{"Australia/Lord_Howe", "2027-04-03 01:45", []string{"2027-04-02T14:45", "2027-04-03T14:45", "2027-04-04T15:15"}},
		{"Australia/Lord_Howe", "2027-10-02 02:15", []string{"2027-10-01T15:45", "2027-10-02T15:45", "2027-10-03T15:15"}},
	} {
		s := series(t, "FREQ=DAILY", c.first, c.zone)
		from := s.First.Add(-48 * time.Hour)
		all, err := s.Between(from, from.Add(240*time.Hour), 100)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if got := all[i].StartsAt.Format("2006-01-02T15:04"); got != want {
				t.Errorf("%s, daily from %s: the occurrence of %s is at %sZ, not %sZ", c.zone, c.first, all[i].Date.Format(time.DateOnly), got, want)
			}
			if want := s.First.AddDate(0, 0, i).Format(time.DateOnly); all[i].Date.Format(time.DateOnly) != want {
				t.Errorf("%s: occurrence %d is of %s, not %s", c.zone, i, all[i].Date.Format(time.DateOnly), want)
			}
		}
	}
}

// Another implementation, over the whole of what is taken, says the same; on the wall clock, for the clocks
// are ours to say.
func TestAsAnotherImplementation(t *testing.T) {
	t.Parallel()
	seen, longest := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawRule(t)
		rule, err := recur.Parse(text)
		if err != nil {
			t.Skip("not taken")
		}
		first := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 31).Draw(t, "day"), 18, 30, 0, 0, time.UTC)
		s := recur.Series{Rule: rule, First: first, Zone: time.UTC}
		option, err := rrule.StrToROption(text)
		if err != nil {
			t.Fatalf("%s is taken here and not there: %v", text, err)
		}
		if rare := option.Freq == rrule.DAILY || option.Freq == rrule.WEEKLY; rare && len(mustBetween(t, s, first, first.AddDate(29, 0, 0))) == 0 {
			t.Skip("theirs looks through eight thousand years of days for nothing")
		}
		option.Dtstart = first
		// Theirs has no end but the year 9999: one is put where ours is asked to stop.
		end := first.AddDate(6, 0, 0)
		if option.Until.IsZero() || option.Until.After(end) {
			option.Until = end.Add(-time.Second)
		}
		other, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var theirs []time.Time
		for next := other.Iterator(); ; {
			at, more := next()
			if !more || len(theirs) == 3000 {
				break
			}
			theirs = append(theirs, at)
		}
		all, err := s.Between(first, end, 3000)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var ours []time.Time
		for _, o := range all {
			ours = append(ours, o.StartsAt)
		}
		if !slices.EqualFunc(ours, theirs, time.Time.Equal) {
			t.Fatalf("%s from %s:\nours   %d %v\ntheirs %d %v", text, first.Format(time.DateOnly), len(ours), head(ours), len(theirs), head(theirs))
		}
		if sync := len(theirs) > 0 && theirs[0].Equal(first); s.Synchronized() != sync {
			t.Fatalf("%s from %s: begins with its rule: %t", text, first.Format(time.DateOnly), !sync)
		}
		seen, longest = seen+1, max(longest, len(ours))
	})
	t.Logf("%d rules, up to %d occurrences", seen, longest)
}

func mustBetween(t *rapid.T, s recur.Series, from, to time.Time) []recur.Occurrence {
	all, err := s.Between(from, to, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func head(all []time.Time) []time.Time { return all[:min(6, len(all))] }

func drawRule(t *rapid.T) string {
	freq := rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")
	parts := []string{"FREQ=" + freq}
	add := func(name string, values ...string) {
		if rapid.IntRange(0, 2).Draw(t, name) == 0 {
			n := rapid.IntRange(1, 3).Draw(t, "n")
			picked := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, n, func(s string) string { return s }).Draw(t, name)
			parts = append(parts, name+"="+strings.Join(picked, ","))
		}
	}
	if n := rapid.SampledFrom([]string{"", "1", "2", "3", "5"}).Draw(t, "interval"); n != "" {
		parts = append(parts, "INTERVAL="+n)
	}
	if end := rapid.SampledFrom([]string{"", "", "COUNT=7", "COUNT=40", "UNTIL=20280229T235959Z"}).Draw(t, "end"); end != "" {
		parts = append(parts, end)
	}
	days := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	if freq == "MONTHLY" {
		days = append(days, "1MO", "2TU", "-1FR", "+3SU", "5SA", "-2WE")
	}
	add("BYDAY", days...)
	add("BYMONTH", "1", "2", "5", "12")
	if freq != "WEEKLY" {
		add("BYMONTHDAY", "1", "13", "29", "31", "-1", "-30")
	}
	add("BYSETPOS", "1", "2", "-1", "-3")
	if w := rapid.SampledFrom([]string{"", "MO", "SU", "TH"}).Draw(t, "wkst"); w != "" {
		parts = append(parts, "WKST="+w)
	}
	return strings.Join(parts, ";")
}

// What can't be bounded, what names more than a day, and what the RFC forbids.
func TestRulesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "FREQ", "FREQ=", "FREQ=HOURLY", "FREQ=SECONDLY", "freq=DAILY", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;", ";FREQ=DAILY", "INTERVAL=2",
		"FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=367", "FREQ=DAILY;INTERVAL=01", "FREQ=DAILY;INTERVAL=+1", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=1001",
		"FREQ=DAILY;COUNT=99999999999999999999", "FREQ=DAILY;UNTIL=20270101", "FREQ=DAILY;UNTIL=20270101T000000", "FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z",
		"FREQ=DAILY;BYHOUR=1,2", "FREQ=DAILY;BYMINUTE=1", "FREQ=DAILY;BYSECOND=1", "FREQ=YEARLY;BYWEEKNO=1", "FREQ=YEARLY;BYYEARDAY=1", "FREQ=DAILY;X-MINE=1",
		"FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=YEARLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=6MO", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=MONTHLY;BYDAY=+-1MO", "FREQ=MONTHLY;BYDAY=1MO,MO",
		"FREQ=WEEKLY;BYDAY=MO,MO", "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTH=13",
		"FREQ=DAILY;BYDAY=MO;BYSETPOS=1", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=WEEKLY;WKST=", "RRULE:FREQ=DAILY", "FREQ=DAILY\nFREQ=DAILY",
		"FREQ=MONTHLY;BYMONTHDAY=" + strings.Repeat("1,", 200) + "1",
	} {
		if _, err := recur.Parse(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	for _, zone := range []string{"", "Local", "Nowhere/Town", "../etc/passwd", "CET/", "/etc/localtime"} {
		if _, ok := recur.Zone(zone); ok {
			t.Errorf("%q is a zone", zone)
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	s := series(t, "FREQ=DAILY", "2026-01-01 10:00", "Europe/Zurich")
	if _, err := s.Between(s.First, s.First.AddDate(0, 0, 20), 10); err == nil {
		t.Error("more occurrences than asked for")
	}
	if _, err := s.Between(s.First, s.First.AddDate(31, 0, 0), 1<<20); err == nil {
		t.Error("a walk without end")
	}
	never := series(t, "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01 10:00", "UTC")
	if all, err := never.Between(never.First, never.First.AddDate(29, 0, 0), 10); err != nil || len(all) != 0 || never.Synchronized() {
		t.Errorf("what never is: %v, %v", all, err)
	}
	if o, ok := s.On(time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)); !ok || o.StartsAt.Format(time.RFC3339) != "2026-03-29T08:00:00Z" {
		t.Errorf("the occurrence of a day: %v, %t", o, ok)
	}
	if _, ok := s.On(s.First.AddDate(0, 0, -1)); ok {
		t.Error("an occurrence before the first")
	}
}
