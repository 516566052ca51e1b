package testkit

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/paceline/paceline/api"
)

// Operation is one operation of the contract, as the engines need it.
type Operation struct {
	ID, Method, Path     string
	Auth, Object, Cache  string
	Role                 string              // the duty that it takes, where it is for staff
	Mark                 string              // the field that the whole answer stands under; "" for none
	Schema               *openapi3.SchemaRef // of the JSON answer on success; nil if there is none
	Parameters           openapi3.Parameters
	Spec                 *openapi3.Operation
	schemas              openapi3.Schemas // the contract's, by name
	bodyName, answerName string           // of the schema of the JSON body and answer; "" where it has none
}

var contract = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromData(api.Document)
})

// Operations reads them all from the contract, sorted by id: nobody has to
// remember a route.
func Operations(t testing.TB) []Operation {
	t.Helper()
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	var all []Operation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			all = append(all, operation(doc, path, method, op, item.Parameters))
		}
	}
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func operation(doc *openapi3.T, path, method string, op *openapi3.Operation, common openapi3.Parameters) Operation {
	o := Operation{ID: op.OperationID, Method: method, Path: path, Spec: op, schemas: doc.Components.Schemas}
	o.Parameters = slices.Concat(common, op.Parameters)
	access, _ := op.Extensions["x-access"].(map[string]any)
	o.Auth, _ = access["auth"].(string)
	o.Role, _ = access["role"].(string)
	o.Object, _ = access["object"].(string)
	o.Cache, _ = access["cache"].(string)
	o.Mark, _ = op.Extensions["x-visibility"].(string)
	for _, status := range o.Successes() {
		if media := op.Responses.Status(status).Value.Content.Get("application/json"); media != nil && o.Schema == nil {
			o.Schema = media.Schema
			o.answerName = refName(media.Schema)
		}
	}
	if op.RequestBody != nil {
		if media := op.RequestBody.Value.Content.Get("application/json"); media != nil {
			o.bodyName = refName(media.Schema)
		}
	}
	return o
}

// refName is the name of a schema that a reference goes to, "" for one written
// where it is used.
func refName(ref *openapi3.SchemaRef) string {
	if ref == nil {
		return ""
	}
	return ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]
}

// Successes are the statuses below 300 that the operation declares, in order.
func (o Operation) Successes() []int {
	var all []int
	for code := range o.Spec.Responses.Map() {
		var status int
		if _, err := fmt.Sscan(code, &status); err == nil && status < http.StatusMultipleChoices {
			all = append(all, status)
		}
	}
	slices.Sort(all)
	return all
}

// Declares says whether the contract has an answer with this status.
func (o Operation) Declares(status int) bool { return o.Spec.Responses.Status(status) != nil }

// Reads says whether the operation changes nothing.
func (o Operation) Reads() bool { return o.Method == http.MethodGet }

// mark is the x-visibility of a member of a body, from where it is used or from
// what it refers to.
func mark(ref *openapi3.SchemaRef) string {
	if m, _ := ref.Extensions["x-visibility"].(string); m != "" {
		return m
	}
	m, _ := ref.Value.Extensions["x-visibility"].(string)
	return m
}

// Marks lists every mark that a JSON answer of the operation can bear.
func (o Operation) Marks() []string {
	found := map[string]bool{}
	var walk func(ref *openapi3.SchemaRef, depth int)
	walk = func(ref *openapi3.SchemaRef, depth int) {
		if ref == nil || ref.Value == nil || depth > 8 {
			return
		}
		walk(ref.Value.Items, depth+1)
		for _, p := range ref.Value.Properties {
			found[mark(p)] = true
			walk(p, depth+1)
		}
	}
	walk(o.Schema, 0)
	return slices.Sorted(maps.Keys(found))
}

// Audiences lists the settings that an owner has an audience for, from the
// contract's schema of that name.
func Audiences(t testing.TB) []string {
	t.Helper()
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(doc.Components.Schemas["Audiences"].Value.Properties))
}

// plain is a JSON body as values.
func plain(body []byte) (any, error) {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	return v, nil
}

// Answer is the name of the schema of the JSON answer.
func (o Operation) Answer() string { return o.answerName }

// Private lists the members that a JSON answer can have and that stand under a
// field or are the owner's, as Judge names them: by the kind of thing they are in,
// and their place there.
func (o Operation) Private() []string {
	found := map[string]bool{}
	var walk func(ref *openapi3.SchemaRef, kind, path string, depth int)
	walk = func(ref *openapi3.SchemaRef, kind, path string, depth int) {
		if depth > 8 {
			return
		}
		if ref.Value.Items != nil {
			walk(ref.Value.Items, kind, path+"[]", depth+1)
		}
		if inner := kindOf(ref.Value); inner != "" {
			kind, path = inner, ""
		}
		for name, member := range ref.Value.Properties {
			if m := mark(member); m != "always" && m != "staff" && !container(member) {
				found[kind+" "+join(path, name)] = true
			}
			walk(member, kind, join(path, name), depth+1)
		}
	}
	if o.Schema != nil {
		walk(o.Schema, o.answerName, "", 0)
	}
	return slices.Sorted(maps.Keys(found))
}

// kindOf is what an object is about by the mark of its id: a member, a workout, a membership, or
// nothing of the kind.
func kindOf(s *openapi3.Schema) string {
	if id := s.Properties["id"]; id != nil {
		return map[string]string{"id": "member", "workout": "workout", "presence": "membership"}[mark(id)]
	}
	return ""
}
