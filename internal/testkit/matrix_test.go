package testkit_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
)

// prove says whether to try nearly everything with everything, which takes minutes.
// Otherwise everything is tried, but in few of the combinations.
func prove() bool { return os.Getenv("PACELINE_PROVE") != "" }

// variants are the ways for owners to choose: all alike, and in the long form each field another way, too.
func variants(t *testing.T) []testkit.Choices {
	all := []testkit.Choices{testkit.Defaults(t), testkit.Uniform(t, 3, true)}
	for audience := range 4 {
		if audience != 2 || prove() {
			all = append(all, testkit.Uniform(t, audience, false))
		}
	}
	if prove() {
		for n := range 4 {
			all = append(all, testkit.Mixed(t, n))
		}
	}
	return all
}

// The matrix: every operation of the contract, asked by everybody about everybody
// who has a value for every field, for each way to choose. What must come back is
// computed from the table of docs/privacy-model.md and the contract's marks.
func TestMatrix(t *testing.T) {
	t.Parallel()
	began := time.Now()
	stage := assembled(t)
	refs := reference(t, stage)
	for n, choices := range variants(t) {
		t.Run(choices.Name, func(t *testing.T) {
			t.Parallel()
			m := &matrix{t: t, Cast: stage.Twin(t), turn: n, refs: refs, absent: map[string]testkit.Response{}}
			for _, p := range m.Subjects {
				if !p.Gone {
					m.Choose(p, choices)
				}
			}
			m.Keep()
			m.reads()
			m.writes()
			t.Logf("%d operations, %d requests, %d actors, choices %s, %.1f s", len(testkit.Operations(t)), m.Requests(), len(m.Actors),
				choices, time.Since(began).Seconds())
		})
	}
}

type matrix struct {
	t *testing.T
	*testkit.Cast
	turn   int // which share of the combinations is tried
	refs   map[string]map[string]string
	absent map[string]testkit.Response // what is told of what never was
}

// fails prints all that one needs to mend it.
func (m *matrix) fails(q testkit.Asked, of *testkit.Person, mark, what, model, look string) {
	m.t.Helper()
	line := q.String() + "\n\tviewer:    " + q.As.Name
	if of != nil {
		line += fmt.Sprintf(", who is %s to %s", m.Standing(q.As.Person, of).Relation, of.Name) + "\n\tchoices:   " + of.Choices.String()
		if audience, set := of.Choices.Audiences[mark]; set {
			line += ", " + mark + " for " + []string{"only_me", "followers", "members", "everyone"}[audience]
		}
	}
	if q.Target.Of != nil {
		line += "\n\tabout:     " + q.Target.String()
	}
	m.t.Errorf("%s\n\tgot:       %s\n\tthe model: %s (docs/privacy-model.md)\n\tlook at:   %s", line, what, model, look)
}

// share says whether a combination is tried in this turn: one in quick of them, in
// the long form one in long, and another one for each way to choose. The race
// detector takes several times as long, and looks at something else: a third of them.
func share(i, quick, long int) bool {
	switch {
	case prove():
		return i%long == 0
	case raced:
		return i%(3*quick) == 0
	default:
		return i%quick == 0
	}
}

// start is what an answer as a whole is about.
func start(q testkit.Asked) testkit.Thing {
	if q.Target.Of != nil {
		return testkit.Thing{Of: q.Target.Of, Ceiling: q.Target.Ceiling, ID: q.Target.ID, Kind: q.Answer()}
	}
	own := testkit.Thing{Of: q.As.Person, Ceiling: 3, Kind: q.Answer()}
	if own.Of != nil {
		own.ID = own.Of.ID
		if q.Target.Open() { // what somebody has of each of these is another thing
			own.ID += " " + q.Target.ID
		}
	}
	return own
}

// reference asks as each subject about themself, and notes all that there is to
// be seen, by answer and thing. The owner must have a value for everything, or its
// absence for others would prove nothing.
func reference(t *testing.T, stage *testkit.Cast) map[string]map[string]string {
	m := &matrix{t: t, Cast: stage.Twin(t), refs: map[string]map[string]string{}}
	defer m.Stop()
	g := testkit.NewGenerator(m.Cast)
	owned := map[string]bool{}
	for _, o := range testkit.Operations(m.t) {
		if !o.Reads() || o.Schema == nil {
			continue
		}
		for _, a := range m.Actors {
			if a.Over || a.Person == nil || !slices.Contains(m.Subjects, a.Person) {
				continue
			}
			targets := g.Targets(o)
			mine := slices.DeleteFunc(targets, func(t testkit.Target) bool { return t.Of != nil && t.Of != a.Person })
			for _, r := range g.Requests(o, mine, 1) {
				q := m.Prepare(a, r)
				for _, answer := range m.All(q) {
					if answer.Status != http.StatusOK {
						continue
					}
					for _, s := range m.Judge(o, answer.Body, start(q)).Seen {
						if m.refs[o.Answer()+s.About.Kind+s.About.ID] == nil {
							m.refs[o.Answer()+s.About.Kind+s.About.ID] = map[string]string{}
						}
						m.refs[o.Answer()+s.About.Kind+s.About.ID][s.Path] = s.Mark
						if a.Name == "owner" {
							owned[s.About.Kind+" "+s.Path] = true
						}
					}
				}
			}
		}
	}
	for _, o := range testkit.Operations(m.t) {
		if !o.Reads() {
			continue
		}
		for _, path := range o.Private() {
			if !owned[path] {
				owned[path] = true
				m.t.Errorf("%s: the owner has no %s, so nothing shows that others don't get it: give the owner one in Assemble, internal/testkit/cast.go", o.ID, path)
			}
		}
	}
	return m.refs
}

