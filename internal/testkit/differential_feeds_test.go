package testkit_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// did is how much each workout counts on boards of groups, by its id: in thousandths, over the last so many days; without a
// value, on how many days.
func (w *randomWorld) did(column string, days int) map[string]int {
	all := map[string]int{}
	rows := w.Query(`SELECT coalesce(string_agg(w.id::text || '=' || (`+column+`)::text, ' '), '') FROM workout w
		WHERE w.source <> 'typed' AND w.audience >= 0 AND `+column+` > 0 AND w.started_at >= $1 AND w.started_at < $2`,
		w.Clock.Now().Truncate(24*time.Hour).AddDate(0, 0, 1-days), w.Clock.Now().Truncate(24*time.Hour).AddDate(0, 0, 1)) //nolint:gosec // constants of this file
	for _, pair := range strings.Fields(rows) {
		id, value, _ := strings.Cut(pair, "=")
		all[id], _ = strconv.Atoi(value)
	}
	return all
}

// aboutBoards are requests about feeds and boards of groups.
func (w *randomWorld) aboutBoards(v viewer, ask func(operation, path string, there bool, want answer, get func() answer, inOrder bool)) {
	const moving, distance = `round(1000 * coalesce(w.moving_s, w.duration_s))::bigint`, `CASE WHEN NOT w.distance_typed THEN round(1000 * w.distance_m)::bigint END`
	boards := []struct {
		query string
		days  bool
		did   map[string]int
	}{
		{"", false, w.did(distance, 7)},
		{"?metric=time&period=month", false, w.did(moving, 30)},
		{"?metric=days&period=month", true, w.did(moving, 30)},
		{"?metric=output&tz=UTC", false, w.did(`round(1000 * w.output_kj)::bigint`, 7)},
	}
	for _, g := range w.groups {
		path, there := "/v1/groups/"+g.id.String(), w.seesGroup(v, g) && g.inside(v.id)
		feed := said(http.StatusOK)
		for _, one := range w.workouts {
			if g.inside(one.owner) {
				w.expectWorkout(&feed, one, w.grant(v, one.owner))
			}
		}
		ask("listGroupFeed", path+"/feed", there, feed, func() answer { return w.pages(v, path+"/feed", w.seesWorkout) }, true)
		for _, board := range boards {
			want := w.expectBoard(v, g, board.did, board.days, 0, g.inside)
			ask("getGroupLeaderboard", path+"/leaderboard"+board.query, there, want, func() answer {
				return w.pages(v, path+"/leaderboard"+board.query, func(a *answer, m map[string]any) {
					id := fmt.Sprint(m["id"])
					a.row(id)
					a.facts[fmt.Sprintf("%s=%v at %v", id, m["value"], m["rank"])] = true
					w.seesNamed(a, m, id)
				})
			}, true)
		}
	}
}

// expectBoard is who did how much in a group, by those workouts of each that both show to the viewer and may be counted.
func (w *randomWorld) expectBoard(v viewer, g rawGroup, did map[string]int, days bool, target int, among func(uuid.UUID) bool) answer {
	scores, seen := map[uuid.UUID]int{}, map[string]bool{}
	for _, one := range w.workouts {
		grant, value := w.grant(v, one.owner), did[one.id.String()]
		if value == 0 || !among(one.owner) || !grant.ShowsWithin(privacy.Workout, one.audience) || !grant.ShowsWithin(privacy.Leaderboard, one.audience) {
			continue
		}
		if day := one.owner.String() + one.started.UTC().Format("2006-01-02"); days && seen[day] {
			continue
		} else if days {
			seen[day], value = true, 1000
		}
		scores[one.owner] += value
	}
	order := make([]uuid.UUID, 0, len(scores))
	for id := range scores {
		order = append(order, id)
	}
	slices.SortFunc(order, func(a, b uuid.UUID) int {
		if scores[a] != scores[b] {
			return scores[b] - scores[a]
		}
		return strings.Compare(g.names[a], g.names[b])
	})
	want, rank := said(http.StatusOK), 0
	for i, id := range order {
		if i == 0 || scores[id] != scores[order[i-1]] {
			rank = i + 1
		}
		want.row(g.names[id])
		want.facts[fmt.Sprintf("%s=%v at %v", g.names[id], float64(scores[id])/1000, rank)] = true
		if target > 0 {
			want.facts[fmt.Sprintf("%s reached %v", g.names[id], scores[id] >= 1000*target)] = true
		}
		w.expectPerson(&want, v, g.names[id], id)
	}
	return want
}
