package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/privacy"
)

// Access is a manifest entry: an operation's x-access in the contract.
type Access struct {
	Auth   string `json:"auth"`   // none, session, console, session_or_console, or staff
	Role   string `json:"role"`   // with staff: the duty that it takes, or those of which any will do
	Fresh  bool   `json:"fresh"`  // with staff: the second factor was given minutes ago
	Scope  string `json:"scope"`  // what an actor other than a session needs
	Object string `json:"object"` // what the path names
	Quota  string `json:"quota"`  // the limit it counts against
	Cache  string `json:"cache"`  // no-store or public
}

const (
	authNone    = "none"
	authSession = "session"
	authConsole = "console"
	authEither  = "session_or_console"
	authStaff   = "staff"
)

var accessValues = map[string][]string{
	"auth": {authNone, authSession, authConsole, authEither, authStaff},
	"object": {
		"none", "self", "member", "workout", "own_workout", "session", "zone", "console", "import",
		"shown_workout", "comment", "notification", "scheduled_class", "calendar",
		"instructor", "pictured_instructor", "studio", "class", "given_class",
		"kept_instructor", "kept_studio", "kept_class", "kept_given_class", "series",
		"group", "group_inside", "group_led", "membership", "athlete", "coached_group", "invite", "challenge", "coming_challenge",
		"taken_class", "live_class",
	},
	"quota": {"auth", "read", "write", "import", "search", "ops"},
	"cache": {"no-store", "public"},
}

// operation is what the server needs to know of one operation of the contract.
type operation struct {
	id, method, path string
	access           Access
	parameters       openapi3.Parameters
	body             *openapi3.RequestBody // nil: none is taken
	class            limit.Class
	scope            privacy.Scopes // what a console needs; none where it may not call
	duty             db.Duty        // what staff need; none where it is for members
	policy           []string       // its RateLimit-Policy
	server           *Server
}

// manifest is the contract's operations by their id.
type manifest map[string]*operation

// The library checks no UUIDs unless it is told how.
func init() {
	openapi3.DefineStringFormatValidator("uuid", openapi3.NewCallbackValidator(func(s string) error {
		if !isID(s) {
			return errors.New("no UUID")
		}
		return nil
	}))
}

// isID says whether a text is an id as the contract writes them.
func isID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }

// readManifest reads the contract. Any operation without a full x-access entry
// is an error, and so the server doesn't start.
func readManifest(document []byte) (manifest, error) {
	doc, _, err := readDocument(document)
	if err != nil {
		return nil, err
	}
	m := manifest{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			access, err := readAccess(op)
			if err != nil {
				return nil, fmt.Errorf("contract: %s %s: %w", method, path, err)
			}
			if op.OperationID == "" || m[op.OperationID] != nil {
				return nil, fmt.Errorf("contract: %s %s: operationId is missing or taken", method, path)
			}
			o := &operation{
				id: op.OperationID, method: method, path: path, access: access,
				parameters: slices.Concat(item.Parameters, op.Parameters),
			}
			o.class, _ = limit.ClassOf(access.Quota) // readAccess knows it
			if o.scope, err = consoleScope(access); err != nil {
				return nil, fmt.Errorf("contract: %s %s: %w", method, path, err)
			}
			if o.duty, err = staffDuty(access); err != nil {
				return nil, fmt.Errorf("contract: %s %s: %w", method, path, err)
			}
			if op.RequestBody != nil {
				o.body = op.RequestBody.Value
			}
			m[o.id] = o
		}
	}
	return m, nil
}

// documents are contracts that were read, by their text, with what is served of
// each. Reading one takes half a second of a core, and tests start many servers.
var documents sync.Map

type documentRead struct {
	doc  *openapi3.T
	json []byte
	err  error
}

// readDocument reads and checks a contract, once. Nobody may change it afterwards.
func readDocument(document []byte) (*openapi3.T, []byte, error) {
	read, _ := documents.LoadOrStore(string(document), sync.OnceValue(func() (r documentRead) {
		if r.doc, r.err = openapi3.NewLoader().LoadFromData(document); r.err == nil {
			r.err = r.doc.Validate(context.Background())
		}
		if r.err == nil {
			r.json, r.err = contractJSON(r.doc)
		}
		if r.err != nil {
			r.err = fmt.Errorf("contract: %w", r.err)
		}
		return r
	}))
	r := read.(func() documentRead)() //nolint:errcheck // nothing else is stored
	return r.doc, r.json, r.err
}

func readAccess(op *openapi3.Operation) (Access, error) {
	var access Access
	raw, err := json.Marshal(op.Extensions["x-access"])
	if err != nil {
		return access, err
	}
	if err := json.Unmarshal(raw, &access); err != nil {
		return access, fmt.Errorf("x-access: %w", err)
	}
	for name, value := range map[string]string{
		"auth": access.Auth, "object": access.Object, "quota": access.Quota, "cache": access.Cache,
	} {
		if !slices.Contains(accessValues[name], value) {
			return access, fmt.Errorf("x-access: %s %q is not one of %s", name, value, strings.Join(accessValues[name], ", "))
		}
	}
	if access.Scope == "" {
		return access, fmt.Errorf("x-access: scope is missing")
	}
	return access, nil
}

// consoleScope is what a console needs for an operation that is for consoles.
func consoleScope(a Access) (privacy.Scopes, error) {
	if a.Auth != authConsole && a.Auth != authEither {
		return 0, nil
	}
	scope, known := privacy.ParseScope(a.Scope)
	if !known || scope&privacy.ConsoleScopes == 0 {
		return 0, fmt.Errorf("x-access: a console can't have the scope %q", a.Scope)
	}
	return scope, nil
}

// staffDuty is the duty that an operation for staff takes. One for staff names a duty,
// and no other does.
func staffDuty(a Access) (db.Duty, error) {
	if a.Auth != authStaff {
		if a.Role != "" || a.Fresh {
			return db.Duty{}, errors.New("x-access: a role or a fresh factor is for staff")
		}
		return db.Duty{}, nil
	}
	duty, known := privacy.ParseDuty(a.Role)
	if !known {
		return db.Duty{}, fmt.Errorf("x-access: nobody holds the role %q", a.Role)
	}
	return db.Duty{Of: duty, Fresh: a.Fresh}, nil
}

// echoPath is a contract path in Echo's spelling: {id} is :id.
func echoPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// key names a route the way Echo lists it.
func (o *operation) key() string { return o.method + " " + echoPath(o.path) }

// takesBody says whether a request may carry a body.
func (o *operation) takesBody() bool { return o.body != nil }

// reads says whether the operation changes nothing.
func (o *operation) reads() bool { return o.method == http.MethodGet }
