package page_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

func viewer() privacy.Viewer {
	return privacy.NewViewer(privacy.ActorSession, uuid.New(), uuid.New(), 0)
}

// Pages of any size give every row once, in order, and the last one knows it is.
func TestPagesGiveEveryRowOnce(t *testing.T) {
	t.Parallel()
	ring, v := seal.NewRing(), viewer()
	rows := []int{3, 5, 8, 13, 21, 34}
	for limit := 1; limit <= len(rows)+1; limit++ {
		r := page.Request{Limit: limit, Operation: "numbers"}
		var all []int
		for pages := 1; ; pages++ {
			after, more, err := page.After[int](ring, v, r)
			if err != nil {
				t.Fatal(err)
			}
			at := 0
			if more {
				at = slices.Index(rows, after) + 1
			}
			p, err := page.Cut(ring, v, r, rows[at:min(at+limit+1, len(rows))], func(n int) int { return n })
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p.Items...)
			if p.Next == "" {
				if want := (len(rows) + limit - 1) / limit; pages != want {
					t.Errorf("limit %d: %d pages, want %d", limit, pages, want)
				}
				break
			}
			r.Cursor = p.Next
		}
		if !slices.Equal(all, rows) {
			t.Errorf("limit %d: %v", limit, all)
		}
	}
}

// A cursor is one viewer's, for one question, by one ring; and shows no key.
func TestCursorsAreForOneQuestion(t *testing.T) {
	t.Parallel()
	ring, v := seal.NewRing(), viewer()
	r := page.Request{Limit: 1, Operation: "search", Filter: "ada"}
	p, err := page.Cut(ring, v, r, []string{"secret-key", "other"}, func(s string) string { return s })
	if err != nil || p.Next == "" || strings.Contains(p.Next, "secret") {
		t.Fatal(p.Next, err)
	}
	r.Cursor = p.Next
	if key, more, err := page.After[string](ring, v, r); err != nil || !more || key != "secret-key" {
		t.Fatalf("%q, %t, %v", key, more, err)
	}
	change := func(f func(*page.Request)) page.Request {
		other := r
		f(&other)
		return other
	}
	for name, c := range map[string]struct {
		ring *seal.Ring
		v    privacy.Viewer
		r    page.Request
	}{
		"another viewer":    {ring, viewer(), r},
		"anonymous":         {ring, privacy.Anonymous(), r},
		"nobody":            {ring, privacy.Viewer{}, r},
		"another operation": {ring, v, change(func(r *page.Request) { r.Operation = "feed" })},
		"another filter":    {ring, v, change(func(r *page.Request) { r.Filter = "ad" })},
		"moved boundaries":  {ring, v, change(func(r *page.Request) { r.Operation, r.Filter = "searcha", "da" })},
		"another ring":      {seal.NewRing(), v, r},
		"a changed cursor":  {ring, v, change(func(r *page.Request) { r.Cursor = "B" + r.Cursor[1:] })},
		"another end":       {ring, v, change(func(r *page.Request) { r.Cursor = r.Cursor[:len(r.Cursor)-4] })},
		"a made-up one":     {ring, v, change(func(r *page.Request) { r.Cursor = "made-up" })},
	} {
		if _, _, err := page.After[string](c.ring, c.v, c.r); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
