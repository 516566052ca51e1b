package httpapi_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/testkit"
)

const profilePath, privacyPath = "/v1/me/profile", "/v1/me/privacy"

// everything is a patch that gives every value.
var everything = map[string]any{
	"display_name": "Ada L.", "bio": "Rides before breakfast.", "location": map[string]any{"city": "Utrecht", "country": "NL"},
	"gender": "woman", "height_cm": 171.5, "weight_kg": 62.5, "resting_hr": 52.0, "max_hr": 188.0, "ftp_watts": 231.0,
}

func keysOf(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

func patch(p *testkit.Person, path string, body any, headers ...string) testkit.Response {
	return p.Do(http.MethodPatch, path, body, headers...)
}

func TestProfilePatch(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	want := ada.Get(profilePath).Want(t, http.StatusOK).Map(t)
	bare := []string{"age", "audiences", "birth_date", "display_name", "email", "followers_count", "following_count", "id", "relation", "username"}
	if diff := cmp.Diff(bare, keysOf(want)); diff != "" {
		t.Errorf("a bare profile: %s", diff)
	}
	maps.Copy(want, everything)
	if diff := cmp.Diff(want, patch(ada, profilePath, everything).Want(t, http.StatusOK).Map(t)); diff != "" {
		t.Errorf("after a patch: %s", diff)
	}
	patch(ada, profilePath, map[string]any{"gender": nil, "location": nil, "weight_kg": nil, "max_hr": nil}).Want(t, http.StatusOK)
	for _, gone := range []string{"gender", "location", "weight_kg", "max_hr"} {
		delete(want, gone)
	}
	if diff := cmp.Diff(want, ada.Get(profilePath).Map(t)); diff != "" {
		t.Errorf("null clears, absent stays: %s", diff)
	}
	patch(ada, profilePath, map[string]any{"location": map[string]any{"country": "CH"}}).Want(t, http.StatusOK)
	if got := ada.Get(profilePath).Map(t)["location"]; !cmp.Equal(got, map[string]any{"country": "CH"}) {
		t.Errorf("a place is replaced as a whole: %v", got)
	}
	var problem struct {
		Code   string
		Errors []struct{ Pointer, Code string }
	}
	patch(ada, profilePath, map[string]any{"resting_hr": 120, "max_hr": 110, "location": map[string]any{"country": "XX"}}).
		Want(t, http.StatusUnprocessableEntity).JSON(t, &problem)
	var pointers []string
	for _, e := range problem.Errors {
		pointers = append(pointers, e.Pointer)
	}
	if !slices.Equal(pointers, []string{"/location/country", "/max_hr"}) {
		t.Errorf("it names %v", pointers)
	}
}

// A lost race is a 412, whichever resource.
func TestIfMatch(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	for path, change := range map[string][2]map[string]any{
		profilePath: {{"bio": "one"}, {"bio": "two"}},
		privacyPath: {{"private": true}, {"private": false}},
	} {
		tag := ada.Get(path).Header.Get("ETag")
		if tag == "" {
			t.Fatalf("%s has no ETag", path)
		}
		ada.Do(http.MethodGet, path, nil, "If-None-Match", tag).Want(t, http.StatusNotModified)
		next := patch(ada, path, change[0], "If-Match", tag).Want(t, http.StatusOK).Header.Get("ETag")
		if got := ada.Get(path).Header.Get("ETag"); got != next || got == tag {
			t.Errorf("%s: the tags are %s, %s, %s", path, tag, next, got)
		}
		patch(ada, path, change[1], "If-Match", tag).Want(t, http.StatusPreconditionFailed)
		if got := ada.Get(path).Header.Get("ETag"); got != next {
			t.Errorf("%s: the lost edit did something", path)
		}
		patch(ada, path, change[1], "If-Match", next).Want(t, http.StatusOK)
		patch(ada, path, change[0], "If-Match", "*").Want(t, http.StatusOK)
	}
}

func TestPrivacyPatch(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	code := func(r testkit.Response) string {
		code, _ := r.Map(t)["code"].(string)
		return code
	}
	got := ada.Get(privacyPath).Want(t, http.StatusOK).Map(t)
	audiences, _ := got["audiences"].(map[string]any)
	if len(audiences) != 19 || audiences["bio"] != "followers" || got["discoverability"] != "members" || got["private"] != false || got["minor"] != false {
		t.Errorf("a new account: %v", got)
	}
	patch(ada, privacyPath, map[string]any{"private": true, "discoverability": "nobody", "audiences": map[string]any{"bio": "only_me"}}).Want(t, http.StatusOK)
	if r := patch(ada, privacyPath, map[string]any{"audiences": map[string]any{"bio": "everyone"}}); r.Status != http.StatusConflict || code(r) != "account_is_private" {
		t.Errorf("widening while private: %d %s", r.Status, r.Body)
	}
	patch(ada, privacyPath, map[string]any{"private": false, "audiences": map[string]any{"bio": "everyone"}}).Want(t, http.StatusOK)
	for _, wrong := range []string{
		`{"audiences":{"email":"everyone"}}`, `{"audiences":{"birth_date":"followers"}}`, `{"audiences":{"device":"followers"}}`,
		`{"audiences":{"bio":"nobody"}}`, `{"audiences":{"bio":null}}`, `{"discoverability":"only_me"}`, `{"minor":false}`, `{"private":1}`,
	} {
		patch(ada, privacyPath, []byte(wrong), "Content-Type", "application/json").Want(t, http.StatusBadRequest)
	}
	kim := w.JoinBorn("kim", w.Clock.Now().AddDate(-17, -11, 0).Format(time.DateOnly))
	if r := patch(kim, privacyPath, map[string]any{"private": false}); r.Status != http.StatusForbidden || code(r) != "minor_stays_private" {
		t.Errorf("a minor: %d %s", r.Status, r.Body)
	}
}

func TestViewAs(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben, cleo, dan := w.Join("ada"), w.Join("ben"), w.Join("cleo"), w.Join("dan")
	patch(ada, profilePath, everything).Want(t, http.StatusOK)
	w.Follow(ben, ada)
	w.Ask(cleo, ada)
	w.Block(ada, dan)
	ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": "2026-05-01T05:31:07Z", "duration_s": 3600, "heart_rate_avg_bpm": 140,
	}).Want(t, http.StatusCreated)

	look := func(query string) map[string]any {
		t.Helper()
		return ada.Get("/v1/me/view-as?"+query).Want(t, http.StatusOK).Map(t)
	}
	for query, reader := range map[string]*testkit.Person{"member=ben": ben, "relation=follower": ben, "member=cleo": cleo, "member=" + ben.ID: ben} {
		got := look(query)
		want := reader.Get("/v1/members/ada").Want(t, http.StatusOK).Map(t)
		if diff := cmp.Diff(want, got["profile"]); diff != "" {
			t.Errorf("%s: the profile they get is -: %s", query, diff)
		}
		var list struct{ Items []any }
		reader.Get("/v1/members/ada/workouts").Want(t, http.StatusOK).JSON(t, &list)
		workouts, _ := got["workouts"].([]any)
		if diff := cmp.Diff(len(list.Items), len(workouts)); diff != "" {
			t.Errorf("%s: the workouts they get are -: %s", query, diff)
		} else if len(workouts) > 0 && !cmp.Equal(list.Items, workouts) {
			t.Errorf("%s: %s", query, cmp.Diff(list.Items, workouts))
		}
	}
	for query, relation := range map[string]string{"relation=anonymous": "anonymous", "member=dan": "blocked"} {
		if diff := cmp.Diff(map[string]any{"relation": relation, "visible": false}, look(query)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if got := look("member=cleo")["relation"]; got != "requested" {
		t.Errorf("cleo is %v", got)
	}
	for query, status := range map[string]int{
		"": 400, "relation=member&member=ben": 400, "relation=self": 400, "member=nobody-there": 404, "member=" + strings.Repeat("a", 40): 400,
	} {
		ada.Get("/v1/me/view-as?"+query).Want(t, status)
	}
	w.Get("/v1/me/view-as?relation=member").Want(t, http.StatusUnauthorized)
}
