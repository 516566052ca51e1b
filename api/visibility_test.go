package api_test

import (
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// The fields of the privacy model, and the two marks for what stands under none.
var visibilities = []string{
	"always", "owner",
	"id", "username", "display_name", "avatar", "bio", "location", "gender", "age",
	"height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts", "email", "birth_date",
	"followers", "following", "groups", "stats", "workout", "effort", "heart_rate",
	"route", "device", "leaderboard",
}

func TestEveryMemberOfAResponseSaysWhoSeesIt(t *testing.T) {
	t.Parallel()
	operations(t, func(t *testing.T, _, _ string, op *openapi3.Operation) {
		if mark, marked := op.Extensions["x-visibility"]; marked {
			knownVisibility(t, op.OperationID, mark)
		}
		for status, response := range op.Responses.Map() {
			for kind, media := range response.Value.Content {
				if kind == "application/json" && op.OperationID == "getContract" {
					continue // the document itself: no schema of ours describes it
				}
				marked(t, status, media.Schema, 0)
			}
		}
	})
}

// marked walks a response schema; each member found wants a mark.
func marked(t *testing.T, at string, ref *openapi3.SchemaRef, depth int) {
	t.Helper()
	schema := ref.Value
	if depth > 10 {
		t.Fatalf("%s: nested too deep to be read by anybody", at)
	}
	if len(schema.AllOf)+len(schema.AnyOf)+len(schema.OneOf) > 0 {
		t.Errorf("%s: a response is one plain shape, not a choice of some", at)
	}
	if schema.Type.Is("object") && len(schema.Properties) == 0 {
		t.Errorf("%s: an object whose members nobody named", at)
	}
	if schema.AdditionalProperties.Schema != nil {
		t.Errorf("%s: members without a name can't be marked", at)
	}
	for name, member := range schema.Properties {
		knownVisibility(t, at+"/"+name, extension(member, "x-visibility"))
		marked(t, at+"/"+name, member, depth+1)
	}
	if schema.Items != nil {
		marked(t, at+"/items", schema.Items, depth+1)
	}
}

// extension reads one beside a $ref as well as one in the schema itself.
func extension(ref *openapi3.SchemaRef, name string) any {
	if value, found := ref.Extensions[name]; found {
		return value
	}
	if ref.Ref != "" {
		return nil // a mark inside a shared schema does not speak for this member
	}
	return ref.Value.Extensions[name]
}

func knownVisibility(t *testing.T, at string, mark any) {
	t.Helper()
	if value, _ := mark.(string); !slices.Contains(visibilities, value) {
		t.Errorf("%s: x-visibility is %v, which the model does not know", at, mark)
	}
}
