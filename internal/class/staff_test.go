package class_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/testkit"
)

// A draft, what was retired and what never was are one to everybody but class managers, to the byte; and
// everybody reads what is published.
func TestDraftsAreAsIfTheyNeverWere(t *testing.T) {
	t.Parallel()
	w := start(t)
	kim := w.instructor("Kim")
	given, studio := w.class(kim, nil), w.studio("North", "Europe/Zurich")
	never := testkit.SharedID("never")
	for path, id := range map[string]string{"classes": given, "studios": studio, "instructors": kim} {
		for _, who := range []*testkit.Client{w.As(""), w.member.Client, w.manager.Client} {
			who.Get("/v1/"+path+"/"+id).Want(t, http.StatusOK)
		}
		w.manager.Do(http.MethodPatch, "/v1/admin/"+path+"/"+id, map[string]any{"state": "draft"}).Want(t, http.StatusConflict)
		w.manager.Do(http.MethodPatch, "/v1/admin/"+path+"/"+id, map[string]any{"state": "retired"}).Want(t, http.StatusOK)
		for _, who := range []*testkit.Client{w.As(""), w.member.Client, w.manager.Client} {
			hidden := who.Get("/v1/"+path+"/"+id).Want(t, http.StatusNotFound)
			if absent := who.Get("/v1/"+path+"/"+never).Want(t, http.StatusNotFound); !bytes.Equal(hidden.Body, absent.Body) {
				t.Errorf("%s: retired %s, never there %s", path, hidden.Body, absent.Body)
			}
			if list := who.Get("/v1/"+path).Want(t, http.StatusOK); strings.Contains(string(list.Body), id) {
				t.Errorf("%s: the list holds what was retired", path)
			}
		}
		w.manager.Get("/v1/admin/"+path+"/"+id).Want(t, http.StatusOK)
		w.member.Get("/v1/admin/"+path+"/"+id).Want(t, http.StatusForbidden)
		w.As("").Get("/v1/admin/"+path+"/"+id).Want(t, http.StatusUnauthorized)
	}
}

// A lost race changes nothing; a repeat makes nothing; what many would become is all or nothing, and in a dry
// run nothing.
func TestChangesByStaff(t *testing.T) {
	t.Parallel()
	w := start(t)
	kim := w.instructor("Kim")
	one, two := w.class(kim, map[string]any{"title": "One"}), w.class(kim, map[string]any{"title": "Two"})
	path := "/v1/admin/classes/" + one
	tag := w.manager.Get(path).Want(t, http.StatusOK).Header.Get("ETag")
	w.manager.Do(http.MethodPatch, path, map[string]any{"difficulty": 5}, "If-Match", tag).Want(t, http.StatusOK)
	w.manager.Do(http.MethodPatch, path, map[string]any{"difficulty": 1}, "If-Match", tag).Want(t, http.StatusPreconditionFailed)
	body := map[string]any{"name": "North", "city": "Bern", "country": "CH", "time_zone": "Europe/Zurich"}
	first := w.manager.Do(http.MethodPost, "/v1/admin/studios", body, "Idempotency-Key", "the-same-key").Want(t, http.StatusCreated)
	again := w.manager.Do(http.MethodPost, "/v1/admin/studios", body, "Idempotency-Key", "the-same-key").Want(t, http.StatusCreated)
	if !bytes.Equal(first.Body, again.Body) {
		t.Errorf("a repeat made %s, and first it was %s", again.Body, first.Body)
	}
	body["name"] = "South"
	w.manager.Do(http.MethodPost, "/v1/admin/studios", body, "Idempotency-Key", "the-same-key").Want(t, http.StatusUnprocessableEntity)

	difficulties := func() string { return w.Query(`SELECT string_agg(difficulty::text, ' ' ORDER BY title) FROM class`) }
	bulk := func(dry bool, ids ...string) testkit.Response {
		return w.manager.Do(http.MethodPost, "/v1/admin/classes/bulk", map[string]any{"ids": ids, "change": map[string]any{"difficulty": 2}, "dry_run": dry})
	}
	for _, c := range []struct {
		status int
		after  string
		r      testkit.Response
	}{
		{http.StatusUnprocessableEntity, "5 3", bulk(false, one, testkit.SharedID("never"), two)},
		{http.StatusUnprocessableEntity, "5 3", bulk(false, one, one)},
		{http.StatusOK, "5 3", bulk(true, two, one)},
	} {
		c.r.Want(t, c.status)
		if got := difficulties(); got != c.after {
			t.Errorf("%d left %q, not %q", c.status, got, c.after)
		}
	}
	done := bulk(false, two, one).Want(t, http.StatusOK)
	if got := difficulties(); got != "2 2" || strings.Index(string(done.Body), two) > strings.Index(string(done.Body), one) {
		t.Errorf("changed to %q: %s", got, done.Body)
	}
	w.member.Do(http.MethodPost, "/v1/admin/classes/bulk", map[string]any{"ids": []string{one}, "change": map[string]any{"difficulty": 1}}).Want(t, http.StatusForbidden)
}

