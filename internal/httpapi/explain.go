package httpapi

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/paceline/paceline/internal/fault"
)

// broken names each member that breaks its schema, and says what the contract
// asks of it. It never repeats a value: what it knows of the request is names.
func broken(err error, at []string) []fault.Field {
	if many, ok := errors.AsType[openapi3.MultiError](err); ok {
		var fields []fault.Field
		for _, one := range many {
			fields = append(fields, broken(one, at)...)
		}
		return fields
	}
	one, ok := errors.AsType[*openapi3.SchemaError](err)
	if !ok {
		return []fault.Field{fault.At(pointer(at), "invalid", "is not what the contract asks for")}
	}
	at = slices.Concat(at, one.JSONPointer())
	switch one.SchemaField {
	case "properties", "additionalProperties":
		if members, ok := one.Value.(map[string]any); ok {
			return unknown(one.Schema, members, at)
		}
	case "anyOf", "oneOf":
		// A value that may be null is one of two schemas; what breaks is the other.
		for _, ref := range slices.Concat(one.Schema.AnyOf, one.Schema.OneOf) {
			if ref.Value.Type.Is(openapi3.TypeNull) {
				continue
			}
			if err := ref.Value.VisitJSON(one.Value, openapi3.MultiErrors()); err != nil {
				return broken(err, at)
			}
		}
	}
	code, what := asked(one.Schema, one.SchemaField)
	return []fault.Field{fault.At(pointer(at), code, what)}
}

// unknown names the members that a schema doesn't.
func unknown(schema *openapi3.Schema, members map[string]any, at []string) []fault.Field {
	var fields []fault.Field
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if schema.Properties[name] == nil {
			fields = append(fields, fault.At(pointer(append(at[:len(at):len(at)], name)), "unknown_member", "is not a member of this body"))
		}
	}
	return fields
}

// asked is the rule of a schema that was broken, as a code and in words.
func asked(schema *openapi3.Schema, rule string) (fault.Code, string) {
	switch rule {
	case "required":
		return "required", "is missing"
	case "nullable":
		return "wrong_type", "can't be null"
	case "type":
		if schema.Type != nil {
			return "wrong_type", "must be of the type " + strings.Join(schema.Type.Slice(), " or ")
		}
	case "minLength":
		return "too_short", fmt.Sprintf("give at least %d characters", schema.MinLength)
	case "maxLength":
		if schema.MaxLength != nil {
			return "too_long", fmt.Sprintf("give at most %d characters", *schema.MaxLength)
		}
	case "minimum", "exclusiveMinimum":
		if schema.Min != nil {
			return "too_small", fmt.Sprintf("give at least %g", *schema.Min)
		}
		return "too_small", "is below what the contract allows"
	case "maximum", "exclusiveMaximum":
		if schema.Max != nil {
			return "too_large", fmt.Sprintf("give at most %g", *schema.Max)
		}
		return "too_large", "is above what the contract allows"
	case "minItems":
		return "too_few", fmt.Sprintf("give at least %d", schema.MinItems)
	case "maxItems":
		if schema.MaxItems != nil {
			return "too_many", fmt.Sprintf("give at most %d", *schema.MaxItems)
		}
	case "minProperties":
		return "too_few", fmt.Sprintf("give at least %d members", schema.MinProps)
	case "enum":
		return "not_one_of", "must be one of " + list(schema.Enum)
	case "format":
		return "wrong_form", "must have the form of a " + schema.Format
	case "pattern":
		if schema.Format != "" {
			return "wrong_form", "must have the form of a " + schema.Format
		}
		return "wrong_form", "must match " + schema.Pattern
	}
	return "invalid", "breaks the rule " + rule + " of the contract"
}

func list(values []any) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = fmt.Sprint(v)
	}
	return strings.Join(names, ", ")
}

// pointer is a JSON pointer (RFC 6901).
func pointer(path []string) string {
	var b strings.Builder
	for _, part := range path {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
	}
	return b.String()
}
