package testkit_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/testkit"
)

// The matrix: every operation of the contract, asked by everybody, about an
// owner with a value for every field, for each way to choose. What must come
// back is computed from the model's table and the contract's marks.
func TestMatrix(t *testing.T) {
	t.Parallel()
	variants := map[string]testkit.Choices{
		"defaults": testkit.Defaults(), "only me": testkit.Uniform(0, false), "followers": testkit.Uniform(1, false),
		"members": testkit.Uniform(2, false), "everyone": testkit.Uniform(3, false), "everyone but private": testkit.Uniform(3, true),
	}
	for name, choices := range variants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &matrix{t: t, Cast: testkit.Assemble(testkit.Start(t), choices)}
			for _, o := range testkit.Operations(t) {
				if o.Method == http.MethodGet {
					m.read(o)
				}
			}
			m.canaries()
			for _, o := range lastComesLast(testkit.Operations(t)) {
				if o.Method != http.MethodGet {
					m.write(o)
				}
			}
			t.Logf("%d requests", m.requests)
		})
	}
}

type matrix struct {
	t *testing.T
	*testkit.Cast
	requests int
	heard    map[string][]byte // all that each actor was told
}

func (m *matrix) ask(a testkit.Actor, method, path string, body any, headers ...string) testkit.Response {
	m.t.Helper()
	m.requests++
	r := m.Client(a).Do(method, path, body, headers...)
	if r.Status >= http.StatusInternalServerError {
		m.t.Errorf("%s %s as %s: %d %s", method, path, a.Name, r.Status, r.Body)
	}
	if m.heard == nil {
		m.heard = map[string][]byte{}
	}
	m.heard[a.Name] = append(append(m.heard[a.Name], r.Body...), fmt.Sprint(r.Header)...)
	return r
}

// question is one request about the owner: its path, the path of the same
// request about nobody, and the audience of the object it is about.
type question struct {
	path, nobody string
	ceiling      int
	exists       string // the mark without which the object is not there
}

// questions are the requests that an operation about members or workouts makes.
// An operation that fits none of them fails the test.
func (m *matrix) questions(o testkit.Operation) []question {
	var all []question
	switch o.Object {
	case "member":
		name := "ref"
		if strings.Contains(o.Path, "{id}") {
			name = "id"
		}
		all = append(all, question{
			testkit.Fill(o.Path, map[string]string{name: m.Owner.ID}),
			testkit.Fill(o.Path, map[string]string{name: uuid.NewString()}), 3, "username",
		})
		if name == "ref" {
			all = append(all, question{
				testkit.Fill(o.Path, map[string]string{name: m.Owner.Name}),
				testkit.Fill(o.Path, map[string]string{name: "nobody-at-all"}), 3, "username",
			})
		}
	case "workout":
		for audience, id := range m.Workouts {
			all = append(all, question{
				testkit.Fill(o.Path, map[string]string{"id": id}),
				testkit.Fill(o.Path, map[string]string{"id": uuid.Must(uuid.NewV7()).String()}), audience, "workout",
			})
		}
	case "session":
		id := m.Query(`SELECT id::text FROM auth.session WHERE member_id = $1 LIMIT 1`, m.Owner.ID)
		all = append(all, question{
			testkit.Fill(o.Path, map[string]string{"id": id}), testkit.Fill(o.Path, map[string]string{"id": uuid.NewString()}), 0, "owner",
		})
	case "self", "none":
		path := testkit.Fill(o.Path, map[string]string{"name": "nothing.js"})
		switch o.ID {
		case "searchMembers":
			path += "?q=owne"
		case "viewAs":
			path += "?relation=anonymous"
		}
		all = append(all, question{path: path})
	default:
		m.t.Fatalf("%s is about a %q: teach the matrix what that is", o.ID, o.Object)
	}
	return all
}

// read asks a reading operation as everybody.
func (m *matrix) read(o testkit.Operation) {
	m.t.Helper()
	owner := m.Actors[len(m.Actors)-1]
	marks := o.MarkOf()
	for _, q := range m.questions(o) {
		whole := m.ask(owner, o.Method, q.path, nil)
		for _, a := range m.Actors {
			got := m.ask(a, o.Method, q.path, nil)
			at := fmt.Sprintf("%s as %s (%s)", q.path, a.Name, o.ID)
			if o.Auth == "session" && a.Person == nil {
				m.status(at, got, http.StatusUnauthorized)
				continue
			}
			if q.nobody == "" {
				m.about(at, a, o, got)
				continue
			}
			visible := a.Shows(q.exists, m.Choices, q.ceiling)
			// What a list or picture stands under decides, too; a list of
			// workouts is there for whoever finds the member, and lacks what is hidden.
			if o.Mark != "" && o.Mark != "workout" {
				visible = visible && a.Shows(o.Mark, m.Choices, q.ceiling)
			}
			if !visible {
				m.status(at, got, http.StatusNotFound)
				if differ := got.Same(m.ask(a, o.Method, q.nobody, nil)); differ != "" {
					m.t.Errorf("%s: hidden and absent differ: %s", at, differ)
				}
				continue
			}
			m.status(at, got, http.StatusOK)
			if o.Schema != nil {
				m.keys(at, a, o, got, whole, marks, q.ceiling)
			}
		}
	}
}

