package testkit

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// everywhere are the headers that each answer may have; all others have to be
// declared with the answer's status.
var everywhere = map[string]bool{
	"Cache-Control": true, "Content-Length": true, "Content-Security-Policy": true, "Content-Type": true,
	"Cross-Origin-Opener-Policy": true, "Cross-Origin-Resource-Policy": true, "Date": true, "Permissions-Policy": true,
	"Referrer-Policy": true, "Strict-Transport-Security": true, "X-Content-Type-Options": true, "X-Frame-Options": true,
}

// Validate says how an answer differs from what the contract declares for its
// status: the status itself, the content type, each member, each header.
func (o Operation) Validate(r Response) []string {
	declared := o.Spec.Responses.Status(r.Status)
	if declared == nil {
		return []string{fmt.Sprintf("answers %d, which the contract doesn't declare: add it to the operation's responses", r.Status)}
	}
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if !everywhere[name] && !hasHeader(declared.Value.Headers, name) {
			faults = append(faults, fmt.Sprintf("has the header %s, which the contract doesn't declare with %d", name, r.Status))
		}
	}
	for name, header := range declared.Value.Headers {
		if header.Value.Required && r.Header.Get(name) == "" {
			faults = append(faults, fmt.Sprintf("lacks the header %s", name))
		}
	}
	if len(declared.Value.Content) == 0 {
		if len(r.Body) > 0 {
			faults = append(faults, fmt.Sprintf("has a body of %d bytes, and the contract none with %d", len(r.Body), r.Status))
		}
		return faults
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	content := declared.Value.Content[media]
	if err != nil || content == nil {
		return append(faults, fmt.Sprintf("is of type %q, which the contract doesn't declare with %d", r.Header.Get("Content-Type"), r.Status))
	}
	if media != "application/json" && media != "application/problem+json" {
		return faults
	}
	value, err := plain(r.Body)
	if err != nil {
		return append(faults, err.Error())
	}
	if err := content.Schema.Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		faults = append(faults, "is not of its schema: "+err.Error())
	}
	return append(faults, unknownMembers(content.Schema, value, "")...)
}

func hasHeader(declared openapi3.Headers, name string) bool {
	for h := range declared {
		if http.CanonicalHeaderKey(h) == name {
			return true
		}
	}
	return false
}

// unknownMembers are those that the schema doesn't name. JSON Schema allows them
// unless told otherwise; an answer here never has one.
func unknownMembers(ref *openapi3.SchemaRef, value any, at string) []string {
	var faults []string
	s := ref.Value
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			if s.Items != nil {
				faults = append(faults, unknownMembers(s.Items, item, at+"[]")...)
			}
		}
	case map[string]any:
		if len(s.Properties) == 0 {
			return nil // a document of its own, such as the contract
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			member := s.Properties[name]
			if member == nil {
				faults = append(faults, fmt.Sprintf("has the member %s.%s, which the contract doesn't name", at, name))
				continue
			}
			faults = append(faults, unknownMembers(member, v[name], at+"."+name)...)
		}
	}
	slices.Sort(faults)
	return slices.Compact(faults)
}
