package testkit_test

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit"
)

// What is computed of workouts, and the files that are made of them.

// ownerGets is the members of a body as its owner gets it.
func (w *randomWorld) ownerGets(one rawWorkout, path string) map[string]bool {
	i := slices.IndexFunc(w.viewers(), func(v viewer) bool { return v.id == one.owner })
	w.requests++
	return keysOf(w.viewers()[i].Get(path).Map(w.T))
}

// members reads which members a body has.
func members(a *answer, m map[string]any) {
	for member := range m {
		a.facts[member] = true
	}
}

// madeOf is what is asked about what is made of one workout. What its owner gets shows to whom all
// that it was made from shows.
func (w *randomWorld) madeOf(v viewer, one rawWorkout, g privacy.Grant) []asking {
	path := "/v1/workouts/" + one.id.String()
	var all []asking
	for operation, of := range map[string]struct{ path, schema string }{
		"getWorkoutLaps": {path + "/laps?every_m=100", "WorkoutLaps"}, "getWorkoutZones": {path + "/zones", "WorkoutZones"},
	} {
		want := said(http.StatusNotFound)
		if g.ShowsWithin(privacy.Workout, one.audience) {
			want = said(http.StatusOK)
			for member := range w.ownerGets(one, of.path) {
				if opens(g, w.marks[of.schema][member], one.audience) {
					want.facts[member] = true
				}
			}
		}
		all = append(all, asking{operation: operation, path: of.path, want: want, ask: func() answer { return w.get(v, of.path, members) }})
	}
	shows := g.ShowsWithin(privacy.Workout, one.audience)
	has := func(family string) bool {
		f, _ := privacy.ParseField(family)
		return slices.Contains(one.sampled, family) && g.ShowsWithin(f, one.audience)
	}
	for format, made := range map[string]bool{
		"fit": true, "tcx": true, "gpx": has("route"), "csv": has("effort") || has("heart_rate") || has("route"),
	} {
		status := http.StatusOK
		switch {
		case !shows:
			status = http.StatusNotFound
		case !made:
			status = http.StatusUnprocessableEntity
		}
		path := path + "/export?format=" + format
		all = append(all, asking{operation: "exportWorkout", path: path, want: said(status), ask: func() answer { return w.get(v, path, nil) }})
	}
	original := http.StatusNotFound
	merged := slices.ContainsFunc(w.merged, func(from rawWorkout) bool { return from.into.UUID == one.id }) // of two files, so of none
	if v.id == one.owner && one.sampled != nil && !merged {
		original = http.StatusOK
	}
	return append(all, asking{
		operation: "getWorkoutOriginal", path: path + "/original", want: said(original),
		ask: func() answer { return w.get(v, path+"/original", nil) },
	})
}

// trainingAsked is what is asked about a member's training. Counts are of the workouts that show; the
// records of power of those are there, since every recording has power.
func (w *randomWorld) trainingAsked(v viewer, p *testkit.Person, g privacy.Grant, shown func(bool, answer) answer) []asking {
	path, stats := "/v1/members/"+p.Name, g.Shows(privacy.Stats)
	workouts, power, load := 0, map[string]bool{}, 0
	for _, one := range w.workouts {
		if one.owner != w.id[p.Name] || !g.ShowsWithin(privacy.Workout, one.audience) {
			continue
		}
		workouts++
		if slices.Contains(one.sampled, "effort") && one.powered {
			power[one.id.String()] = true
			if finds := w.finds(v, one.owner); finds && g.Shows(privacy.FTPWatts) {
				load = 1
			}
		}
		if slices.Contains(one.sampled, "heart_rate") && g.ShowsWithin(privacy.HeartRate, one.audience) && g.Shows(privacy.MaxHR) && g.Shows(privacy.RestingHR) {
			load = 1
		}
	}
	some := func(n int) string { return fmt.Sprintf("some=%t", n > 0) }
	ofVisible := func(a *answer, list any) { // every workout that is named shows, and there are some if there are any
		records, _ := list.([]any)
		for _, r := range records {
			one, _ := r.(map[string]any)
			if id := fmt.Sprint(one["workout_id"]); !power[id] {
				a.facts["names "+id] = true
			}
		}
		a.facts[some(len(records))] = true
	}
	return []asking{
		{operation: "getMemberCalendar", path: path + "/calendar", want: shown(stats, said(http.StatusOK, fmt.Sprintf("workouts=%d", workouts), fmt.Sprintf("workouts by month=%d", workouts))), ask: func() answer {
			return w.get(v, path+"/calendar", func(a *answer, m map[string]any) {
				a.facts[fmt.Sprintf("workouts=%d", counted(m["weeks"]))] = true
				a.facts[fmt.Sprintf("workouts by month=%d", counted(m["months"]))] = true
			})
		}},
		{operation: "getMemberPowerCurve", path: path + "/power-curve", want: shown(stats, said(http.StatusOK, some(len(power)))), ask: func() answer {
			return w.get(v, path+"/power-curve", func(a *answer, m map[string]any) { ofVisible(a, m["points"]) })
		}},
		{operation: "getMemberRecords", path: path + "/records", want: shown(stats, said(http.StatusOK, some(len(power)))), ask: func() answer {
			return w.get(v, path+"/records", func(a *answer, m map[string]any) {
				var all []any
				items, _ := m["items"].([]any)
				for _, item := range items {
					one, _ := item.(map[string]any)
					list, _ := one["power"].([]any)
					all = append(all, list...)
				}
				ofVisible(a, all)
			})
		}},
		{operation: "getMemberLoad", path: path + "/load", want: shown(stats, said(http.StatusOK, some(load))), ask: func() answer {
			return w.get(v, path+"/load", func(a *answer, m map[string]any) {
				days, _ := m["days"].([]any)
				loaded := 0
				for _, d := range days {
					if one, _ := d.(map[string]any); one["load"] != 0.0 {
						loaded++
					}
				}
				a.facts[some(loaded)] = true
			})
		}},
	}
}

// counted adds up the workouts of periods.
func counted(list any) int {
	n := 0.0
	periods, _ := list.([]any)
	for _, p := range periods {
		one, _ := p.(map[string]any)
		of, _ := one["workouts"].(float64)
		n += of
	}
	return int(n)
}
