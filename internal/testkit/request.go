package testkit

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Request is one valid request of an operation, as the contract describes it. It
// belongs to nobody yet: Cast.Prepare makes it somebody's.
type Request struct {
	Operation
	Target Target            // what the path names; the zero Target if nothing
	Named  bool              // by its name, not its id
	Why    string            // which of the possible requests this is: "limit: most"
	URL    string            // path and query
	Query  map[string]string // the query parameters
	Header map[string]string
	Body   any      // members of a JSON body or of a form, []byte for a file, nil for none
	Media  string   // the body's content type; "" for none
	Uses   []string // the optional parameters and members that it brings
}

// Base says whether the request brings nothing that could be left out.
func (r Request) Base() bool { return len(r.Uses) == 0 }

// Asked is a request as somebody sends it.
type Asked struct {
	Request
	As   Actor
	body any
}

// Prepare makes the request an actor's: what has to be there before is made, and
// the members that depend on the asker are filled in.
func (c *Cast) Prepare(a Actor, r Request) Asked {
	c.T.Helper()
	body := r.Body
	if members, ok := r.Body.(map[string]any); ok && r.Media == "application/json" {
		if need := needs[r.bodyName]; need != nil {
			members = maps.Clone(members)
			for name, value := range need(c, a.Person, members) {
				// A member that this request leaves out stays out, unless it must be there.
				if _, brought := r.Spec.RequestBody.Value.Content[r.Media].Schema.Value.Properties[name]; brought {
					members[name] = value
				}
			}
			body = members
		}
	}
	r.URL = c.decidable(a.Person, c.fresh(c.ticketed(a, r)))
	return Asked{Request: r, As: a, body: body}
}

// Validate is Operation's. What every operation that isn't for consoles tells a console
// is said once, in the contract's preface.
func (q Asked) Validate(r Response) []string {
	if q.As.Console != nil && q.Auth != "console" && q.Auth != "session_or_console" && r.Status == http.StatusForbidden {
		return nil
	}
	return q.Operation.Validate(r)
}

// Send sends it.
func (c *Cast) Send(q Asked, headers ...string) Response {
	c.T.Helper()
	c.requests.Add(1)
	for name, value := range q.Header {
		headers = append(headers, name, value)
	}
	body := q.body
	switch b := q.body.(type) {
	case []byte:
		headers = append(headers, "Content-Type", q.Media)
	case map[string]any:
		if q.Media == "multipart/form-data" {
			var file []byte
			var fields []string
			for _, name := range slices.Sorted(maps.Keys(b)) {
				if data, ok := b[name].([]byte); ok {
					file = data
				} else {
					fields = append(fields, name, fmt.Sprint(b[name]))
				}
			}
			form, media := Multipart(c.T, "made.fit", file, fields...)
			body, headers = form, append(headers, "Content-Type", media)
		}
	}
	if proven[q.ID] && q.As.Console == nil { // a console brings a proof anyway
		headers = append(headers, "DPoP", c.Key.Proof(c.T, q.Method, q.Path, ""))
	}
	r := c.Client(q.As).Do(q.Method, q.URL, body, headers...)
	c.Coverage.Note(q, r)
	if r.Status == http.StatusAccepted && strings.HasPrefix(r.Header.Get("Location"), "/v1/me/imports/") {
		c.Settle() // what goes on behind must not go on into the next request
	}
	return r
}

// Ask prepares and sends.
func (c *Cast) Ask(a Actor, r Request) Response {
	c.T.Helper()
	return c.Send(c.Prepare(a, r))
}

// String is the request as one would type it, for somebody who has to find out
// why it fails.
func (q Asked) String() string {
	line := "curl"
	if q.Method != http.MethodGet {
		line += " -X " + q.Method
	}
	line += " '" + q.URL + "'"
	if q.As.Person != nil {
		line += ` -H "Authorization: Bearer $` + strings.ToUpper(strings.ReplaceAll(q.As.Name, "-", "_")) + `"`
	}
	for _, name := range slices.Sorted(maps.Keys(q.Header)) {
		line += fmt.Sprintf(" -H '%s: %s'", name, q.Header[name])
	}
	switch b := q.body.(type) {
	case []byte:
		line += fmt.Sprintf(" -H 'Content-Type: %s' --data-binary @file (%d bytes)", q.Media, len(b))
	case map[string]any:
		if q.Media != "application/json" {
			for _, name := range slices.Sorted(maps.Keys(b)) {
				if data, ok := b[name].([]byte); ok {
					line += fmt.Sprintf(" -F %s=@file (%d bytes)", name, len(data))
				} else {
					line += fmt.Sprintf(" -F %s=%v", name, b[name])
				}
			}
			break
		}
		line += " --json '" + compact(b) + "'"
	}
	return line + "   [" + q.ID + ", " + q.Why + "]"
}