// reads asks every reading operation as everybody. Every kind of answer about the owner is asked for by every
// actor, in the long form by every operation; of all else a share.
func (m *matrix) reads() {
	g := testkit.NewGenerator(m.Cast)
	whole := map[string]bool{} // by answer
	for _, o := range testkit.Operations(m.t) {
		if !o.Reads() {
			continue
		}
		targets := g.Targets(o)
		for i, r := range g.Requests(o, targets, len(targets)) {
			subject := r.Target.Of == nil || slices.Contains(m.Subjects, r.Target.Of)
			all := r.Base() && r.Target.Of == m.Owner && (prove() || !whole[o.Answer()])
			whole[o.Answer()] = whole[o.Answer()] || all
			for j, a := range m.Actors {
				// Every actor about every subject, plainly, in larger shares than the rest.
				if all || (r.Base() && subject && share(i+j+m.turn, 4, 2)) || share(i*len(m.Actors)+j+m.turn, 23, 11) {
					m.read(m.Prepare(a, r))
				}
			}
		}
	}
	for _, problem := range g.Problems() {
		m.t.Error(problem)
	}
}

func (m *matrix) read(q testkit.Asked) {
	m.t.Helper()
	want := m.Expect(q.As, q.Request)
	pages := m.All(q)
	first := pages[0]
	for _, f := range q.Validate(first) {
		m.t.Errorf("%s:\n\t%s", q, f)
	}
	m.status(q, first, want)
	if want == http.StatusNotFound {
		m.asAbsent(q, first)
	}
	if first.Status != http.StatusOK || q.Schema == nil {
		return
	}
	var ids []string
	for _, page := range pages {
		m.keys(q, page)
		ids = append(ids, q.Things(page.Body)...)
	}
	if !q.Lists() {
		return
	}
	rows, held, known := m.Rows(q.As.Person, q.Request)
	if !known {
		m.t.Errorf("%s is a list of members or workouts; say in rows, in internal/testkit/rows.go, which of them belong in it", q.ID)
	}
	slices.Sort(ids)
	if held && !slices.Equal(ids, rows) {
		m.fails(q, q.Target.Of, "", "the list holds "+m.names(ids), "it holds "+m.names(rows), "the query of "+q.ID+", and row-level security")
	}
}

// names says ids for people.
func (m *matrix) names(ids []string) string {
	var all []string
	for _, id := range ids {
		name := id
		for _, p := range m.People {
			if p.ID == id {
				name = p.Name
			}
			for _, w := range p.Workouts {
				if w.ID == id {
					name = fmt.Sprintf("a workout of %s (audience %d)", p.Name, w.Audience)
				}
			}
		}
		all = append(all, name)
	}
	return fmt.Sprintf("%d: %s", len(all), strings.Join(all, ", "))
}

func (m *matrix) status(q testkit.Asked, got testkit.Response, want int) {
	m.t.Helper()
	same := got.Status == want || want == 0
	if want == http.StatusUnauthorized && q.As.Over { // whether the request is one comes first
		same = same || got.Status == http.StatusBadRequest
	}
	if want == http.StatusOK {
		same = got.Status < http.StatusBadRequest
	}
	if !same || got.Status >= http.StatusInternalServerError {
		m.fails(q, q.Target.Of, q.Mark, fmt.Sprintf("%d %.200s", got.Status, got.Body), fmt.Sprintf("%d", want), "the feature behind "+q.ID)
	}
}

// asAbsent holds an answer about something hidden to the one about what never was.
func (m *matrix) asAbsent(q testkit.Asked, got testkit.Response) {
	m.t.Helper()
	key := fmt.Sprint(q.As.Name, q.ID, q.Why, q.Named)
	absent, known := m.absent[key]
	if !known {
		g := testkit.NewGenerator(m.Cast)
		targets := g.Targets(q.Operation)
		for _, r := range g.Requests(q.Operation, targets[len(targets)-1:], 1) {
			if r.Why == q.Why && r.Named == q.Named {
				absent = m.Send(m.Prepare(q.As, r))
				known = true
			}
		}
		if !known {
			return
		}
		m.absent[key] = absent
	}
	if differ := got.Same(absent); differ != "" {
		m.fails(q, q.Target.Of, q.Mark, "another answer than for what never was: "+differ, "hidden and absent are alike", "the feature behind "+q.ID)
	}
}