// about is for operations about the asker or about nobody: search, feed, one's
// own things. What of the owner is in the answer must be the model's.
func (m *matrix) about(at string, a testkit.Actor, o testkit.Operation, got testkit.Response) {
	m.t.Helper()
	if o.Schema == nil || got.Status != http.StatusOK {
		return
	}
	switch o.ID {
	case "searchMembers":
		m.items(at, a, got, "", func(item map[string]any) bool { return item["id"] == m.Owner.ID },
			map[bool]int{true: 1}[a.Shows("username", m.Choices, 3)])
	case "listFeed":
		want := 0
		for audience := range m.Workouts {
			if a.Reach == 1 && a.Shows("workout", m.Choices, audience) {
				want++
			}
		}
		m.items(at, a, got, "member", func(item map[string]any) bool { return slices.Contains(m.Workouts[:], fmt.Sprint(item["id"])) }, want)
	}
}

// items counts the owner's things in a list and holds each to the model.
func (m *matrix) items(at string, a testkit.Actor, got testkit.Response, nested string, owners func(map[string]any) bool, want int) {
	m.t.Helper()
	list, _ := got.Map(m.t)["items"].([]any)
	found := 0
	for _, entry := range list {
		item, _ := entry.(map[string]any)
		if !owners(item) {
			continue
		}
		found++
		ceiling := 3
		if nested != "" {
			ceiling = slices.Index(m.Workouts[:], fmt.Sprint(item["id"]))
		}
		encoded, err := json.Marshal(item)
		if err != nil {
			m.t.Fatal(err)
		}
		schema := itemMarks(m.t, nested)
		m.compare(at, a, encoded, schema, ceiling, nil)
	}
	if found != want {
		m.t.Errorf("%s: %d of the owner's, the model says %d", at, found, want)
	}
}

// itemMarks are the marks of one entry of a list: a member's, or a workout's.
func itemMarks(t *testing.T, nested string) map[string]string {
	t.Helper()
	id := "searchMembers"
	if nested != "" {
		id = "listFeed"
	}
	out := map[string]string{}
	for _, o := range testkit.Operations(t) {
		if o.ID != id {
			continue
		}
		for path, mark := range o.MarkOf() {
			if rest, ok := strings.CutPrefix(path, "items[]."); ok {
				out[rest] = mark
			}
		}
	}
	return out
}

// keys holds an answer to the model: of what the owner is told, exactly the
// members that stand under what the actor may see.
func (m *matrix) keys(at string, a testkit.Actor, o testkit.Operation, got, whole testkit.Response, marks map[string]string, ceiling int) {
	m.t.Helper()
	switch o.ID {
	case "listFollowers", "listFollowing":
		return // other members' summaries: TestListsShowOnlyWhoIsFound
	case "listMemberWorkouts":
		want := 0
		for audience := range m.Workouts {
			if a.Shows("workout", m.Choices, audience) {
				want++
			}
		}
		m.items(at, a, got, "member", func(map[string]any) bool { return true }, want)
		return
	}
	reference, err := testkit.Paths(whole.Body)
	if err != nil {
		m.t.Fatalf("%s: %v", at, err)
	}
	// The owner has a value for everything, or absence would prove nothing.
	if a.Name == "owner" {
		for path, mark := range marks {
			if !reference[path] && mark != "always" && !neverRecorded[path] {
				m.t.Errorf("%s: the owner has no %s to be hidden", at, path)
			}
		}
	}
	m.compare(at, a, got.Body, marks, ceiling, reference)
}

// neverRecorded can't be in one recording together with the rest.
var neverRecorded = map[string]bool{
	"resistance": true, "resistance.t_s": true, "resistance.values": true,
	"resistance_avg": true, "laps[].resistance_avg": true,
}

