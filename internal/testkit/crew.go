package testkit

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// Crew is a group of the cast: what each is to it and the id of each one's membership, by name.
type Crew struct {
	ID, Kind    string
	Owner       string
	Roles       map[string]string
	Memberships map[string]string
	Invite      string // an invite into it, open
	// Running is a challenge in which all inside take part, Coming one in which nobody does.
	Running, Coming string
	// Grants are what somebody grants a coach, by both names.
	Grants map[[2]string][]string
}

func (g *Crew) inside(p *Person) bool {
	return p != nil && slices.Contains([]string{"member", "coach", "admin", "owner"}, g.Roles[p.Name])
}

func (g *Crew) leads(p *Person) bool {
	return p != nil && (g.Roles[p.Name] == "admin" || g.Roles[p.Name] == "owner")
}

// mates says whether the group shows one to the other in one of its lists.
func (g *Crew) mates(viewer, of *Person) bool {
	return g.inside(viewer) && g.inside(of) || g.leads(viewer) && g.Roles[of.Name] != ""
}

// seen says whether somebody may know of the group, in the model's words: nobody whom it banned, or whose owner
// and they blocked one another, and of a secret one nobody outside.
func (c *Cast) seen(g *Crew, p *Person) bool {
	if p == nil || p.Gone || g.Roles[p.Name] == "banned" || c.blocks[[2]string{p.Name, g.Owner}] || c.blocks[[2]string{g.Owner, p.Name}] {
		return false
	}
	return g.Kind != "secret" || g.inside(p)
}

// crews makes a group of each kind. Three are the owner's, with everybody in some of them; one is offered to them.
func (c *Cast) crews() {
	c.T.Helper()
	roles := map[string]string{
		"mutual": "admin", "follower": "coach", "followed": "member", "youngster": "member", "askedfor": "coach",
		"pending": "asking", "spare": "asking", "exfollower": "banned", "rider": "banned",
	}
	for i, kind := range []string{"public", "listed", "secret", "unlisted"} {
		g := &Crew{Kind: kind, Owner: "owner", Roles: map[string]string{}, Memberships: map[string]string{}}
		for name, role := range roles {
			g.Roles[name] = role
		}
		if kind == "unlisted" {
			g.Owner, g.Roles["owner"] = "mutual", "coach"
		} else if i > 0 {
			delete(g.Roles, "followed")
		}
		g.Roles[g.Owner] = "owner"
		made := c.named(g.Owner).Do(http.MethodPost, "/v1/groups", map[string]any{
			"kind": kind, "name": "Crew " + kind, "description": "crew-marker-of-" + kind,
		}).Want(c.T, http.StatusCreated).Map(c.T)
		g.ID, _ = made["id"].(string)
		for _, p := range c.People {
			switch role := g.Roles[p.Name]; role {
			case "":
			case "owner":
				g.Memberships[p.Name] = c.Query(`SELECT id::text FROM group_member WHERE group_id = $1 AND member_id = $2`, g.ID, p.ID)
			default:
				g.Memberships[p.Name] = uuid.NewString()
				c.Exec(`INSERT INTO group_member (member_id, group_id, id, role, joined_at, role_since) VALUES ($1, $2, $3, $4, $5, $5)`,
					p.ID, g.ID, g.Memberships[p.Name], role, c.Clock.Now())
			}
		}
		for range 2 {
			invite := c.named(g.Owner).Do(http.MethodPost, "/v1/groups/"+g.ID+"/invites", map[string]any{"most": 5, "days": 3}).Want(c.T, http.StatusCreated)
			g.Invite, _ = invite.Map(c.T)["id"].(string)
		}
		c.Crews = append(c.Crews, g)
	}
	c.coach(c.Crews[0], map[[2]string][]string{
		{"owner", "follower"}: {"weight_kg", "workout", "heart_rate"}, {"youngster", "follower"}: {"gender", "workout", "effort"},
		{"owner", "askedfor"}:     {"gender", "age", "height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts", "workout", "effort", "heart_rate", "route"},
		{"youngster", "askedfor"}: {"age", "weight_kg", "max_hr", "workout", "heart_rate", "route"},
	})
	c.coach(c.Crews[3], map[[2]string][]string{{"youngster", "owner"}: {"workout"}, {"followed", "owner"}: {"gender", "workout"}})
	for _, g := range c.Crews {
		c.challenge(g)
	}
	// Somebody else whom the owner sees on boards of groups.
	c.record(c.named("mutual"), 1, recordingtest.Options{Start: c.Clock.Now().Add(-26 * time.Hour), Seconds: 60, Seed: 301, Serial: 55003322, NoPlace: true})
	last := c.Crews[len(c.Crews)-1]
	c.named(last.Owner).Do(http.MethodPut, "/v1/groups/"+last.ID+"/heir", map[string]any{"membership_id": last.Memberships["owner"]}).
		Want(c.T, http.StatusNoContent)
}

