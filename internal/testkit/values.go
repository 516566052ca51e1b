package testkit

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// sample is a value that a schema takes, and in a word how it was chosen.
type sample struct {
	why   string
	value any
	uses  []string // the optional members it brings, where it is a body
}

// values makes values from schemas. What no schema can tell comes from the
// tables in fixture.go.
type values struct {
	now  time.Time
	made int // so that each text is another one
	// problems are schemas that it has no value for, each with what to do.
	problems []string
}

// of gives values that a schema takes: the usual one first, then each of an
// enumeration, both ends of a range, each optional member alone.
func (v *values) of(at string, ref *openapi3.SchemaRef) []sample {
	s := ref.Value
	var all []sample
	switch {
	case s.Const != nil:
		all = []sample{{why: "const", value: s.Const}}
	case len(s.Enum) > 0:
		for _, e := range s.Enum {
			all = append(all, sample{why: fmt.Sprint(e), value: e})
		}
	case len(s.AnyOf)+len(s.OneOf) > 0:
		for _, one := range slices.Concat(s.AnyOf, s.OneOf) {
			all = append(all, v.of(at, one)...)
		}
	case s.Type.Includes("object"):
		all = v.object(at, s)
	case s.Type.Includes("array"):
		all = v.array(at, s)
	case s.Type.Includes("boolean"):
		all = []sample{{why: "true", value: true}, {why: "false", value: false}}
	case s.Type.Includes("integer"), s.Type.Includes("number"):
		all = v.number(s)
	case s.Type.Includes("string"):
		all = v.text(at, s)
	}
	if s.Type.Includes("null") {
		all = append(all, sample{why: "null"})
	}
	if len(all) == 0 {
		v.problems = append(v.problems, at+": no value is known for this schema; teach values.of in internal/testkit/values.go its form")
	}
	return all
}

func (v *values) number(s *openapi3.Schema) []sample {
	low, high := -1000.0, 1000.0
	if s.Min != nil {
		low = *s.Min
	}
	if s.Max != nil {
		high = *s.Max
	}
	middle := math.Floor((low + high) / 2)
	all := []sample{{why: "some", value: middle}}
	for why, n := range map[string]float64{"least": low, "most": high} {
		if n != middle {
			all = append(all, sample{why: why, value: n})
		}
	}
	slices.SortFunc(all[1:], func(a, b sample) int { return strings.Compare(a.why, b.why) })
	return all
}

// text gives texts of a format, else of the lengths and the pattern. A pattern
// that none of the candidates fits is a problem.
func (v *values) text(at string, s *openapi3.Schema) []sample {
	v.made++
	n := strconv.Itoa(v.made)
	var candidates []sample
	switch s.Format {
	case "date":
		candidates = []sample{{why: "a day", value: "1990-04-05"}}
	case "date-time":
		candidates = []sample{{why: "a moment", value: v.now.Add(-time.Duration(1000+v.made) * time.Hour).Format(time.RFC3339)}}
	case "email":
		candidates = []sample{{why: "an address", value: "made-" + n + "@example.test"}}
	case "uuid":
		candidates = []sample{{why: "a made-up id", value: fmt.Sprintf("0b9e6f1c-0000-4000-8000-%012d", v.made)}}
	default:
		candidates = []sample{{why: "some", value: "made " + n + " ok"}, {why: "a word", value: "made-" + n}, {why: "a word", value: "made" + n + "xxxx"}}
	}
	for _, example := range append(slices.Clone(s.Examples), s.Example) {
		if example != nil {
			candidates = append([]sample{{why: "the example", value: example}}, candidates...)
		}
	}
	// For patterns of short codes: eight letters, two letters, one star.
	for _, known := range []string{"ABCDEFGH", "CH", "*", "made-key-" + n, "a long made-up sentence " + n} {
		candidates = append(candidates, sample{why: "a form", value: known})
	}
	fits := func(c sample) bool { return s.VisitJSON(c.value) == nil }
	i := slices.IndexFunc(candidates, fits)
	if i < 0 {
		v.problems = append(v.problems, fmt.Sprintf("%s: no text of the form %q is known; give the schema an example, "+
			"or add a candidate to values.text in internal/testkit/values.go", at, s.Pattern))
		return nil
	}
	all := []sample{candidates[i]}
	if s.Format == "" && s.Pattern == "" {
		// Both ends of what may be written, in characters that take several bytes.
		all = append(all, sample{why: "the shortest", value: strings.Repeat("ü", max(1, int(s.MinLength)))}) //nolint:gosec // a length of the contract
		if s.MaxLength != nil && *s.MaxLength <= 5000 {
			all = append(all, sample{why: "the longest", value: strings.Repeat("ß", int(*s.MaxLength))})
		}
	}
	return slices.DeleteFunc(all, func(c sample) bool { return !fits(c) })
}

// array gives one item at a time, and as many as may be.
func (v *values) array(at string, s *openapi3.Schema) []sample {
	items := v.of(at+"[]", s.Items)
	var all []sample
	var every []any
	for _, item := range items {
		every = append(every, item.value)
		if s.MinItems <= 1 {
			all = append(all, sample{why: item.why + " only", value: []any{item.value}})
		}
	}
	if s.MaxItems != nil && len(every) > int(*s.MaxItems) { //nolint:gosec // a length of the contract
		every = every[:*s.MaxItems]
	}
	return append([]sample{{why: "all", value: every}}, all...)
}

// object gives all members, only the required ones, and those with each optional
// member alone, in each of its values.
func (v *values) object(at string, s *openapi3.Schema) []sample {
	least, full := map[string]any{}, map[string]any{}
	var optional []string
	members := map[string][]sample{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		members[name] = v.known(at, name, s.Properties[name])
		if len(members[name]) == 0 {
			continue
		}
		full[name] = members[name][0].value
		if slices.Contains(s.Required, name) {
			least[name] = members[name][0].value
		} else {
			optional = append(optional, name)
		}
	}
	all := []sample{{why: "all members", value: full, uses: optional}}
	if len(optional) == 0 {
		return all
	}
	all = append(all, sample{why: "the required members", value: least})
	for _, name := range optional {
		for _, one := range members[name] {
			with := maps.Clone(least)
			with[name] = one.value
			all = append(all, sample{why: name + ": " + one.why, value: with, uses: []string{name}})
		}
	}
	return all
}

// known is of, for a member that may stand in the table of fixtures by the name
// of its schema.
func (v *values) known(at, name string, ref *openapi3.SchemaRef) []sample {
	if form, ok := forms[refName(ref)]; ok {
		v.made++
		return []sample{{why: "made up", value: form(v.made)}}
	}
	return v.of(at+"."+name, ref)
}
