package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/paceline/paceline/internal/privacy"
)

// known says whether a mark is a field of the privacy model, some of them joined by "+" for
// what shows to whom all of them show, or one of the three for what stands under none: "always",
// "owner" and "staff".
func known(mark string) bool {
	for name := range strings.SplitSeq(mark, "+") {
		if _, field := privacy.ParseField(name); !field && (mark != name || name != "always" && name != "owner" && name != "staff") {
			return false
		}
	}
	return true
}

func TestEveryMemberOfAResponseSaysWhoSeesIt(t *testing.T) {
	t.Parallel()
	operations(t, func(t *testing.T, _, _ string, op *openapi3.Operation) {
		access, _ := op.Extensions["x-access"].(map[string]any)
		if mark, marked := op.Extensions["x-visibility"]; marked {
			knownVisibility(t, op.OperationID, mark)
		}
		for status, response := range op.Responses.Map() {
			for kind, media := range response.Value.Content {
				if kind == "application/json" && op.OperationID == "getContract" {
					continue // the document itself: no schema of ours describes it
				}
				marked(t, status, media.Schema, 0)
				if access["auth"] != "staff" && forStaff(media.Schema, 0) {
					t.Errorf("%s: a member for staff in the answer of what is not", status)
				}
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

// forStaff says whether a response schema has a member that is for staff.
func forStaff(ref *openapi3.SchemaRef, depth int) bool {
	if ref == nil || depth > 10 {
		return false
	}
	for _, member := range ref.Value.Properties {
		if extension(member, "x-visibility") == "staff" || forStaff(member, depth+1) {
			return true
		}
	}
	return forStaff(ref.Value.Items, depth+1)
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
	value, _ := mark.(string)
	if !known(value) {
		t.Errorf("%s: x-visibility is %v, which the model does not know", at, mark)
	}
	// What is called like a field of the model stands under it. Only ids and
	// names are also those of other things: a workout, a session.
	name := at[strings.LastIndex(at, "/")+1:]
	field, isField := privacy.ParseField(name)
	if isField && field != privacy.ID && field != privacy.Username && value != name && value != "owner" && value != "staff" {
		t.Errorf("%s is marked %s, but is a field of the model itself", at, value)
	}
}

func TestTheContractOffersWhatTheModelHas(t *testing.T) {
	t.Parallel()
	schemas := load(t).Components.Schemas
	var widenable, offered []string
	for _, rule := range privacy.Model() {
		if rule.Field.Widenable() {
			widenable = append(widenable, rule.Name)
		}
	}
	for name := range schemas["Audiences"].Value.Properties {
		offered = append(offered, name)
	}
	slices.Sort(widenable)
	slices.Sort(offered)
	if !slices.Equal(offered, widenable) {
		t.Errorf("Audiences offers %v, the model lets %v be chosen", offered, widenable)
	}
	for _, name := range schemas["Audience"].Value.Enum {
		if _, err := privacy.ParseAudience(name.(string)); err != nil {
			t.Errorf("Audience: %v", err)
		}
	}
	for _, name := range schemas["Discoverability"].Value.Enum {
		if _, err := privacy.ParseDiscoverability(name.(string)); err != nil {
			t.Errorf("Discoverability: %v", err)
		}
	}
}
