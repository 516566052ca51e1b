package class_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// weekend is a class of half an hour that is given daily over a weekend on which clocks change: what its Saturday,
// Sunday and Monday are, and what stands with the Sunday's, worked out by hand.
type weekend struct {
	zone, first        string // on the wall clock, the Friday's
	starts             [3]string
	ends               string
	opens, cancel, end string // a week, twelve hours and an hour before
}

var weekends = []weekend{
	// Forward by half an hour on 4 October 2026 at 02:00, which is 15:30Z the day before; 02:15 is skipped: 02:45.
	{"Australia/Lord_Howe", "2026-10-02T09:00", [3]string{"2026-10-02T22:30:00Z", "2026-10-03T22:00:00Z", "2026-10-04T22:00:00Z"},
		"2026-10-03T22:30:00Z", "2026-09-26T22:00:00Z", "2026-10-03T10:00:00Z", "2026-10-03T21:00:00Z"},
	{"Australia/Lord_Howe", "2026-10-02T02:15", [3]string{"2026-10-02T15:45:00Z", "2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"},
		"2026-10-03T16:15:00Z", "2026-09-26T15:45:00Z", "2026-10-03T03:45:00Z", "2026-10-03T14:45:00Z"},
	// Back on 25 October 2026 at 03:00, 01:00Z; 02:30 comes twice: the first.
	{"Europe/Zurich", "2026-10-23T18:00", [3]string{"2026-10-24T16:00:00Z", "2026-10-25T17:00:00Z", "2026-10-26T17:00:00Z"},
		"2026-10-25T17:30:00Z", "2026-10-18T17:00:00Z", "2026-10-25T05:00:00Z", "2026-10-25T16:00:00Z"},
	{"Europe/Zurich", "2026-10-23T02:30", [3]string{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		"2026-10-25T01:00:00Z", "2026-10-18T00:30:00Z", "2026-10-24T12:30:00Z", "2026-10-24T23:30:00Z"},
	// Back on 1 November 2026 at 02:00, 06:00Z; 01:30 comes twice.
	{"America/New_York", "2026-10-30T18:00", [3]string{"2026-10-31T22:00:00Z", "2026-11-01T23:00:00Z", "2026-11-02T23:00:00Z"},
		"2026-11-01T23:30:00Z", "2026-10-25T23:00:00Z", "2026-11-01T11:00:00Z", "2026-11-01T22:00:00Z"},
	{"America/New_York", "2026-10-30T01:30", [3]string{"2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"},
		"2026-11-01T06:00:00Z", "2026-10-25T05:30:00Z", "2026-10-31T17:30:00Z", "2026-11-01T04:30:00Z"},
	// Forward on 14 March 2027 at 02:00, 07:00Z; from 01:45 half an hour lasts until 03:15.
	{"America/New_York", "2027-03-12T18:00", [3]string{"2027-03-13T23:00:00Z", "2027-03-14T22:00:00Z", "2027-03-15T22:00:00Z"},
		"2027-03-14T22:30:00Z", "2027-03-07T22:00:00Z", "2027-03-14T10:00:00Z", "2027-03-14T21:00:00Z"},
	{"America/New_York", "2027-03-12T01:45", [3]string{"2027-03-13T06:45:00Z", "2027-03-14T06:45:00Z", "2027-03-15T05:45:00Z"},
		"2027-03-14T07:15:00Z", "2027-03-07T06:45:00Z", "2027-03-13T18:45:00Z", "2027-03-14T05:45:00Z"},
	// Forward on 28 March 2027 at 02:00, 01:00Z; 02:30 is skipped: 03:30.
	{"Europe/Zurich", "2027-03-26T18:00", [3]string{"2027-03-27T17:00:00Z", "2027-03-28T16:00:00Z", "2027-03-29T16:00:00Z"},
		"2027-03-28T16:30:00Z", "2027-03-21T16:00:00Z", "2027-03-28T04:00:00Z", "2027-03-28T15:00:00Z"},
	{"Europe/Zurich", "2027-03-26T02:30", [3]string{"2027-03-27T01:30:00Z", "2027-03-28T01:30:00Z", "2027-03-29T00:30:00Z"},
		"2027-03-28T02:00:00Z", "2027-03-21T01:30:00Z", "2027-03-27T13:30:00Z", "2027-03-28T00:30:00Z"},
	// Back by half an hour on 4 April 2027 at 02:00, 15:00Z the day before; 01:45 comes twice.
	{"Australia/Lord_Howe", "2027-04-02T09:00", [3]string{"2027-04-02T22:00:00Z", "2027-04-03T22:30:00Z", "2027-04-04T22:30:00Z"},
		"2027-04-03T23:00:00Z", "2027-03-27T22:30:00Z", "2027-04-03T10:30:00Z", "2027-04-03T21:30:00Z"},
	{"Australia/Lord_Howe", "2027-04-02T01:45", [3]string{"2027-04-02T14:45:00Z", "2027-04-03T14:45:00Z", "2027-04-04T15:15:00Z"},
		"2027-04-03T15:15:00Z", "2027-03-27T14:45:00Z", "2027-04-03T02:45:00Z", "2027-04-03T13:45:00Z"},
}

// given is a class as the schedule shows it.
type given struct {
	ID       string `json:"id"`
	TimeZone string `json:"time_zone"`
	StartsAt string `json:"starts_at"`
	EndsAt   string `json:"ends_at"`
	Opens    string `json:"booking_opens_at"`
	Cancel   string `json:"cancel_until"`
	Promote  string `json:"promote_until"`
}

// On weekends on which clocks change, in three zones, spring and autumn: what a class manager repeats on the wall
// clock, members read, book, cancel and find in their calendars at the right moments.
func TestWeekendsAsMembersHaveThem(t *testing.T) {
	t.Parallel()
	for _, c := range weekends {
		t.Run(c.zone+" "+c.first, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

func (c weekend) check(t *testing.T) {
	w := start(t)
	member := w.Join("otto-books")
	until := func(moment string, more time.Duration) {
		t.Helper()
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(at.Add(more).Sub(w.Clock.Now()))
		w.Login(member)
	}
	until(c.opens, -48*time.Hour)
	w.Login(w.manager)
	w.Prove(w.manager)
	studio := w.studio("North", c.zone)
	w.make("series", map[string]any{
		"class": w.class(w.instructor("Kim"), nil), "studio": studio, "rrule": "FREQ=DAILY;COUNT=5", "starts_local": c.first, "capacity": 2,
	})
	var schedule struct{ Items []given }
	member.Get("/v1/schedule?studio="+studio+"&from="+c.opens+"&to="+w.Clock.Now().AddDate(0, 0, 21).Format(time.RFC3339)).Want(t, http.StatusOK).JSON(t, &schedule)
	if len(schedule.Items) != 5 {
		t.Fatalf("%d classes, not 5", len(schedule.Items))
	}
	for i, want := range c.starts {
		if got := schedule.Items[i+1].StartsAt; got != want {
			t.Errorf("day %d starts at %s, not %s", i+1, got, want)
		}
	}
	sunday := schedule.Items[2]
	want := given{ID: sunday.ID, TimeZone: c.zone, StartsAt: c.starts[1], EndsAt: c.ends, Opens: c.opens, Cancel: c.cancel, Promote: c.end}
	if sunday != want {
		t.Errorf("the Sunday's is %+v, not %+v", sunday, want)
	}

	booking := "/v1/schedule/" + sunday.ID + "/booking"
	until(c.opens, -time.Second)
	if code := member.Do(http.MethodPut, booking, map[string]any{}).Want(t, http.StatusConflict).Map(t)["code"]; code != "booking_not_open" {
		t.Errorf("a second before it opens: %v", code)
	}
	until(c.opens, 0)
	member.Do(http.MethodPut, booking, map[string]any{}).Want(t, http.StatusOK)
	var own struct{ Items []given }
	member.Get("/v1/me/bookings").Want(t, http.StatusOK).JSON(t, &own)
	want.ID, want.Opens, want.Promote = "", "", ""
	if !slices.Equal(own.Items, []given{want}) {
		t.Errorf("the member's bookings are %+v, not %+v", own.Items, want)
	}
	path, _ := member.Do(http.MethodPut, "/v1/me/calendar", nil).Want(t, http.StatusOK).Map(t)["path"].(string)
	feed := string(w.Get(path).Want(t, http.StatusOK).Body)
	for _, line := range []string{"DTSTART:" + stamp(c.starts[1]), "DTEND:" + stamp(c.ends)} {
		if strings.Count(feed, line+"\r\n") != 1 {
			t.Errorf("the calendar has no %s:\n%s", line, feed)
		}
	}

	late := func() any {
		t.Helper()
		return member.Do(http.MethodDelete, booking+"?dry_run=true", nil).Want(t, http.StatusOK).Map(t)["late"]
	}
	until(c.cancel, 0)
	if late() != false {
		t.Error("the last moment to cancel is too late")
	}
	until(c.cancel, time.Second)
	if late() != true {
		t.Error("a second after the last moment to cancel is early enough")
	}
	until(c.starts[1], 0)
	if code := member.Do(http.MethodDelete, booking, nil).Want(t, http.StatusConflict).Map(t)["code"]; code != "class_started" {
		t.Errorf("when it starts: %v", code)
	}
}

// stamp is a moment as calendars write it.
func stamp(moment string) string { return strings.NewReplacer("-", "", ":", "").Replace(moment) }
