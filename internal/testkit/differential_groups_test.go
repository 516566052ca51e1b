package testkit_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// rawGroup is a group as it lies in the database.
type rawGroup struct {
	id, owner uuid.UUID
	kind      string
	name      string
	roles     map[uuid.UUID]string // by member
	names     map[uuid.UUID]string // of the memberships
	invites   []string
	goals     []rawGoal
	grants    map[[2]uuid.UUID][]string // to a coach, by the ids of both members
}

// backIn has everybody in the groups and their challenges again, whom a block took out: whom one blocked has a row, which must not count.
func (w *randomWorld) backIn() {
	for _, g := range w.groups {
		for of, role := range g.roles {
			w.Exec(`INSERT INTO group_member (member_id, group_id, id, role, joined_at, role_since) VALUES ($1, $2, $3::text::uuid, $4, $5, $5)
				ON CONFLICT DO NOTHING`, of, g.id, g.names[of], role, w.Clock.Now())
		}
		for _, goal := range g.goals {
			for of := range goal.joined {
				w.Exec(`INSERT INTO challenge_participation (member_id, challenge_id, group_id, joined_at) VALUES ($1, $2::text::uuid, $3, $4)
					ON CONFLICT DO NOTHING`, of, goal.id, g.id, w.Clock.Now())
			}
		}
	}
}

// grantCoaches has everybody inside grant the coach of each group something, in the place of what a block took away.
func (w *randomWorld) grantCoaches() {
	fields := []string{"workout", "gender", "effort", "weight_kg", "heart_rate", "age", "route", "height_cm", "max_hr", "resting_hr", "ftp_watts"}
	for i := range w.groups {
		g := &w.groups[i]
		g.grants = map[[2]uuid.UUID][]string{}
		for coach, role := range g.roles {
			if role != "coach" {
				continue
			}
			for k, p := range w.people {
				of := w.id[p.Name]
				some := fields[k%2 : 3+(3*k+2*i)%9]
				if of == coach || !g.inside(of) {
					continue
				}
				w.Exec(`INSERT INTO coach_grant (member_id, group_id, coach_id, fields, granted_at) VALUES ($1, $2, $3::text::uuid, $4, $5)
					ON CONFLICT DO NOTHING`, of, g.id, g.names[coach], some, w.Clock.Now())
				g.grants[[2]uuid.UUID{of, coach}] = some
			}
		}
	}
}

// granted is what a membership's member grants a viewer of it, and whether there is such an athlete for them at all.
func (w *randomWorld) granted(v viewer, g rawGroup, of uuid.UUID) (fields []string, there bool) {
	fields, some := g.grants[[2]uuid.UUID{of, v.id}]
	return fields, w.seesGroup(v, g) && g.inside(v.id) && (v.id == of || some && w.grant(v, of).Relation() != privacy.RelationBlocked)
}

// ofCoach says whether a coach's answer opens a mark by what was granted.
func (w *randomWorld) ofCoach(fields []string, of uuid.UUID, mark string) bool {
	if mark == "provenance" {
		mark = "workout"
	}
	health := slices.Contains([]string{"height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts", "heart_rate", "route"}, mark)
	return slices.Contains(fields, mark) && !(w.settings[of].Minor && health)
}

