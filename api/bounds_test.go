package api_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestEverythingARequestBringsIsBounded(t *testing.T) {
	t.Parallel()
	operations(t, func(t *testing.T, _, _ string, op *openapi3.Operation) {
		for _, p := range op.Parameters {
			bounded(t, p.Value.Name, p.Value.Schema)
		}
		if op.RequestBody == nil {
			return
		}
		for kind, media := range op.RequestBody.Value.Content {
			bounded(t, kind, media.Schema)
		}
	})
}

// bounded wants a limit on whatever has a size, and no member that has no name.
func bounded(t *testing.T, at string, ref *openapi3.SchemaRef) {
	t.Helper()
	schema := ref.Value
	for _, choice := range append(schema.AnyOf, schema.OneOf...) {
		bounded(t, at, choice)
	}
	switch {
	case schema.Type == nil:
		if len(schema.AnyOf)+len(schema.OneOf) == 0 {
			t.Errorf("%s: no type", at)
		}
	case schema.Type.Includes("object"):
		if has := schema.AdditionalProperties.Has; has == nil || *has {
			t.Errorf("%s: wants additionalProperties: false", at)
		}
		for name, member := range schema.Properties {
			bounded(t, at+"/"+name, member)
		}
	case schema.Type.Includes("array"):
		if schema.MaxItems == nil {
			t.Errorf("%s: wants maxItems", at)
		}
		bounded(t, at+"/items", schema.Items)
	case schema.Type.Includes("string"):
		fixed := schema.Format == "uuid" || schema.Format == "date" || schema.Format == "date-time"
		if schema.MaxLength == nil && len(schema.Enum) == 0 && !fixed {
			t.Errorf("%s: wants maxLength, an enum or a format of fixed length", at)
		}
	case schema.Type.Includes("number"), schema.Type.Includes("integer"):
		if schema.Min == nil || schema.Max == nil {
			t.Errorf("%s: wants minimum and maximum", at)
		}
	}
}

// The server checks bodies against these schemas, so they must refuse by themselves.
func TestTheSchemasRefuse(t *testing.T) {
	t.Parallel()
	schemas := load(t).Components.Schemas
	uuidName := strings.ToLower("5F0C2C1E-8A44-4C1B-9C5E-2F6F0E6F9A11")
	refused := []struct {
		schema, why string
		body        any
	}{
		{"ProfilePatch", "null where nothing can be cleared", map[string]any{"display_name": nil}},
		{"ProfilePatch", "a member nobody described", map[string]any{"id": "x"}},
		{"ProfilePatch", "one further in", map[string]any{"location": map[string]any{"City": "Utrecht"}}},
		{"ProfilePatch", "a weight below its bounds", map[string]any{"weight_kg": -1.0}},
		{"ProfilePatch", "a gender that is none", map[string]any{"gender": "x"}},
		{"PrivacyPatch", "a field that can't be widened", map[string]any{"audiences": map[string]any{"email": "everyone"}}},
		{"PrivacyPatch", "an audience that is none", map[string]any{"audiences": map[string]any{"bio": "all"}}},
		{"WorkoutPatch", "an owner in the body", map[string]any{"member": map[string]any{"id": uuidName}}},
		{"WorkoutPatch", "calories below nothing", map[string]any{"calories_kcal": -0.5}},
		{"WorkoutCreate", "a workout without a start", map[string]any{"sport": "run", "duration_s": 1.0}},
		{"WorkoutCreate", "an id of the client's making", map[string]any{"id": uuidName, "sport": "run", "duration_s": 1.0, "started_at": "2026-05-01T05:31:07Z"}},
		{"WorkoutCreate", "a start that is no time", map[string]any{"sport": "run", "duration_s": 1.0, "started_at": "yesterday"}},
		{"RegisterRequest", "a birth date that is none", map[string]any{"email": "a@b.test", "password": "a long ride by the river", "username": "frida", "display_name": "F", "birth_date": "2026-13-45"}},
		{"Email", "no address", "ada"},
		{"Username", "capitals", "Ada"},
		{"Username", "a UUID", uuidName},
		{"NewPassword", "fourteen characters", "fourteen chars"},
	}
	for _, c := range refused {
		if err := schemas[c.schema].Value.VisitJSON(c.body); err == nil {
			t.Errorf("%s takes %s", c.schema, c.why)
		}
	}
	taken := []struct {
		schema string
		body   any
	}{
		{"ProfilePatch", map[string]any{"location": nil, "gender": nil, "bio": nil, "ftp_watts": 250.0}},
		{"WorkoutPatch", map[string]any{"title": nil, "indoor": true}},
		{"NewPassword", strings.Repeat("x", 128)},
	}
	for _, c := range taken {
		if err := schemas[c.schema].Value.VisitJSON(c.body); err != nil {
			t.Errorf("%s refuses %v: %v", c.schema, c.body, err)
		}
	}
}
