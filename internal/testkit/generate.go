package testkit

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Generator makes valid requests from the contract alone, about the things of a
// cast. Nobody writes requests by hand, and nobody has to remember a route:
//
//	g := testkit.NewGenerator(cast)
//	for _, o := range testkit.Operations(t) {
//		targets := g.Targets(o)           // what its path can name; one empty Target for nothing
//		for _, r := range g.Requests(o, targets, len(targets)) {
//			response := cast.Ask(actor, r) // or Prepare and Send, for the line to print
//		}
//	}
//	for _, problem := range g.Problems() { t.Error(problem) }
//
// An operation is asked about each target with nothing that can be left out, and
// about the first few targets (the third argument) in every form: each optional
// parameter alone in each of its values, and all together; a body whole, with the
// required members only, and with each optional member alone in each of its
// values (both ends of a range, each of an enumeration, null).
//
// What the contract can't tell stands in the tables of fixture.go. A parameter,
// member, object or content type that neither tells is a problem: a text that
// says what to add where.
type Generator struct {
	c        *Cast
	values   *values
	problems map[string]bool
}

// NewGenerator makes requests about the things of a cast.
func NewGenerator(c *Cast) *Generator {
	return &Generator{c: c, values: &values{now: c.Clock.Now()}, problems: map[string]bool{}}
}

// Problems are what can't be exercised, each with what to do about it.
func (g *Generator) Problems() []string {
	for _, p := range g.values.problems {
		g.problems[p] = true
	}
	return slices.Sorted(maps.Keys(g.problems))
}

func (g *Generator) problem(o Operation, format string, args ...any) {
	g.problems[fmt.Sprintf("%s (%s %s): ", o.ID, o.Method, o.Path)+fmt.Sprintf(format, args...)] = true
}

// Targets are the things that the operation's path can name, those of the owner
// first; one empty Target where it names none.
func (g *Generator) Targets(o Operation) []Target {
	things, known := objects[o.Object]
	if !known {
		g.problem(o, "is about a %q; say in objects, in internal/testkit/fixture.go, which of those there are", o.Object)
		return nil
	}
	if things == nil {
		return []Target{{Ceiling: 3, Kind: o.Object}}
	}
	all := things(g.c)
	slices.SortStableFunc(all, func(a, b Target) int { return g.rank(a) - g.rank(b) })
	return all
}

func (g *Generator) rank(t Target) int {
	if t.open {
		return 0
	}
	if t.Of == nil {
		return len(g.c.Subjects) + 1
	}
	if i := slices.Index(g.c.Subjects, t.Of); i >= 0 {
		return i
	}
	return len(g.c.Subjects)
}

// Requests are the operation's requests about the targets, the first vary of
// them in every form.
func (g *Generator) Requests(o Operation, targets []Target, vary int) []Request {
	queries, bodies := g.queries(o), g.bodies(o)
	var all []Request
	for i, target := range targets {
		for _, r := range g.paths(o, target) {
			for j, q := range queries {
				for k, b := range bodies {
					// In every form means one thing at a time; otherwise the plainest there is.
					if (j > 0 && k > 0) || (i >= vary && (j > 0 || k > 0)) {
						continue
					}
					all = append(all, r.with(q, b))
				}
			}
		}
	}
	return all
}

func (r Request) with(q form, b body) Request {
	why := []string{}
	for _, part := range []string{q.why, b.why} {
		if part != "" {
			why = append(why, part)
		}
	}
	r.Why = strings.Join(why, ", ")
	if r.Why == "" {
		r.Why = "plain"
	}
	if len(q.query) > 0 {
		encoded := url.Values{}
		for name, value := range q.query {
			encoded.Set(name, value)
		}
		r.URL += "?" + encoded.Encode()
	}
	r.Query, r.Header, r.Body, r.Media = q.query, q.header, b.body, b.media
	r.Uses = slices.Concat(q.uses, b.uses)
	return r
}

