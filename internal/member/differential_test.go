package member_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
)

// crowd is a random world, known in full beside the database.
type crowd struct {
	*world
	people   []person
	settings map[uuid.UUID]privacy.Settings
	edges    map[[2]uuid.UUID]privacy.Edge
}

// shuffle gives everybody other settings and other edges.
func (c *crowd) shuffle(r *rand.Rand) {
	c.exec(`DELETE FROM edge`)
	c.edges = map[[2]uuid.UUID]privacy.Edge{}
	for i, p := range c.people {
		s := privacy.Settings{Private: r.IntN(3) == 0, Discoverability: privacy.Discoverability(r.IntN(4))}
		for _, rule := range privacy.Model() {
			s.Audiences = s.Audiences.With(rule.Field, privacy.Audience(r.IntN(4)))
		}
		c.settings[p.ID] = s
		c.exec(`UPDATE member SET private = $1, discoverability = $2, audiences = $3 WHERE id = $4`,
			s.Private, int16(s.Discoverability), int64(s.Audiences), p.ID)
		c.exec(`SELECT enlist($1)`, p.ID)
		for _, q := range c.people[:i] {
			// The pair's states, as p's side and its mirror.
			states := [][2]privacy.Edge{
				{}, {}, {privacy.EdgeFollower, privacy.EdgeFollows}, {privacy.EdgeFollows, privacy.EdgeFollower},
				{privacy.EdgeAsked, privacy.EdgeAsks}, {privacy.EdgeAsks, privacy.EdgeAsked},
				{privacy.EdgeFollower | privacy.EdgeFollows, privacy.EdgeFollows | privacy.EdgeFollower},
				{privacy.EdgeBlocks, privacy.EdgeBlocked}, {privacy.EdgeBlocked, privacy.EdgeBlocks},
			}
			state := states[r.IntN(len(states))]
			if state[0] == 0 {
				continue
			}
			c.edges[[2]uuid.UUID{p.ID, q.ID}], c.edges[[2]uuid.UUID{q.ID, p.ID}] = state[0], state[1]
			c.exec(`INSERT INTO edge VALUES ($1, $2, $3, $5), ($2, $1, $4, $5)`, p.ID, q.ID, int16(state[0]), int16(state[1]), noon)
		}
	}
}

// grant is the policy's own answer, from what is known beside the database.
func (c *crowd) grant(viewer, owner uuid.UUID) privacy.Grant {
	v := privacy.Anonymous()
	if viewer != uuid.Nil {
		v = privacy.NewViewer(privacy.ActorSession, viewer, uuid.New(), 0)
	}
	g, err := privacy.Decide(v, privacy.Subject{
		Owner: owner, Settings: c.settings[owner], Edge: c.edges[[2]uuid.UUID{owner, viewer}], SeenBy: viewer,
	})
	c.must(err)
	return g
}

// those are the names of the people that fit, in order.
func (c *crowd) those(fit func(person) bool) []string {
	names := []string{}
	for _, p := range c.people {
		if fit(p) {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return names
}

// ids are the names of whom the rows of a statement are of, as row-level
// security alone lets the viewer see them.
func (c *crowd) ids(caller db.Caller, sql string) []string {
	var got []uuid.UUID
	c.must(c.open.AsViewer(c.ctx(), caller, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, sql)
		if err != nil {
			return err
		}
		got, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	}))
	return c.those(func(p person) bool { return slices.Contains(got, p.ID) })
}

// elsewhere are the fields of a profile that have resources of their own.
var elsewhere = privacy.FieldsOf(privacy.Groups, privacy.Stats, privacy.PrivacyZones, privacy.Notices, privacy.Instructors, privacy.OwnPage)

// In random worlds the rows that each list returns, and those that row-level
// security alone returns, are those that the policy opens one by one.
func TestListsAreThePolicy(t *testing.T) {
	t.Parallel()
	c := &crowd{world: newWorld(t), settings: map[uuid.UUID]privacy.Settings{}}
	for i := range 7 {
		c.people = append(c.people, c.AddFull(fmt.Sprintf("rider%d", i)))
		c.rename(c.people[i], fmt.Sprintf("Name %d", i))
	}
	slices.SortFunc(c.people, func(a, b person) int { return slices.Compare([]byte(a.Name), []byte(b.Name)) })
	for seed := range uint64(6) {
		c.shuffle(rand.New(rand.NewPCG(seed, 1)))
		viewers := append([]person{{Caller: c.Anonymous, Name: "anonymous"}}, c.people...)
		for _, viewer := range viewers {
			c.compare(fmt.Sprintf("world %d, %s", seed, viewer.Name), viewer)
		}
	}
}

