package testkit_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
)

// Non-interference: two worlds differ only in what is hidden from a viewer, and
// the viewer can't tell them apart. All that the generator makes is asked in both;
// status, headers and bytes are equal. It finds what tells by order, by count, by
// size or by cursor, without knowing what to look for.
func TestTwoWorlds(t *testing.T) {
	t.Parallel()
	began := time.Now()
	stage := assembled(t)
	choices := []testkit.Choices{testkit.Defaults(t), testkit.Mixed(t, 3)}
	if prove() {
		choices = append(choices, testkit.Uniform(t, 1, false))
	}
	var requests, secrets atomic.Int64
	for n, choice := range choices {
		t.Run(choice.Name, func(t *testing.T) {
			t.Parallel()
			chosen := stage.Twin(t)
			for _, p := range chosen.Subjects {
				if !p.Gone {
					chosen.Choose(p, choice)
				}
			}
			chosen.Keep()
			chosen.Stop()
			for i, a := range chosen.Actors {
				// In the quick form half of the viewers for each way to choose.
				if !a.Over && (prove() || i%len(choices) == n%len(choices)) {
					w := &twoWorlds{t: t, base: chosen, viewer: a.Name, turn: i + n}
					w.run()
					requests.Add(int64(w.requests))
					secrets.Add(int64(w.secrets))
				}
			}
		})
	}
	t.Cleanup(func() {
		t.Logf("%d operations, %d requests, %d hidden changes, %d actors, %d choices, %.1f s", len(testkit.Operations(t)),
			requests.Load(), secrets.Load(), len(stage.Actors), len(choices), time.Since(began).Seconds())
	})
}

type twoWorlds struct {
	t                 *testing.T
	base              *testkit.Cast
	viewer            string
	turn              int
	a, b              *testkit.Cast
	requests, secrets int
	failed            int
}

func (w *twoWorlds) run() {
	w.a, w.b = w.base.Twin(w.t), w.base.Twin(w.t)
	hidden := w.a.Secrets(w.a.Actor(w.viewer).Person)
	w.secrets = len(hidden)
	for _, s := range hidden {
		s.Do(w.b)
	}
	w.b.Keep()
	g := testkit.NewGenerator(w.a)
	i := 0
	for _, o := range testkit.Operations(w.t) {
		targets := slices.DeleteFunc(g.Targets(o), func(t testkit.Target) bool {
			return t.Of != nil && !slices.Contains(w.a.Subjects, t.Of)
		})
		for _, r := range g.Requests(o, targets, 1) {
			i++
			quick, long := 2, 1
			switch {
			case !o.Reads():
				quick, long = 9, 7
			case !r.Base():
				quick, long = 7, 5
			}
			if share(i+w.turn, quick, long) {
				w.replay(r, hidden)
			}
		}
	}
	w.requests = w.a.Requests() + w.b.Requests()
	w.a.Stop()
	w.b.Stop()
}

// replay asks one thing in both worlds, whole lists to their end, and once more
// with what the first answer gave to ask with.
func (w *twoWorlds) replay(r testkit.Request, hidden []testkit.Secret) {
	w.t.Helper()
	differ, tag, q := w.compare(w.b, r, "", "")
	if differ == "" && tag != "" && r.Header["If-None-Match"] == "" {
		differ, _, q = w.compare(w.b, r, tag, "")
	}
	if differ == "" && r.Reads() && w.a.Requests()%4 == 0 {
		differ, _, q = w.compare(w.b, r, "", http.MethodHead)
	}
	if differ == "" {
		return
	}
	if w.failed++; w.failed > 5 {
		return
	}
	w.t.Errorf("%s\n\tviewer:  %s\n\tchanged: %s\n\t%s\n\tThe model hides that from them (docs/privacy-model.md), and the answer tells it: look at the query behind %s.",
		q, w.viewer, w.blame(r, hidden), differ, r.ID)
}

func (w *twoWorlds) compare(b *testkit.Cast, r testkit.Request, tag, method string) (differ, etag string, q testkit.Asked) {
	var texts [2]string
	if method != "" {
		r.Method = method
	}
	for i, world := range []*testkit.Cast{w.a, b} {
		q = world.Prepare(world.Actor(w.viewer), r)
		var headers []string
		if tag != "" {
			headers = []string{"If-None-Match", tag}
		}
		var all []string
		pages := []testkit.Response{}
		if method == http.MethodHead {
			pages = append(pages, world.Send(q, headers...))
		} else {
			pages = world.All(q, headers...)
		}
		for _, page := range pages {
			all = append(all, w.a.Steady(page))
		}
		texts[i] = strings.Join(all, "\n-- next page\n")
		if i == 0 {
			etag = pages[0].Header.Get("ETag")
		}
		if !r.Reads() && method == "" && pages[0].Status < http.StatusBadRequest {
			defer world.Restore()
		}
	}
	return testkit.Difference(texts[0], texts[1]), etag, q
}

// blame finds the change that makes the difference, by halves.
func (w *twoWorlds) blame(r testkit.Request, hidden []testkit.Secret) string {
	for len(hidden) > 1 {
		half := hidden[:len(hidden)/2]
		if !w.tells(r, half) {
			if half = hidden[len(hidden)/2:]; !w.tells(r, half) {
				var names []string
				for _, s := range hidden {
					names = append(names, s.Name)
				}
				return "only together: " + strings.Join(names, "; ")
			}
		}
		hidden = half
	}
	return hidden[0].Name
}

// tells says whether the answer tells of these changes.
func (w *twoWorlds) tells(r testkit.Request, changes []testkit.Secret) bool {
	b := w.base.Twin(w.t)
	defer b.Stop()
	for _, s := range changes {
		s.Do(b)
	}
	b.Keep()
	differ, _, _ := w.compare(b, r, "", "")
	return differ != ""
}
