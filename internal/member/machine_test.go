package member_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

const (
	crew   = 3
	nobody = -1 // a viewer who isn't signed in
)

// chosen are the fields whose audience the machine turns; the model numbers them so.
var chosen = []privacy.Field{privacy.DisplayName, privacy.Bio, privacy.WeightKG, privacy.FollowersList, privacy.FollowingList}

// plain is all that there is between a few members, and who sees what of it, written
// down a second time as plainly as can be: audiences are numbers from 0, only me, to
// 3, everyone, and nothing here asks package privacy.
type plain struct {
	follows, asks, blocks [crew][crew]bool // by whom, whom
	private               [crew]bool
	found                 [crew]int
	audience              [crew][5]int
}

func (m *plain) apart(a, b int) bool { return a >= 0 && (m.blocks[a][b] || m.blocks[b][a]) }

func (m *plain) reaches(audience, viewer, owner int) bool {
	switch {
	case viewer == owner:
		return true
	case viewer == nobody:
		return audience == 3
	case m.apart(viewer, owner):
		return false
	case m.follows[viewer][owner]:
		return audience >= 1
	default:
		return audience >= 2
	}
}

// finds: whoever may, and whomever the owner follows or asks to follow.
func (m *plain) finds(viewer, owner int) bool {
	return m.reaches(m.found[owner], viewer, owner) ||
		viewer >= 0 && !m.apart(viewer, owner) && (m.follows[owner][viewer] || m.asks[owner][viewer])
}

func (m *plain) sees(viewer, owner, field int) bool {
	audience := m.audience[owner][field]
	if m.private[owner] {
		audience = min(audience, 1)
	}
	return m.finds(viewer, owner) && m.reaches(audience, viewer, owner)
}

func (m *plain) relation(viewer, owner int) string {
	switch {
	case viewer == nobody:
		return "anonymous"
	case viewer == owner:
		return "self"
	case m.follows[viewer][owner]:
		return "follower"
	default:
		return "member"
	}
}

// profile is what a viewer reads of an owner, in words; the same words describe what
// the service answers.
func (m *plain) profile(viewer, owner int) string {
	if !m.finds(viewer, owner) {
		return "not found"
	}
	text := m.relation(viewer, owner)
	for i, f := range chosen[:3] {
		if m.sees(viewer, owner, i) {
			text += " " + f.String()
		}
	}
	for i, list := range [][]int{m.list(viewer, owner, false), m.list(viewer, owner, true)} {
		if list != nil {
			text += fmt.Sprintf(" %s:%d", chosen[3+i], len(list))
		}
	}
	return text
}

// list is a list of connections as a viewer reads it, nil where it is hidden: those
// whom the viewer finds.
func (m *plain) list(viewer, owner int, following bool) []int {
	field, on := 3, func(other int) bool { return m.follows[other][owner] }
	if following {
		field, on = 4, func(other int) bool { return m.follows[owner][other] }
	}
	if !m.sees(viewer, owner, field) {
		return nil
	}
	found := []int{}
	for other := range crew {
		if on(other) && m.finds(viewer, other) {
			found = append(found, other)
		}
	}
	return found
}

func (m *plain) edge(a, b int) (e privacy.Edge) {
	for bit, on := range map[privacy.Edge]bool{
		privacy.EdgeFollower: m.follows[b][a], privacy.EdgeAsked: m.asks[b][a], privacy.EdgeBlocks: m.blocks[a][b],
		privacy.EdgeBlocked: m.blocks[b][a], privacy.EdgeFollows: m.follows[a][b], privacy.EdgeAsks: m.asks[a][b],
	} {
		if on {
			e |= bit
		}
	}
	return e
}

// take does a step in the model, and says whether it is admitted.
func (m *plain) take(step string, i, j int) bool {
	finds := m.finds(i, j)
	switch step {
	case "follow":
		if finds && !m.follows[i][j] {
			m.asks[i][j] = true
		}
		return finds
	case "unfollow":
		admitted := finds || m.follows[i][j] || m.asks[i][j]
		m.follows[i][j], m.asks[i][j] = false, false
		return admitted
	case "approve":
		m.follows[j][i] = m.follows[j][i] || m.asks[j][i]
		m.asks[j][i] = false
		return m.follows[j][i]
	case "remove":
		admitted := finds || m.follows[j][i] || m.asks[j][i]
		m.follows[j][i], m.asks[j][i] = false, false
		return admitted
	case "block":
		m.blocks[i][j] = true
		m.follows[i][j], m.follows[j][i], m.asks[i][j], m.asks[j][i] = false, false, false, false
		return true
	case "unblock":
		admitted := finds || m.blocks[i][j]
		m.blocks[i][j] = false
		return admitted
	}
	panic(step)
}

var steps = []string{"follow", "unfollow", "approve", "remove", "block", "unblock"}

// machine runs the steps against the service and the model.
type machine struct {
	*world
	people [crew]person
	model  plain
}

func (m *machine) caller(viewer int) db.Caller {
	if viewer == nobody {
		return m.Anonymous
	}
	return m.people[viewer].Caller
}

