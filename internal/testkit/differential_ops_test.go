package testkit_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/paceline/paceline/api"
	"github.com/paceline/paceline/internal/privacy"
)

// answer is a status and what a body says, as facts that can be compared: "a
// row", "a row and the name of one of its members", "a name=value".
type answer struct {
	status int
	facts  map[string]bool
	order  []string // of the rows of a list
	body   []byte
}

// asking is a request and what the policy says about its answer.
type asking struct {
	operation, path string
	ask             func() answer
	want            answer
	inOrder         bool
}

func said(status int, facts ...string) answer {
	a := answer{status: status, facts: map[string]bool{}}
	for _, f := range facts {
		a.facts[f] = true
	}
	return a
}

func (a *answer) row(label string) {
	a.facts[label] = true
	a.order = append(a.order, label)
}

// everyOperationIsKnown fails for an operation that reads members' things, or
// gives a list of them, and was not compared.
func (w *randomWorld) everyOperationIsKnown() {
	w.T.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(api.Document)
	if err != nil {
		w.T.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			access, _ := op.Extensions["x-access"].(map[string]any)
			reads := method == http.MethodGet && (access["object"] != "none" || access["auth"] != "none")
			if (reads || listsThings(op)) && !w.operations[op.OperationID] {
				w.T.Errorf("%s %s (%s): teach the differential what the policy says of it", method, path, op.OperationID)
			}
		}
	}
}

// listsThings says whether a success holds a list of things with an id.
func listsThings(op *openapi3.Operation) bool {
	for status, response := range op.Responses.Map() {
		media := response.Value.Content.Get("application/json")
		if !strings.HasPrefix(status, "2") || media == nil || media.Schema == nil {
			continue
		}
		for _, p := range media.Schema.Value.Properties {
			if p.Value.Items != nil && p.Value.Items.Value.Properties["id"] != nil {
				return true
			}
		}
	}
	return false
}

// marksOfBodies are the x-visibility marks of the contract's bodies.
func marksOfBodies(t *testing.T) map[string]map[string]string {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(api.Document)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for _, schema := range []string{"Profile", "MemberSummary", "Workout", "Streams", "WorkoutLaps", "WorkoutZones", "Records", "PowerCurve", "TrainingLoad", "Calendar"} {
		out[schema] = map[string]string{}
		for name, p := range doc.Components.Schemas[schema].Value.Properties {
			mark, _ := p.Extensions["x-visibility"].(string)
			if mark == "" {
				mark, _ = p.Value.Extensions["x-visibility"].(string)
			}
			out[schema][name] = mark
		}
	}
	return out
}

// opens says whether a grant opens what stands under a mark of the contract.
func opens(g privacy.Grant, mark string, ceiling privacy.Audience) bool {
	switch mark {
	case "always":
		return true
	case "owner":
		return g.Relation() == privacy.RelationSelf
	}
	for name := range strings.SplitSeq(mark, "+") {
		if f, ok := privacy.ParseField(name); !ok || !g.ShowsWithin(f, ceilingOf(f, ceiling)) {
			return false
		}
	}
	return true
}

// ceilingOf is the audience of an object for its own fields; a profile has none.
func ceilingOf(f privacy.Field, ceiling privacy.Audience) privacy.Audience {
	for _, rule := range privacy.Model() {
		if rule.Field == f && rule.Subject == "profile" {
			return privacy.Everyone
		}
	}
	return ceiling
}

// expectProfile adds the members of a profile that a grant opens.
func (w *randomWorld) expectProfile(a *answer, owner string, g privacy.Grant) {
	for member := range w.profile[owner] {
		if opens(g, w.marks["Profile"][member], privacy.Everyone) {
			a.facts[owner+" "+member] = true
		}
	}
}

// expectSummary adds an entry of a list of members.
func (w *randomWorld) expectSummary(a *answer, owner string, g privacy.Grant) {
	a.row(owner)
	for _, member := range []string{"display_name", "avatar_url"} {
		if w.profile[owner][member] && opens(g, w.marks["MemberSummary"][member], privacy.Everyone) {
			a.facts[owner+" "+member] = true
		}
	}
}