// aboutAthletes are requests about those whom somebody coaches in a group.
func (w *randomWorld) aboutAthletes(v viewer, g rawGroup, ask func(operation, path string, there bool, want answer, get func() answer, inOrder bool)) {
	group := "/v1/groups/" + g.id.String()
	athletes := said(http.StatusOK)
	for _, p := range w.people {
		of := w.id[p.Name]
		if g.roles[of] == "" {
			continue
		}
		path := "/v1/group-memberships/" + g.names[of]
		fields, there := w.granted(v, g, of)
		want, workouts := said(http.StatusOK, g.names[of]), said(http.StatusOK)
		w.expectPerson(&want, v, g.names[of], of)
		for _, member := range []string{"gender", "age", "height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts"} {
			if v.id == of || w.ofCoach(fields, of, member) {
				want.facts[g.names[of]+"="+member] = true
			}
		}
		for _, one := range w.workouts {
			switch {
			case one.owner != of:
			case v.id == of:
				w.expectWorkout(&workouts, one, w.grant(v, of))
			case one.audience > privacy.OnlyMe && w.ofCoach(fields, of, "workout"):
				w.expectCoached(&workouts, v, one, fields)
			}
		}
		if there && v.id != of {
			athletes.facts[g.names[of]+" "+g.roles[of]] = true
			w.expectPerson(&athletes, v, g.names[of], of)
		}
		ask("getAthlete", path+"/athlete", there, want, func() answer {
			return w.get(v, path+"/athlete", func(a *answer, m map[string]any) {
				id := fmt.Sprint(m["id"])
				a.facts[id] = true
				for member := range m {
					if member != "id" && member != "member" {
						a.facts[id+"="+member] = true
					}
				}
				w.seesNamed(a, m, id)
			})
		}, false)
		ask("listAthleteWorkouts", path+"/workouts", there, workouts, func() answer { return w.pages(v, path+"/workouts", w.seesWorkout) }, true)
	}
	ask("listAthletes", group+"/athletes", w.seesGroup(v, g) && g.inside(v.id), athletes, func() answer {
		return w.pages(v, group+"/athletes", w.seesMembership)
	}, false)
}

// expectCoached adds a workout as its owner grants it to the viewer.
func (w *randomWorld) expectCoached(a *answer, v viewer, one rawWorkout, fields []string) {
	label := one.label(w)
	a.row(label)
	for member := range w.whole[one.id] {
		mark := w.marks["Workout"][member]
		if member == "distance_m" && one.distanceM == nil {
			mark = "route" // it was computed from the track
		}
		if member != "member" && member != "id" && w.ofCoach(fields, one.owner, mark) {
			a.facts[label+" "+member] = true
		}
	}
	w.expectPerson(a, v, label, one.owner)
}

// makeGroups has a group of each kind, with others in it, asking and banned.
func (w *randomWorld) makeGroups() {
	for i, kind := range []string{"public", "listed", "unlisted", "secret"} {
		owner := w.people[i]
		made := owner.Do(http.MethodPost, "/v1/groups", map[string]any{"kind": kind, "name": "Riders " + kind}).Want(w.T, http.StatusCreated).Map(w.T)
		owner.Do(http.MethodPost, "/v1/groups/"+fmt.Sprint(made["id"])+"/invites", map[string]any{"most": 2, "days": 2}).Want(w.T, http.StatusCreated)
		for k, role := range []string{"member", "admin", "asking", "banned", "coach"} {
			w.Exec(`INSERT INTO group_member (member_id, group_id, id, role, joined_at, role_since) VALUES ($1, $2, gen_random_uuid(), $3, $4, $4)`,
				w.people[(i+k+1)%len(w.people)].ID, made["id"], role, w.Clock.Now())
		}
	}
	for _, line := range strings.Fields(w.Query(`SELECT string_agg(id || '/' || member_id || '/' || kind, ' ' ORDER BY kind) FROM groups`)) {
		cells := strings.Split(line, "/")
		g := rawGroup{id: uuid.MustParse(cells[0]), owner: uuid.MustParse(cells[1]), kind: cells[2], name: "Riders " + cells[2],
			roles: map[uuid.UUID]string{}, names: map[uuid.UUID]string{}}
		for _, row := range strings.Fields(w.Query(`SELECT string_agg(member_id || '/' || role || '/' || id, ' ') FROM group_member WHERE group_id = $1`, g.id)) {
			cells := strings.Split(row, "/")
			g.roles[uuid.MustParse(cells[0])], g.names[uuid.MustParse(cells[0])] = cells[1], cells[2]
		}
		g.invites = strings.Fields(w.Query(`SELECT string_agg(id::text, ' ') FROM group_invite WHERE group_id = $1`, g.id))
		w.setGoals(&g)
		w.groups = append(w.groups, g)
	}
}

