package group_test

import (
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// coached is a group of ada's in which cleo coaches ben, who shows nothing to anybody.
type coached struct {
	scene
	ada, ben, cleo *testkit.Person
	group          string
	asBen, asCleo  string // memberships
}

func startCoached(t *testing.T) coached {
	t.Helper()
	c := coached{scene: start(t)}
	c.ada, c.ben, c.cleo = c.Join("ada"), c.Join("ben"), c.Join("cleo")
	c.group = c.make(c.ada, "public")
	for _, p := range []*testkit.Person{c.ben, c.cleo} {
		p.Do(http.MethodPut, c.group+"/membership", nil).Want(t, http.StatusOK)
	}
	c.asBen, c.asCleo = c.membership(c.ada, c.group, "members", c.ben), c.membership(c.ada, c.group, "members", c.cleo)
	c.role(c.ada, c.asCleo, "coach", http.StatusNoContent)
	c.ben.Do(http.MethodPatch, "/v1/me/profile", map[string]any{"gender": "other", "height_cm": 181, "weight_kg": 77, "max_hr": 190, "ftp_watts": 240}).
		Want(t, http.StatusOK)
	ride := recordingtest.RideFIT(recordingtest.Options{Start: c.Clock.Now().Add(-time.Hour), Seconds: 60})
	c.ben.Upload("/v1/workouts/import", "a.fit", ride).Want(t, http.StatusCreated)
	for _, audience := range []string{"only_me", "followers"} {
		c.ben.Do(http.MethodPost, "/v1/workouts", map[string]any{
			"sport": "row", "started_at": c.Clock.Now().Add(-48 * time.Hour).Format(time.RFC3339), "duration_s": 60, "audience": audience,
		}).Want(t, http.StatusCreated)
	}
	return c
}

func (c coached) grant(fields ...string) {
	c.t.Helper()
	c.ben.Do(http.MethodPut, c.asCleo+"/grant", map[string]any{"fields": fields}).Want(c.t, http.StatusNoContent)
}

// over holds that there is no athlete for cleo any more, to the byte, and that ben grants nothing.
func (c coached) over(what string) {
	c.t.Helper()
	for _, path := range []string{"/athlete", "/workouts"} {
		got := c.cleo.Get(c.asBen+path).Want(c.t, http.StatusNotFound)
		if differ := got.Same(c.cleo.Get("/v1/group-memberships/00000000-0000-4000-8000-000000000000" + path)); differ != "" {
			c.t.Errorf("%s: %s", what, differ)
		}
	}
	if got := c.Query(`SELECT count(*)::text FROM coach_grant`); got != "0" {
		c.t.Errorf("%s: %s grants are left", what, got)
	}
}

// has are the members of an answer, or of all items of a list that some item has.
func has(r testkit.Response, t *testing.T) string {
	t.Helper()
	all := map[string]bool{}
	body := r.Want(t, http.StatusOK).Map(t)
	items, list := body["items"].([]any)
	if !list {
		items = []any{body}
	}
	for _, item := range items {
		entry, _ := item.(map[string]any)
		for name := range entry {
			all[name] = true
		}
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, " ")
}

// A coach gets what was granted, from the next request on, and nothing else of the athlete; and nobody else gets it.
func TestACoachGetsWhatIsGranted(t *testing.T) {
	t.Parallel()
	c := startCoached(t)
	c.over("before anything is granted")
	c.grant("weight_kg", "max_hr")
	if got := has(c.cleo.Get(c.asBen+"/athlete"), t); got != "id max_hr member weight_kg" {
		t.Errorf("of the profile: %s", got)
	}
	workouts := func() int {
		items, _ := c.cleo.Get(c.asBen+"/workouts").Want(t, http.StatusOK).Map(t)["items"].([]any)
		return len(items)
	}
	if workouts() != 0 {
		t.Error("workouts show that were not granted")
	}
	c.grant("workout")
	if got := has(c.cleo.Get(c.asBen+"/workouts"), t); workouts() != 2 || strings.Contains(got, "power") || strings.Contains(got, "heart") ||
		strings.Contains(got, "place") || strings.Contains(got, "device") || strings.Contains(got, "audience") {
		t.Errorf("%d workouts with %s", workouts(), got)
	}
	if got := has(c.cleo.Get(c.asBen+"/athlete"), t); got != "id member" {
		t.Errorf("what was granted before is still there: %s", got)
	}
	c.grant("workout", "effort", "heart_rate")
	if got := has(c.cleo.Get(c.asBen+"/workouts"), t); !strings.Contains(got, "power_avg_w") || !strings.Contains(got, "heart_rate_avg_bpm") || strings.Contains(got, "place") {
		t.Errorf("of what was granted: %s", got)
	}
	if got := has(c.cleo.Get(c.group+"/athletes"), t); !strings.Contains(got, "member") {
		t.Errorf("the coach's athletes: %s", got)
	}
	eve := c.Join("eve")
	eve.Do(http.MethodPut, c.group+"/membership", nil).Want(t, http.StatusOK)
	c.role(c.ada, c.membership(c.ada, c.group, "members", eve), "coach", http.StatusNoContent)
	for _, other := range []*testkit.Person{c.ada, c.Join("dora"), eve} { // the owner of the group, somebody outside, and another coach
		other.Get(c.asBen+"/athlete").Want(t, http.StatusNotFound)
		other.Get(c.asBen+"/workouts").Want(t, http.StatusNotFound)
	}
	if got := has(c.ben.Get(c.asBen+"/athlete"), t); got != "age ftp_watts gender height_cm id max_hr member weight_kg" {
		t.Errorf("ben sees of himself: %s", got)
	}
	if got := has(c.ben.Get("/v1/me/coach-grants"), t); got != "coach_id fields granted_at group_id group_name" {
		t.Errorf("ben's grants: %s", got)
	}
	c.ben.Do(http.MethodDelete, c.asCleo+"/grant", nil).Want(t, http.StatusNoContent)
	c.over("taken back")
	c.ben.Do(http.MethodDelete, c.asCleo+"/grant", nil).Want(t, http.StatusNoContent)
}

// What can't be granted, and to whom nothing can.
func TestWhatIsNotGranted(t *testing.T) {
	t.Parallel()
	c := startCoached(t)
	for _, name := range []string{"email", "birth_date", "location", "device", "username", "followers", "nothing"} {
		c.ben.Do(http.MethodPut, c.asCleo+"/grant", map[string]any{"fields": []string{name}}).Want(t, http.StatusBadRequest)
	}
	asAda := c.membership(c.ben, c.group, "members", c.ada)
	c.ben.Do(http.MethodPut, asAda+"/grant", map[string]any{"fields": []string{"workout"}}).Want(t, http.StatusConflict)
	c.cleo.Do(http.MethodPut, c.asCleo+"/grant", map[string]any{"fields": []string{"workout"}}).Want(t, http.StatusConflict)
	c.Join("dora").Do(http.MethodPut, c.asCleo+"/grant", map[string]any{"fields": []string{"workout"}}).Want(t, http.StatusNotFound)
	kid := c.JoinBorn("kid", "2012-01-01")
	kid.Do(http.MethodPut, c.group+"/membership", nil).Want(t, http.StatusOK)
	kid.Do(http.MethodPut, c.asCleo+"/grant", map[string]any{"fields": []string{"workout", "heart_rate"}}).Want(t, http.StatusForbidden)
	kid.Do(http.MethodPut, c.asCleo+"/grant", map[string]any{"fields": []string{"workout", "effort"}}).Want(t, http.StatusNoContent)
	// A row that nobody could write opens no health and no place of a minor.
	c.Exec(`UPDATE coach_grant SET fields = '{workout,heart_rate,route,weight_kg,age}'`)
	asKid := c.membership(c.ada, c.group, "members", kid)
	kid.Do(http.MethodPatch, "/v1/me/profile", map[string]any{"weight_kg": 50}).Want(t, http.StatusOK)
	if got := has(c.cleo.Get(asKid+"/athlete"), t); got != "age id member" {
		t.Errorf("of a minor: %s", got)
	}
}

// Who turns 18 grants what is of health from that day on, with no edit of their settings before, and the coach gets it.
func TestMinorsGrantFromTheirBirthdayOn(t *testing.T) {
	t.Parallel()
	c := startCoached(t)
	birthday := c.Clock.Now().UTC().Truncate(24 * time.Hour).Add(48 * time.Hour)
	kid := c.JoinBorn("kid", birthday.AddDate(-18, 0, 0).Format(time.DateOnly))
	kid.Do(http.MethodPut, c.group+"/membership", nil).Want(t, http.StatusOK)
	kid.Do(http.MethodPatch, "/v1/me/profile", map[string]any{"weight_kg": 60}).Want(t, http.StatusOK)
	asKid, grant := c.membership(c.ada, c.group, "members", kid), map[string]any{"fields": []string{"weight_kg"}}
	c.Clock.Advance(birthday.Add(-time.Second).Sub(c.Clock.Now()))
	c.Login(kid)
	kid.Do(http.MethodPut, c.asCleo+"/grant", grant).Want(t, http.StatusForbidden)
	c.Clock.Advance(time.Second)
	kid.Do(http.MethodPut, c.asCleo+"/grant", grant).Want(t, http.StatusNoContent)
	c.Login(c.cleo)
	if got := has(c.cleo.Get(asKid+"/athlete"), t); got != "id member weight_kg" {
		t.Errorf("of somebody who is 18: %s", got)
	}
	if got := kid.Get("/v1/me/privacy").Want(t, http.StatusOK).Map(t)["private"]; got != true {
		t.Errorf("private is %v after the birthday", got)
	}
}

// A grant ends with either membership, the coach's role, the group and a block, and nothing of these brings it back.
func TestAGrantEnds(t *testing.T) {
	t.Parallel()
	ends := map[string]func(c coached){
		"the athlete leaves": func(c coached) { c.ben.Do(http.MethodDelete, c.group+"/membership", nil).Want(t, http.StatusNoContent) },
		"the coach leaves": func(c coached) {
			c.cleo.Do(http.MethodDelete, c.group+"/membership", nil).Want(t, http.StatusNoContent)
		},
		"the athlete is removed": func(c coached) {
			c.ada.Do(http.MethodDelete, c.asBen, nil).Want(t, http.StatusNoContent)
		},
		"the coach is removed": func(c coached) { c.ada.Do(http.MethodDelete, c.asCleo, nil).Want(t, http.StatusNoContent) },
		"the athlete is banned": func(c coached) {
			c.role(c.ada, c.asBen, "banned", http.StatusNoContent)
			c.ada.Do(http.MethodDelete, c.asBen, nil).Want(t, http.StatusNoContent)
		},
		"the coach is banned": func(c coached) { c.role(c.ada, c.asCleo, "banned", http.StatusNoContent) },
		"the coach's role goes, and comes back": func(c coached) {
			c.role(c.ada, c.asCleo, "member", http.StatusNoContent)
			c.role(c.ada, c.asCleo, "coach", http.StatusNoContent)
		},
		"the coach becomes the owner": func(c coached) {
			id := strings.TrimPrefix(c.asCleo, "/v1/group-memberships/")
			c.ada.Do(http.MethodPut, c.group+"/heir", map[string]any{"membership_id": id}).Want(t, http.StatusNoContent)
			c.cleo.Do(http.MethodPut, c.group+"/owner", nil).Want(t, http.StatusOK)
		},
		"the group ends": func(c coached) { c.ada.Do(http.MethodDelete, c.group, nil).Want(t, http.StatusNoContent) },
		"the athlete blocks, and forgives": func(c coached) {
			c.ben.Do(http.MethodPut, "/v1/me/blocks/"+c.cleo.ID, nil).Want(t, http.StatusOK, http.StatusNoContent)
			c.ben.Do(http.MethodDelete, "/v1/me/blocks/"+c.cleo.ID, nil).Want(t, http.StatusOK, http.StatusNoContent)
		},
		"the coach blocks, and forgives": func(c coached) {
			c.cleo.Do(http.MethodPut, "/v1/me/blocks/"+c.ben.ID, nil).Want(t, http.StatusOK, http.StatusNoContent)
			c.cleo.Do(http.MethodDelete, "/v1/me/blocks/"+c.ben.ID, nil).Want(t, http.StatusOK, http.StatusNoContent)
		},
		"the coach's account ends": func(c coached) {
			c.cleo.Do(http.MethodDelete, "/v1/me", map[string]any{"password": c.cleo.Password}).Want(t, http.StatusNoContent)
		},
	}
	names := make([]string, 0, len(ends))
	for name := range ends {
		names = append(names, name)
	}
	slices.Sort(names)
	c := startCoached(t)
	c.Keep()
	for _, name := range names {
		c.grant("workout", "weight_kg")
		c.cleo.Get(c.asBen+"/athlete").Want(t, http.StatusOK)
		one := c
		ends[name](one)
		if name == "the coach's account ends" {
			one.cleo = c.ada
		}
		one.over(name)
		c.Restore()
	}
}
