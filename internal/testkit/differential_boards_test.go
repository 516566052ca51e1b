package testkit_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// take has everybody take a class, in every other of their workouts.
func (w *randomWorld) take() {
	w.T.Helper()
	w.taught = w.Teach("Random climbs")
	for i, one := range w.workouts {
		if i%2 == 0 {
			w.owner(one.owner).Do(http.MethodPut, "/v1/workouts/"+one.id.String()+"/class",
				map[string]any{"scheduled_class_id": w.taught.Scheduled}).Want(w.T, http.StatusOK)
		}
	}
}

// taken are those of some workouts that were taken in the class.
func (w *randomWorld) taken(of []string) (out []string) {
	all := strings.Fields(w.Query(`SELECT coalesce(string_agg(workout_id::text, ' '), '') FROM workout_class`))
	for _, id := range of {
		if slices.Contains(all, id) {
			out = append(out, id)
		}
	}
	return out
}

// places are the rows of a board by the policy: of each the best workout that both its field and its
// audience show.
func (w *randomWorld) places(v viewer, column string) answer {
	want := said(http.StatusOK)
	values := map[string]string{}
	for _, pair := range strings.Fields(w.Query(`SELECT coalesce(string_agg(w.id::text || '=' || lpad((` + column + `)::text, 20, '0'), ' '), '')
		FROM workout w JOIN workout_class c ON c.workout_id = w.id WHERE w.audience >= 0 AND ` + column + ` IS NOT NULL`)) {
		id, value, _ := strings.Cut(pair, "=")
		values[id] = value
	}
	best := map[uuid.UUID]rawWorkout{}
	for _, one := range w.workouts {
		g := w.grant(v, one.owner)
		value, there := values[one.id.String()]
		if !there || !g.ShowsWithin(privacy.Leaderboard, one.audience) || !g.ShowsWithin(privacy.Workout, one.audience) {
			continue
		}
		old, had := best[one.owner]
		if was := values[old.id.String()]; !had || value > was || value == was && one.id.String() < old.id.String() {
			best[one.owner] = one
		}
	}
	owners := make([]rawWorkout, 0, len(best))
	for _, one := range best {
		owners = append(owners, one)
	}
	slices.SortFunc(owners, func(a, b rawWorkout) int {
		if byValue := strings.Compare(values[b.id.String()], values[a.id.String()]); byValue != 0 {
			return byValue
		}
		return strings.Compare(a.owner.String(), b.owner.String())
	})
	for _, one := range owners {
		label := one.label(w)
		want.row(label)
		if w.grant(v, one.owner).Shows(privacy.Username) {
			want.facts[label+" by "+w.name[one.owner]] = true
		}
	}
	return want
}

// classThings is what is asked of classes.
func (w *randomWorld) classThings(v viewer) []asking {
	var all []asking
	signedIn := func(a answer) answer {
		if v.id == uuid.Nil {
			return said(http.StatusUnauthorized)
		}
		return a
	}
	place := func(a *answer, m map[string]any) {
		id, _ := uuid.Parse(fmt.Sprint(m["id"]))
		for _, one := range w.workouts {
			if one.id == id {
				a.row(one.label(w))
				if member, named := m["member"].(map[string]any); named {
					by, _ := uuid.Parse(fmt.Sprint(member["id"]))
					a.facts[one.label(w)+" by "+w.name[by]] = true
				}
			}
		}
	}
	board := func(operation, path, column string) {
		all = append(all, asking{operation, path, func() answer { return w.pages(v, path, place) }, signedIn(w.places(v, column)), true})
	}
	class, scheduled := "/v1/classes/"+w.taught.Class, "/v1/schedule/"+w.taught.Scheduled
	output := `CASE WHEN w.source <> 'typed' THEN round(w.output_kj * 1000)::bigint END`
	distance := `CASE WHEN w.source <> 'typed' AND NOT w.distance_typed THEN round(w.distance_m * 1000)::bigint END`
	board("getClassLeaderboard", class+"/leaderboard", output)
	board("getScheduledLeaderboard", scheduled+"/leaderboard?metric=distance", distance)
	board("listClassRiders", class+"/riders", `floor(extract(epoch FROM w.started_at))::bigint`)
	all = append(all,
		asking{"listHighFives", class, func() answer { return w.pages(v, class+"/high-fives", place) }, signedIn(said(http.StatusOK)), true},
		// So few are here that their figures are withheld.
		asking{"getClassFigures", class, func() answer { return w.get(v, class+"/figures", members) }, signedIn(said(http.StatusOK, "metric")), false},
		asking{"streamLiveLeaderboard", scheduled, func() answer {
			return w.get(v, scheduled+"/live?max_events=1&ticket=pl_lt_nobody-has-this", nil)
		}, said(http.StatusUnauthorized), false})
	for _, one := range w.workouts {
		path := "/v1/workouts/" + one.id.String() + "/class"
		want := said(http.StatusNotFound)
		if len(w.taken([]string{one.id.String()})) > 0 && w.grant(v, one.owner).ShowsWithin(privacy.Workout, one.audience) {
			want = said(http.StatusOK, "class_id", "scheduled_class_id")
		}
		all = append(all, asking{"getWorkoutClass", path, func() answer { return w.get(v, path, members) }, want, false})
	}
	return all
}