// expectWorkout adds a workout and its members, if the grant shows it.
func (w *randomWorld) expectWorkout(a *answer, one rawWorkout, g privacy.Grant) {
	if !g.ShowsWithin(privacy.Workout, one.audience) {
		return
	}
	label := one.label(w)
	a.row(label)
	for member := range w.whole[one.id] {
		mark := w.marks["Workout"][member]
		switch {
		case member == "member" || member == "id":
			continue
		case member == "distance_m" && one.distanceM == nil:
			mark = "route" // it was computed from the track
		}
		if opens(g, mark, one.audience) {
			a.facts[label+" "+member] = true
		}
	}
	owner := w.name[one.owner]
	if g.Shows(privacy.Username) {
		a.facts[label+" by "+owner] = true
		for _, member := range []string{"display_name", "avatar_url"} {
			if w.profile[owner][member] && opens(g, w.marks["MemberSummary"][member], privacy.Everyone) {
				a.facts[label+" by "+owner+" "+member] = true
			}
		}
	}
}

// sees adds what a body says of a member, a profile or an entry of a list.
func (w *randomWorld) sees(a *answer, body map[string]any, prefix string) {
	id, _ := uuid.Parse(fmt.Sprint(body["id"]))
	name := prefix + w.name[id]
	if name == prefix {
		name = prefix + fmt.Sprint(body["id"])
	}
	a.row(name)
	for member := range body {
		if member != "id" && member != "username" {
			a.facts[name+" "+member] = true
		}
	}
}

func (w *randomWorld) seesWorkout(a *answer, body map[string]any) {
	id, _ := uuid.Parse(fmt.Sprint(body["id"]))
	label := fmt.Sprint(body["id"])
	for _, one := range slices.Concat(w.workouts, w.merged) {
		if one.id == id {
			label = one.label(w)
		}
	}
	a.row(label)
	for member, value := range body {
		switch member {
		case "id", "laps": // laps are of a single workout only: the matrix holds them
		case "member":
			by, _ := value.(map[string]any)
			var inner answer
			inner.facts = a.facts
			w.sees(&inner, by, label+" by ")
		default:
			a.facts[label+" "+member] = true
		}
	}
}

// get asks for one body.
func (w *randomWorld) get(v viewer, path string, read func(*answer, map[string]any)) answer {
	w.requests++
	r := v.Get(path)
	a := answer{status: r.Status, facts: map[string]bool{}, body: r.Body}
	var body map[string]any
	if r.Status == http.StatusOK && read != nil && json.Unmarshal(r.Body, &body) == nil {
		read(&a, body)
	}
	return a
}

// pages asks for a list, in pages of two, each full but the last. A cursor is
// good for who got it, in the list that it is of.
func (w *randomWorld) pages(v viewer, path string, read func(*answer, map[string]any)) answer {
	w.T.Helper()
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	all := said(http.StatusOK)
	cursor := ""
	for range 50 {
		w.requests++
		r := v.Get(path + join + "limit=2" + cursor)
		if r.Status != http.StatusOK {
			return answer{status: r.Status, facts: map[string]bool{}, body: r.Body}
		}
		body := r.Map(w.T)
		items, _ := body["items"].([]any)
		for _, item := range items {
			entry, _ := item.(map[string]any)
			read(&all, entry)
		}
		next, more := body["next_cursor"].(string)
		if !more {
			return all
		}
		if len(items) != 2 {
			w.T.Errorf("%s as %s: a page of %d with more to come", path, v.name, len(items))
		}
		if cursor == "" {
			w.cursorIsBound(v, path+join+"limit=2&cursor="+next)
		}
		cursor = "&cursor=" + next
	}
	w.T.Errorf("%s as %s: the list has no end", path, v.name)
	return all
}

// cursorIsBound tries a cursor as somebody else, and in another member's list.
func (w *randomWorld) cursorIsBound(v viewer, path string) {
	w.T.Helper()
	for _, other := range w.viewers() {
		if other.name != v.name {
			w.requests++
			if r := other.Get(path); r.Status == http.StatusOK {
				w.T.Errorf("%s: the cursor of %s works for %s", path, v.name, other.name)
			}
			break
		}
	}
	for _, p := range w.people {
		at := strings.Index(path, "/members/rider")
		if at < 0 {
			break
		}
		from := at + len("/members/")
		if elsewhere := path[:from] + p.Name + path[from+len(p.Name):]; elsewhere != path {
			w.requests++
			if r := v.Get(elsewhere); r.Status == http.StatusOK {
				w.T.Errorf("%s as %s: the cursor of another member's list works", elsewhere, v.name)
			}
		}
	}
}

