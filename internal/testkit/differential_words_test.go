package testkit_test

import (
	"net/http"

	"github.com/google/uuid"
)

// wordsAsked are comments that the viewer writes, and writes anew: whom they mention is of those whom the
// viewer finds. What was written goes away again.
func (w *randomWorld) wordsAsked(v viewer, signedIn func(answer) answer) []asking {
	var all []asking
	add := func(operation, method, path string, other uuid.UUID, status int, back func(id string)) {
		want := said(status)
		if status/100 == 2 {
			w.expectSaid(v, &want, rawSaid{author: v.id, mentioned: other})
		}
		all = append(all, asking{operation: operation, path: path, want: signedIn(want), ask: func() answer {
			w.requests++
			r := v.Do(method, path, map[string]any{"text": "again, @" + w.name[other]})
			a := answer{status: r.Status, facts: map[string]bool{}, body: r.Body}
			if r.Status/100 == 2 {
				made := r.Map(w.T)
				id, _ := made["id"].(string)
				made["id"] = uuid.Nil
				w.seesSaid(&a, made)
				back(id)
			}
			return a
		}})
	}
	for i, one := range w.workouts {
		if i%3 != 0 {
			continue
		}
		status := http.StatusNotFound
		if w.mayRead(v.id, one) {
			status = http.StatusCreated
			if v.id != uuid.Nil && v.id != one.owner && !w.finds(viewer{id: one.owner}, v.id) {
				status = http.StatusForbidden // who comments shows the owner who they are
			}
		}
		add("addComment", http.MethodPost, "/v1/workouts/"+one.id.String()+"/comments", w.another(v, i), status, func(id string) {
			w.Exec(`DELETE FROM notice WHERE part_id = $1`, id)
			w.Exec(`DELETE FROM workout_comment WHERE id = $1`, id)
		})
	}
	for i, s := range w.said {
		if i%7 != 0 {
			continue
		}
		status := http.StatusNotFound
		switch {
		case v.id == s.author && w.hears(v, s):
			status = http.StatusOK
		case w.hears(v, s):
			status = http.StatusForbidden
		}
		add("updateComment", http.MethodPatch, "/v1/comments/"+s.id.String(), w.another(v, i), status, func(id string) {
			w.Exec(`DELETE FROM notice n USING workout_comment c WHERE c.id = $1 AND n.part_id = c.id AND n.at > c.created_at`, id)
			mentioned := []uuid.UUID{}
			if s.mentioned != uuid.Nil {
				mentioned = append(mentioned, s.mentioned)
			}
			w.Exec(`UPDATE workout_comment SET mentioned = $2, edited_at = NULL WHERE id = $1`, id, mentioned)
		})
	}
	return all
}

// another is one of the others.
func (w *randomWorld) another(v viewer, i int) uuid.UUID {
	for k := range w.people {
		if id := w.id[w.people[(i+k)%len(w.people)].Name]; id != v.id {
			return id
		}
	}
	return uuid.Nil
}