// begin draws where a run starts, and writes it past the service.
func (m *machine) begin(t *rapid.T) {
	m.model = plain{}
	m.exec(`DELETE FROM edge`)
	for i := range crew {
		s := privacy.Settings{Private: rapid.Bool().Draw(t, "private"), Discoverability: privacy.Discoverability(rapid.IntRange(0, 3).Draw(t, "found"))}
		m.model.private[i], m.model.found[i] = s.Private, int(s.Discoverability)
		for n, f := range chosen {
			a := rapid.IntRange(0, 3).Draw(t, f.String())
			m.model.audience[i][n] = a
			s.Audiences = s.Audiences.With(f, privacy.Audience(a))
		}
		m.exec(`UPDATE member SET private = $1, discoverability = $2, audiences = $3 WHERE id = $4`,
			s.Private, int16(s.Discoverability), int64(s.Audiences), m.people[i].ID)
		m.exec(`SELECT enlist($1)`, m.people[i].ID)
	}
	for i := range crew {
		for j := range i {
			switch rapid.IntRange(0, 4).Draw(t, "between") {
			case 0:
			case 1:
				m.model.blocks[i][j] = true
			default:
				for _, way := range [][2]int{{i, j}, {j, i}} {
					m.model.follows[way[0]][way[1]] = rapid.Bool().Draw(t, "follows")
					m.model.asks[way[0]][way[1]] = !m.model.follows[way[0]][way[1]] && rapid.Bool().Draw(t, "asks")
				}
			}
			if one := m.model.edge(i, j); one != 0 {
				m.exec(`INSERT INTO edge VALUES ($1, $2, $3, $5), ($2, $1, $4, $5)`,
					m.people[i].ID, m.people[j].ID, int16(one), int16(m.model.edge(j, i)), noon)
			}
		}
	}
}

// step takes one step between two in both, and compares whether it was admitted.
func (m *machine) step(t *rapid.T) {
	i := rapid.IntRange(0, crew-1).Draw(t, "who")
	j := (i + rapid.IntRange(1, crew-1).Draw(t, "whom")) % crew
	step := rapid.SampledFrom(steps).Draw(t, "step")
	me, other := m.people[i].Caller, m.people[j].ID
	admitted := m.model.take(step, i, j)
	var err error
	switch step {
	case "follow":
		var state member.FollowState
		state, err = m.Follow(m.ctx(), me, other)
		want := map[bool]member.FollowState{false: member.Requested, true: member.IsFollowing}[m.model.follows[i][j]]
		if err == nil && state != want {
			t.Fatalf("%s, want %s", state, want)
		}
	case "unfollow":
		err = m.Unfollow(m.ctx(), me, other)
	case "approve":
		err = m.Approve(m.ctx(), me, other)
	case "remove":
		err = m.RemoveFollower(m.ctx(), me, other)
	case "block":
		err = m.Block(m.ctx(), me, other)
	case "unblock":
		err = m.Unblock(m.ctx(), me, other)
	}
	if admitted != (err == nil) || err != nil && fault.KindOf(err) != fault.KindNotFound {
		t.Fatalf("%d does %s to %d: admitted %t, but %v (%v)", i, step, j, admitted, err, errors.Unwrap(err))
	}
}

// turn edits somebody's settings in both.
func (m *machine) turn(t *rapid.T) {
	i := rapid.IntRange(0, crew-1).Draw(t, "whose")
	e := member.SettingsEdit{}
	next := m.model
	if rapid.Bool().Draw(t, "turn private") {
		e.Private = new(rapid.Bool().Draw(t, "private"))
		next.private[i] = *e.Private
	}
	if rapid.Bool().Draw(t, "turn found") {
		to := rapid.IntRange(0, 3).Draw(t, "found")
		e.Discoverability = new(privacy.Discoverability(to))
		next.found[i] = to
	}
	widened := false
	if rapid.Bool().Draw(t, "turn an audience") {
		n, to := rapid.IntRange(0, len(chosen)-1).Draw(t, "field"), rapid.IntRange(0, 3).Draw(t, "audience")
		e.Audiences = map[privacy.Field]privacy.Audience{chosen[n]: privacy.Audience(to)}
		widened = next.private[i] && to > 1 && to > m.model.audience[i][n]
		next.audience[i][n] = to
	}
	_, _, err := m.EditSettings(m.ctx(), m.people[i].Caller, e, nothing[privacy.Guarded[privacy.Settings]])
	if widened != (fault.KindOf(err) == fault.KindConflict) || !widened && err != nil {
		t.Fatalf("%d turns %+v: %v", i, e, err)
	}
	if !widened {
		m.model = next
	}
}

