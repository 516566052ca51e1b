package httpapi

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
)

// checkParameters holds a request to the contract's parameters: no other query
// parameter, each given once, each within its bounds.
func checkParameters(c echo.Context, o *operation) error {
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return fault.Invalid("bad_query", "the query can't be read")
	}
	known := map[string]bool{}
	for _, ref := range o.parameters {
		if ref.Value.In == openapi3.ParameterInQuery {
			known[ref.Value.Name] = true
		}
	}
	for name, values := range query {
		if !known[name] {
			return fault.Invalid("unknown_parameter", "the operation doesn't know one of the query parameters",
				fault.At("?"+name, "unknown_parameter", "is no parameter of this operation"))
		}
		if len(values) != 1 {
			return badParameter(openapi3.ParameterInQuery, name, "is given more than once")
		}
		if values[0] == "" {
			return badParameter(openapi3.ParameterInQuery, name, "is empty")
		}
	}
	path := map[string]string{}
	for i, name := range c.ParamNames() {
		path[name] = c.ParamValues()[i]
	}
	input := &openapi3filter.RequestValidationInput{
		Request: c.Request(), PathParams: path, QueryParams: query,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	for _, ref := range o.parameters {
		p := ref.Value
		if p.In == openapi3.ParameterInHeader && len(c.Request().Header.Values(p.Name)) > 1 {
			return badParameter(p.In, p.Name, "is given more than once")
		}
		if err := openapi3filter.ValidateParameter(c.Request().Context(), input, p); err != nil {
			// A made-up id is an id that was never issued: not found, not malformed.
			if p.In == openapi3.ParameterInPath {
				return fault.NotFound()
			}
			return explainParameter(p, err)
		}
	}
	return nil
}

// explainParameter says what the contract asks of a parameter.
func explainParameter(p *openapi3.Parameter, err error) error {
	if one, ok := errors.AsType[*openapi3.SchemaError](err); ok {
		_, what := asked(one.Schema, one.SchemaField)
		return badParameter(p.In, p.Name, what)
	}
	if errors.Is(err, openapi3filter.ErrInvalidRequired) {
		return badParameter(p.In, p.Name, "is missing")
	}
	return badParameter(p.In, p.Name, "is not of the form that the contract asks for")
}

func badParameter(in, name, what string) error {
	pointer := name
	if in == openapi3.ParameterInQuery {
		pointer = "?" + name
	}
	return fault.Invalid("bad_parameter", "a parameter is not what the contract asks for",
		fault.At(pointer, "bad_parameter", what))
}

// methods are those that any operation may have; everything else is refused
// before routing.
var methods = map[string]bool{
	http.MethodGet: true, http.MethodPost: true, http.MethodPut: true,
	http.MethodPatch: true, http.MethodDelete: true, http.MethodOptions: true,
}
