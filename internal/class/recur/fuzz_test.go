package recur_test

import (
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/class/recur"
)

// Whatever is taken has, in two years, occurrences in order: one a day at most, on the wall clock that was
// asked for, or where that was skipped less than a day's change behind it.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2;WKST=SU", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=9", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20270101T000000Z", "FREQ=DAILY;COUNT=0", "FREQ=;", "BYDAY=MO",
	} {
		f.Add(text, int64(1_767_261_600), "Europe/Zurich")
	}
	f.Fuzz(func(t *testing.T, text string, first int64, zone string) {
		rule, err := recur.Parse(text)
		z, known := recur.Zone(zone)
		if err != nil || !known {
			return
		}
		if len(text) > recur.MaxLength || !strings.Contains(text, "FREQ=") {
			t.Fatalf("%q is taken", text)
		}
		start := time.Unix(first%4_000_000_000, 0).UTC().Truncate(time.Minute)
		s := recur.Series{Rule: rule, First: start, Zone: z}
		all, err := s.Between(start.AddDate(-1, 0, 0), start.AddDate(1, 0, 0), 400)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for i, o := range all {
			if i > 0 && !o.Date.After(all[i-1].Date) {
				t.Fatalf("%q: two on %s", text, o.Date)
			}
			local := o.Date.Add(start.Sub(start.Truncate(24 * time.Hour)))
			if o.Date.Before(start.Truncate(24*time.Hour)) || !o.StartsAt.Equal(recur.At(local, z)) {
				t.Fatalf("%q: %s is at %s", text, o.Date, o.StartsAt)
			}
			if shown := recur.Shown(o.StartsAt, z); !shown.Equal(local.Add(-time.Duration(local.Second())*time.Second)) && shown.Sub(local).Abs() > 25*time.Hour {
				t.Fatalf("%q: the clock shows %s, not %s", text, shown, local)
			}
		}
	})
}
