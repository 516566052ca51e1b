package testkit_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/service"
	"github.com/paceline/paceline/internal/testkit"
)

// contact makes /.well-known/security.txt answer.
func contact(o *service.Options) {
	o.Security = config.Security{Contact: "mailto:security@example.test", Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// assembled is a cast that stands still, for twins.
func assembled(t *testing.T) *testkit.Cast {
	t.Helper()
	c := testkit.Assemble(testkit.Start(t, contact))
	c.Stop()
	return c
}

// The manifest: every operation, exercised in every form that its schemas allow,
// answers what the contract declares, and nothing else is there.
func TestManifest(t *testing.T) {
	t.Parallel()
	began := time.Now()
	stage := assembled(t)
	all := testkit.Operations(t)
	t.Run("every form", func(t *testing.T) {
		t.Parallel()
		c := stage.Twin(t)
		c.Keep()
		everyForm(t, c, all)
		t.Logf("%d operations, %d requests, %.1f s", len(all), c.Requests(), time.Since(began).Seconds())
	})
	t.Run("anonymous and just registered", func(t *testing.T) {
		t.Parallel()
		c := stage.Twin(t)
		newcomers(t, c, all)
		t.Logf("%d operations, %d requests, %.1f s", len(all), c.Requests(), time.Since(began).Seconds())
	})
	t.Run("nothing else", func(t *testing.T) {
		t.Parallel()
		nothingElse(t, stage.Twin(t), all)
	})
}

// everyForm sends all that the generator makes as the owner, each write to the
// same world, and holds each answer to the contract.
func everyForm(t *testing.T, c *testkit.Cast, all []testkit.Operation) {
	g := testkit.NewGenerator(c)
	owner := c.Actor("owner")
	for _, o := range all {
		targets := g.Targets(o)
		for _, r := range g.Requests(o, targets, 1) {
			asker := owner
			switch o.Auth {
			case "console":
				asker = c.Actor("studio")
			case "staff":
				asker = c.Actor(strings.Fields(o.Role)[0])
			}
			q := c.Prepare(asker, r)
			for _, answer := range c.All(q) {
				hold(t, q, answer)
				if tag := answer.Header.Get("ETag"); tag != "" && o.Reads() && r.Header["If-None-Match"] == "" {
					again := q
					again.Header = map[string]string{"If-None-Match": tag}
					if same := c.Send(again); o.Declares(http.StatusNotModified) && same.Status != http.StatusNotModified {
						t.Errorf("%s: with the ETag of its answer it is %d, not 304", again, same.Status)
					} else {
						hold(t, again, same)
					}
				}
			}
			if !o.Reads() {
				c.Restore()
			}
		}
	}
	for _, problem := range g.Problems() {
		t.Error(problem)
	}
	for _, missing := range c.Coverage.Missing(all) {
		t.Error(missing)
	}
}

// hold holds an answer to the contract.
func hold(t *testing.T, q testkit.Asked, r testkit.Response) {
	t.Helper()
	if r.Status >= http.StatusInternalServerError {
		t.Errorf("%s: %d %s", q, r.Status, r.Body)
	}
	for _, f := range q.Validate(r) {
		t.Errorf("%s:\n\t%s\n\tSee api/openapi.yaml, %s.", q, f, q.ID)
	}
}

// newcomers asks everything as nobody and as somebody who registered a second
// ago. Nobody gets an answer where a session is needed, and of who shows nothing
// to anybody the newcomer gets what nobody gets. (What somebody shows to members
// is the matrix's.)
func newcomers(t *testing.T, c *testkit.Cast, all []testkit.Operation) {
	for _, p := range c.Subjects {
		if !p.Gone {
			c.Choose(p, testkit.Uniform(t, 0, false))
		}
	}
	fresh := testkit.Actor{Name: "just registered", Person: c.Join("newcomer")}
	nobody := c.Actor("anonymous")
	g := testkit.NewGenerator(c)
	c.Keep()
	for _, o := range all {
		targets := g.Targets(o)
		for _, r := range g.Requests(o, targets, 1) {
			q := c.Prepare(nobody, r)
			answer := c.Send(q)
			hold(t, q, answer)
			if o.Auth != "none" && answer.Status != http.StatusUnauthorized {
				t.Errorf("%s: %d without a session; x-access asks for one", q, answer.Status)
			}
			as := c.Prepare(fresh, r)
			theirs := c.Send(as)
			hold(t, as, theirs)
			// What is asked about another's things, in an account that shows nothing to
			// anybody, is the same for both: not there.
			if about := r.Target.Of; o.Reads() && about != nil && !r.Target.OfGroup() && about.Choices.Discoverability == 0 &&
				(!slices.Contains([]string{"workout", "shown_workout", "comment"}, r.Target.Kind) || r.Target.Ceiling < 2) {
				if differ := theirs.Same(answer); differ != "" && o.Auth != "session" && o.Auth != "staff" {
					t.Errorf("%s: a session opens something of %s, who shows nothing to anybody:\n\t%s", as, r.Target, differ)
				}
				if theirs.Status < http.StatusBadRequest {
					t.Errorf("%s: %d about %s, who shows nothing to anybody:\n\t%.300s", as, theirs.Status, r.Target, theirs.Body)
				}
			}
			if !o.Reads() {
				c.Restore()
			}
		}
	}
}

// nothingElse asks for what the contract doesn't have: other methods on its
// paths, and other paths.
func nothingElse(t *testing.T, c *testkit.Cast, all []testkit.Operation) {
	methods := map[string]map[string]bool{}
	for _, o := range all {
		if methods[o.Path] == nil {
			methods[o.Path] = map[string]bool{}
		}
		methods[o.Path][o.Method] = true
	}
	g := testkit.NewGenerator(c)
	real := map[string]string{} // a path of each template, with somebody's thing in it
	for _, o := range all {
		real[o.Path] = strings.SplitN(g.Requests(o, g.Targets(o)[:1], 0)[0].URL, "?", 2)[0]
	}
	asked := 0
	for _, who := range []testkit.Actor{c.Actor("anonymous"), c.Actor("owner"), c.Actor("staff")} {
		ask := func(method, path string, want ...int) {
			asked++
			r := c.Client(who).Do(method, path, nil)
			for _, w := range want {
				if r.Status == w {
					return
				}
			}
			t.Errorf("%s %s as %s: %d, not one of %v: there is something that the contract doesn't have\n\t%.200s",
				method, path, who.Name, r.Status, want, r.Body)
		}
		for template, has := range methods {
			for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "LINK"} {
				if !has[method] && !other(methods, real, template, method) {
					ask(method, real[template], http.StatusMethodNotAllowed)
				}
			}
			if has["GET"] {
				r := c.Client(who).Do(http.MethodHead, real[template], nil)
				if len(r.Body) > 0 || r.Status == http.StatusMethodNotAllowed {
					t.Errorf("HEAD %s as %s: %d with %d bytes", real[template], who.Name, r.Status, len(r.Body))
				}
			}
			for _, suffix := range []string{"/", "/debug", "/../debug", ".json", "%00"} {
				if _, known := methods[template+suffix]; !known {
					for _, method := range []string{"GET", "POST"} {
						askNoSuccess(t, c, who, method, real[template]+suffix, &asked)
					}
				}
			}
		}
		for _, path := range []string{
			"/", "/v1", "/v1/", "/v2/me", "/v1/debug", "/v1/debug/whoami", "/v1/admin", "/v1/users", "/v1/export", "/graphql",
			"/metrics", "/debug/pprof/", "/debug/vars", "/dev/outbox", "/internal", "/.git/config", "/.env", "/swagger.json", "/openapi.yaml",
		} {
			for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
				if !methods[path][method] {
					ask(method, path, http.StatusNotFound, http.StatusMethodNotAllowed)
				}
			}
		}
	}
	t.Logf("%d requests for what is not there", asked)
}

// other says whether another template has the method at this path: /v1/workouts/import
// is also a /v1/workouts/{id}.
func other(methods map[string]map[string]bool, real map[string]string, template, method string) bool {
	for t, has := range methods {
		if t != template && has[method] && matches(t, real[template]) {
			return true
		}
	}
	return false
}

func matches(template, path string) bool {
	a, b := strings.Split(template, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(a[i], "{") {
			return false
		}
	}
	return true
}

// askNoSuccess asks for a path beside the contract's. Where its last part may be
// somebody's name, it is an operation's after all, about nobody.
func askNoSuccess(t *testing.T, c *testkit.Cast, who testkit.Actor, method, path string, asked *int) {
	*asked++
	r := c.Client(who).Do(method, path, nil)
	switch r.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusBadRequest, http.StatusUnauthorized:
	case http.StatusForbidden: // what comes before a look at the path, where it is the staff's
		if strings.HasPrefix(path, "/v1/admin/") {
			return
		}
		fallthrough
	default:
		t.Errorf("%s: %d: there is something that the contract doesn't have\n\t%.200s", fmt.Sprintf("%s %s as %s", method, path, who.Name), r.Status, r.Body)
	}
}
