package httpapi

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
)

// parameters are what the contract says of an operation's parameters, looked up
// once: most requests bring a path with an id and nothing else.
type parameters struct {
	all     []parameter
	queried map[string]bool // the names of those in the query
}

type parameter struct {
	*openapi3.Parameter
	optional bool // absent is right, and means nothing
	id       bool // a UUID, and nothing else is asked
}

func parametersOf(o *operation) *parameters {
	ps := &parameters{queried: map[string]bool{}}
	for _, ref := range o.parameters {
		p, schema := ref.Value, ref.Value.Schema.Value
		if p.In == openapi3.ParameterInQuery {
			ps.queried[p.Name] = true
		}
		plain := openapi3.Schema{Type: schema.Type, Format: "uuid"}
		plain.Description, plain.Example, plain.Examples, plain.Extensions, plain.Origin =
			schema.Description, schema.Example, schema.Examples, schema.Extensions, schema.Origin
		ps.all = append(ps.all, parameter{
			Parameter: p,
			optional:  !p.Required && schema.Default == nil,
			id:        schema.Type.Is(openapi3.TypeString) && reflect.DeepEqual(*schema, plain),
		})
	}
	return ps
}

// check holds a request to the contract's parameters: no other query parameter,
// each given once, each within its bounds.
func (ps *parameters) check(c echo.Context) error {
	r := c.Request()
	query, err := ps.query(r.URL.RawQuery)
	if err != nil {
		return err
	}
	var input *openapi3filter.RequestValidationInput
	for _, p := range ps.all {
		switch p.In {
		case openapi3.ParameterInPath:
			if p.id {
				if !isID(c.Param(p.Name)) {
					return fault.NotFound()
				}
				continue
			}
		case openapi3.ParameterInQuery:
			if p.optional && !query.Has(p.Name) {
				continue
			}
		case openapi3.ParameterInHeader:
			given := len(r.Header.Values(p.Name))
			if given > 1 {
				return badParameter(p.In, p.Name, "is given more than once")
			}
			if p.optional && given == 0 {
				continue
			}
		}
		if input == nil {
			input = validation(c, query)
		}
		if err := openapi3filter.ValidateParameter(r.Context(), input, p.Parameter); err != nil {
			// A made-up id is an id that was never issued: not found, not malformed.
			if p.In == openapi3.ParameterInPath {
				return fault.NotFound()
			}
			return explainParameter(p.Parameter, err)
		}
	}
	return nil
}

func (ps *parameters) query(raw string) (url.Values, error) {
	if raw == "" {
		return nil, nil //nolint:nilnil // no query is no error
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, fault.Invalid("bad_query", "the query can't be read")
	}
	for name, values := range query {
		if !ps.queried[name] {
			return nil, fault.Invalid("unknown_parameter", "the operation doesn't know one of the query parameters",
				fault.At("?"+name, "unknown_parameter", "is no parameter of this operation"))
		}
		if len(values) != 1 {
			return nil, badParameter(openapi3.ParameterInQuery, name, "is given more than once")
		}
		if values[0] == "" {
			return nil, badParameter(openapi3.ParameterInQuery, name, "is empty")
		}
	}
	return query, nil
}

func validation(c echo.Context, query url.Values) *openapi3filter.RequestValidationInput {
	path := map[string]string{}
	for i, name := range c.ParamNames() {
		path[name] = c.ParamValues()[i]
	}
	if query == nil {
		query = url.Values{}
	}
	return &openapi3filter.RequestValidationInput{
		Request: c.Request(), PathParams: path, QueryParams: query,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
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
