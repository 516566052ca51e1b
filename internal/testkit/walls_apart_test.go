package testkit_test

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit/hole"
)

// The two walls, each without the other, around the same random worlds as the
// differential's.
//
// What the database promises alone: which rows there are. Whoever the policy
// would hide is not there, neither are a hidden workout, a hidden part of one, a
// hidden picture, an entry of a hidden list, an address, a session; and a count
// or a total is of those rows. What it does not promise alone is the single
// member of a row that is there: those stand in underPolicyAlone, with the lists
// and totals in hiddenByPolicyAlone and the edge of a mutual pair; all of them
// are in docs/privacy-model.md.
//
// What the program promises alone: never more than the policy opens. Single
// things it answers as ever. Where a statement leaves the choice of rows to
// row-level security, it refuses the whole answer and raises an alarm.

// underPolicyAlone are the members of bodies whose one wall is the policy. They
// are columns of a row that shows as a whole.
var underPolicyAlone = map[string][]string{
	"Profile": {
		"display_name", "bio", "location", "gender", "age", "height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts",
		"birth_date", "audiences",
	},
	"MemberSummary": {"display_name"},
	"Workout":       {"audience", "created_at", "updated_at"},
	// Made of samples, which the database holds, and of settings in the profile, which it doesn't.
	"WorkoutZones": {"power_zones", "power_stress", "heart_zones", "heart_reserve_zones", "heart_impulse"},
}

// The program without its policy: built anew with Go's -overlay, so that every
// grant opens everything and no statement asks for more than it needs. This test
// builds that program and runs itself in it.
func TestDatabaseAlone(t *testing.T) {
	t.Parallel()
	if !policyIsOpen() {
		root, err := filepath.Abs("../..")
		if err != nil {
			t.Fatal(err)
		}
		changed, err := hole.Changed(root, hole.OpenPolicy())
		if err != nil {
			t.Fatalf("the policy can't be opened any more: %v", err)
		}
		b := hole.Bench{Root: root, Folder: t.TempDir(), Limit: 5 * time.Minute}
		o, err := b.Run(t.Context(), "open", hole.Test{Package: "internal/testkit", Run: "^TestDatabaseAlone$"}, changed)
		if err != nil || len(o.Failed) > 0 || !strings.Contains(o.Output, "the policy is open") {
			t.Fatalf("%v\n%s", err, hole.Tail(o.Output, 40))
		}
		t.Logf("%s", o.Output)
		return
	}
	w := newRandomWorld(t)
	w.open = true
	more := 0
	for seed := range wallWorlds() {
		w.shuffle(rand.New(rand.NewPCG(7, seed)))
		for _, v := range w.viewers() {
			w.rows(v)
			more += w.databaseHolds(v)
		}
	}
	if more == 0 {
		t.Error("the policy is not open: nothing was shown that it keeps closed")
	}
	t.Logf("the policy is open: %d requests, %d rows and facts held by the database, %d members shown that only the policy holds", w.requests, w.facts, more)
}

// wallWorlds is how many worlds each wall is tried in.
func wallWorlds() uint64 {
	if prove() {
		return 6
	}
	return 1
}

// policyIsOpen says whether this program was built without its policy.
func policyIsOpen() bool {
	g, err := privacy.Decide(privacy.Anonymous(), privacy.Subject{Owner: uuid.New()})
	return err == nil && g.Shows(privacy.Email)
}

// databaseHolds asks everything as a viewer. What comes is what the policy that
// this program does not have would open, and members that it alone holds.
func (w *randomWorld) databaseHolds(v viewer) (more int) {
	w.T.Helper()
	for _, a := range w.asked(v) {
		if a.operation == "viewAs" {
			continue // the viewer's own things: there is no other wall between them and their owner
		}
		got := a.ask()
		w.facts += len(a.want.facts)
		if a.want.status == http.StatusNotFound && got.status == http.StatusOK && hiddenByPolicyAlone[a.operation] {
			more++
			for _, row := range got.order {
				if a.operation != "getMemberStats" && row != v.name && !w.mutualInTheOtherList(v, a, row) {
					w.T.Errorf("%s as %s (%s): the database alone lets %q through", a.path, v.name, a.operation, row)
				}
			}
			continue
		}
		if got.status != a.want.status {
			w.T.Errorf("%s as %s (%s): %d, the database alone should give %d: %.200s", a.path, v.name, a.operation, got.status, a.want.status, got.body)
			continue
		}
		for _, fact := range slices.Sorted(maps.Keys(got.facts)) {
			switch {
			case a.want.facts[fact]:
			case heldByPolicyAlone(fact), a.operation == "getMemberLoad": // which is made of settings, too
				more++
			default:
				w.T.Errorf("%s as %s (%s): the database alone lets %q through", a.path, v.name, a.operation, fact)
			}
		}
		for _, fact := range slices.Sorted(maps.Keys(a.want.facts)) {
			if !got.facts[fact] && a.operation != "getMemberLoad" {
				w.T.Errorf("%s as %s (%s): lacks %q", a.path, v.name, a.operation, fact)
			}
		}
	}
	return more
}

// mutualInTheOtherList: two who follow each other are one row with each of them.
// Who sees it because the owner shows whom they follow sees in it, too, that the
// other follows them; and the other way round. One's own edges are one's own.
func (w *randomWorld) mutualInTheOtherList(v viewer, a asking, row string) bool {
	owner := w.id[strings.Split(a.path, "/")[3]]
	other := map[string]privacy.Field{"listFollowers": privacy.FollowingList, "listFollowing": privacy.FollowersList}[a.operation]
	bits := w.edges[[2]uuid.UUID{owner, w.id[row]}]
	return bits&(privacy.EdgeFollower|privacy.EdgeFollows) == privacy.EdgeFollower|privacy.EdgeFollows &&
		w.grant(v, owner).Shows(other) && w.finds(v, w.id[row])
}