// asked is every request that a viewer makes in a world.
func (w *randomWorld) asked(v viewer) []asking {
	all := slices.Concat(w.ownThings(v), w.socialAsked(v), w.classesAsked(v), w.aboutGroups(v), w.classThings(v))
	member := func(a *answer, m map[string]any) { w.sees(a, m, "") }
	list := func(operation, path string, want answer, read func(*answer, map[string]any), inOrder bool) {
		all = append(all, asking{operation, path, func() answer { return w.pages(v, path, read) }, want, inOrder})
	}
	for _, q := range []string{"rider", "name"} {
		want := said(http.StatusOK)
		for _, p := range w.people {
			if g := w.grant(v, w.id[p.Name]); w.finds(v, w.id[p.Name]) && (q == "rider" || g.Shows(privacy.DisplayName)) {
				w.expectSummary(&want, p.Name, g)
			}
		}
		list("searchMembers", "/v1/members?q="+q, want, member, true)
	}
	for _, p := range w.people {
		owner, path := w.id[p.Name], "/v1/members/"+p.Name
		g, found := w.grant(v, owner), w.finds(v, owner)
		shown := func(open bool, a answer) answer {
			if !found || !open {
				return said(http.StatusNotFound)
			}
			return a
		}
		profile := said(http.StatusOK, p.Name)
		w.expectProfile(&profile, p.Name, g)
		delete(profile.facts, p.Name+" id")
		delete(profile.facts, p.Name+" username")
		for _, of := range []struct {
			operation, name string
			field           privacy.Field
			bit             privacy.Edge
		}{{"listFollowers", "followers", privacy.FollowersList, privacy.EdgeFollower}, {"listFollowing", "following", privacy.FollowingList, privacy.EdgeFollows}} {
			entries := said(http.StatusOK)
			n := 0
			for _, other := range w.people {
				if id := w.id[other.Name]; w.edges[[2]uuid.UUID{owner, id}].Has(of.bit) && w.finds(v, id) {
					w.expectSummary(&entries, other.Name, w.grant(v, id))
					n++
				}
			}
			if g.Shows(of.field) {
				profile.facts[fmt.Sprintf("%s_count=%d", of.name, n)] = true
			}
			list(of.operation, path+"/"+of.name, shown(g.Shows(of.field), entries), member, false)
		}
		all = append(all, asking{operation: "getMember", path: path, want: shown(true, profile), ask: func() answer {
			return w.get(v, path, func(a *answer, m map[string]any) {
				w.sees(a, m, "")
				for _, count := range []string{"followers_count", "following_count"} {
					if n, there := m[count]; there {
						a.facts[fmt.Sprintf("%s=%v", count, n)] = true
					}
				}
			})
		}})
		all = append(all, asking{
			operation: "getMemberAvatar", path: path + "/avatar", want: shown(g.Shows(privacy.Avatar) && w.profile[p.Name]["avatar_url"], said(http.StatusOK)),
			ask: func() answer { return w.get(v, path+"/avatar", nil) },
		})
		workouts := said(http.StatusOK)
		n, distance := 0, 0.0
		for _, one := range w.workouts {
			if one.owner != owner {
				continue
			}
			w.expectWorkout(&workouts, one, g)
			if g.ShowsWithin(privacy.Workout, one.audience) {
				n++
				if one.distanceM != nil {
					distance += *one.distanceM
				} else if one.trackM != nil && g.ShowsWithin(privacy.Route, one.audience) {
					distance += *one.trackM
				}
			}
			all = append(all, w.workoutAsked(v, one, g)...)
		}
		list("listMemberWorkouts", path+"/workouts", shown(true, workouts), w.seesWorkout, true)
		all = append(all, w.trainingAsked(v, p, g, shown)...)
		all = append(all, asking{
			operation: "getMemberStats", path: path + "/stats",
			want: shown(g.Shows(privacy.Stats), said(http.StatusOK, fmt.Sprintf("workouts=%d", n), fmt.Sprintf("distance=%.0f", distance))),
			ask: func() answer {
				return w.get(v, path+"/stats", func(a *answer, m map[string]any) {
					metres, _ := m["distance_m"].(float64)
					a.facts[fmt.Sprintf("workouts=%v", m["workouts"])] = true
					a.facts[fmt.Sprintf("distance=%.0f", math.Round(metres))] = true
				})
			},
		})
	}
	return all
}

