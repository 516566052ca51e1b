package testkit_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
)

// The canary scan: every private value stands nowhere else. Everybody asks for
// everything, and all that comes out is searched for values that may not be there:
// each answer's bytes and headers, log, metrics, mail, and the database's rows.
// Traces and exports there are none; an export will be an operation, and is asked.
func TestCanary(t *testing.T) {
	t.Parallel()
	began := time.Now()
	stage := assembled(t)
	choices := []testkit.Choices{testkit.Mixed(t, 5)}
	if prove() {
		choices = append(choices, testkit.Defaults(t))
	}
	for n, choice := range choices {
		t.Run(choice.Name, func(t *testing.T) {
			t.Parallel()
			s := &scan{t: t, Cast: stage.Twin(t), turn: n}
			for _, p := range s.Subjects {
				if !p.Gone {
					s.Choose(p, choice)
				}
			}
			s.release()
			s.everybodyAsks(func(r testkit.Request) bool { return r.Reads() }, true)
			s.Keep()
			s.everybodyAsks(func(r testkit.Request) bool { return !r.Reads() }, false)
			s.behind()
			t.Logf("%d operations, %d requests, %d actors, %d canaries, %d bytes searched, choices %s, %.1f s", len(testkit.Operations(t)),
				s.Requests(), len(s.Actors), s.flock.Len(), s.searched, choice, time.Since(began).Seconds())
		})
	}
}

type scan struct {
	t *testing.T
	*testkit.Cast
	turn     int
	flock    *testkit.Flock
	searched int
	failed   int
	wrote    map[string]bool
	mailed   map[string]string // a code and whom it was mailed to
}

// release gathers the canaries, and takes out what everybody is told anyway.
func (s *scan) release() {
	s.flock = s.Canaries()
	for _, p := range s.People {
		s.flock.Secret(p.Password, "password")
		s.flock.Secret(p.Token, "token")
		s.flock.Secret(p.Refresh, "token")
		s.flock.Secret(p.Email, "address")
	}
	for _, a := range s.Actors {
		if a.Console != nil {
			s.flock.Secret(a.Console.Token, "token")
			s.flock.Secret(a.Console.Refresh, "token")
		}
	}
	g := testkit.NewGenerator(s.Cast)
	for _, o := range testkit.Operations(s.t) {
		if o.Cache == "public" {
			for _, r := range g.Requests(o, g.Targets(o), 0) {
				answer := s.Ask(testkit.Actor{Name: "anonymous"}, r)
				s.flock.Drop(string(answer.Body))
				s.flock.Drop(fmt.Sprint(answer.Header))
			}
		}
		// Classes and their schedule are public: which one somebody took or booked, and when it is.
		if (o.Object == "given_class" || o.Object == "class" || o.ID == "listSchedule" || o.ID == "listClasses") && o.Auth == "none" {
			for _, r := range g.Requests(o, g.Targets(o), 0) {
				body := string(s.Ask(testkit.Actor{Name: "anonymous"}, r).Body)
				for _, same := range append(alike.FindAllString(body, -1), named.FindAllString(body, -1)...) {
					s.flock.Drop(same)
				}
			}
		}
		// While the clock stands, a session of somebody else ends at the same time; and the test's
		// own client signs in for everybody, under the one label that the program has for it.
		if o.Reads() && o.Object == "self" {
			for _, r := range g.Requests(o, g.Targets(o), 0) {
				for _, same := range alike.FindAllString(string(s.Ask(testkit.Actor{Name: "spare", Person: s.Spare}, r).Body), -1) {
					s.flock.Drop(same)
				}
			}
		}
	}
	if s.flock.Len() < 300 {
		s.t.Fatalf("only %d values to look for", s.flock.Len())
	}
}

var (
	took    = regexp.MustCompile(`"(time|duration_ms)":[^,}]+`)
	sampled = regexp.MustCompile(`(?m) [0-9.e+-]+$`) // a metric's value, behind its labels
)

var digits = regexp.MustCompile(`^[0-9]+$`)

var named = regexp.MustCompile(`"(?:id|class_id)":"[0-9a-f-]{36}"`)

var alike = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z|"label":"[^"]*"`)

func (s *scan) everybodyAsks(which func(testkit.Request) bool, reads bool) {
	g := testkit.NewGenerator(s.Cast)
	for i, o := range testkit.Operations(s.t) {
		for k, r := range g.Requests(o, g.Targets(o), 1) {
			if !which(r) {
				continue
			}
			for j, a := range s.Actors {
				subject := r.Target.Of == nil || slices.Contains(s.Subjects, r.Target.Of)
				quick, long := 9, 5
				if subject && r.Base() {
					quick, long = 2, 2
				}
				// What subjects write changes what is to be seen of them: behind looks at that.
				own := slices.Contains(s.Subjects, a.Person)
				if (!reads && own && !a.Over && r.Base()) || share(i+j+k+s.turn, quick, long) && (reads || !own) {
					s.ask(a, r, !own || reads)
				}
			}
		}
	}
}

