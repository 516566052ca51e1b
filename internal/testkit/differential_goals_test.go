package testkit_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// rawGoal is a challenge of a group, with who takes part.
type rawGoal struct {
	id     string
	days   bool // it counts days, else seconds
	target int
	joined map[uuid.UUID]bool
}

// setGoals has a group set itself two goals for the last thirty days, with every other of those inside.
func (w *randomWorld) setGoals(g *rawGroup) {
	last := w.Clock.Now().Truncate(24 * time.Hour)
	for i, metric := range []string{"time", "days"} {
		goal := rawGoal{id: uuid.Must(uuid.NewV7()).String(), days: metric == "days", target: []int{100, 2}[i], joined: map[uuid.UUID]bool{}}
		w.Exec(`INSERT INTO challenge (group_id, id, title, metric, target, first_day, last_day, zone, starts_at, ends_at, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 'UTC', $8, $9, $8)`, g.id, goal.id, g.name, metric, goal.target,
			last.AddDate(0, 0, -29), last, last.AddDate(0, 0, -29), last.AddDate(0, 0, 1))
		for k, p := range w.people {
			id := w.id[p.Name]
			if !g.inside(id) || k%2 == i && id != g.owner {
				continue
			}
			goal.joined[id] = true
			w.Exec(`INSERT INTO challenge_participation (member_id, challenge_id, group_id, joined_at) VALUES ($1, $2, $3, $4)`, id, goal.id, g.id, w.Clock.Now())
		}
		g.goals = append(g.goals, goal)
	}
}

// aboutGoals are requests about challenges.
func (w *randomWorld) aboutGoals(v viewer, ask func(operation, path string, there bool, want answer, get func() answer, inOrder bool)) {
	seconds := w.did(`round(1000 * coalesce(w.moving_s, w.duration_s))::bigint`, 30)
	for _, g := range w.groups {
		there, list := w.seesGroup(v, g) && g.inside(v.id), said(http.StatusOK)
		named := func(a *answer, m map[string]any) { a.facts[fmt.Sprint(m["id"], " joined ", m["joined"])] = true }
		for _, goal := range g.goals {
			list.facts[fmt.Sprint(goal.id, " joined ", goal.joined[v.id])] = true
			one, path := said(http.StatusOK), "/v1/challenges/"+goal.id
			one.facts[fmt.Sprint(goal.id, " joined ", goal.joined[v.id])] = true
			if goal.joined[v.id] {
				came := w.came(v.id, goal.days, seconds)
				one.facts[fmt.Sprintf("came %v, %v", float64(came)/1000, came >= 1000*goal.target)] = true
			}
			ask("getChallenge", path, there, one, func() answer {
				return w.get(v, path, func(a *answer, m map[string]any) {
					named(a, m)
					if own, takesPart := m["progress"].(map[string]any); takesPart {
						a.facts[fmt.Sprintf("came %v, %v", own["value"], own["reached"])] = true
					}
				})
			}, false)
			standings := w.expectBoard(v, g, seconds, goal.days, goal.target, func(id uuid.UUID) bool { return goal.joined[id] })
			ask("getChallengeStandings", path+"/standings", there, standings, func() answer {
				return w.pages(v, path+"/standings", func(a *answer, m map[string]any) {
					id := fmt.Sprint(m["id"])
					a.row(id)
					a.facts[fmt.Sprintf("%s=%v at %v", id, m["value"], m["rank"])] = true
					a.facts[fmt.Sprintf("%s reached %v", id, m["reached"])] = true
					w.seesNamed(a, m, id)
				})
			}, true)
		}
		path := "/v1/groups/" + g.id.String() + "/challenges"
		ask("listChallenges", path, there, list, func() answer { return w.pages(v, path, named) }, false)
	}
}

// came is how far somebody comes by themself, in thousandths.
func (w *randomWorld) came(id uuid.UUID, days bool, did map[string]int) (sum int) {
	on := map[string]bool{}
	for _, one := range w.workouts {
		if one.owner == id && did[one.id.String()] > 0 && one.audience >= privacy.OnlyMe {
			sum += did[one.id.String()]
			on[one.started.UTC().Format(time.DateOnly)] = true
		}
	}
	if days {
		return 1000 * len(on)
	}
	return sum
}