// keys holds the members of an answer to the model: none that doesn't show, and in
// a plain answer each that there is and that shows.
func (m *matrix) keys(q testkit.Asked, got testkit.Response) {
	m.t.Helper()
	j := m.Judge(q.Operation, got.Body, start(q))
	for _, f := range j.Faults {
		m.fails(q, q.Target.Of, "", f, "no such member", "api/openapi.yaml, and internal/dto")
	}
	has := map[testkit.Thing]map[string]bool{}
	for _, s := range j.Seen {
		if has[s.About] == nil {
			has[s.About] = map[string]bool{}
		}
		has[s.About][s.Path] = true
		if !m.shows(q.As.Person, s.About, s.Mark) {
			m.fails(q, s.About.Of, s.Mark, fmt.Sprintf("shows %s = %.80v", s.At, s.Value),
				fmt.Sprintf("%s is under %s, which is not for them", s.At, s.Mark), "internal/dto, the constructor of "+q.Answer()+", and the query behind "+q.ID)
		}
	}
	if !q.Base() {
		return
	}
	for about, got := range has {
		for path, mark := range m.refs[q.Answer()+about.Kind+about.ID] {
			if mark != "always" && mark != "staff" && !got[path] && m.reaches(q.As.Person, about, m.refs[q.Answer()+about.Kind+about.ID], path) {
				m.fails(q, about.Of, mark, "lacks "+path, fmt.Sprintf("%s is under %s, which is for them", path, mark), "internal/dto, the constructor of "+q.Answer())
			}
		}
	}
}

func (m *matrix) shows(viewer *testkit.Person, about testkit.Thing, mark string) bool {
	if about.Of == nil {
		return mark == "always" || mark == "staff"
	}
	standing := m.Standing(viewer, about.Of)
	if about.Coach {
		standing = m.AsCoach(viewer, about.Of)
	}
	return standing.Shows(mark, about.Of.Choices, about.Ceiling)
}

// reaches says whether a member of a body, and all around it, shows.
func (m *matrix) reaches(viewer *testkit.Person, about testkit.Thing, marks map[string]string, path string) bool {
	for p := path; ; {
		if mark, known := marks[p]; known && !m.shows(viewer, about, mark) {
			return false
		}
		cut := strings.LastIndexAny(p, ".[")
		if cut < 0 {
			return true
		}
		p = p[:cut]
	}
}

// writes tries every writing operation as everybody but the owners themselves.
// Nothing of the owners changes, and who can't see a thing is told what is told of
// what never was.
func (m *matrix) writes() {
	g := testkit.NewGenerator(m.Cast)
	before := map[string]string{}
	m.Restore() // what consoles read is noted
	for i, o := range testkit.Operations(m.t) {
		if o.Reads() {
			continue
		}
		targets := slices.DeleteFunc(g.Targets(o), func(t testkit.Target) bool { return t.Of != nil && !slices.Contains(m.Subjects, t.Of) })
		for k, r := range g.Requests(o, targets, 0) {
			for j, a := range m.Actors {
				if a.Person == r.Target.Of && a.Person != nil || slices.Contains(m.Subjects, a.Person) && r.Target.Of == nil && !a.Over {
					continue
				}
				if !share(i+j+k+m.turn, 8, 5) {
					continue
				}
				if before[a.Name] == "" {
					before[a.Name] = m.Rest(m.Subjects, a)
				}
				q := m.Prepare(a, r)
				got := m.Send(q)
				changed := ""
				if m.Written() {
					changed = m.Differ(before[a.Name], m.Rest(m.Subjects, a))
				}
				if changed == "" {
					m.write(q, got)
				} else {
					m.fails(q, q.Target.Of, "", fmt.Sprintf("%d, and rows changed in %s", got.Status, changed), "only the owner changes what is theirs", "the statement behind "+q.ID)
				}
				m.Restore()
			}
		}
	}
}

func (m *matrix) write(q testkit.Asked, got testkit.Response) {
	m.t.Helper()
	for _, f := range q.Validate(got) {
		m.t.Errorf("%s:\n\t%s", q, f)
	}
	want := m.Expect(q.As, q.Request)
	m.status(q, got, want)
	if of := q.Target.Of; of != nil && want != http.StatusUnauthorized && want != http.StatusForbidden {
		// A workout shows though its owner can't be found, and so does what is done below it.
		hidden := want == http.StatusNotFound || q.Target.Kind != "shown_workout" && !q.Target.OfGroup() && !m.Standing(q.As.Person, of).Shows("username", of.Choices, 3)
		if hidden && !m.Knows(q.As.Person, of) {
			m.Restore()
			m.asAbsent(q, got)
		}
	}
}
