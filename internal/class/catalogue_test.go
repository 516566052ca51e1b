package class_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/testkit"
)

// listed is a class as a plain model has it.
type listed struct {
	id, state, title, discipline, language, by, byState string
	equipment, tags                                     []string
	duration, difficulty                                int
	live                                                bool
	published                                           time.Time
}

// Whatever filters are drawn, in whatever order, page by page: the list is what a plain model makes of all rows.
func TestFiltersAreAPlainModel(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	r := rand.New(rand.NewPCG(20261122, 23))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	some := func(from ...string) (out []string) {
		out = []string{}
		for _, v := range from {
			if r.IntN(3) == 0 {
				out = append(out, v)
			}
		}
		return out
	}
	states := map[string]string{}
	for _, state := range []string{"published", "published", "draft", "retired"} {
		id := uuid.NewString()
		states[id] = state
		w.Exec(`INSERT INTO instructor VALUES ($1, $2, 'I', '', '{ride}', $3, $3)`, id, state, w.Clock.Now())
	}
	var by []string
	for id := range states {
		by = append(by, id)
	}
	slices.Sort(by)
	var all []listed
	for i := range 120 {
		c := listed{
			id: uuid.NewString(), state: pick("published", "published", "published", "draft", "retired"), by: pick(by...),
			title: pick("Hill", "Übung", "Long", "short") + " " + pick("climb-out", "ride", "Intervals 30", "été"), discipline: pick("ride", "run", "yoga"),
			language: pick("en", "de", "pt"), equipment: some("bike", "mat", "band"), tags: some("climb", "low-impact", "hiit"),
			duration: 60 * (1 + r.IntN(8)) * 5, difficulty: 1 + r.IntN(5), live: r.IntN(2) == 0, published: w.Clock.Now().Add(-time.Duration(i/3) * time.Hour),
		}
		c.byState = states[c.by]
		all = append(all, c)
		w.Exec(`INSERT INTO class VALUES ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, $10, '[]', '[]', $11, array_to_tsvector($12::text[]), $13, $13, $13)`,
			c.id, c.state, c.title, c.discipline, c.duration, c.difficulty, c.by, c.language, c.equipment, c.tags, c.live, plainWords(c), c.published)
	}
	found := 0
	for n := range 150 {
		q := url.Values{"limit": {fmt.Sprint(1 + r.IntN(40))}}
		fits := []func(listed) bool{func(c listed) bool { return c.state == "published" }}
		filter := func(name, value string, fit func(listed) bool) {
			if r.IntN(4) == 0 {
				q.Set(name, value)
				fits = append(fits, fit)
			}
		}
		word := pick("hil", "ÜBUNG", "ride lon", "climb", "30 int", "low imp", "ete", "été")
		filter("q", word, func(c listed) bool {
			for _, part := range strings.Fields(strings.ToLower(word)) {
				if !slices.ContainsFunc(plainWords(c), func(w string) bool { return strings.HasPrefix(w, part) }) {
					return false
				}
			}
			return true
		})
		discipline, language, equipment, tag, instructor := pick("ride", "run", "walk"), pick("en", "de"), pick("bike", "mat"), pick("climb", "hiit"), pick(by...)
		difficulty, low, high, live := 1+r.IntN(5), 60*r.IntN(30), 60*r.IntN(50), r.IntN(2) == 0
		filter("discipline", discipline, func(c listed) bool { return c.discipline == discipline })
		filter("language", language, func(c listed) bool { return c.language == language })
		filter("equipment", equipment, func(c listed) bool { return slices.Contains(c.equipment, equipment) })
		filter("tag", tag, func(c listed) bool { return slices.Contains(c.tags, tag) })
		filter("instructor", instructor, func(c listed) bool { return c.by == instructor && c.byState == "published" })
		filter("difficulty", fmt.Sprint(difficulty), func(c listed) bool { return c.difficulty == difficulty })
		filter("duration_min_s", fmt.Sprint(low), func(c listed) bool { return c.duration >= low })
		filter("duration_max_s", fmt.Sprint(high), func(c listed) bool { return c.duration <= high })
		filter("live", fmt.Sprint(live), func(c listed) bool { return c.live == live })
		order := pick("", "newest", "shortest", "longest", "easiest", "hardest")
		if order != "" {
			q.Set("sort", order)
		}
		key := func(c listed) int {
			switch order {
			case "shortest":
				return c.duration
			case "longest":
				return -c.duration
			case "easiest":
				return c.difficulty
			case "hardest":
				return -c.difficulty
			}
			return int(-c.published.UnixMicro())
		}
		var want []string
		for _, c := range slices.SortedFunc(slices.Values(all), func(a, b listed) int { return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.id, b.id)) }) {
			if !slices.ContainsFunc(fits, func(fit func(listed) bool) bool { return !fit(c) }) {
				want = append(want, c.id)
			}
		}
		got := walk(t, w.As(""), "/v1/classes?"+q.Encode())
		found += len(got)
		if !slices.Equal(got, want) {
			t.Errorf("draw %d, %s: %d rows, the model has %d", n, q.Encode(), len(got), len(want))
		}
	}
	if found < 200 {
		t.Errorf("only %d rows in all: the draws prove little", found)
	}
	w.As("").Get("/v1/classes?q=a-b").Want(t, http.StatusBadRequest)
}

// plainWords are the words of title and tags, said once more.
func plainWords(c listed) []string {
	text := strings.ToLower(c.title + " " + strings.Join(c.tags, " "))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// walk is a list's ids, page by page.
func walk(t *testing.T, c *testkit.Client, path string) (ids []string) {
	t.Helper()
	cursor := ""
	for range 200 {
		body := c.Get(path+cursor).Want(t, http.StatusOK).Map(t)
		items, _ := body["items"].([]any)
		for _, item := range items {
			entry, _ := item.(map[string]any)
			ids = append(ids, fmt.Sprint(entry["id"]))
		}
		next, more := body["next_cursor"].(string)
		if !more {
			return ids
		}
		cursor = "&cursor=" + next
	}
	t.Fatalf("%s has no end", path)
	return nil
}
