package testkit

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Secret is a change that a viewer must not be able to notice.
type Secret struct {
	Name string
	Do   func(c *Cast) // in the world that is to differ
}

// Secrets lists all changes that are hidden from a viewer, nil for anonymous, by
// the model. They act on the people of whatever twin they are done in.
func (c *Cast) Secrets(viewer *Person) []Secret {
	var all []Secret
	for _, p := range c.People {
		if p == viewer || c.over(p) {
			continue
		}
		all = append(all, c.hiddenValues(viewer, p)...)
		all = append(all, c.hiddenWorkouts(viewer, p)...)
		if slices.Contains(c.Subjects, p) {
			all = append(all, c.hiddenAccount(p)...)
			all = append(all, c.seat(viewer, p)...)
			all = append(all, c.hiddenSettings(viewer, p)...)
		}
	}
	all = append(all, c.hiddenCatalogue(viewer)...)
	return append(append(all, c.hiddenGroups(viewer)...), c.hiddenPeople(viewer)...)
}

// over says whether somebody can't ask any more: they are gone, or signed out.
func (c *Cast) over(p *Person) bool {
	return slices.ContainsFunc(c.Actors, func(a Actor) bool { return a.Person == p && a.Over })
}

// at is the same person in a twin.
func (c *Cast) at(p *Person) *Person {
	i := slices.IndexFunc(c.People, func(o *Person) bool { return o.Name == p.Name })
	return c.People[i]
}

// otherValues are other values for the fields of a profile; null for some.
var otherValues = map[string]any{
	"display_name": "Made Other", "bio": "another bio", "location": map[string]any{"city": "Elsewhere", "country": "NL"}, "gender": "other",
	"height_cm": 155.5, "weight_kg": nil, "resting_hr": 61, "max_hr": nil, "ftp_watts": 199,
}

func (c *Cast) hiddenValues(viewer, p *Person) []Secret {
	var all []Secret
	s := c.Standing(viewer, p)
	hidden := map[string]any{}
	for field, other := range otherValues {
		if !c.Known(viewer, p, field, 3) {
			hidden[field] = other
		}
	}
	if len(hidden) > 0 {
		all = append(all, Secret{fmt.Sprintf("of %s: %v", p.Name, slices.Sorted(maps.Keys(hidden))), func(c *Cast) {
			c.at(p).Do(http.MethodPatch, "/v1/me/profile", hidden).Want(c.T, http.StatusOK)
		}})
	}
	if !s.Shows("avatar", p.Choices, 3) {
		all = append(all, Secret{"avatar of " + p.Name, func(c *Cast) {
			c.at(p).Do(http.MethodDelete, "/v1/me/avatar", nil).Want(c.T, http.StatusNoContent)
		}})
	}
	return all
}

func (c *Cast) hiddenWorkouts(viewer, p *Person) []Secret {
	var all []Secret
	for i, w := range p.Workouts {
		path := "/v1/workouts/" + w.ID
		switch {
		case c.Known(viewer, p, "workout", w.Audience):
			all = append(all, Secret{fmt.Sprintf("notes of a workout of %s (%s)", p.Name, audienceNames[w.Audience]), func(c *Cast) {
				c.at(p).Do(http.MethodPatch, path, map[string]any{"notes": "other notes"}).Want(c.T, http.StatusOK)
			}})
			for _, part := range []string{"heart_rate", "route"} {
				if !c.Known(viewer, p, part, w.Audience) {
					all = append(all, Secret{fmt.Sprintf("%s of a workout of %s (%s)", part, p.Name, audienceNames[w.Audience]), func(c *Cast) {
						c.Exec(`DELETE FROM workout_part WHERE workout_id = $1 AND family = $2`, w.ID, part)
					}})
				}
			}
		case i%2 == 0:
			all = append(all, Secret{fmt.Sprintf("a workout of %s (%s) deleted", p.Name, audienceNames[w.Audience]), func(c *Cast) {
				c.at(p).Do(http.MethodDelete, path, nil).Want(c.T, http.StatusNoContent)
			}})
		default:
			all = append(all, Secret{fmt.Sprintf("a workout of %s (%s) edited", p.Name, audienceNames[w.Audience]), func(c *Cast) {
				c.at(p).Do(http.MethodPatch, path, map[string]any{"title": "other", "distance_m": 77, "sport": "walk"}).Want(c.T, http.StatusOK)
			}})
		}
	}
	for audience := range audienceNames {
		if c.Known(viewer, p, "workout", audience) || audience > 1 && p.Choices.Private || audience > 0 && !slices.Contains(c.Subjects, p) {
			continue
		}
		all = append(all, Secret{fmt.Sprintf("new workouts of %s (%s)", p.Name, audienceNames[audience]), func(c *Cast) {
			for n := range 2 { // after the others, and between them
				c.at(p).Do(http.MethodPost, "/v1/workouts", map[string]any{
					"sport": "row", "started_at": c.Clock.Now().Add(-time.Duration(n*40+1) * time.Hour).Format(time.RFC3339), "duration_s": 1200,
					"distance_m": 4321, "audience": audienceNames[audience], "title": "hidden", "class_id": c.Taught.Class,
				}).Want(c.T, http.StatusCreated)
			}
		}})
	}
	return all
}

