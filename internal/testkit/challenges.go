package testkit

import (
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
)

const day = 24 * time.Hour

// goal is the body of a challenge that begins in so many days.
func (c *Cast) goal(ahead int) map[string]any {
	from := c.Clock.Now().UTC().Add(time.Duration(ahead) * day)
	return map[string]any{
		"title": "crew-goal", "metric": "time", "target": 30, "time_zone": "UTC",
		"from": from.Format(time.DateOnly), "to": from.Add(6 * day).Format(time.DateOnly),
	}
}

// challenge sets a group two goals. One began some days ago, and all inside take part in it.
func (c *Cast) challenge(g *Crew) {
	c.T.Helper()
	for _, id := range []*string{&g.Running, &g.Coming} {
		made := c.named(g.Owner).Do(http.MethodPost, "/v1/groups/"+g.ID+"/challenges", c.goal(2)).Want(c.T, http.StatusCreated)
		*id, _ = made.Map(c.T)["id"].(string)
	}
	c.Exec(`UPDATE challenge SET first_day = first_day - 7, last_day = last_day - 5, starts_at = starts_at - interval '7 days', ends_at = ends_at - interval '5 days'
		WHERE id = $1`, g.Running)
	for _, p := range c.People {
		if g.inside(p) {
			c.takePart(g, p)
		}
	}
}

func (c *Cast) takePart(g *Crew, p *Person) {
	c.Exec(`INSERT INTO challenge_participation (member_id, challenge_id, group_id, joined_at) VALUES ($1, $2, $3, $4)`,
		p.ID, g.Running, g.ID, c.Clock.Now())
}

// goalAhead has a body's days be some of those to come, as far as it brings days.
func (c *Cast) goalAhead(_ *Person, members map[string]any) map[string]any {
	for name, value := range c.goal(3) {
		if _, brought := members[name]; brought && slices.Contains([]string{"from", "to", "time_zone"}, name) {
			members[name] = value
		}
	}
	return nil
}

func (c *Cast) challengesSeen() []Target {
	return c.challenges("challenge", func(g *Crew) string { return g.Running })
}

func (c *Cast) challengesComing() []Target {
	return c.challenges("coming_challenge", func(g *Crew) string { return g.Coming })
}

func (c *Cast) challenges(kind string, of func(g *Crew) string) []Target {
	return c.ofGroups(kind, func(g *Crew) []Target {
		return []Target{{ID: of(g), Of: c.named(g.Owner), Kind: kind, sight: func(p *Person) bool { return c.seen(g, p) && g.inside(p) }}}
	})
}

// hiddenGoals are goals of groups that somebody outside must not notice, and for those inside that somebody takes part who shows them
// nothing of how far they come.
func (c *Cast) hiddenGoals(viewer *Person) (all []Secret) {
	for _, g := range c.Crews {
		if !c.seen(g, viewer) || !g.inside(viewer) {
			all = append(all, Secret{"a goal of a group of others (" + g.Kind + ")", func(c *Cast) {
				made := c.named(g.Owner).Do(http.MethodPost, "/v1/groups/"+g.ID+"/challenges", c.goal(0)).Want(c.T, http.StatusCreated).Map(c.T)
				c.Exec(`INSERT INTO challenge_participation (member_id, challenge_id, group_id, joined_at) VALUES ($1, $2, $3, $4)`,
					c.named(g.Owner).ID, made["id"], g.ID, c.Clock.Now())
			}})
			continue
		}
		for _, p := range c.People {
			if p != viewer && g.inside(p) && !c.Standing(viewer, p).Shows("leaderboard", p.Choices, 3) {
				all = append(all, Secret{"that " + p.Name + " takes part in a challenge (" + g.Kind + ")", func(c *Cast) {
					c.Exec(`DELETE FROM challenge_participation WHERE member_id = $1 AND challenge_id = $2`, p.ID, uuid.MustParse(g.Running))
				}})
			}
		}
	}
	return all
}
