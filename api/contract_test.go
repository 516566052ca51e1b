package api_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/paceline/paceline/api"
	"github.com/paceline/paceline/internal/privacy"
)

// load is the contract, read once, for tests that change nothing of it.
func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// contract reads the contract the way the server does, and checks it as OpenAPI 3.1.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(api.Document)
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(context.Background())
})

// operations calls check once per operation, as a subtest named by its id.
func operations(t *testing.T, check func(t *testing.T, method, path string, op *openapi3.Operation)) {
	t.Helper()
	for path, item := range load(t).Paths.Map() {
		for method, op := range item.Operations() {
			t.Run(op.OperationID, func(t *testing.T) { check(t, method, path, op) })
		}
	}
}

var accessValues = map[string][]string{
	"auth":  {"none", "session", "console", "session_or_console", "staff"},
	"scope": scopes(),
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

// scopes are "none", those that some field of the model asks for, and a console's.
func scopes() []string {
	names := []string{"none", privacy.ScopeSync.String(), privacy.ScopeClassesRead.String()}
	for _, rule := range privacy.Model() {
		names = append(names, rule.Scope.String())
	}
	return names
}

// allRoles says whether a text is the names of duties of staff.
func allRoles(names string) bool {
	duty, known := privacy.ParseDuty(names)
	return known && duty.String() == names
}

func TestEveryOperationDeclaresItsAccess(t *testing.T) {
	t.Parallel()
	operations(t, func(t *testing.T, method, path string, op *openapi3.Operation) {
		access, ok := op.Extensions["x-access"].(map[string]any)
		if !ok {
			t.Fatalf("%s %s has no x-access", method, path)
		}
		staff, wants := access["auth"] == "staff", len(accessValues)
		if role, has := access["role"].(string); staff != has || has && !allRoles(role) {
			t.Errorf("x-access.role is %v with auth: %v: staff, and nobody else, hold one", access["role"], access["auth"])
		}
		if fresh, has := access["fresh"]; has && (!staff || fresh != true) {
			t.Error("x-access.fresh is true, for staff, or is left out")
		}
		for _, more := range []string{"role", "fresh"} {
			if _, has := access[more]; has {
				wants++
			}
		}
		if len(access) != wants {
			t.Errorf("x-access has %v, wants exactly %v, and of staff the role", keys(access), keys(accessValues))
		}
		for name, known := range accessValues {
			if value, _ := access[name].(string); !slices.Contains(known, value) {
				t.Errorf("x-access.%s is %v, which is not known", name, access[name])
			}
		}
		// The security requirement says the same to other people's tools.
		if op.Security == nil {
			t.Fatal("no security requirement")
		}
		optional := len(*op.Security) == 0
		for _, requirement := range *op.Security {
			optional = optional || len(requirement) == 0
		}
		if optional != (access["auth"] == "none") {
			t.Errorf("x-access.auth is %v, but security is %v", access["auth"], *op.Security)
		}
		if access["cache"] == "public" && access["quota"] != "ops" {
			t.Error("only what says nothing of a member may be cached")
		}
	})
}

func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	operations(t, func(t *testing.T, method, path string, op *openapi3.Operation) {
		if op.OperationID == "" || seen[op.OperationID] {
			t.Errorf("%s %s: operationId %q is empty or used twice", method, path, op.OperationID)
		}
		seen[op.OperationID] = true
		if op.Summary == "" || len(op.Tags) != 1 {
			t.Errorf("wants a summary and one tag, has %q and %v", op.Summary, op.Tags)
		}
		for _, p := range op.Parameters {
			if p.Value.Example == nil || p.Value.Description == "" {
				t.Errorf("parameter %s wants an example and a description", p.Value.Name)
			}
		}
		if op.RequestBody != nil {
			hasExamples(t, "the request", op.RequestBody.Value.Content)
		}
		for status, response := range op.Responses.Map() {
			hasExamples(t, status, response.Value.Content)
			problem := response.Value.Content["application/problem+json"]
			if status >= "400" && (problem == nil || problem.Schema.Ref != "#/components/schemas/Problem") {
				t.Errorf("%s is not a Problem", status)
			}
		}
		for _, status := range expectedErrors(method, op) {
			if op.Responses.Value(status) == nil {
				t.Errorf("does not say what %s means", status)
			}
		}
	})
}

// expectedErrors are the errors that follow from the form of an operation.
func expectedErrors(method string, op *openapi3.Operation) []string {
	statuses := []string{"429", "500", "503"}
	access, _ := op.Extensions["x-access"].(map[string]any)
	if len(*op.Security) > 0 {
		statuses = append(statuses, "401")
	}
	if method != "GET" || access["auth"] == "staff" {
		statuses = append(statuses, "403")
	}
	if op.RequestBody != nil {
		statuses = append(statuses, "400", "413", "415", "422")
	}
	if access["object"] != "none" && access["object"] != "self" {
		statuses = append(statuses, "404")
	}
	for _, p := range op.Parameters {
		if p.Value.Name == "If-Match" {
			statuses = append(statuses, "412")
		}
		if p.Value.Name == "If-None-Match" {
			statuses = append(statuses, "304")
		}
	}
	return statuses
}

// hasExamples wants an example of each content but pictures, one that its own schema takes.
func hasExamples(t *testing.T, where string, content openapi3.Content) {
	t.Helper()
	for kind, media := range content {
		if strings.HasPrefix(kind, "image/") {
			continue
		}
		values := []any{}
		if media.Example != nil {
			values = append(values, media.Example)
		}
		for _, example := range media.Examples {
			values = append(values, example.Value.Value)
		}
		if len(values) == 0 {
			t.Errorf("%s (%s) has no example", where, kind)
		}
		for _, value := range values {
			if err := media.Schema.Value.VisitJSON(value); err != nil {
				t.Errorf("%s (%s): the example is not of its schema: %v", where, kind, err)
			}
		}
	}
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