func (c *Cast) hiddenAccount(p *Person) []Secret {
	return []Secret{
		{"address of " + p.Name, func(c *Cast) {
			c.Exec(`UPDATE auth.account SET email = 'other-' || email WHERE member_id = $1`, p.ID)
			c.Exec(`UPDATE auth.email_claim SET email = 'other-' || email WHERE member_id = $1`, p.ID)
		}},
		{"password of " + p.Name, func(c *Cast) {
			c.at(p).Do(http.MethodPost, "/v1/me/password", map[string]any{
				"current_password": p.Password, "new_password": "another slow mile by the lake",
			}).Want(c.T, http.StatusNoContent)
		}},
		{"another session of " + p.Name, func(c *Cast) {
			c.Do(http.MethodPost, "/v1/auth/cookie", map[string]any{"email": p.Email, "password": p.Password})
		}},
		{"privacy zones of " + p.Name, func(c *Cast) {
			p := c.at(p)
			zone := map[string]any{"lat": 71.1725, "lon": 25.7837, "radius_m": 200, "name": "elsewhere"}
			p.Do(http.MethodPost, "/v1/me/privacy-zones", zone).Want(c.T, http.StatusCreated)
			p.Do(http.MethodDelete, "/v1/me/privacy-zones/"+p.Zone, nil).Want(c.T, http.StatusNoContent)
		}},
		{"when " + p.Name + " last edited their profile", func(c *Cast) {
			c.Exec(`UPDATE profile SET updated_at = updated_at - interval '1 day' WHERE member_id = $1`, p.ID)
		}},
	}
}

// hiddenSettings change each setting to one that shows the viewer the same.
func (c *Cast) hiddenSettings(viewer, p *Person) []Secret {
	var all []Secret
	s := c.Standing(viewer, p)
	same := func(field string, a, b Choices) bool {
		for ceiling := range audienceNames {
			if s.Shows(field, a, ceiling) != s.Shows(field, b, ceiling) {
				return false
			}
		}
		return true
	}
	changed := map[string]any{}
	for field, chosen := range p.Choices.Audiences {
		for audience := range audienceNames {
			other := p.Choices
			other.Audiences = maps.Clone(p.Choices.Audiences)
			other.Audiences[field] = audience
			// What a new workout starts with touches none that is there.
			// But of a live class, where there is no workout yet.
			live := !s.Shows("leaderboard", p.Choices, 0) ||
				s.Shows("workout", p.Choices, chosen) == s.Shows("workout", p.Choices, audience)
			if audience != chosen && (audience < 2 || !p.Choices.Private) && (field == "workout" && live || field != "workout" && same(field, p.Choices, other)) {
				changed[field] = audienceNames[audience]
			}
		}
	}
	if len(changed) > 0 {
		all = append(all, Secret{fmt.Sprintf("settings of %s: %v", p.Name, changed), func(c *Cast) {
			c.at(p).Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": changed}).Want(c.T, http.StatusOK)
		}})
	}
	// Whoever has p on a list of theirs sees by looking as others who of them finds p
	// (docs/threat-model.md, Accepted 13).
	if viewer != nil && (c.follows[[2]string{viewer.Name, p.Name}] || c.follows[[2]string{p.Name, viewer.Name}]) {
		return all
	}
	for found := range audienceNames {
		other := p.Choices
		other.Discoverability = found
		if found != p.Choices.Discoverability && same("username", p.Choices, other) {
			word := audienceNames[found]
			if found == 0 {
				word = "nobody"
			}
			all = append(all, Secret{fmt.Sprintf("%s to be found by %s", p.Name, word), func(c *Cast) {
				c.at(p).Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": word}).Want(c.T, http.StatusOK)
			}})
			break
		}
	}
	return all
}

