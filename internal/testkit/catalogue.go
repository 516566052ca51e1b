package testkit

import (
	"time"

	"github.com/google/uuid"
)

// SharedID is the id of a thing that is nobody's, by its name in Catalogue: the same in every world.
func SharedID(name string) string {
	return uuid.NewSHA1(uuid.Nil, []byte("paceline testkit "+name)).String()
}

// Catalogue makes what is nobody's: of everything one that is published, one that is a draft and one that was
// retired, and what of the schedule shows and doesn't.
func (w *World) Catalogue() {
	w.T.Helper()
	now := w.Clock.Now()
	for name, state := range map[string]string{"kim": "published", "ana": "published", "lee": "draft", "max": "retired"} {
		w.Exec(`INSERT INTO instructor VALUES ($1, $2, $3, $4, '{ride}', $5, $5)`, SharedID(name), state, "Instructor "+name, "of "+name, now)
	}
	for _, name := range []string{"kim", "lee", "max"} {
		w.Exec(`INSERT INTO instructor_picture VALUES ($1, $2, $3)`, SharedID(name), Photo(w.T), now)
	}
	for name, state := range map[string]string{"north": "published", "south": "draft", "west": "retired"} {
		w.Exec(`INSERT INTO studio VALUES ($1, $2, $3, 'Bern', 'CH', 'Europe/Zurich', $4, $4)`, SharedID(name), state, "Studio "+name, now)
		w.Exec(`INSERT INTO studio_place VALUES ($1, 'bike 1', 1), ($1, 'bike 2', 2)`, SharedID(name))
	}
	for name, c := range map[string]struct{ state, by string }{
		"hills": {"published", "kim"}, "dunes": {"published", "max"}, "lakes": {"published", "ana"}, "secret": {"draft", "kim"}, "old": {"retired", "kim"},
	} {
		w.Exec(`INSERT INTO class VALUES ($1, $2, $3, 'about', 'ride', 1800, 3, $4, 'en', '{bike}', '{climb}',
			'[{"kind": "work", "duration_s": 600, "power_zone": 4}]', '[{"title": "First light", "artist": "The Larks"}]', true, array_to_tsvector(ARRAY['class', $5]), $6, $6, $6)`,
			SharedID(name), c.state, "Class "+name, SharedID(c.by), name, now)
	}
	for name, state := range map[string]string{"weekly": "published", "planned": "draft"} {
		w.Exec(`INSERT INTO series VALUES ($1, $2, $3, $4, 'FREQ=WEEKLY;BYDAY=MO,WE', '2026-11-23 18:00', 'Europe/Zurich', 20, 604800, 43200, 3600, $5, $5, $5)`,
			SharedID(name), state, SharedID("hills"), SharedID("north"), now)
	}
	for name, g := range map[string]struct {
		class, studio, state string
		day                  int
	}{
		"monday": {"hills", "north", "scheduled", 1}, "online": {"lakes", "", "cancelled", 2}, "later": {"hills", "north", "draft", 3},
		"unseen": {"secret", "north", "scheduled", 3}, "gone": {"old", "", "scheduled", 4}, "abroad": {"hills", "south", "scheduled", 4},
	} {
		at := now.Add(time.Duration(g.day) * 24 * time.Hour)
		w.Exec(`INSERT INTO scheduled_class VALUES ($1, $2, NULL, NULL, true, nullif($3, '')::uuid, NULL, $4, $5, $6, 'Europe/Zurich', 20, $7, $5, $5, $7, $7)`,
			SharedID(name), SharedID(g.class), studioID(g.studio), g.state, at, at.Add(30*time.Minute), now)
	}
}

func studioID(name string) string {
	if name == "" {
		return ""
	}
	return SharedID(name)
}

// sharedThings are the targets of a kind: those that show to everybody, and those that are as if they never were.
func sharedThings(kind string, shown, hidden []string) func(*Cast) []Target {
	return func(*Cast) (all []Target) {
		for _, name := range shown {
			all = append(all, Target{ID: SharedID(name), Kind: kind, Ceiling: 3, Shared: true})
		}
		for _, name := range append(hidden, "never") {
			all = append(all, Target{ID: SharedID(name), Kind: kind, Ceiling: 3})
		}
		return all
	}
}