func (s *scan) ask(a testkit.Actor, r testkit.Request, heard bool) {
	s.t.Helper()
	q := s.Prepare(a, r)
	for _, answer := range s.All(q) {
		if !r.Reads() && answer.Status < http.StatusBadRequest {
			defer s.written(r)
		}
		if !heard {
			continue
		}
		for _, part := range []string{string(answer.Body), fmt.Sprint(answer.Header)} {
			s.searched += len(part)
			for _, c := range s.flock.In([]byte(part)) {
				if s.may(a, r, c) || r.Object == "workout" && r.Target.Of == a.Person && !a.Over {
					continue // of one's own recording a number may be another's by chance
				}
				if s.failed++; s.failed < 10 {
					s.t.Errorf("%s\n\tviewer:    %s\n\theard:     %s\n\tthe model: that is not for them (docs/privacy-model.md)\n\t"+
						"look at:   the feature behind %s, and its body in internal/dto", q, a.Name, c, r.ID)
				}
			}
		}
	}
}

// written searches what a write left in the database, once for each operation, and
// puts the world back.
func (s *scan) written(r testkit.Request) {
	if s.wrote == nil {
		s.wrote = map[string]bool{}
	}
	if !s.wrote[r.ID] {
		s.wrote[r.ID] = true
		s.codes()
		s.rows("after " + r.ID)
	}
	s.Restore()
}

// codes puts in what was mailed to let somebody in, and notes to whom.
func (s *scan) codes() {
	if s.mailed == nil {
		s.mailed = map[string]string{}
	}
	for _, m := range s.Outbox.Recent() {
		for _, word := range strings.Fields(m.Body) {
			if len(strings.ReplaceAll(word, "-", "")) == 8 && strings.ToUpper(word) == word && !strings.ContainsAny(word, "0123456789:.") {
				s.flock.Secret(word, "code")
				if s.mailed[word] == "" {
					s.mailed[word] = m.To
				}
			}
		}
	}
}

// may says whether somebody may hear a value: the model says so, or it is theirs.
func (s *scan) may(a testkit.Actor, r testkit.Request, c *testkit.Canary) bool {
	if c.Secret == "address" { // an access grant of support's names the spare member's
		return a.Person != nil && (a.Person.Email == c.Text || a.Name == "support" && r.ID == "readUnderAccessGrant" && c.Text == s.Spare.Email)
	}
	if a.Person != nil && slices.Contains(a.Person.Duties, "support") && slices.ContainsFunc(c.Under, func(at testkit.Seen) bool { return at.At == "items[].through" || at.At == "items[].reason" }) {
		return true // an access grant of their own
	}
	return c.Secret == "" && s.Told(a.Person, c)
}

// behind searches what no request shows.
func (s *scan) behind() {
	s.codes()
	for _, m := range s.Outbox.Recent() {
		for _, c := range s.flock.In([]byte(m.Subject + "\n" + m.Body)) {
			if s.mailed[c.Text] == m.To {
				continue
			}
			s.t.Errorf("a mail (%s) holds %s: nothing that a member wrote gets into mail; see internal/mail/templates", m.Kind, c)
		}
	}
	s.rows("at the end")
	for _, p := range s.People { // in what operators see nobody is named at all
		s.flock.Secret(p.ID, "member's id")
		s.flock.Secret(p.Session, "session's id")
		for _, w := range p.Workouts {
			s.flock.Secret(w.ID, "workout's id")
		}
	}
	// How long something took is chance, and may be the number that somebody weighs.
	log := took.ReplaceAllString(s.Log.String(), "")
	metrics := httptest.NewRecorder()
	s.Service.Private.ServeHTTP(metrics, httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, "/metrics", nil))
	for name, text := range map[string]string{"the log": log, "/metrics": sampled.ReplaceAllString(metrics.Body.String(), "")} {
		if len(text) < 1000 {
			s.t.Errorf("%s is next to empty, so nothing was looked at", name)
		}
		s.searched += len(text)
		for _, c := range s.flock.In([]byte(text)) {
			line := ""
			for l := range strings.SplitSeq(text, "\n") {
				if strings.Contains(l, c.Text) {
					line = l
				}
			}
			s.t.Errorf("%s holds %s:\n\t%.400s\n\tSee internal/observe: what may be logged or measured has a key there.", name, c, line)
		}
	}
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil || bytes.Contains(mod, []byte("opentelemetry")) {
		s.t.Errorf("there may be traces now: gather the spans in a test's exporter, and search them here (%v)", err)
	}
}

// rows searches every row of every table: what is sealed, and what lets somebody
// in, must not lie there in any form.
func (s *scan) rows(when string) {
	tables := strings.Fields(s.Query(`SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c
		WHERE c.relkind = 'r' AND relnamespace::regnamespace::text IN ('public', 'auth')`))
	plain := 0
	for _, table := range tables {
		var out bytes.Buffer
		if _, err := s.Root.PgConn().CopyTo(s.t.Context(), &out, "COPY "+table+" TO STDOUT"); err != nil {
			s.t.Fatalf("%s: %v", table, err)
		}
		s.searched += out.Len()
		for _, c := range s.flock.In(out.Bytes()) {
			if !c.Sealed() {
				plain++
				continue
			}
			if len(c.Text) < 7 && digits.MatchString(c.Text) {
				continue // five digits stand in sealed bytes by chance, as hexadecimal digits
			}
			s.t.Errorf("the table %s holds, %s, %s: the model seals it; see the column's class in migrations, and internal/seal", table, when, c)
		}
	}
	if len(tables) < 10 || plain == 0 {
		s.t.Errorf("%d tables with %d plain values %s: the rows were not really searched", len(tables), plain, when)
	}
}