// coach has members of a group grant its coaches something: one coach everything, and others little. What a minor can't grant
// is in their row all the same.
func (c *Cast) coach(g *Crew, grants map[[2]string][]string) {
	c.T.Helper()
	g.Grants = grants
	pairs := slices.SortedFunc(maps.Keys(grants), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	for _, pair := range pairs {
		c.Exec(`INSERT INTO coach_grant (member_id, group_id, coach_id, fields, granted_at) VALUES ($1, $2, $3, $4, $5)`,
			c.named(pair[0]).ID, g.ID, g.Memberships[pair[1]], g.Grants[pair], c.Clock.Now())
	}
}

// AsCoach is what a viewer is to an owner in an answer for coaches.
func (c *Cast) AsCoach(viewer, owner *Person) Standing {
	s := c.Standing(viewer, owner)
	s.Coach, s.Minor = true, owner.Minor
	for _, g := range c.Crews {
		if viewer != nil && c.seen(g, viewer) {
			s.Granted = append(s.Granted, g.Grants[[2]string{owner.Name, viewer.Name}]...)
		}
	}
	return s
}

// Known says whether a viewer gets a field of an owner by any answer.
func (c *Cast) Known(viewer, owner *Person, mark string, ceiling int) bool {
	return c.Standing(viewer, owner).Shows(mark, owner.Choices, ceiling) || c.AsCoach(viewer, owner).Shows(mark, owner.Choices, ceiling)
}

// athletes are memberships of some who grant coaches something, and of the same people elsewhere.
func (c *Cast) athletes() []Target {
	return c.ofGroups("athlete", func(g *Crew) (all []Target) {
		for _, name := range []string{"owner", "youngster"} {
			of := c.named(name)
			all = append(all, Target{ID: g.Memberships[name], Of: of, Ceiling: 3, Kind: "athlete", sight: func(p *Person) bool {
				return c.seen(g, p) && (p == of || g.Grants[[2]string{name, p.Name}] != nil && c.Standing(p, of).Reach != Never)
			}})
		}
		return all
	})
}

func (c *Cast) named(name string) *Person {
	i := slices.IndexFunc(c.People, func(p *Person) bool { return p.Name == name })
	return c.People[i]
}

// OfGroup says whether the target is of a group.
func (t Target) OfGroup() bool { return t.sight != nil }

// ofGroups are targets of the groups there are, and last one that never was.
func (c *Cast) ofGroups(kind string, of func(g *Crew) []Target) (all []Target) {
	for _, g := range c.Crews {
		all = append(all, of(g)...)
	}
	return append(all, Target{ID: uuid.Must(uuid.NewV7()).String(), Kind: kind})
}

func (c *Cast) groupsSeen() []Target {
	return c.ofGroups("group", func(g *Crew) []Target {
		return []Target{{ID: g.ID, Of: c.named(g.Owner), Kind: "group", sight: func(p *Person) bool { return c.seen(g, p) }}}
	})
}

func (c *Cast) groupsInside() []Target {
	return c.ofGroups("group_inside", func(g *Crew) []Target {
		return []Target{{ID: g.ID, Of: c.named(g.Owner), Kind: "group_inside", sight: func(p *Person) bool { return c.seen(g, p) && g.inside(p) }}}
	})
}

// groupsCoached are groups for who is in them; the one in which the owner coaches comes first.
func (c *Cast) groupsCoached() []Target {
	all := c.groupsInside()
	for i := range all {
		all[i].Kind = "coached_group"
		if all[i].ID == c.Crews[3].ID {
			all[i].Of = c.Owner
			all[0], all[i] = all[i], all[0]
		}
	}
	return all
}

func (c *Cast) groupsLed() []Target {
	return c.ofGroups("group_led", func(g *Crew) []Target {
		return []Target{{ID: g.ID, Of: c.named(g.Owner), Kind: "group_led", sight: func(p *Person) bool { return c.seen(g, p) && g.leads(p) }}}
	})
}

// memberships are those in the first group: of its owner, and of somebody over whom its owner decides.
func (c *Cast) memberships() []Target {
	return c.ofGroups("membership", func(g *Crew) (all []Target) {
		for _, name := range []string{"owner", "mutual", "pending", "follower"} {
			of := c.named(name)
			all = append(all, Target{ID: g.Memberships[name], Of: of, Kind: "membership", sight: func(p *Person) bool {
				return c.seen(g, p) && (g.leads(p) || g.inside(p) && g.inside(of)) && c.Standing(p, of).Reach != Never
			}})
		}
		return all
	})
}

func (c *Cast) invites() []Target {
	return c.ofGroups("invite", func(g *Crew) []Target {
		return []Target{{ID: g.Invite, Of: c.named(g.Owner), Kind: "invite", sight: func(p *Person) bool { return c.seen(g, p) && g.leads(p) }}}
	})
}

// hiddenGroups are changes of groups that somebody outside must not notice.
func (c *Cast) hiddenGroups(viewer *Person) (all []Secret) {
	for _, g := range c.Crews {
		if !c.seen(g, viewer) {
			all = append(all, Secret{"a group that is hidden (" + g.Kind + ")", func(c *Cast) {
				c.named(g.Owner).Do(http.MethodPatch, "/v1/groups/"+g.ID, map[string]any{"name": "Another", "description": nil}).Want(c.T, http.StatusOK)
			}})
		}
		if !g.inside(viewer) {
			all = append(all, Secret{"who is in a group of others (" + g.Kind + ")", func(c *Cast) {
				p := c.JoinBorn("joined-"+g.Kind, "1990-04-05").hide(c.T)
				c.Exec(`INSERT INTO group_member (member_id, group_id, id, role, joined_at, role_since) VALUES ($1, $2, gen_random_uuid(), 'member', $3, $3)`,
					p.ID, g.ID, c.Clock.Now())
			}})
		}
	}
	all = append(all, c.hiddenGoals(viewer)...)
	return append(all, Secret{"a secret group of others", func(c *Cast) {
		p := c.JoinBorn("secretive", "1990-04-05").hide(c.T)
		p.Do(http.MethodPost, "/v1/groups", map[string]any{"kind": "secret", "name": "Crew nobody knows"}).Want(c.T, http.StatusCreated)
	}})
}