// The member behind an instructor shows to that member alone, whoever asks for what.
func TestNobodyLearnsWhoAnInstructorIs(t *testing.T) {
	t.Parallel()
	w := start(t)
	kim := w.instructor("Kim")
	w.manager.Do(http.MethodPut, "/v1/admin/instructors/"+kim+"/person", map[string]any{"username": "nobody-here"}).Want(t, http.StatusUnprocessableEntity)
	w.manager.Do(http.MethodPut, "/v1/admin/instructors/"+kim+"/person", map[string]any{"username": "nora-rides"}).Want(t, http.StatusNoContent)
	w.member.Do(http.MethodPut, "/v1/me/instructors/"+kim, nil).Want(t, http.StatusNoContent)
	w.class(kim, nil)
	for _, who := range []*testkit.Client{w.As(""), w.manager.Client} {
		for _, path := range []string{"/v1/instructors", "/v1/instructors/" + kim, "/v1/admin/instructors", "/v1/admin/instructors/" + kim, "/v1/classes", "/v1/me/instructor-pages", "/v1/me/instructors"} {
			if body := string(who.Get(path).Body); strings.Contains(body, w.member.ID) || strings.Contains(body, "nora-rides") || strings.HasPrefix(path, "/v1/me/") && strings.Contains(body, kim) {
				t.Errorf("%s tells who an instructor is, or who follows one: %s", path, body)
			}
		}
	}
	if body := string(w.member.Get("/v1/me/instructor-pages").Want(t, http.StatusOK).Body); !strings.Contains(body, kim) {
		t.Errorf("a member isn't told that they are an instructor: %s", body)
	}
	w.manager.Do(http.MethodDelete, "/v1/admin/instructors/"+kim+"/person", nil).Want(t, http.StatusNoContent)
	w.manager.Do(http.MethodDelete, "/v1/admin/instructors/"+kim+"/person", nil).Want(t, http.StatusNoContent)
	if body := string(w.member.Get("/v1/me/instructor-pages").Want(t, http.StatusOK).Body); strings.Contains(body, kim) {
		t.Errorf("unlinked, and still theirs: %s", body)
	}
	// Whom one follows outlasts that they show, and is there to be ended.
	w.manager.Do(http.MethodPatch, "/v1/admin/instructors/"+kim, map[string]any{"state": "retired"}).Want(t, http.StatusOK)
	w.member.Do(http.MethodDelete, "/v1/me/instructors/"+kim, nil).Want(t, http.StatusNoContent)
	w.member.Do(http.MethodDelete, "/v1/me/instructors/"+kim, nil).Want(t, http.StatusNotFound)
	w.member.Do(http.MethodPut, "/v1/me/instructors/"+kim, nil).Want(t, http.StatusNotFound)
}
