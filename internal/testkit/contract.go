package testkit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/paceline/paceline/api"
)

// Operation is one operation of the contract, as the engines need it.
type Operation struct {
	ID, Method, Path string
	Auth, Object     string
	Mark             string           // the field that the whole answer stands under; "" for none
	Schema           *openapi3.Schema // of the JSON answer on success; nil if there is none
	Parameters       openapi3.Parameters
	Body             any    // the first JSON example; nil if it takes none
	BodyType         string // the first content type; "" if it takes none
}

// Operations reads them all from the contract: nobody has to remember a route.
func Operations(t testing.TB) []Operation {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(api.Document)
	if err != nil {
		t.Fatal(err)
	}
	var all []Operation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := Operation{ID: op.OperationID, Method: method, Path: path, Parameters: slices.Concat(item.Parameters, op.Parameters)}
			access, _ := op.Extensions["x-access"].(map[string]any)
			o.Auth, _ = access["auth"].(string)
			o.Object, _ = access["object"].(string)
			o.Mark, _ = op.Extensions["x-visibility"].(string)
			for _, status := range []int{http.StatusOK, http.StatusCreated} {
				if r := op.Responses.Status(status); r != nil && o.Schema == nil {
					if media := r.Value.Content.Get("application/json"); media != nil && media.Schema != nil {
						o.Schema = media.Schema.Value
					}
				}
			}
			if op.RequestBody != nil {
				o.BodyType, o.Body = example(op.RequestBody.Value.Content)
			}
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func example(content openapi3.Content) (string, any) {
	types := make([]string, 0, len(content))
	for name := range content {
		types = append(types, name)
	}
	slices.Sort(types)
	if len(types) == 0 {
		return "", nil
	}
	media := content[types[0]]
	if media.Example != nil {
		return types[0], media.Example
	}
	names := make([]string, 0, len(media.Examples))
	for name := range media.Examples {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) > 0 {
		return types[0], media.Examples[names[0]].Value.Value
	}
	return types[0], nil
}

// member is one member of a body and the mark it stands under.
type bodyMember struct {
	path string // with [] for each list: items[].member.id
	mark string
}

// marks lists every member that a schema can have, with its mark.
func marks(schema *openapi3.Schema, prefix string, seen int) []bodyMember {
	if schema == nil || seen > 6 {
		return nil
	}
	if schema.Items != nil {
		return marks(schema.Items.Value, prefix+"[]", seen+1)
	}
	var all []bodyMember
	for name, ref := range schema.Properties {
		path := name
		if prefix != "" {
			path = prefix + "." + name
		}
		mark, _ := ref.Extensions["x-visibility"].(string)
		if mark == "" {
			mark, _ = ref.Value.Extensions["x-visibility"].(string)
		}
		all = append(all, bodyMember{path, mark})
		all = append(all, marks(ref.Value, path, seen+1)...)
	}
	return all
}

// MarkOf maps each possible path of an answer to its mark.
func (o Operation) MarkOf() map[string]string {
	of := map[string]string{}
	for _, m := range marks(o.Schema, "", 0) {
		of[m.path] = m.mark
	}
	return of
}

// Paths lists the members that a JSON body has, each once.
func Paths(body []byte) (map[string]bool, error) {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	paths := map[string]bool{}
	walk(v, "", paths)
	return paths, nil
}

func walk(v any, prefix string, paths map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			walk(item, prefix+"[]", paths)
		}
	case map[string]any:
		for name, item := range v {
			path := name
			if prefix != "" {
				path = prefix + "." + name
			}
			paths[path] = true
			walk(item, path, paths)
		}
	}
}