// compare holds the members of a body to the marks. With a reference, all that
// shows must be there as well.
func (m *matrix) compare(at string, a testkit.Actor, body []byte, marks map[string]string, ceiling int, reference map[string]bool) {
	m.t.Helper()
	got, err := testkit.Paths(body)
	if err != nil {
		m.t.Errorf("%s: %v", at, err)
		return
	}
	shows := func(path string) bool {
		// A member of a body is there if it and all around it may be.
		for p := path; ; p = strings.TrimSuffix(p[:strings.LastIndex(p, ".")], "[]") {
			if mark, known := marks[p]; !known || (mark != "always" && !a.Shows(mark, m.Choices, ceiling)) {
				return false
			}
			if !strings.Contains(p, ".") {
				return true
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if !shows(path) {
			m.t.Errorf("%s: shows %s (%s)", at, path, marks[path])
		}
	}
	for _, path := range slices.Sorted(maps.Keys(reference)) {
		if shows(path) && !got[path] {
			m.t.Errorf("%s: lacks %s (%s)", at, path, marks[path])
		}
	}
}

func (m *matrix) status(at string, got testkit.Response, want int) {
	m.t.Helper()
	if got.Status != want {
		m.t.Errorf("%s: %d, the model says %d: %.200s", at, got.Status, want, got.Body)
	}
}

// canaries: no value of a field that an actor may not see is anywhere in all
// that they were told.
func (m *matrix) canaries() {
	m.t.Helper()
	for _, a := range m.Actors {
		for field, value := range testkit.Markers {
			ceiling := 3
			if a.Shows(field, m.Choices, ceiling) {
				continue
			}
			if strings.Contains(string(m.heard[a.Name]), value) {
				m.t.Errorf("%s heard %s, which is %s", a.Name, value, field)
			}
		}
	}
	log := m.Log.String()
	for field, value := range testkit.Markers {
		if strings.Contains(log, value) {
			m.t.Errorf("the log holds %s, which is %s", value, field)
		}
	}
}

// lastComesLast puts what ends a session, or a relation, behind everything else.
func lastComesLast(all []testkit.Operation) []testkit.Operation {
	late := []string{"unfollowMember", "removeFollower", "blockMember", "unblockMember", "revokeSession", "revokeOtherSessions", "logout", "deleteMe"}
	slices.SortStableFunc(all, func(a, b testkit.Operation) int {
		return slices.Index(late, a.ID) - slices.Index(late, b.ID)
	})
	return all
}

// theirs are the owner's rows, all but the edges, which others may add to.
const theirs = `SELECT md5(coalesce(string_agg(r, '|' ORDER BY r), '')) FROM (
	SELECT m::text r FROM member m WHERE id = $1 UNION ALL SELECT p::text FROM profile p WHERE member_id = $1
	UNION ALL SELECT a::text FROM avatar a WHERE member_id = $1 UNION ALL SELECT w::text FROM workout w WHERE member_id = $1
	UNION ALL SELECT w::text FROM workout_part w WHERE member_id = $1 UNION ALL SELECT c::text FROM auth.credential c WHERE member_id = $1
	UNION ALL SELECT c::text FROM auth.account c WHERE member_id = $1 UNION ALL SELECT s::text FROM auth.session s WHERE member_id = $1
	UNION ALL SELECT k::text FROM member_key k WHERE member_id = $1) AS rows`

// write tries a writing operation on the owner's things as everybody else.
// Nothing of the owner's changes, and who can't see it is told what nobody is.
func (m *matrix) write(o testkit.Operation) {
	m.t.Helper()
	for _, q := range m.questions(o) {
		for _, a := range m.Actors[:len(m.Actors)-1] {
			body, headers := o.Body, []string(nil)
			switch o.BodyType {
			case "multipart/form-data":
				file, media := testkit.Multipart(m.t, "ride.fit", []byte("no recording"))
				body, headers = file, []string{"Content-Type", media}
			case "image/png", "image/jpeg":
				body, headers = testkit.Picture(m.t), []string{"Content-Type", "image/png"}
			}
			before := m.Query(theirs, m.Owner.ID)
			visible := q.exists != "" && a.Shows(q.exists, m.Choices, q.ceiling)
			got := m.ask(a, o.Method, q.path, body, headers...)
			at := fmt.Sprintf("%s %s as %s (%s)", o.Method, q.path, a.Name, o.ID)
			if after := m.Query(theirs, m.Owner.ID); after != before {
				m.t.Errorf("%s: changed what is the owner's (%d)", at, got.Status)
			}
			switch {
			case o.Auth == "session" && a.Person == nil:
				m.status(at, got, http.StatusUnauthorized)
			case q.nobody == "":
			case o.Object == "workout" && visible:
				m.status(at, got, http.StatusForbidden)
			case o.Object == "session", o.Object == "workout":
				m.status(at, got, http.StatusNotFound)
				if differ := got.Same(m.ask(a, o.Method, q.nobody, body, headers...)); differ != "" {
					m.t.Errorf("%s: hidden and absent differ: %s", at, differ)
				}
			case !visible && (o.ID == "followMember" || o.ID == "blockMember"):
				if a.Name == "blocker" && o.ID == "blockMember" {
					continue // they blocked the owner already, and may say so again
				}
				m.status(at, got, http.StatusNotFound)
			}
		}
	}
}