// holds compares what everybody sees of everybody with the model.
func (m *machine) holds(t *rapid.T) {
	stored, err := edges(m.ctx(), m.world)
	if err != nil {
		t.Fatal(err)
	}
	same := func(what string, viewer, owner int, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s of %d for %d: %v, want %v", what, owner, viewer, got, want)
		}
	}
	for owner := range crew {
		for viewer := nobody; viewer < crew; viewer++ {
			if viewer >= 0 && viewer != owner {
				same("edge", viewer, owner, stored[[2]uuid.UUID{m.people[owner].ID, m.people[viewer].ID}], m.model.edge(owner, viewer))
			}
			same("profile", viewer, owner, m.profileFor(t, viewer, owner), m.model.profile(viewer, owner))
			same("followers", viewer, owner, m.listFor(t, m.Followers, viewer, owner), m.model.list(viewer, owner, false))
			same("following", viewer, owner, m.listFor(t, m.Following, viewer, owner), m.model.list(viewer, owner, true))
		}
		m.ownLists(t, owner, same)
	}
	for viewer := nobody; viewer < crew; viewer++ {
		byName, byUsername := []int{}, []int{}
		for owner := range crew {
			if m.model.sees(viewer, owner, 0) {
				byName = append(byName, owner)
			}
			if owner == 0 && m.model.finds(viewer, owner) {
				byUsername = append(byUsername, owner)
			}
		}
		same("search by name", viewer, viewer, m.searchFor(t, viewer, "the "), byName)
		same("search by username", viewer, viewer, m.searchFor(t, viewer, "ada"), byUsername)
	}
}

func (m *machine) searchFor(t *rapid.T, viewer int, text string) []int {
	p, err := m.Search(m.ctx(), m.caller(viewer), text, first(10))
	if err != nil {
		t.Fatal(err)
	}
	return m.numbers(usernames(p))
}

// profileFor is a profile in the model's words.
func (m *machine) profileFor(t *rapid.T, viewer, owner int) string {
	p, g, err := m.Read(m.ctx(), m.caller(viewer), m.people[owner].Name)
	if fault.KindOf(err) == fault.KindNotFound {
		return "not found"
	}
	if err != nil {
		t.Fatal(err)
	}
	if name, ok := see(g, p.Username); !ok || name != m.people[owner].Name {
		t.Fatalf("%q is found without a name", m.people[owner].Name)
	}
	text := g.Relation().String()
	_, name := see(g, p.DisplayName)
	_, bio := see(g, p.Bio)
	_, weight := see(g, p.WeightKG)
	for i, shown := range []bool{name, bio, weight} {
		if shown {
			text += " " + chosen[i].String()
		}
	}
	if n, ok := see(g, p.Followers); ok {
		text += fmt.Sprintf(" followers:%d", n)
	}
	if n, ok := see(g, p.Following); ok {
		text += fmt.Sprintf(" following:%d", n)
	}
	return text
}

type connections func(context.Context, db.Caller, string, page.Request) (page.Page[member.Summary], error)

// listFor is a list as numbers in order, nil where it is not found.
func (m *machine) listFor(t *rapid.T, list connections, viewer, owner int) []int {
	p, err := list(m.ctx(), m.caller(viewer), m.people[owner].Name, first(10))
	if fault.KindOf(err) == fault.KindNotFound {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return m.numbers(usernames(p))
}

func (m *machine) numbers(names []string) []int {
	found := []int{}
	for i, p := range m.people {
		if slices.Contains(names, p.Name) {
			found = append(found, i)
		}
	}
	return found
}

// ownLists compares what only the owner lists: who asks, and whom they blocked.
func (m *machine) ownLists(t *rapid.T, owner int, same func(string, int, int, any, any)) {
	me := m.people[owner].Caller
	var asking, blocked []int
	for other := range crew {
		if m.model.asks[other][owner] {
			asking = append(asking, other)
		}
		if m.model.blocks[owner][other] {
			blocked = append(blocked, other)
		}
	}
	requests, err := m.Requests(m.ctx(), me, first(10))
	if err != nil {
		t.Fatal(err)
	}
	same("requests", owner, owner, m.numbers(usernames(requests)), append([]int{}, asking...))
	list, g, err := m.Blocks(m.ctx(), me, first(10))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, b := range list.Items {
		id, _ := see(g, b.ID)
		ids = append(ids, id.String())
	}
	got := []int{}
	for i, p := range m.people {
		if slices.Contains(ids, p.ID.String()) {
			got = append(got, i)
		}
	}
	same("blocks", owner, owner, got, append([]int{}, blocked...))
}

// Random steps and settings of a few members against the plain model, from anywhere:
// the answer of each step, and after it what everybody sees of everybody.
func TestEdgesFollowThePlainModel(t *testing.T) {
	t.Parallel()
	m := &machine{world: newWorld(t)}
	for i, name := range strings.Fields("ada ben cleo") {
		m.people[i] = m.Add(name)
		_, _, err := m.Edit(m.ctx(), m.people[i].Caller, member.Edit{Bio: member.To("a bio"), WeightKG: member.To(70.0)}, nothing[member.Profile])
		m.must(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		m.begin(t)
		for range rapid.IntRange(1, 3).Draw(t, "steps") {
			if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
				m.turn(t)
			} else {
				m.step(t)
			}
			m.holds(t)
		}
	})
}