// In front stands what can be asked about in every form.
func init() {
	for kind, of := range map[string]struct{ shown, hidden []string }{
		"instructor":          {[]string{"kim", "ana"}, []string{"lee", "max"}},
		"pictured_instructor": {[]string{"kim"}, []string{"ana", "lee", "max"}},
		"studio":              {[]string{"north"}, []string{"south", "west"}},
		"class":               {[]string{"hills", "dunes", "lakes"}, []string{"secret", "old"}},
		"given_class":         {[]string{"monday", "online"}, []string{"later", "unseen", "gone", "abroad"}},
		"kept_instructor":     {[]string{"kim", "lee", "max"}, nil},
		"kept_studio":         {[]string{"north", "south", "west"}, nil},
		"kept_class":          {[]string{"hills", "secret", "old"}, nil},
		"kept_given_class":    {[]string{"monday", "later", "unseen"}, nil},
		"series":              {[]string{"weekly", "planned"}, nil},
	} {
		objects[kind] = sharedThings(kind, of.shown, of.hidden)
	}
	queries["from"] = func(c *Cast) []string { return []string{c.Clock.Now().Format(time.RFC3339)} }
	queries["to"] = func(c *Cast) []string { return []string{c.Clock.Now().Add(24 * time.Hour).Format(time.RFC3339)} }
	ahead := func(c *Cast) string { return c.Clock.Now().Add(50 * time.Hour).Format(time.RFC3339) }
	// What a body brings besides is filled in only where it brings it.
	fill := func(members map[string]any, always, brought map[string]any) map[string]any {
		for name, value := range brought {
			if _, has := members[name]; has {
				always[name] = value
			}
		}
		return always
	}
	needs["ClassCreate"] = func(*Cast, *Person, map[string]any) map[string]any {
		return map[string]any{"instructor": SharedID("kim")}
	}
	needs["ClassPatch"] = func(_ *Cast, _ *Person, m map[string]any) map[string]any {
		return fill(m, map[string]any{}, map[string]any{"instructor": SharedID("kim"), "plan": []any{map[string]any{"kind": "work", "duration_s": 600, "power_zone": 4}}})
	}
	needs["ClassesPatch"] = func(*Cast, *Person, map[string]any) map[string]any {
		return map[string]any{"ids": []any{SharedID("hills"), SharedID("lakes")}, "change": map[string]any{"difficulty": 4, "instructor": SharedID("ana")}}
	}
	needs["SeriesCreate"] = func(_ *Cast, _ *Person, m map[string]any) map[string]any {
		return fill(m, map[string]any{"class": SharedID("hills"), "studio": SharedID("north")}, map[string]any{"time_zone": "Europe/Zurich"})
	}
	needs["OccurrencePatch"] = func(c *Cast, _ *Person, m map[string]any) map[string]any {
		return fill(m, map[string]any{"date": "2026-12-23"}, map[string]any{"instructor": SharedID("kim"), "starts_at": ahead(c)})
	}
	needs["ScheduledClassCreate"] = func(c *Cast, _ *Person, m map[string]any) map[string]any {
		return fill(m, map[string]any{"class": SharedID("hills"), "studio": SharedID("north"), "starts_at": ahead(c)},
			map[string]any{"time_zone": "Europe/Zurich", "instructor": SharedID("ana")})
	}
	needs["ScheduledClassPatch"] = func(c *Cast, _ *Person, m map[string]any) map[string]any {
		return fill(m, map[string]any{}, map[string]any{"instructor": SharedID("kim"), "starts_at": ahead(c)})
	}
	needs["ScheduledClassesPatch"] = func(*Cast, *Person, map[string]any) map[string]any {
		return map[string]any{"ids": []any{SharedID("monday"), SharedID("later")}, "change": map[string]any{"capacity": 7, "instructor": SharedID("ana")}}
	}
	needs["InstructorPerson"] = func(c *Cast, _ *Person, _ map[string]any) map[string]any {
		return map[string]any{"username": c.Owner.Name}
	}
}

// hiddenCatalogue are changes of what is a draft or retired, of who follows whom and of who an instructor is.
func (c *Cast) hiddenCatalogue(viewer *Person) []Secret {
	all := []Secret{
		{"who follows an instructor", func(c *Cast) {
			for _, p := range c.People {
				if !p.Gone && (viewer == nil || p.Name != viewer.Name) {
					c.Exec(`INSERT INTO instructor_follow VALUES ($1, $2, $3), ($1, $4, $3) ON CONFLICT DO NOTHING`, p.ID, SharedID("ana"), c.Clock.Now(), SharedID("kim"))
				}
			}
		}},
		{"which member an instructor is", func(c *Cast) {
			for _, p := range c.People {
				if !p.Gone && (viewer == nil || p.Name != viewer.Name) {
					c.Exec(`INSERT INTO auth.instructor_member VALUES ($1, $2, $3) ON CONFLICT (instructor_id) DO UPDATE SET member_id = $2`, SharedID("ana"), p.ID, c.Clock.Now())
				}
			}
		}},
	}
	if viewer.holds("class_manager") {
		return all
	}
	return append(all, Secret{"drafts and what was retired", func(c *Cast) {
		now := c.Clock.Now()
		c.Exec(`UPDATE instructor SET name = 'Another', bio = 'Another' WHERE state <> 'published'`)
		c.Exec(`DELETE FROM instructor_picture WHERE instructor_id IN ($1, $2)`, SharedID("lee"), SharedID("max"))
		c.Exec(`UPDATE studio SET name = 'Another', city = 'Elsewhere' WHERE state <> 'published'`)
		c.Exec(`UPDATE class SET title = 'Another', duration_s = 600, discipline = 'yoga' WHERE state <> 'published'`)
		c.Exec(`UPDATE class SET instructor_id = $1 WHERE instructor_id = $2`, SharedID("lee"), SharedID("max"))
		c.Exec(`UPDATE series SET capacity = 3 WHERE state = 'draft'`)
		c.Exec(`DELETE FROM scheduled_class WHERE id IN ($1, $2)`, SharedID("later"), SharedID("unseen"))
		c.Exec(`INSERT INTO class SELECT gen_random_uuid(), state, title, description, discipline, duration_s, difficulty, instructor_id, language,
			equipment, tags, plan, music, live, words, published_at, $2, $2 FROM class WHERE id = $1`, SharedID("secret"), now)
		c.Exec(`INSERT INTO instructor VALUES (gen_random_uuid(), 'draft', 'Instructor a', '', '{ride}', $1, $1)`, now)
	}})
}