// workoutAsked is what is asked about one workout.
func (w *randomWorld) workoutAsked(v viewer, one rawWorkout, g privacy.Grant) []asking {
	body, streams := said(http.StatusNotFound), said(http.StatusNotFound)
	if g.ShowsWithin(privacy.Workout, one.audience) {
		body, streams = said(http.StatusOK), said(http.StatusOK)
		w.expectWorkout(&body, one, g)
		streams.facts["workout_id"] = true
		for channel := range w.channels(one) {
			if opens(g, w.marks["Streams"][channel], one.audience) {
				streams.facts[channel] = true
			}
		}
	}
	path := "/v1/workouts/" + one.id.String()
	return append([]asking{
		{operation: "getWorkout", path: path, want: body, ask: func() answer { return w.get(v, path, w.seesWorkout) }},
		{operation: "getWorkoutStreams", path: path + "/streams", want: streams, ask: func() answer {
			return w.get(v, path+"/streams?points=20", func(a *answer, m map[string]any) {
				for channel := range m {
					a.facts[channel] = true
				}
			})
		}},
		w.twinsAsked(v, one, path+"/twins"),
	}, w.madeOf(v, one, g)...)
}

// twinsAsked: of twins only the owner gets to know; here they began at the same moment.
func (w *randomWorld) twinsAsked(v viewer, one rawWorkout, path string) asking {
	want := said(http.StatusNotFound)
	if v.id == one.owner {
		want = said(http.StatusOK)
		for _, other := range w.merged {
			if other.into.UUID == one.id {
				want.row(other.label(w))
			}
		}
		for _, other := range w.workouts {
			if len(want.order) == 0 && other.owner == one.owner && other.id != one.id && other.started.Equal(one.started) {
				want.row(other.label(w))
			}
		}
	}
	if v.id == uuid.Nil {
		want = said(http.StatusUnauthorized)
	}
	return asking{operation: "listTwins", path: path, want: want, ask: func() answer {
		return w.get(v, path, func(a *answer, m map[string]any) {
			items, _ := m["items"].([]any)
			from, _ := m["merged_from"].([]any)
			for _, id := range from {
				w.seesWorkout(a, map[string]any{"id": id})
			}
			for _, item := range items {
				twin, _ := item.(map[string]any)
				w.seesWorkout(a, map[string]any{"id": twin["workout_id"]})
			}
		})
	}}
}

// channels are those that the owner gets.
func (w *randomWorld) channels(one rawWorkout) map[string]bool {
	i := slices.IndexFunc(w.viewers(), func(v viewer) bool { return v.id == one.owner })
	w.requests++
	return keysOf(w.viewers()[i].Get("/v1/workouts/" + one.id.String() + "/streams?points=20").Map(w.T))
}

