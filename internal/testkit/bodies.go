package testkit

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// body is one body that a request can have.
type body struct {
	why   string
	body  any
	media string
	uses  []string
}

// bodies are the bodies that an operation takes, of each content type, the whole
// one first; one without a body where it takes none.
func (g *Generator) bodies(o Operation) []body {
	if o.Spec.RequestBody == nil {
		return []body{{}}
	}
	var all []body
	content := o.Spec.RequestBody.Value.Content
	for _, media := range slices.Sorted(maps.Keys(content)) {
		switch {
		case media == "application/json":
			all = append(all, g.json(o, content[media])...)
		case media == "multipart/form-data":
			all = append(all, g.forms(o, content[media])...)
		case files[media] != nil:
			g.values.made++
			for _, file := range files[media](g.c, g.values.made) {
				all = append(all, body{why: media, body: file, media: media})
			}
		default:
			g.problem(o, "takes %s; add a file of that type to files in internal/testkit/fixture.go", media)
		}
	}
	return all
}

func (g *Generator) json(o Operation, media *openapi3.MediaType) []body {
	var all []body
	for _, s := range g.values.of(o.ID, media.Schema) {
		all = append(all, body{why: s.why, body: s.value, media: "application/json", uses: s.uses})
	}
	if media.Example != nil {
		all = append(all, body{why: "the contract's example", body: media.Example, media: "application/json"})
	}
	// One that brings nothing optional goes first: it stands for the operation.
	slices.SortStableFunc(all, func(a, b body) int { return min(len(a.uses), 1) - min(len(b.uses), 1) })
	return all
}

// forms are the forms with a file: each kind of file, and each further member.
func (g *Generator) forms(o Operation, media *openapi3.MediaType) []body {
	s := media.Schema.Value
	file, others := "", []string{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if s.Properties[name].Value.Format == "binary" {
			file = name
		} else {
			others = append(others, name)
		}
	}
	content := "application/octet-stream"
	if encoding := media.Encoding[file]; encoding != nil {
		content = encoding.ContentType
	}
	if file == "" || files[content] == nil {
		g.problem(o, "its form has no file of a known content type (%s); add it to files in internal/testkit/fixture.go", content)
		return nil
	}
	fresh := func(kind int) []byte {
		g.values.made++
		all := files[content](g.c, g.values.made)
		return all[kind%len(all)]
	}
	var all []body
	for kind := range files[content](g.c, 0) {
		all = append(all, body{why: "a file", body: map[string]any{file: fresh(kind)}, media: "multipart/form-data"})
	}
	for _, name := range others {
		for _, one := range g.values.known(o.ID, name, s.Properties[name]) {
			all = append(all, body{
				why: name + ": " + one.why, media: "multipart/form-data", uses: []string{name},
				body: map[string]any{file: fresh(0), name: one.value},
			})
		}
	}
	return all
}
