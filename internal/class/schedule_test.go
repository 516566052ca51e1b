package class_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/db"
)

// layOut does what the job does, until there is nothing left to do.
func (w *world) layOut() {
	w.T.Helper()
	for more := true; more; {
		err := w.Service.DB.AsWorker(w.T.Context(), db.ReasonSchedule, w.Clock.Now(), func(ctx context.Context, tx *db.SystemTx) (err error) {
			more, err = class.LayOutNext(ctx, tx)
			return err
		})
		if err != nil {
			w.T.Error(err)
			return
		}
	}
}

// The weekend on which clocks change, in three zones, over HTTP: classes stay on the wall clock, and what is
// laid out by the job, by an edit, twice, and by several at once is the same.
func TestScheduleOverClockChanges(t *testing.T) {
	t.Parallel()
	w := start(t)
	given := w.class(w.instructor("Kim"), nil)
	for _, c := range []struct {
		zone, first string
		move        int // days to go on for, so that the weekend is within reach
		from        time.Time
		want        []string
	}{
		{"Europe/Zurich", "2026-10-23T02:30", 110, time.Date(2026, 10, 22, 0, 0, 0, 0, time.UTC),
			[]string{"10-23T00:30", "10-24T00:30", "10-25T00:30", "10-26T01:30", "10-27T01:30"}},
		{"America/New_York", "2026-10-30T18:00", 0, time.Date(2026, 10, 29, 0, 0, 0, 0, time.UTC),
			[]string{"10-30T22:00", "10-31T22:00", "11-01T23:00", "11-02T23:00"}},
		{"Australia/Lord_Howe", "2026-10-02T02:15", 0, time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC),
			[]string{"10-01T15:45", "10-02T15:45", "10-03T15:45", "10-04T15:15"}},
	} {
		w.Clock.Advance(time.Duration(c.move) * 24 * time.Hour)
		if c.move > 0 { // who signed in months ago is not any more
			w.Login(w.manager)
			w.Prove(w.manager)
		}
		studio := w.studio("In "+c.zone, c.zone)
		w.make("series", map[string]any{"class": given, "studio": studio, "rrule": "FREQ=DAILY;COUNT=30", "starts_local": c.first, "capacity": 5})
		got := w.starts(studio, c.from)
		if len(got) < len(c.want) || !slices.Equal(got[:len(c.want)], c.want) {
			t.Errorf("%s: %v, want %v", c.zone, got, c.want)
		}
		ids := w.Query(`SELECT string_agg(id::text || starts_at || state, ' ' ORDER BY id) FROM scheduled_class`)
		w.Exec(`DELETE FROM scheduled_class WHERE occurrence > '2026-10-26'`) // as if it had died half way
		w.Exec(`UPDATE series SET laid_out_until = '-infinity'`)
		var all sync.WaitGroup
		for range 4 {
			all.Go(w.layOut)
		}
		all.Wait()
		if again := w.Query(`SELECT string_agg(id::text || starts_at || state, ' ' ORDER BY id) FROM scheduled_class`); again != ids {
			t.Errorf("%s: laid out again it is\n%s\nand was\n%s", c.zone, again, ids)
		}
	}
}