// paths fills the path: by id, and by name where the parameter takes one.
func (g *Generator) paths(o Operation, target Target) []Request {
	var in []*openapi3.Parameter
	for _, p := range o.Parameters {
		if p.Value.In == openapi3.ParameterInPath {
			in = append(in, p.Value)
		}
	}
	r := Request{Operation: o, Target: target, URL: o.Path}
	if len(in) == 0 {
		return []Request{r}
	}
	if len(in) > 1 {
		g.problem(o, "has several parameters in its path; teach Generator.paths, in internal/testkit/generate.go, which of them is the %s", o.Object)
		return nil
	}
	fill := func(value string, named bool) Request {
		filled := r
		filled.URL, filled.Named = strings.ReplaceAll(o.Path, "{"+in[0].Name+"}", url.PathEscape(value)), named
		return filled
	}
	if objects[o.Object] == nil {
		known := parts[in[0].Name]
		if known == nil {
			g.problem(o, "no value is known for {%s}; add it to parts in internal/testkit/fixture.go", in[0].Name)
			return nil
		}
		names, err := known(g.c)
		if err != nil {
			g.problem(o, "%v", err)
		}
		var all []Request
		for _, name := range names {
			all = append(all, fill(name, true))
		}
		return all
	}
	all := []Request{fill(target.ID, false)}
	if in[0].Schema.Value.Format != "uuid" && target.Name != "" {
		all = append(all, fill(target.Name, true))
	}
	return all
}

// form is one way to set the parameters outside of the path.
type form struct {
	why           string
	query, header map[string]string
	uses          []string
}

// queries are the ways to set the parameters: none that is optional, each alone,
// all together.
func (g *Generator) queries(o Operation) []form {
	plain, together := form{query: map[string]string{}, header: map[string]string{}}, form{why: "all parameters"}
	together.query, together.header = map[string]string{}, map[string]string{}
	var optional []form
	var required []string
	set := func(f form, p *openapi3.Parameter, value string) form {
		f.query, f.header = maps.Clone(f.query), maps.Clone(f.header)
		if p.In == openapi3.ParameterInQuery {
			f.query[p.Name] = value
		} else {
			f.header[p.Name] = value
		}
		return f
	}
	for _, ref := range o.Parameters {
		p := ref.Value
		if p.In == openapi3.ParameterInPath || later[p.Name] != "" {
			continue
		}
		samples := g.parameter(o, p)
		if len(samples) == 0 {
			g.problem(o, "no value is known for the parameter %s; add it to queries in internal/testkit/fixture.go", p.Name)
			continue
		}
		together = set(together, p, samples[0])
		if p.Required {
			required = append(required, p.Name)
			plain = set(plain, p, samples[0])
			samples = samples[1:]
		}
		for _, value := range samples {
			f := set(form{why: p.Name + ": " + value, query: map[string]string{}, header: map[string]string{}}, p, value)
			if !p.Required {
				f.uses = []string{p.In + " " + p.Name}
				together.uses = append(together.uses, f.uses...)
			}
			optional = append(optional, f)
		}
	}
	for i := range optional { // the required ones belong to each
		for _, name := range required {
			if value, has := plain.query[name]; has && optional[i].query[name] == "" {
				optional[i].query[name] = value
			}
		}
	}
	all := append([]form{plain}, optional...)
	if len(optional) > 1 {
		together.uses = slices.Compact(slices.Sorted(slices.Values(together.uses)))
		all = append(all, together)
	}
	return all
}

// parameter gives the values of a parameter as they are written.
func (g *Generator) parameter(o Operation, p *openapi3.Parameter) []string {
	for _, name := range []string{refName(p.Schema), p.Name} {
		if known := queries[name]; known != nil {
			return known(g.c)
		}
	}
	var all []string
	for _, s := range g.values.of(o.ID+" "+p.In+" "+p.Name, p.Schema) {
		all = append(all, written(s.value))
	}
	if p.Example != nil && p.Schema.Value.VisitJSON(p.Example) == nil && !slices.Contains(all, written(p.Example)) {
		all = append(all, written(p.Example))
	}
	return all
}

func written(v any) string {
	switch v := v.(type) {
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, written(item))
		}
		return strings.Join(items, ",")
	case float64:
		return strings.TrimSuffix(fmt.Sprintf("%.6f", v), ".000000")
	default:
		return fmt.Sprint(v)
	}
}

func compact(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}
