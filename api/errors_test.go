package api_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// An example of an error stands under the status that it names, with the title
// that the server gives to this status.
func TestTheErrorExamplesAreOfTheirStatus(t *testing.T) {
	t.Parallel()
	operations(t, func(t *testing.T, _, _ string, op *openapi3.Operation) {
		for status, response := range op.Responses.Map() {
			media := response.Value.Content["application/problem+json"]
			if media == nil {
				continue
			}
			number, err := strconv.Atoi(status)
			if err != nil {
				t.Fatalf("%s is no status", status)
			}
			for name, example := range media.Examples {
				problem, _ := example.Value.Value.(map[string]any)
				if problem["status"] != float64(number) || problem["title"] != http.StatusText(number) || problem["type"] != "about:blank" {
					t.Errorf("%s: example %s is of %v %v", status, name, problem["status"], problem["title"])
				}
			}
		}
	})
}

// HTTP lets a client send several entity tags at once, and weak ones.
func TestThePreconditionsTakeListsOfTags(t *testing.T) {
	t.Parallel()
	taken := []string{`*`, `"q1V2"`, `W/"q1V2"`, `"a", "b"`, `"a",W/"b" , "c-_"`}
	refused := []string{``, `q1V2`, `"a" "b"`, `"a",`, `*, "a"`, `w/"a"`, `"a"b"`}
	parameters := load(t).Components.Parameters
	for _, name := range []string{"IfMatch", "IfNoneMatch"} {
		schema := parameters[name].Value.Schema.Value
		for _, value := range taken {
			if err := schema.VisitJSON(value); err != nil {
				t.Errorf("%s refuses %s: %v", name, value, err)
			}
		}
		for _, value := range refused {
			if schema.VisitJSON(value) == nil {
				t.Errorf("%s takes %s", name, value)
			}
		}
	}
}