func (g rawGroup) inside(id uuid.UUID) bool {
	return slices.Contains([]string{"member", "coach", "admin", "owner"}, g.roles[id])
}

func (g rawGroup) leads(id uuid.UUID) bool { return g.roles[id] == "admin" || g.roles[id] == "owner" }

// sees says whether a viewer may know of a group.
func (w *randomWorld) seesGroup(v viewer, g rawGroup) bool {
	return v.id != uuid.Nil && g.roles[v.id] != "banned" && w.grant(v, g.owner).Relation() != privacy.RelationBlocked &&
		(g.kind != "secret" || g.inside(v.id))
}

// listed says whether a membership is in one of the lists of its group for a viewer: that of those inside, or another.
func (w *randomWorld) listed(v viewer, g rawGroup, of uuid.UUID) bool {
	return w.seesGroup(v, g) && g.inside(v.id) && (g.inside(of) || g.leads(v.id)) && w.grant(v, of).Relation() != privacy.RelationBlocked
}

// shownOnProfile says whether a membership shows on its member's profile.
func (w *randomWorld) shownOnProfile(v viewer, g rawGroup, of uuid.UUID) bool {
	open := g.kind == "public" || g.kind == "listed"
	return w.seesGroup(v, g) && g.inside(of) && (open || g.inside(v.id)) && w.finds(v, of) && w.grant(v, of).Shows(privacy.Groups)
}

// aboutGroups are requests about groups.
func (w *randomWorld) aboutGroups(v viewer) (all []asking) {
	ask := func(operation, path string, there bool, want answer, get func() answer, inOrder bool) {
		switch {
		case v.id == uuid.Nil:
			want = said(http.StatusUnauthorized)
		case !there:
			want = said(http.StatusNotFound)
		}
		all = append(all, asking{operation, path, get, want, inOrder})
	}
	named := func(a *answer, m map[string]any) { a.row(fmt.Sprint(m["name"])) }
	found, own := said(http.StatusOK), said(http.StatusOK)
	for _, g := range w.groups { // by name, as they are found
		sees, path := w.seesGroup(v, g), "/v1/groups/"+g.id.String()
		if sees && (g.kind == "public" || g.kind == "listed") {
			found.row(g.name)
		}
		if sees && g.roles[v.id] != "" {
			own.row(g.name)
		}
		ask("getGroup", path, sees, said(http.StatusOK, g.name), func() answer { return w.get(v, path, named) }, false)
		for _, list := range []struct {
			operation, path string
			there           bool
			roles           []string
		}{
			{"listGroupMembers", "/members", sees && g.inside(v.id), []string{"member", "coach", "admin", "owner"}},
			{"listGroupRequests", "/requests", sees && g.leads(v.id), []string{"asking"}},
			{"listGroupBans", "/bans", sees && g.leads(v.id), []string{"banned"}},
		} {
			want := said(http.StatusOK)
			for id, role := range g.roles {
				if slices.Contains(list.roles, role) && w.listed(v, g, id) {
					want.facts[g.names[id]+" "+role] = true
					w.expectPerson(&want, v, g.names[id], id)
				}
			}
			ask(list.operation, path+list.path, list.there, want, func() answer { return w.pages(v, path+list.path, w.seesMembership) }, false)
		}
		invites := said(http.StatusOK)
		for _, id := range g.invites {
			invites.row(id)
		}
		ask("listGroupInvites", path+"/invites", sees && g.leads(v.id), invites, func() answer {
			return w.pages(v, path+"/invites", func(a *answer, m map[string]any) { a.row(fmt.Sprint(m["id"])) })
		}, false)
	}
	grants := said(http.StatusOK)
	for _, g := range w.groups {
		w.aboutAthletes(v, g, ask)
		for pair, fields := range g.grants {
			if pair[0] == v.id {
				some := slices.Sorted(slices.Values(fields))
				grants.facts[g.names[pair[1]]+" "+strings.Join(some, " ")] = true
			}
		}
	}
	ask("listCoachGrants", "/v1/me/coach-grants", true, grants, func() answer {
		return w.pages(v, "/v1/me/coach-grants", func(a *answer, m map[string]any) {
			var some []string
			fields, _ := m["fields"].([]any)
			for _, f := range fields {
				some = append(some, fmt.Sprint(f))
			}
			slices.Sort(some)
			a.facts[fmt.Sprint(m["coach_id"])+" "+strings.Join(some, " ")] = true
		})
	}, false)
	w.aboutBoards(v, ask)
	w.aboutGoals(v, ask)
	ask("findGroups", "/v1/groups?q=riders", true, found, func() answer { return w.pages(v, "/v1/groups?q=riders", named) }, true)
	ask("listMyGroups", "/v1/me/groups", true, own, func() answer { return w.pages(v, "/v1/me/groups", named) }, false)
	for _, p := range w.people {
		want, path := said(http.StatusOK), "/v1/members/"+p.Name+"/groups"
		for _, g := range w.groups {
			if w.shownOnProfile(v, g, w.id[p.Name]) {
				want.row(g.name)
			}
		}
		there := w.finds(v, w.id[p.Name]) && w.grant(v, w.id[p.Name]).Shows(privacy.Groups)
		ask("listMemberGroups", path, there, want, func() answer { return w.pages(v, path, named) }, false)
	}
	return all
}

