package httpapi

import (
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
)

// bind reads a JSON body into a request type, strictly: one value, no member
// twice, none that the contract doesn't name, every one within its bounds. The
// path and the query are never read here, so a body can't stand in for them.
func bind(c echo.Context, into any) error {
	_, err := bindRaw(c, into)
	return err
}

// bindRaw is bind that also gives the bytes, for whoever must know them again.
func bindRaw(c echo.Context, into any) ([]byte, error) {
	media, err := bodyType(c)
	if err != nil || media != echo.MIMEApplicationJSON {
		return nil, fault.UnsupportedMedia("json_only", "the body must be application/json")
	}
	raw, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, bodyError(err)
	}
	// First as plain values, against the schema: the bounds live there.
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return nil, syntaxFault(err)
	}
	if size(plain) > valuesOf(operationOf(c)) {
		return nil, fault.Invalid("too_many_values", "the body holds more values than any operation takes")
	}
	schema := operationOf(c).body.Content.Get(echo.MIMEApplicationJSON).Schema.Value
	if err := schema.VisitJSON(plain, openapi3.MultiErrors()); err != nil {
		return nil, fault.Invalid("invalid_body", "the body is not what the contract asks for", broken(err, nil)...)
	}
	if err := json.Unmarshal(raw, into, json.RejectUnknownMembers(true)); err != nil {
		return nil, syntaxFault(err)
	}
	return raw, tryFor(c, plain)
}

// maxValues is more than any body of the contract holds. Each one that breaks a
// rule is named in the answer, so there must not be many.
const maxValues = 200

// maxPlanValues is more than any plan with its music holds.
const maxPlanValues = 700

func valuesOf(o *operation) int {
	switch o.id {
	case "createClass", "updateClass":
		return maxPlanValues
	}
	return maxValues
}

// size is how many values a value holds, itself counted.
func size(v any) int {
	n := 1
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			n += size(item)
		}
	case map[string]any:
		for _, item := range v {
			n += size(item)
		}
	}
	return n
}

func bodyType(c echo.Context) (string, error) {
	media, params, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil {
		return "", err
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return "", errors.New("charset")
	}
	return media, nil
}

func bodyError(err error) error {
	if f := asFault(err); f.Kind != fault.KindInternal {
		return f
	}
	return fault.Invalid("body_cut_off", "the body ended before its end").Because(err)
}

// syntaxFault says where the JSON goes wrong and nothing of what it holds.
func syntaxFault(err error) error {
	pointer := ""
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		pointer = string(syntactic.JSONPointer)
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		pointer = string(semantic.JSONPointer)
	}
	return fault.Invalid("invalid_json", "the body is not one JSON value of the form asked for",
		fault.At(pointer, "invalid_json", "can't be read: bad syntax, a wrong type, or a member that is unknown or given twice"))
}