// ownThings are requests about the viewer's own things.
func (w *randomWorld) ownThings(v viewer) []asking {
	signedIn := func(a answer) answer {
		if v.id == uuid.Nil {
			return said(http.StatusUnauthorized)
		}
		return a
	}
	var all []asking
	add := func(operation, path string, want answer, ask func() answer, inOrder bool) {
		all = append(all, asking{operation, path, ask, signedIn(want), inOrder})
	}
	feed, requests, blocks, sessions := said(http.StatusOK), said(http.StatusOK), said(http.StatusOK), said(http.StatusOK)
	for _, one := range w.workouts {
		if w.edges[[2]uuid.UUID{v.id, one.owner}].Has(privacy.EdgeFollows) {
			w.expectWorkout(&feed, one, w.grant(v, one.owner))
		}
	}
	for _, p := range w.people {
		bits := w.edges[[2]uuid.UUID{v.id, w.id[p.Name]}]
		if bits.Has(privacy.EdgeAsked) {
			w.expectSummary(&requests, p.Name, w.grant(v, w.id[p.Name]))
		}
		if bits.Has(privacy.EdgeBlocks) {
			blocks.row(p.Name)
		}
	}
	for _, id := range strings.Fields(w.Query(`SELECT coalesce(string_agg(id::text, ' '), '') FROM auth.session WHERE member_id = $1 AND kind <> 'console'`, v.id)) {
		sessions.row(id)
	}
	member := func(a *answer, m map[string]any) { w.sees(a, m, "") }
	add("listFeed", "/v1/feed", feed, func() answer { return w.pages(v, "/v1/feed", w.seesWorkout) }, true)
	changed := said(http.StatusOK)
	for _, one := range slices.Concat(w.workouts, w.merged) { // of the merged ones, that they are gone
		if one.owner == v.id {
			changed.row(one.label(w))
		}
	}
	add("listSyncChanges", "/v1/sync/changes", changed, func() answer {
		return w.pages(v, "/v1/sync/changes", func(a *answer, m map[string]any) {
			w.seesWorkout(a, map[string]any{"id": m["workout_id"]})
		})
	}, false)
	add("listFollowRequests", "/v1/me/follow-requests", requests, func() answer { return w.pages(v, "/v1/me/follow-requests", member) }, false)
	add("listBlocks", "/v1/me/blocks", blocks, func() answer { return w.pages(v, "/v1/me/blocks", member) }, false)
	zones := said(http.StatusOK)
	for _, id := range w.own(v, `SELECT string_agg(id::text, ' ') FROM privacy_zone WHERE member_id = $1`) {
		zones.row(id)
	}
	add("listPrivacyZones", "/v1/me/privacy-zones", zones, func() answer {
		return w.get(v, "/v1/me/privacy-zones", func(a *answer, m map[string]any) {
			items, _ := m["items"].([]any)
			for _, item := range items {
				zone, _ := item.(map[string]any)
				a.row(fmt.Sprint(zone["id"]))
			}
		})
	}, false)
	add("listSessions", "/v1/me/sessions", sessions, func() answer {
		return w.get(v, "/v1/me/sessions", func(a *answer, m map[string]any) {
			items, _ := m["items"].([]any)
			for _, item := range items {
				one, _ := item.(map[string]any)
				a.row(fmt.Sprint(one["id"]))
			}
		})
	}, false)
	consoles := said(http.StatusOK, w.own(v, `SELECT string_agg(id::text, ' ') FROM auth.console WHERE member_id = $1`)...)
	add("listConsoles", "/v1/me/consoles", consoles, func() answer {
		return w.get(v, "/v1/me/consoles", func(a *answer, m map[string]any) {
			items, _ := m["items"].([]any)
			for _, item := range items {
				one, _ := item.(map[string]any)
				a.row(fmt.Sprint(one["id"]))
			}
		})
	}, false)
	// What waits with a code is of no member: whoever types it sees it.
	add("getPairing", "/v1/me/pairings/{code}", said(http.StatusOK, "console"), func() answer {
		_, code := w.Codes(w.NewKey(), "sync")
		return w.get(v, "/v1/me/pairings/"+code, func(a *answer, m map[string]any) { a.facts[fmt.Sprint(m["kind"])] = true })
	}, false)
	for _, list := range []struct{ operation, path, rows string }{
		{"listReports", "/v1/me/reports", `SELECT string_agg(id::text, ' ') FROM report WHERE member_id = $1`},
		{"listSanctions", "/v1/me/sanctions", `SELECT string_agg(id::text, ' ') FROM sanction WHERE member_id = $1`},
	} {
		own := said(http.StatusOK)
		for _, id := range w.own(v, list.rows) {
			own.row(id)
		}
		add(list.operation, list.path, own, func() answer {
			return w.pages(v, list.path, func(a *answer, m map[string]any) { a.row(fmt.Sprint(m["id"])) })
		}, false)
	}
	// What is for staff alone is nobody's here.
	for operation, path := range map[string]string{"listCases": "/v1/admin/reports", "listAppeals": "/v1/admin/appeals"} {
		add(operation, path, said(http.StatusForbidden), func() answer { return w.get(v, path, func(*answer, map[string]any) {}) }, false)
	}
	imports := said(http.StatusOK)
	for _, p := range w.people {
		for _, id := range strings.Fields(w.Query(`SELECT coalesce(string_agg(id::text, ' '), '') FROM import WHERE member_id = $1`, w.id[p.Name])) {
			one, files := said(http.StatusNotFound), said(http.StatusNotFound)
			if w.id[p.Name] == v.id {
				one, files = said(http.StatusOK, id), said(http.StatusOK, "0 rejected")
				imports.row(id)
			}
			path := "/v1/me/imports/" + id
			add("getImport", path, one, func() answer {
				return w.get(v, path, func(a *answer, m map[string]any) { a.facts[fmt.Sprint(m["id"])] = true })
			}, false)
			add("listImportFiles", path+"/files", files, func() answer {
				return w.pages(v, path+"/files", func(a *answer, m map[string]any) { a.facts[fmt.Sprint(m["index"], " ", m["outcome"])] = true })
			}, false)
		}
	}
	add("listImports", "/v1/me/imports", imports, func() answer {
		return w.pages(v, "/v1/me/imports", func(a *answer, m map[string]any) { a.row(fmt.Sprint(m["id"])) })
	}, false)
	own := said(http.StatusOK, v.name)
	for member := range w.profile[v.name] {
		if member != "id" && member != "username" {
			own.facts[v.name+" "+member] = true
		}
	}
	add("getMyProfile", "/v1/me/profile", own, func() answer { return w.get(v, "/v1/me/profile", member) }, false)
	add("getMe", "/v1/me", said(http.StatusOK, v.name), func() answer {
		return w.get(v, "/v1/me", func(a *answer, m map[string]any) { a.facts[fmt.Sprint(m["username"])] = true })
	}, false)
	private := fmt.Sprintf("private=%t", w.settings[v.id].Private)
	add("getMyPrivacy", "/v1/me/privacy", said(http.StatusOK, private), func() answer {
		return w.get(v, "/v1/me/privacy", func(a *answer, m map[string]any) { a.facts[fmt.Sprintf("private=%v", m["private"])] = true })
	}, false)
	all = slices.Concat(all, w.seats(v, signedIn), w.staffAsked(v, signedIn), w.wordsAsked(v, signedIn))
	return append(append(all, w.looks(v, signedIn)...), w.importAgain(v, signedIn))
}

