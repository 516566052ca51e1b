package testkit

import (
	"slices"
	"strings"
)

// rows say whom or what a list has to hold, in the model's words: everything that
// the viewer may see of what was asked, and nothing else. A new list goes here, by
// the id of its operation; the matrix fails until it does.
var rows = map[string]func(c *Cast, viewer *Person, r Request) []string{
	"searchMembers": func(c *Cast, viewer *Person, r Request) []string {
		q := strings.ToLower(r.Query["q"])
		return c.members(viewer, func(p *Person) bool {
			name := c.Standing(viewer, p).Shows("display_name", p.Choices, 3) && strings.HasPrefix(strings.ToLower(p.Values["display_name"]), q)
			return name || strings.HasPrefix(p.Name, q)
		})
	},
	"listFollowers": func(c *Cast, viewer *Person, r Request) []string {
		return c.members(viewer, func(p *Person) bool { return c.follows[[2]string{p.Name, r.Target.Of.Name}] })
	},
	"listFollowing": func(c *Cast, viewer *Person, r Request) []string {
		return c.members(viewer, func(p *Person) bool { return c.follows[[2]string{r.Target.Of.Name, p.Name}] })
	},
	"listFollowRequests": func(c *Cast, viewer *Person, _ Request) []string {
		return c.members(viewer, func(p *Person) bool { return c.asks[[2]string{p.Name, viewer.Name}] })
	},
	"listMemberWorkouts": func(c *Cast, viewer *Person, r Request) []string {
		return c.workouts(viewer, func(p *Person) bool { return p == r.Target.Of })
	},
	"listFeed": func(c *Cast, viewer *Person, _ Request) []string {
		return c.workouts(viewer, func(p *Person) bool { return c.follows[[2]string{viewer.Name, p.Name}] })
	},
	"listGroupFeed": func(c *Cast, viewer *Person, r Request) []string {
		g := c.Crews[slices.IndexFunc(c.Crews, func(g *Crew) bool { return g.ID == r.Target.ID })]
		return c.workouts(viewer, g.inside)
	},
	// Of whom they are is in them by the membership: internal/testkit.TestDifferential.
	"listGroupMembers": nil, "listGroupRequests": nil, "listGroupBans": nil, "listAthletes": nil, "getGroupLeaderboard": nil, "getChallengeStandings": nil,
	"listAthleteWorkouts": func(c *Cast, viewer *Person, r Request) []string {
		of := r.Target.Of
		var ids []string
		for _, w := range of.Workouts {
			if c.AsCoach(viewer, of).Shows("workout", of.Choices, w.Audience) {
				ids = append(ids, w.ID)
			}
		}
		slices.Sort(ids)
		return ids
	},
	// Whom the viewer finds, of those who like it and may see it themselves.
	"listLikes": func(c *Cast, viewer *Person, r Request) []string {
		of := r.Target.Of
		return c.members(viewer, func(p *Person) bool {
			return c.likes[[2]string{p.Name, r.Target.ID}] && c.Standing(p, of).Shows("workout", of.Choices, r.Target.Ceiling)
		})
	},
	"listImports": func(_ *Cast, viewer *Person, _ Request) []string { return slices.Sorted(slices.Values(viewer.Imports)) },
	// One comment, whose list is of whom it mentions: internal/testkit.TestDifferential.
	"getComment": nil,
	"listReports": func(c *Cast, viewer *Person, _ Request) []string {
		return strings.Fields(c.Query(`SELECT coalesce(string_agg(id::text, ' ' ORDER BY id::text), '') FROM report WHERE member_id = $1`, viewer.ID))
	},
	"listSanctions": func(c *Cast, viewer *Person, _ Request) []string {
		return strings.Fields(c.Query(`SELECT coalesce(string_agg(id::text, ' ' ORDER BY id::text), '') FROM sanction WHERE member_id = $1`, viewer.ID))
	},
	// They name nobody: internal/httpapi.TestOnlyWhatShowsIsReported.
	"listCases": nil, "listAppeals": nil,
	// What one sees of oneself as somebody else: internal/member.TestViewAsIsWhatTheyGet.
	"viewAs": nil,
}

