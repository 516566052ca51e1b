package testkit

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Coverage is what has been exercised: which operations with success, and with
// which of the parameters and members that can be left out.
type Coverage struct {
	success map[string]bool           // by operation
	uses    map[string]bool           // "operation parameter"
	last    map[string]string         // the last refusal, by operation
	seen    map[string]map[int]int    // answers by operation and status
	by      map[string]map[string]int // successes by operation and actor
}

// Note takes an answer in.
func (v *Coverage) Note(q Asked, r Response) {
	if v.success == nil {
		v.success, v.uses, v.last = map[string]bool{}, map[string]bool{}, map[string]string{}
		v.seen, v.by = map[string]map[int]int{}, map[string]map[string]int{}
	}
	if v.seen[q.ID] == nil {
		v.seen[q.ID], v.by[q.ID] = map[int]int{}, map[string]int{}
	}
	v.seen[q.ID][r.Status]++
	if r.Status >= http.StatusBadRequest {
		v.last[q.ID] = fmt.Sprintf("%s: %d %.200s", q, r.Status, r.Body)
		return
	}
	if r.Status < http.StatusMultipleChoices {
		v.success[q.ID] = true
		v.by[q.ID][q.As.Name]++
	}
	for _, use := range q.Uses {
		v.uses[q.ID+" "+use] = true
	}
}

// Missing says what was never exercised with success, and what to do about it.
func (v *Coverage) Missing(all []Operation) []string {
	var missing []string
	for _, o := range all {
		if !v.success[o.ID] {
			missing = append(missing, fmt.Sprintf("%s (%s %s) was never exercised with success; %d answers, the last refusal:\n\t%s\n\t"+
				"If something has to be there first, add it to needs (by the name of the body's schema), objects or queries in "+
				"internal/testkit/fixture.go, or to Assemble in internal/testkit/cast.go.",
				o.ID, o.Method, o.Path, total(v.seen[o.ID]), v.last[o.ID]))
			continue
		}
		for _, use := range o.optional() {
			if !v.uses[o.ID+" "+use] {
				missing = append(missing, fmt.Sprintf("%s (%s %s) was never exercised with success with its %s; "+
					"give it a value that works in queries or forms, in internal/testkit/fixture.go", o.ID, o.Method, o.Path, use))
			}
		}
	}
	return missing
}

func total(of map[int]int) (n int) {
	for _, count := range of {
		n += count
	}
	return n
}

// optional are the parameters, and members of the body, that can be left out.
func (o Operation) optional() []string {
	var all []string
	for _, p := range o.Parameters {
		if !p.Value.Required {
			all = append(all, p.Value.In+" "+p.Value.Name)
		}
	}
	if o.Spec.RequestBody != nil {
		for _, media := range o.Spec.RequestBody.Value.Content {
			s := media.Schema.Value
			for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
				if !slices.Contains(s.Required, name) {
					all = append(all, name)
				}
			}
		}
	}
	return all
}

// All sends a request and, where the answer goes on, those for its next pages.
// Each page is an answer; those after the first bring the cursor.
func (c *Cast) All(q Asked, headers ...string) []Response {
	c.T.Helper()
	r := c.Send(q, headers...)
	all := []Response{r}
	i := slices.IndexFunc(q.Parameters, func(p *openapi3.ParameterRef) bool {
		return later[p.Value.Name] != "" && p.Value.In == openapi3.ParameterInQuery
	})
	if i < 0 {
		return all
	}
	cursor, mark := q.Parameters[i].Value, "?"
	if strings.Contains(q.URL, "?") {
		mark = "&"
	}
	for page := 0; r.Status == http.StatusOK && page < 200; page++ {
		body, _ := plain(r.Body) // what is no JSON has no next page
		members, _ := body.(map[string]any)
		next, _ := members[later[cursor.Name]].(string)
		if next == "" {
			break
		}
		on := q
		on.URL += mark + cursor.Name + "=" + next
		on.Uses = []string{cursor.In + " " + cursor.Name}
		r = c.Send(on, headers...)
		all = append(all, r)
	}
	return all
}