// looks are the viewer's looks at themselves through others' eyes.
func (w *randomWorld) looks(v viewer, signedIn func(answer) answer) []asking {
	var all []asking
	look := func(path string, g privacy.Grant, known bool) {
		want := said(http.StatusNotFound)
		if known {
			want = said(http.StatusOK)
			if g.Shows(privacy.Username) {
				want.facts[v.name] = true
				w.expectProfile(&want, v.name, g)
				delete(want.facts, v.name+" id")
				delete(want.facts, v.name+" username")
				for _, one := range w.workouts {
					if one.owner == v.id {
						w.expectWorkout(&want, one, g)
					}
				}
			}
		}
		all = append(all, asking{operation: "viewAs", path: path, want: signedIn(want), ask: func() answer {
			return w.get(v, path, func(a *answer, m map[string]any) {
				if profile, there := m["profile"].(map[string]any); there {
					w.sees(a, profile, "")
				}
				items, _ := m["workouts"].([]any)
				for _, item := range items {
					one, _ := item.(map[string]any)
					w.seesWorkout(a, one)
				}
			})
		}})
	}
	var mine privacy.Grant
	if v.id != uuid.Nil {
		mine = w.grant(v, v.id)
	}
	look("/v1/me/view-as?relation=anonymous", mine.As(privacy.RelationAnonymous, 0), true)
	look("/v1/me/view-as?relation=follower", mine.As(privacy.RelationFollower, privacy.EdgeFollower), true)
	for _, p := range w.people {
		id := w.id[p.Name]
		edge := w.edges[[2]uuid.UUID{v.id, id}]
		g := mine.AsMember(edge)
		if id == v.id {
			g = mine
		}
		look("/v1/me/view-as?member="+p.Name, g, v.id != uuid.Nil && (w.finds(v, id) || edge.Has(privacy.EdgeBlocks) && !w.unnamed[[2]uuid.UUID{v.id, id}]))
	}
	return all
}

// importAgain imports what is there already: the answer lists the viewer's own.
func (w *randomWorld) importAgain(v viewer, signedIn func(answer) answer) asking {
	want := said(http.StatusOK)
	for _, one := range w.workouts {
		if one.owner == v.id && one.first {
			w.expectWorkout(&want, one, w.grant(v, one.owner))
		}
	}
	return asking{operation: "importWorkouts", path: "/v1/workouts/import", want: signedIn(want), ask: func() answer {
		w.requests++
		r := v.Upload("/v1/workouts/import", "again.fit", w.files[v.name])
		a := answer{status: r.Status, facts: map[string]bool{}, body: r.Body}
		if r.Status/100 != 2 {
			return a
		}
		a.status = http.StatusOK
		items, _ := r.Map(w.T)["items"].([]any)
		for _, item := range items {
			one, _ := item.(map[string]any)
			w.seesWorkout(&a, one)
		}
		return a
	}}
}
