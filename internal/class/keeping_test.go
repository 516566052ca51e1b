package class_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// given puts a class into the schedule, a day ahead.
func (w *world) given(class, studio string, more map[string]any) string {
	w.T.Helper()
	body := map[string]any{"class": class, "studio": studio, "starts_at": w.Clock.Now().AddDate(0, 0, 1).Format(time.RFC3339), "capacity": 5}
	for k, v := range more {
		body[k] = v
	}
	return w.make("schedule", body)
}

// audited says how often an act on a thing stands in the audit.
func (w *world) audited(act, object string) string {
	w.T.Helper()
	return w.Query(`SELECT count(*)::text FROM auth.audit WHERE act = $1 AND object = $2 AND actor = $3`, act, object, w.manager.ID)
}

// A draft of the schedule that is cancelled goes: it shows to nobody, by itself or in bulk, and nothing of it
// is told.
func TestADraftThatIsCancelledNeverShows(t *testing.T) {
	t.Parallel()
	w := start(t)
	kind, studio := w.class(w.instructor("Kim"), nil), w.studio("North", "Europe/Zurich")
	one, two := w.given(kind, studio, map[string]any{"state": "draft"}), w.given(kind, studio, map[string]any{"state": "draft"})
	cancelled := map[string]any{"state": "cancelled"}
	w.manager.Do(http.MethodPost, "/v1/admin/schedule/bulk", map[string]any{"ids": []string{two}, "change": cancelled, "dry_run": true}).Want(t, http.StatusOK)
	w.manager.Get("/v1/admin/schedule/"+two).Want(t, http.StatusOK)
	w.manager.Do(http.MethodPatch, "/v1/admin/schedule/"+one, cancelled).Want(t, http.StatusOK)
	w.manager.Do(http.MethodPost, "/v1/admin/schedule/bulk", map[string]any{"ids": []string{two}, "change": cancelled}).Want(t, http.StatusOK)
	for _, id := range []string{one, two} {
		w.As("").Get("/v1/schedule/"+id).Want(t, http.StatusNotFound)
		w.manager.Get("/v1/admin/schedule/"+id).Want(t, http.StatusNotFound)
		if got := w.audited("scheduled_class.changed", id); got != "1" {
			t.Errorf("%s rows in the audit", got)
		}
	}
	if got := w.starts(studio, w.Clock.Now()); len(got) > 0 {
		t.Errorf("the schedule holds %v", got)
	}
	// What was shown stays, as cancelled.
	shown := w.given(kind, studio, nil)
	w.manager.Do(http.MethodPatch, "/v1/admin/schedule/"+shown, cancelled).Want(t, http.StatusOK)
	w.As("").Get("/v1/schedule/"+shown).Want(t, http.StatusOK)
}

// What class managers do stands in the audit: by which of them, to which thing. A dry run and a repeat do nothing.
func TestWhatClassManagersDoIsAudited(t *testing.T) {
	t.Parallel()
	w := start(t)
	kim := w.instructor("Kim")
	kind, studio := w.class(kim, nil), w.studio("North", "Europe/Zurich")
	one, two := w.given(kind, studio, nil), w.given(kind, studio, nil)
	series := w.make("series", map[string]any{"class": kind, "studio": studio, "rrule": "FREQ=WEEKLY;BYDAY=TU", "starts_local": "2026-06-02T18:00", "capacity": 5})
	person := "/v1/admin/instructors/" + kim + "/person"
	w.manager.Do(http.MethodPut, person, map[string]any{"username": "nora-rides"}).Want(t, http.StatusNoContent)
	w.manager.Do(http.MethodDelete, person, nil).Want(t, http.StatusNoContent)
	for _, dry := range []bool{true, false} {
		w.manager.Do(http.MethodPost, "/v1/admin/schedule/bulk", map[string]any{"ids": []string{one, two}, "change": map[string]any{"state": "cancelled"}, "dry_run": dry}).Want(t, http.StatusOK)
	}
	w.manager.Do(http.MethodPost, "/v1/admin/classes/bulk", map[string]any{"ids": []string{kind}, "change": map[string]any{"difficulty": 1}}).Want(t, http.StatusOK)
	for _, c := range []struct{ act, object, times string }{
		{"instructor.made", kim, "1"}, {"instructor.changed", kim, "1"}, {"instructor.linked", kim, "1"}, {"instructor.unlinked", kim, "1"},
		{"class.made", kind, "1"}, {"class.changed", kind, "2"}, {"studio.made", studio, "1"}, {"studio.changed", studio, "1"},
		{"series.made", series, "1"}, {"series.changed", series, "1"},
		{"scheduled_class.made", one, "1"}, {"scheduled_class.changed", one, "1"}, {"scheduled_class.changed", two, "1"},
	} {
		if got := w.audited(c.act, c.object); got != c.times {
			t.Errorf("%s stands there %s times, not %s", c.act, got, c.times)
		}
	}
	if got := w.Query(`SELECT count(*)::text FROM auth.audit WHERE subject = $1 OR concat(object, details) LIKE '%' || $1 || '%'`, w.member.ID); got != "0" {
		t.Error("the audit keeps who an instructor is")
	}
}