// members are the ids of those whom the viewer can find, and that fit.
func (c *Cast) members(viewer *Person, fits func(*Person) bool) []string {
	var ids []string
	for _, p := range c.People {
		if c.Standing(viewer, p).Shows("username", p.Choices, 3) && fits(p) {
			ids = append(ids, p.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// workouts are the ids of those workouts of fitting people that the viewer may see.
func (c *Cast) workouts(viewer *Person, fits func(*Person) bool) []string {
	var ids []string
	for _, p := range c.People {
		for _, w := range p.Workouts {
			if fits(p) && c.Standing(viewer, p).Shows("workout", p.Choices, w.Audience) {
				ids = append(ids, w.ID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// Rows are the ids that a list has to hold for a viewer, sorted. Known is false
// for a list that nobody said anything of; nil rows with known are not held here.
func (c *Cast) Rows(viewer *Person, r Request) (ids []string, held, known bool) {
	of, known := rows[r.ID]
	if of == nil {
		return nil, false, known
	}
	return of(c, viewer, r), true, true
}

// Expect is the status that the model gives a request: 401, 404, 403 for a write to
// what one sees of somebody else, or 200 for any success. Zero is whatever the
// operation says of one's own things.
func (c *Cast) Expect(a Actor, r Request) int {
	o, t := r.Operation, r.Target
	switch {
	case a.Console != nil && o.Auth != "console" && o.Auth != "session_or_console":
		return 403
	case o.Auth == "console" && !a.Over && a.Person != nil && a.Console == nil:
		return 403
	case a.Over && (o.Auth != "none" || o.Reads() && o.Declares(401)), a.Person == nil && o.Auth != "none":
		return 401
	case o.Auth == "staff" && !a.Person.holds(o.Role):
		return 403
	case objects[o.Object] == nil, o.Auth == "staff" && t.Of != nil:
		return 0
	case t.open:
		return c.openStatus(o)
	case t.Shared && o.ID == "streamLiveLeaderboard" && (a.Person == nil || a.Over || a.Console != nil):
		return 401 // a ticket is made for a session
	case t.Shared && o.Reads():
		return 200
	case o.ID == "streamLiveLeaderboard":
		return 401 // no ticket is one of what isn't there
	case t.Of == nil && o.Reads():
		return 404
	case t.Of == nil:
		return 0
	}
	if t.sight != nil {
		switch {
		case !t.sight(a.Person):
			return 404
		case !o.Reads():
			return 0 // what they are in the group decides
		}
		return 200
	}
	s := c.Standing(a.Person, t.Of)
	switch {
	case t.hidden && s.Reach != 0:
		return 404
	case slices.Contains([]string{"workout", "shown_workout", "comment"}, t.Kind) && !s.Shows("workout", t.Of.Choices, t.Ceiling):
		return 404
	case (t.Kind == "workout" || t.Kind == "comment") && !o.Reads() && s.Reach != 0:
		return 403
	case t.Kind == "workout" && o.Mark != "" && !s.Shows(o.Mark, t.Of.Choices, t.Ceiling), o.ID == "getWorkoutOriginal" && !t.Holds.File,
		o.ID == "getWorkoutClass" && !t.Of.Taken[t.ID]:
		return 404
	// A kind of file that is made of what there isn't, or of what is hidden.
	case o.ID == "exportWorkout" && r.Query["format"] == "csv" && !t.Holds.Samples,
		o.ID == "exportWorkout" && r.Query["format"] == "gpx" && !(t.Holds.Track && s.Shows("route", t.Of.Choices, t.Ceiling)):
		return 422
	case !o.Reads():
		return 0 // edges: what is between the two decides
	case t.Kind == "member" && !s.Shows("username", t.Of.Choices, 3):
		return 404
	// A hidden list or picture is not there. A list of workouts is, without those that are hidden.
	case t.Kind == "member" && o.Mark != "" && table()[o.Mark].by != "the workout" && !s.Shows(o.Mark, t.Of.Choices, 3):
		return 404
	}
	return 200
}

// Knows says whether the viewer has an edge of their own making to somebody, and
// so knows that they exist.
func (c *Cast) Knows(viewer, of *Person) bool {
	if viewer == nil {
		return false
	}
	pair := [2]string{viewer.Name, of.Name}
	back := [2]string{of.Name, viewer.Name}
	return c.follows[pair] || c.asks[pair] || c.blocks[pair] || ((c.follows[back] || c.asks[back]) && !c.blocks[back])
}
