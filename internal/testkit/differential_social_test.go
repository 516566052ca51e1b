package testkit_test

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// rawSaid is a comment as it lies in the database; the same member likes the workout, if they do.
type rawSaid struct {
	author, id uuid.UUID
	workout    rawWorkout
	likes      bool
	hidden     bool      // by the workout's owner
	mentioned  uuid.UUID // uuid.Nil for nobody
}

// talk writes likes, comments and notices of them past all rules, whoever may see what: what shows of them
// is for the walls to decide. It does so once, and reads back the workouts' audiences each time.
func (w *randomWorld) talk() {
	w.T.Helper()
	if w.said == nil {
		for i, one := range w.workouts {
			for j, p := range w.people {
				said := rawSaid{author: w.id[p.Name], id: uuid.New(), workout: one, likes: (i+j)%2 == 0, hidden: (i+j)%5 == 0 && w.id[p.Name] != one.owner}
				at := w.Clock.Now().Add(-time.Duration(i*len(w.people)+j) * time.Minute)
				body, mentioned := "of "+p.Name, []uuid.UUID{}
				if other := w.people[(i+j)%len(w.people)]; other != p {
					said.mentioned = w.id[other.Name]
					body, mentioned = body+" to \x02@"+other.Name, append(mentioned, said.mentioned)
				}
				w.Exec(`INSERT INTO workout_comment (member_id, id, workout_id, body, mentioned, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
					said.author, said.id, one.id, body, mentioned, at)
				w.tell(one.owner, "commented", said, at)
				w.tell(said.mentioned, "mentioned", said, at)
				if said.likes {
					w.Exec(`INSERT INTO workout_like VALUES ($1, $2, $3)`, said.author, one.id, at)
				}
				if said.hidden {
					w.Exec(`INSERT INTO comment_hidden VALUES ($1, $2, $3)`, one.owner, said.id, at)
				}
				w.said = append(w.said, said)
			}
		}
	}
	for i := range w.said {
		for _, one := range w.workouts {
			if one.id == w.said[i].workout.id {
				w.said[i].workout = one
			}
		}
	}
}

// told is a notice of a comment.
type told struct {
	id, to uuid.UUID
	kind   string
	said   uuid.UUID
}

func (w *randomWorld) tell(to uuid.UUID, kind string, s rawSaid, at any) {
	w.T.Helper()
	if to == uuid.Nil || to == s.author {
		return
	}
	n := told{uuid.New(), to, kind, s.id}
	w.Exec(`INSERT INTO notice (member_id, id, kind, actor_id, object_id, part_id, at, kept) VALUES ($1, $2, $3, $4, $5, $6, $7, false)`,
		to, n.id, kind, s.author, s.workout.id, s.id, at)
	w.told = append(w.told, n)
}

// mayRead says whether a member may see a workout, by the policy.
func (w *randomWorld) mayRead(who uuid.UUID, one rawWorkout) bool {
	return w.grant(viewer{id: who}, one.owner).ShowsWithin(privacy.Workout, one.audience)
}

// hears says whether a comment is for a viewer.
func (w *randomWorld) hears(v viewer, s rawSaid) bool {
	return w.mayRead(v.id, s.workout) && w.mayRead(s.author, s.workout) &&
		w.grant(v, s.author).Relation() != privacy.RelationBlocked && (!s.hidden || v.id == s.author || v.id == s.workout.owner)
}

// socialAsked is what is asked about likes, comments and notices.
func (w *randomWorld) socialAsked(v viewer) []asking {
	var all []asking
	member := func(a *answer, m map[string]any) { w.sees(a, m, "") }
	for _, one := range w.workouts {
		likes, comments := said(http.StatusNotFound), said(http.StatusNotFound)
		if w.mayRead(v.id, one) {
			likes, comments = said(http.StatusOK), said(http.StatusOK)
		}
		for _, s := range w.said {
			if s.workout.id != one.id {
				continue
			}
			if likes.status == http.StatusOK && s.likes && w.finds(v, s.author) && w.mayRead(s.author, one) {
				w.expectSummary(&likes, w.name[s.author], w.grant(v, s.author))
			}
			alone := said(http.StatusNotFound)
			if w.hears(v, s) {
				alone = said(http.StatusOK)
				w.expectSaid(v, &alone, s)
				w.expectSaid(v, &comments, s)
			}
			path := "/v1/comments/" + s.id.String()
			all = append(all, asking{operation: "getComment", path: path, want: alone, ask: func() answer { return w.get(v, path, w.seesSaid) }})
		}
		path := "/v1/workouts/" + one.id.String()
		all = append(all,
			asking{"listLikes", path + "/likes", func() answer { return w.pages(v, path+"/likes", member) }, likes, false},
			asking{"listComments", path + "/comments", func() answer { return w.pages(v, path+"/comments", w.seesSaid) }, comments, false})
	}
	notices, settings := said(http.StatusUnauthorized), said(http.StatusUnauthorized)
	if v.id != uuid.Nil {
		notices, settings = said(http.StatusOK), said(http.StatusOK, "liked")
		for _, n := range w.told {
			s := w.said[slices.IndexFunc(w.said, func(s rawSaid) bool { return s.id == n.said })]
			if n.to == v.id && w.hears(v, s) && w.finds(v, s.author) {
				notices.row("notice/" + n.id.String())
			}
		}
	}
	return append(all,
		asking{"listNotifications", "/v1/me/notifications", func() answer {
			return w.pages(v, "/v1/me/notifications", func(a *answer, m map[string]any) {
				if m["kind"] == "commented" || m["kind"] == "mentioned" { // follows come and go with the edges
					a.row("notice/" + fmt.Sprint(m["id"]))
				}
			})
		}, notices, false},
		asking{"getNotificationSettings", "/v1/me/notification-settings", func() answer {
			return w.get(v, "/v1/me/notification-settings", func(a *answer, m map[string]any) {
				items, _ := m["items"].([]any)
				first, _ := items[0].(map[string]any)
				a.facts[fmt.Sprint(first["kind"])] = true
			})
		}, settings, false})
}

// expectSaid adds a comment: its author and whom it mentions, as far as the viewer finds them.
func (w *randomWorld) expectSaid(v viewer, a *answer, s rawSaid) {
	label := "comment/" + s.id.String()
	a.row(label)
	if s.hidden && v.id == s.workout.owner {
		a.facts[label+" hidden"] = true
	}
	for by, id := range map[string]uuid.UUID{" by ": s.author, " to ": s.mentioned} {
		if id == uuid.Nil || !w.finds(v, id) {
			continue
		}
		name := w.name[id]
		a.facts[label+by+name] = true
		for _, one := range []string{"display_name", "avatar_url"} {
			if by == " by " && w.profile[name][one] && opens(w.grant(v, id), w.marks["MemberSummary"][one], privacy.Everyone) {
				a.facts[label+by+name+" "+one] = true
			}
		}
	}
}

func (w *randomWorld) seesSaid(a *answer, m map[string]any) {
	label := "comment/" + fmt.Sprint(m["id"])
	a.row(label)
	if m["hidden"] == true {
		a.facts[label+" hidden"] = true
	}
	if author, named := m["author"].(map[string]any); named {
		inner := answer{facts: a.facts}
		w.sees(&inner, author, label+" by ")
	}
	mentions, _ := m["mentions"].([]any)
	for _, one := range mentions {
		mentioned, _ := one.(map[string]any)
		a.facts[label+" to "+fmt.Sprint(mentioned["username"])] = true
	}
}

// wordsOfThePolicy are the likes, comments and hides that row-level security alone may show.
func (w *randomWorld) wordsOfThePolicy(v viewer) (likes, comments, hides []string) {
	for _, s := range w.said {
		own := v.id == s.author
		if s.likes && (own || w.mayRead(v.id, s.workout) && w.mayRead(s.author, s.workout) && w.finds(v, s.author)) {
			likes = append(likes, s.author.String()+s.workout.id.String())
		}
		if own || w.hears(v, s) {
			comments = append(comments, s.id.String())
		}
		if s.hidden && v.id == s.workout.owner {
			hides = append(hides, s.id.String())
		}
	}
	return likes, comments, hides
}
