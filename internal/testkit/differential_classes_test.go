package testkit_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/testkit"
)

// classesAsked is what is asked about what is nobody's: of it the public sees what is published, and members
// theirs besides. What is for class managers is for none of these.
func (w *randomWorld) classesAsked(v viewer) (all []asking) {
	read := func(operation, path string, status int) {
		all = append(all, asking{operation: operation, path: path, want: said(status), ask: func() answer { return w.get(v, path, nil) }})
	}
	list := func(operation, path string, want answer, inOrder bool) {
		all = append(all, asking{operation, path, func() answer {
			return w.pages(v, path, func(a *answer, m map[string]any) { a.row(fmt.Sprint(m["id"])) })
		}, want, inOrder})
	}
	rows := func(sql string) answer {
		a := said(http.StatusOK)
		for _, id := range w.shared(sql) {
			a.row(id)
		}
		return a
	}
	own := func(a answer) answer {
		if v.id == uuid.Nil {
			return said(http.StatusUnauthorized)
		}
		return a
	}
	for operation, of := range map[string]struct {
		path          string
		shown, hidden []string
	}{
		"getInstructor":        {"/v1/instructors/%s", []string{"kim", "ana"}, []string{"lee", "max", "never"}},
		"getInstructorPicture": {"/v1/instructors/%s/picture", []string{"kim"}, []string{"ana", "lee", "max", "never"}},
		"getStudio":            {"/v1/studios/%s", []string{"north"}, []string{"south", "west", "never"}},
		"getClass":             {"/v1/classes/%s", []string{"hills", "dunes", "lakes"}, []string{"secret", "old", "never"}},
		"getScheduledClass":    {"/v1/schedule/%s", []string{"monday", "online"}, []string{"later", "unseen", "gone", "abroad", "never"}},
	} {
		for _, name := range of.shown {
			read(operation, fmt.Sprintf(of.path, testkit.SharedID(name)), http.StatusOK)
		}
		for _, name := range of.hidden {
			read(operation, fmt.Sprintf(of.path, testkit.SharedID(name)), http.StatusNotFound)
		}
	}
	list("listInstructors", "/v1/instructors", rows(`SELECT string_agg(id::text, ' ' ORDER BY name COLLATE "C", id) FROM instructor WHERE state = 'published'`), true)
	list("listStudios", "/v1/studios", rows(`SELECT string_agg(id::text, ' ' ORDER BY name COLLATE "C", id) FROM studio WHERE state = 'published'`), true)
	list("listClasses", "/v1/classes", rows(`SELECT string_agg(id::text, ' ' ORDER BY published_at DESC, id) FROM class WHERE state = 'published'`), true)
	// Who asks for the classes of somebody who was retired finds none.
	for _, name := range []string{"kim", "max", "lee"} {
		list("listClasses", "/v1/classes?instructor="+testkit.SharedID(name), rows(fmt.Sprintf(`SELECT string_agg(c.id::text, ' ' ORDER BY c.published_at DESC, c.id)
			FROM class c JOIN instructor i ON i.id = c.instructor_id AND i.state = 'published' WHERE c.state = 'published' AND i.id = '%s'`, testkit.SharedID(name))), true)
	}
	list("listSchedule", "/v1/schedule", rows(`SELECT string_agg(x.id::text, ' ' ORDER BY x.starts_at, x.id) FROM scheduled_class x
		JOIN class c ON c.id = x.class_id AND c.state = 'published' LEFT JOIN studio s ON s.id = x.studio_id
		WHERE x.state <> 'draft' AND (x.studio_id IS NULL OR s.state = 'published') AND x.starts_at >= '`+w.Clock.Now().Format(time.RFC3339)+`'`), true)
	followed := said(http.StatusOK)
	for _, id := range w.own(v, `SELECT string_agg(f.instructor_id::text, ' ' ORDER BY i.name COLLATE "C") FROM instructor_follow f JOIN instructor i ON i.id = f.instructor_id AND i.state = 'published' WHERE f.member_id = $1`) {
		followed.row(id)
	}
	list("listFollowedInstructors", "/v1/me/instructors", own(followed), true)
	pages := said(http.StatusOK)
	for _, id := range w.own(v, `SELECT string_agg(instructor_id::text, ' ') FROM auth.instructor_member WHERE member_id = $1`) {
		pages.facts[id] = true
	}
	all = append(all, asking{operation: "listOwnInstructorPages", path: "/v1/me/instructor-pages", want: own(pages), ask: func() answer {
		return w.get(v, "/v1/me/instructor-pages", func(a *answer, m map[string]any) {
			items, _ := m["items"].([]any)
			for _, item := range items {
				entry, _ := item.(map[string]any)
				a.facts[fmt.Sprint(entry["id"])] = true
			}
		})
	}})
	staff := http.StatusForbidden
	if v.id == uuid.Nil {
		staff = http.StatusUnauthorized
	}
	for operation, path := range map[string]string{
		"manageInstructors": "instructors", "manageInstructor": "instructors/kim", "manageStudios": "studios", "manageStudio": "studios/north",
		"manageClasses": "classes", "manageClass": "classes/hills", "manageAllSeries": "series", "manageSeries": "series/weekly",
		"manageSchedule": "schedule", "manageScheduledClass": "schedule/monday",
	} {
		if kind, name, one := strings.Cut(path, "/"); one {
			path = kind + "/" + testkit.SharedID(name)
		}
		read(operation, "/v1/admin/"+path, staff)
	}
	for _, operation := range []string{"updateClasses", "updateScheduledClasses"} {
		path := map[string]string{"updateClasses": "/v1/admin/classes/bulk", "updateScheduledClasses": "/v1/admin/schedule/bulk"}[operation]
		all = append(all, asking{operation: operation, path: path, want: said(staff), ask: func() answer {
			w.requests++
			r := v.Do(http.MethodPost, path, map[string]any{"ids": []string{testkit.SharedID("hills"), testkit.SharedID("monday")}, "change": map[string]any{}})
			return answer{status: r.Status, facts: map[string]bool{}, body: r.Body}
		}})
	}
	return all
}

// follows has everybody follow some instructors, and one be one.
func (w *randomWorld) follows() {
	w.Catalogue()
	for i, p := range w.people {
		for j, name := range []string{"kim", "ana", "lee", "max"} {
			if (i+j)%2 == 0 {
				w.Exec(`INSERT INTO instructor_follow VALUES ($1, $2, $3)`, p.ID, testkit.SharedID(name), w.Clock.Now())
			}
		}
	}
	for i, name := range []string{"kim", "lee"} {
		w.Exec(`INSERT INTO auth.instructor_member VALUES ($1, $2, $3)`, testkit.SharedID(name), w.people[i].ID, w.Clock.Now())
	}
}