func (c *crowd) compare(what string, viewer person) {
	c.t.Helper()
	equal := func(list string, got, want any) {
		c.t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			c.t.Errorf("%s: %s: the policy is -, the answer +: %s", what, list, diff)
		}
	}
	visible := func(p person) bool { return c.grant(viewer.ID, p.ID).Shows(privacy.Username) }
	equal("search by username", c.search(viewer.Caller, "rider"), c.those(visible))
	equal("search by display name", c.search(viewer.Caller, "name"), c.those(func(p person) bool {
		return visible(p) && c.grant(viewer.ID, p.ID).Shows(privacy.DisplayName)
	}))
	equal("profile rows", c.ids(viewer.Caller, `SELECT member_id FROM profile`), c.those(visible))
	equal("avatar rows", c.ids(viewer.Caller, `SELECT member_id FROM avatar`), c.those(func(p person) bool {
		return visible(p) && c.grant(viewer.ID, p.ID).Shows(privacy.Avatar)
	}))
	equal("owners of edge rows", c.ids(viewer.Caller, `SELECT DISTINCT member_id FROM edge`), c.those(func(p person) bool {
		for pair, bits := range c.edges {
			g := c.grant(viewer.ID, p.ID)
			if pair[0] == p.ID && (p.ID == viewer.ID || pair[1] == viewer.ID ||
				visible(p) && (bits.Has(privacy.EdgeFollower) && g.Shows(privacy.FollowersList) ||
					bits.Has(privacy.EdgeFollows) && g.Shows(privacy.FollowingList))) {
				return true
			}
		}
		return false
	}))
	for _, owner := range c.people {
		g := c.grant(viewer.ID, owner.ID)
		for _, list := range []struct {
			field privacy.Field
			slot  int
			bit   privacy.Edge
		}{{privacy.FollowersList, 11, privacy.EdgeFollower}, {privacy.FollowingList, 12, privacy.EdgeFollows}} {
			want := 0
			if visible(owner) && g.Shows(list.field) {
				want = len(c.those(func(p person) bool { return visible(p) && c.edges[[2]uuid.UUID{owner.ID, p.ID}].Has(list.bit) }))
			}
			var got int
			c.must(c.open.AsViewer(c.ctx(), viewer.Caller, func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT count_found($1, $2, $3)`, owner.ID, list.slot, int(list.bit)).Scan(&got)
			}))
			equal("the database's count of "+list.field.String()+" of "+owner.Name, got, want)
		}
		p, read, err := c.Read(c.ctx(), viewer.Caller, owner.Name)
		if !visible(owner) {
			c.notFound(what+" reads "+owner.Name, err)
			_, err = c.Followers(c.ctx(), viewer.Caller, owner.Name, first(50))
			c.notFound(what+" lists followers of "+owner.Name, err)
			continue
		}
		c.must(err)
		equal("relation to "+owner.Name, read.Relation(), g.Relation())
		want := map[string]bool{}
		for _, rule := range privacy.Model() {
			if rule.Subject == "profile" && !elsewhere.Has(rule.Field) && g.Shows(rule.Field) {
				want[rule.Name] = true
			}
		}
		if g.Relation() == privacy.RelationSelf {
			want["settings"] = true
		}
		got := map[string]bool{}
		for name := range opened(p, read) {
			got[name] = true
		}
		equal("fields of "+owner.Name, got, want)

		for _, list := range []struct {
			field privacy.Field
			bit   privacy.Edge
			count privacy.Guarded[int]
		}{
			{privacy.FollowersList, privacy.EdgeFollower, p.Followers}, {privacy.FollowingList, privacy.EdgeFollows, p.Following},
		} {
			page, err := c.Followers(c.ctx(), viewer.Caller, owner.Name, first(50))
			if list.field == privacy.FollowingList {
				page, err = c.Following(c.ctx(), viewer.Caller, owner.Name, first(50))
			}
			if !g.Shows(list.field) {
				c.notFound(what+" lists "+list.field.String(), err)
				continue
			}
			c.must(err)
			entries := c.those(func(p person) bool { return visible(p) && c.edges[[2]uuid.UUID{owner.ID, p.ID}].Has(list.bit) })
			names := usernames(page)
			slices.Sort(names)
			equal(list.field.String()+" of "+owner.Name, names, entries)
			count, _ := list.count.Open(read)
			equal("count of "+list.field.String()+" of "+owner.Name, count, len(entries))
		}
	}
}