// What is to come follows its series, but for what was changed by itself; what the rule no longer has is
// cancelled, and the id of an occurrence stays.
func TestASeriesChanges(t *testing.T) {
	t.Parallel()
	w := start(t)
	studio, given := w.studio("North", "Europe/Zurich"), w.class(w.instructor("Kim"), nil)
	id := w.make("series", map[string]any{"class": given, "studio": studio, "rrule": "FREQ=WEEKLY;BYDAY=TU,TH", "starts_local": "2026-06-02T18:00", "capacity": 5})
	from := w.Clock.Now()
	path := "/v1/admin/series/" + id
	is := func(why string, want ...string) {
		t.Helper()
		if got := w.starts(studio, from)[:len(want)]; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", why, got, want)
		}
	}
	is("as it was made", "06-02T16:00", "06-04T16:00", "06-09T16:00", "06-11T16:00")
	ids := w.Query(`SELECT string_agg(id::text, ' ' ORDER BY occurrence) FROM scheduled_class`)
	w.manager.Do(http.MethodPost, path+"/occurrences", map[string]any{"date": "2026-06-04", "starts_at": "2026-06-05T09:00:00Z"}).Want(t, http.StatusOK)
	w.manager.Do(http.MethodPost, path+"/occurrences", map[string]any{"date": "2026-06-09", "state": "cancelled"}).Want(t, http.StatusOK)
	w.manager.Do(http.MethodPost, path+"/occurrences", map[string]any{"date": "2026-06-10", "state": "cancelled"}).Want(t, http.StatusUnprocessableEntity)
	is("one moved, one cancelled", "06-02T16:00", "06-05T09:00", "06-09T16:00 cancelled", "06-11T16:00")
	w.manager.Do(http.MethodPatch, path, map[string]any{"starts_local": "2026-06-02T07:30", "capacity": 9}).Want(t, http.StatusOK)
	is("another hour", "06-02T05:30", "06-05T09:00", "06-09T16:00 cancelled", "06-11T05:30")
	w.manager.Do(http.MethodPatch, path, map[string]any{"rrule": "FREQ=WEEKLY;BYDAY=TU"}).Want(t, http.StatusOK)
	is("another rule", "06-02T05:30", "06-05T09:00", "06-09T16:00 cancelled", "06-11T05:30 cancelled", "06-16T05:30")
	if again := w.Query(`SELECT string_agg(id::text, ' ' ORDER BY occurrence) FROM scheduled_class`); again != ids {
		t.Error("occurrences got other ids")
	}
	// Far ahead, and the job that comes to it later leaves it as it is.
	w.manager.Do(http.MethodPost, path+"/occurrences", map[string]any{"date": "2026-12-22", "capacity": 2}).Want(t, http.StatusOK)
	w.Clock.Advance(180 * 24 * time.Hour)
	w.layOut()
	if got := w.Query(`SELECT capacity::text FROM scheduled_class WHERE occurrence = '2026-12-22'`); got != "2" {
		t.Errorf("a change of its own was undone: capacity %s", got)
	}
	if got := w.Query(`SELECT count(*)::text FROM scheduled_class WHERE occurrence BETWEEN '2026-12-01' AND '2027-01-05'`); got != "6" {
		t.Errorf("%s Tuesdays from December on, not 6", got)
	}
	w.Login(w.manager)
	w.Prove(w.manager)
	w.manager.Do(http.MethodPatch, path, map[string]any{"state": "retired"}).Want(t, http.StatusOK)
	if got := w.Query(`SELECT string_agg(occurrence::text, ' ') FROM scheduled_class WHERE starts_at > $1 AND state <> 'cancelled'`, w.Clock.Now()); got != "2026-12-22" {
		t.Errorf("a retired series still has %s, and one of it was changed by itself", got)
	}
}

// What a rule may not be, and what a series may not be of.
func TestSeriesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	given := w.class(w.instructor("Kim"), nil)
	studio := w.studio("North", "Europe/Zurich")
	for _, c := range []map[string]any{
		{"rrule": "FREQ=HOURLY"}, {"rrule": "FREQ=DAILY;BYHOUR=1,2"}, {"starts_local": "2026-06-03T18:00"}, {"starts_local": "2026-13-01T00:00"},
		{"starts_local": "2036-06-02T18:00"}, {"class": studio}, {"studio": given}, {"time_zone": "Asia/Tokyo"}, {"studio": nil, "time_zone": "Nowhere/Town"},
	} {
		body := map[string]any{"class": given, "studio": studio, "rrule": "FREQ=WEEKLY;BYDAY=TU", "starts_local": "2026-06-02T18:00", "capacity": 5}
		for k, v := range c {
			body[k] = v
			if v == nil {
				delete(body, k)
			}
		}
		w.manager.Do(http.MethodPost, "/v1/admin/series", body).Want(t, http.StatusUnprocessableEntity)
	}
}