// expectPerson adds the name of somebody in a group, as far as the viewer gets it.
func (w *randomWorld) expectPerson(a *answer, v viewer, membership string, id uuid.UUID) {
	g, name := w.grant(v, id), w.name[id]
	if !w.finds(v, id) {
		return
	}
	a.facts[membership+" by "+name] = true
	for _, member := range []string{"display_name", "avatar_url"} {
		if w.profile[name][member] && opens(g, w.marks["MemberSummary"][member], privacy.Everyone) {
			a.facts[membership+" by "+name+" "+member] = true
		}
	}
}

func (w *randomWorld) seesMembership(a *answer, m map[string]any) {
	id := fmt.Sprint(m["id"])
	a.facts[id+" "+fmt.Sprint(m["role"])] = true
	w.seesNamed(a, m, id)
}

// seesNamed adds who somebody is, of what says it.
func (w *randomWorld) seesNamed(a *answer, m map[string]any, id string) {
	if by, named := m["member"].(map[string]any); named {
		var inner answer
		inner.facts = a.facts
		w.sees(&inner, by, id+" by ")
	}
}

// rowsOfGroups are the rows that row-level security alone lets the serving role see of groups.
func (w *randomWorld) rowsOfGroups(v viewer, into map[string]tableRows) {
	var groups, members, invites, goals []string
	for _, g := range w.groups {
		if !w.seesGroup(v, g) {
			continue
		}
		groups = append(groups, g.id.String())
		for _, goal := range g.goals {
			if g.inside(v.id) {
				goals = append(goals, goal.id)
			}
		}
		if g.leads(v.id) {
			invites = append(invites, g.invites...)
		}
		for id := range g.roles {
			if id == v.id || w.listed(v, g, id) || w.shownOnProfile(v, g, id) {
				members = append(members, g.id.String()+id.String())
			}
		}
	}
	into["groups"] = tableRows{`id::text`, groups}
	into["group_member"] = tableRows{`group_id::text || member_id`, members}
	into["coach_grant"] = tableRows{`group_id::text || coach_id`,
		w.own(v, `SELECT string_agg(group_id::text || coach_id, ' ') FROM coach_grant WHERE member_id = $1`)}
	into["challenge"] = tableRows{`id::text`, goals}
	into["challenge_participation"] = tableRows{`challenge_id::text || member_id`,
		w.own(v, `SELECT string_agg(challenge_id::text || member_id, ' ') FROM challenge_participation WHERE member_id = $1`)}
	into["group_invite"] = tableRows{`id::text`, invites}
}