// heldByPolicyAlone says whether the last word of a fact is a member that the
// database doesn't hold.
func heldByPolicyAlone(fact string) bool {
	row, member, ok := strings.Cut(fact, " ")
	if !ok {
		// An empty count says only that the database counts nobody.
		return strings.HasSuffix(fact, "_count=0") || slices.Contains(underPolicyAlone["WorkoutZones"], fact)
	}
	schema := "Profile"
	if strings.Contains(row, "/") {
		schema = "Workout"
	}
	if rest, nested := strings.CutPrefix(member, "by "); nested {
		schema = "MemberSummary"
		_, member, _ = strings.Cut(rest, " ")
	}
	return slices.Contains(underPolicyAlone[schema], member) ||
		schema == "Profile" && (member == "followers_count" || member == "following_count")
}

// hiddenByPolicyAlone are the answers that the policy refuses as a whole, while
// the database lets them be empty.
var hiddenByPolicyAlone = map[string]bool{
	"listFollowers": true, "listFollowing": true, "listMemberGroups": true, "getMemberStats": true,
	"getMemberCalendar": true, "getMemberLoad": true, "getMemberPowerCurve": true, "getMemberRecords": true,
}

// With row-level security off, the program alone gives what the policy opens, or
// nothing at all and an alarm; and nobody changes what is another's.
func TestApplicationAlone(t *testing.T) {
	t.Parallel()
	w := newRandomWorld(t)
	for _, table := range strings.Fields(w.Query(`SELECT string_agg(oid::regclass::text, ' ') FROM pg_class
		WHERE relrowsecurity AND relnamespace::regnamespace::text IN ('public', 'auth')`)) {
		w.Exec(`ALTER TABLE ` + table + ` DISABLE ROW LEVEL SECURITY`)
	}
	answered, refused := 0, map[string]int{}
	for seed := range wallWorlds() {
		w.shuffle(rand.New(rand.NewPCG(11, seed)))
		for _, v := range w.viewers() {
			for _, a := range w.asked(v) {
				got := a.ask()
				if got.status == http.StatusInternalServerError && leavesRowsToTheDatabase[a.operation] {
					refused[a.operation]++
					continue
				}
				answered++
				w.compare(v, a, got)
			}
		}
	}
	alarms := strings.Count(w.Log.String(), `"policy_error"`)
	all := 0
	for _, n := range refused {
		all += n
	}
	if alarms < all || answered < all {
		t.Errorf("%d answers refused and %d given, with %d alarms: %v", all, answered, alarms, refused)
	}
	w.othersWrites()
	t.Logf("%d answers as the policy opens, %d refused with an alarm %v", answered, all, refused)
}

// leavesRowsToTheDatabase are the operations whose statements take what
// row-level security shows, and whose answer is whole or refused.
var leavesRowsToTheDatabase = map[string]bool{
	"listFeed": true, "getMemberStats": true, "listFollowers": true, "listFollowing": true, "listNotifications": true,
	"listComments": true, "getComment": true, "addComment": true, "updateComment": true,
	"getMemberCalendar": true, "getMemberLoad": true, "getMemberPowerCurve": true, "getMemberRecords": true,
}

// othersWrites tries to change and to delete what is others'.
func (w *randomWorld) othersWrites() {
	w.T.Helper()
	rows := `SELECT md5(coalesce(string_agg(r, '|' ORDER BY r), '')) FROM (
		SELECT p::text r FROM profile p WHERE member_id = $1 UNION ALL SELECT m::text FROM member m WHERE id = $1
		UNION ALL SELECT a::text FROM avatar a WHERE member_id = $1 UNION ALL SELECT w::text FROM workout w WHERE member_id = $1
		UNION ALL SELECT w::text FROM workout_part w WHERE member_id = $1 UNION ALL SELECT s::text FROM auth.session s WHERE member_id = $1) AS rows`
	owner := w.people[0]
	before := w.Query(rows, owner.ID)
	session := w.Query(`SELECT id::text FROM auth.session WHERE member_id = $1 LIMIT 1`, owner.ID)
	for _, other := range w.people[1:] {
		for _, one := range w.workouts {
			if one.owner == w.id[owner.Name] {
				other.Do(http.MethodPatch, "/v1/workouts/"+one.id.String(), map[string]any{"title": "taken"}).Want(w.T, http.StatusNotFound, http.StatusForbidden)
				other.Do(http.MethodDelete, "/v1/workouts/"+one.id.String(), nil).Want(w.T, http.StatusNotFound, http.StatusForbidden)
			}
		}
		other.Do(http.MethodDelete, "/v1/me/sessions/"+session, nil).Want(w.T, http.StatusNotFound)
		other.Do(http.MethodPatch, "/v1/me/profile", map[string]any{"bio": "of another"}).Want(w.T, http.StatusOK)
		other.Do(http.MethodDelete, "/v1/me/avatar", nil).Want(w.T, http.StatusNoContent)
		other.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "nobody"}).Want(w.T, http.StatusOK)
	}
	if w.Query(rows, owner.ID) != before {
		w.T.Error("without row-level security others change what is not theirs")
	}
}