// A class that gets longer ends later wherever it is to come, also where it was scheduled by itself.
func TestALongerClassEndsLater(t *testing.T) {
	t.Parallel()
	w := start(t)
	kind, studio := w.class(w.instructor("Kim"), nil), w.studio("North", "Europe/Zurich")
	id := w.given(kind, studio, nil)
	w.manager.Do(http.MethodPatch, "/v1/admin/classes/"+kind, map[string]any{"duration_s": 3600}).Want(t, http.StatusOK)
	if got := w.Query(`SELECT extract(epoch FROM ends_at - starts_at)::integer::text FROM scheduled_class WHERE id = $1`, id); got != "3600" {
		t.Errorf("it lasts %s s, not 3600", got)
	}
}

// A roster that is read stands in the access log of everybody on it, by the duty, and of nobody else.
func TestWhoIsOnARosterLearnsThatItWasRead(t *testing.T) {
	t.Parallel()
	w := start(t)
	other := w.Join("olga-rests")
	id := w.given(w.class(w.instructor("Kim"), nil), w.studio("North", "Europe/Zurich"), nil)
	w.member.Do(http.MethodPut, "/v1/schedule/"+id+"/booking", map[string]any{}).Want(t, http.StatusOK)
	for range 2 {
		w.manager.Get("/v1/admin/schedule/"+id+"/roster").Want(t, http.StatusOK)
	}
	w.member.Get("/v1/admin/schedule/"+id+"/roster").Want(t, http.StatusForbidden)
	log := string(w.member.Get("/v1/me/access-log").Want(t, http.StatusOK).Body)
	for _, want := range []string{`"who":"class_manager"`, `"scope":"roster"`, `"kind":"booking"`, `"times":2`, fmt.Sprintf(`"through":%q`, id)} {
		if !strings.Contains(log, want) {
			t.Errorf("it lacks %s: %s", want, log)
		}
	}
	if strings.Contains(log, w.manager.ID) || strings.Contains(log, "mia-keeps") {
		t.Error("it names the person")
	}
	if log := string(other.Get("/v1/me/access-log").Want(t, http.StatusOK).Body); strings.Contains(log, "class_manager") {
		t.Errorf("who isn't on it: %s", log)
	}
}

// Who booked is told of a class that was moved by itself and by its series, without anybody thinking of it.
func TestAMoveIsTold(t *testing.T) {
	t.Parallel()
	w := start(t)
	kind, studio := w.class(w.instructor("Kim"), nil), w.studio("North", "Europe/Zurich")
	single := w.given(kind, studio, nil)
	series := w.make("series", map[string]any{"class": kind, "studio": studio, "rrule": "FREQ=WEEKLY;BYDAY=TU", "starts_local": "2026-06-02T18:00", "capacity": 5})
	of := w.Query(`SELECT id::text FROM scheduled_class WHERE series_id = $1 AND starts_at > $2 ORDER BY starts_at LIMIT 1`, series, w.Clock.Now())
	w.Exec(`UPDATE scheduled_class SET booking_opens_at = '2020-01-01'`)
	for _, id := range []string{single, of} {
		w.member.Do(http.MethodPut, "/v1/schedule/"+id+"/booking", map[string]any{}).Want(t, http.StatusOK)
	}
	w.manager.Do(http.MethodPatch, "/v1/admin/schedule/"+single, map[string]any{"starts_at": w.Clock.Now().AddDate(0, 0, 2).Format(time.RFC3339)}).Want(t, http.StatusOK)
	w.manager.Do(http.MethodPatch, "/v1/admin/series/"+series, map[string]any{"starts_local": "2026-06-02T19:00"}).Want(t, http.StatusOK)
	for _, id := range []string{single, of} {
		w.settle(id)
		w.settle(id)
		if got := w.Query(`SELECT count(*)::text FROM notice WHERE member_id = $1 AND kind = 'class_moved' AND object_id = $2`, w.member.ID, id); got != "1" {
			t.Errorf("told %s times of %s", got, id)
		}
	}
}