// hiddenPeople are members whom nobody can find, what they have to do with others,
// and what two others have to do with one another.
func (c *Cast) hiddenPeople(viewer *Person) []Secret {
	lurk := func(c *Cast, name string) *Person {
		p := c.JoinBorn(name, "1990-04-05")
		p.Do(http.MethodPatch, "/v1/me/profile", map[string]any{"display_name": "Markerella Lurker"}).Want(c.T, http.StatusOK)
		p.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "nobody", "audiences": map[string]any{"display_name": "everyone"}}).
			Want(c.T, http.StatusOK)
		return p
	}
	all := []Secret{{"members whom nobody can find", func(c *Cast) {
		for _, name := range []string{"owner-lurks", "displaying", "own"} {
			p := lurk(c, name)
			p.Do(http.MethodPost, "/v1/workouts", map[string]any{
				"sport": "row", "started_at": "2026-05-30T08:00:00Z", "duration_s": 1200, "audience": "everyone",
			}).Want(c.T, http.StatusCreated)
		}
	}}}
	for _, p := range c.Subjects {
		if p == viewer || p.Gone || c.Standing(viewer, p).Relation == "self" {
			continue
		}
		all = append(all,
			Secret{"a follower of " + p.Name + " whom nobody can find", func(c *Cast) {
				// Whom one follows sees who it is, so they follow while they can be found.
				shade, owner := c.JoinBorn("shade-"+p.Name, "1990-04-05"), c.at(p)
				// As it is by now, not as it was chosen: another secret may have changed it.
				chosen := c.Query(`SELECT discoverability::text FROM member WHERE id = $1`, owner.ID)
				c.Exec(`UPDATE member SET discoverability = 3 WHERE id = $1`, owner.ID)
				c.World.Follow(shade, owner)
				c.Exec(`UPDATE member SET discoverability = $2::text::smallint WHERE id = $1`, owner.ID, chosen)
				shade.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "nobody"}).Want(c.T, http.StatusOK)
			}},
			Secret{"somebody whom " + p.Name + " blocked", func(c *Cast) {
				c.World.Block(c.at(p), c.JoinBorn("shut-out-by-"+p.Name[:3], "1990-04-05").hide(c.T))
			}})
	}
	all = append(all, c.hiddenWords(viewer)...)
	spare, staff := c.Spare, c.Actor("staff").Person
	if viewer != staff && viewer != spare {
		all = append(all, Secret{"a block between two others", func(c *Cast) { c.World.Block(c.at(spare), c.at(staff)) }})
	}
	return all
}

// hiddenWords are likes and comments below a workout that everybody sees, of members whom the viewer
// can't find, or who blocked them, or which the owner hides.
func (c *Cast) hiddenWords(viewer *Person) []Secret {
	if viewer == c.Owner || viewer == nil || !c.Standing(viewer, c.Owner).Shows("workout", c.Owner.Choices, 3) {
		return nil
	}
	at := slices.IndexFunc(c.Owner.Workouts, func(w Recorded) bool { return w.Audience == 3 })
	below := "/v1/workouts/" + c.Owner.Workouts[at].ID
	say := func(c *Cast, p *Person) string {
		made := p.Do(http.MethodPost, below+"/comments", map[string]any{"text": "not for everybody, @" + viewer.Name}).Want(c.T, http.StatusCreated)
		id, _ := made.Map(c.T)["id"].(string)
		return id
	}
	return []Secret{
		{"a like of somebody whom nobody can find", func(c *Cast) {
			c.JoinBorn("unseen-liker", "1990-04-05").hide(c.T).Do(http.MethodPut, below+"/likes", nil).Want(c.T, http.StatusNoContent)
		}},
		{"a like and a comment of somebody who blocked the viewer", func(c *Cast) {
			p := c.JoinBorn("shy-talker", "1990-04-05")
			c.World.Block(p, c.at(viewer))
			p.Do(http.MethodPut, below+"/likes", nil).Want(c.T, http.StatusNoContent)
			say(c, p)
		}},
		{"a comment that the owner hides", func(c *Cast) {
			p := c.JoinBorn("unheard-talker", "1990-04-05")
			id := say(c, p)
			c.at(c.Owner).Do(http.MethodPut, "/v1/comments/"+id+"/hidden", nil).Want(c.T, http.StatusNoContent)
			p.hide(c.T)
		}},
	}
}
