package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/testkit"
)

// A refusal says what is wrong where, in words of the contract, and repeats no value.
func TestRefusalsSayWhatIsAsked(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("asker")
	register := func(change string) string {
		return `{"email":"a@example.test","password":"a long ride by the river","username":"frida","display_name":"F","birth_date":"1994-03-02"` + change + `}`
	}
	for name, c := range map[string]struct{ method, path, body, pointer, code, says string }{
		"a short password":   {"POST", "/v1/auth/register", strings.Replace(register(""), "a long ride by the river", "SHORT-VALUE", 1), "/password", "too_short", "at least 15 characters"},
		"a missing member":   {"POST", "/v1/auth/register", strings.Replace(register(""), `"email":"a@example.test",`, "", 1), "/email", "required", "missing"},
		"an unknown member":  {"POST", "/v1/auth/register", register(`,"admin":"SHORT-VALUE"`), "/admin", "unknown_member", "not a member"},
		"a wrong form":       {"POST", "/v1/auth/register", strings.Replace(register(""), "1994-03-02", "SHORT-VALUE", 1), "/birth_date", "wrong_form", "date"},
		"a wrong type":       {"PATCH", "/v1/me/profile", `{"bio":7}`, "/bio", "wrong_type", "string"},
		"null":               {"PATCH", "/v1/me/profile", `{"display_name":null}`, "/display_name", "wrong_type", ""},
		"inside an optional": {"PATCH", "/v1/me/profile", `{"location":{"city":"Baden","country":"cH"}}`, "/location/country", "wrong_form", ""},
		"an unknown inside":  {"PATCH", "/v1/me/privacy", `{"audiences":{"email":"everyone"}}`, "/audiences/email", "unknown_member", ""},
		"none of an enum":    {"PATCH", "/v1/me/privacy", `{"audiences":{"bio":"SHORT-VALUE"}}`, "/audiences/bio", "not_one_of", "only_me, followers, members, everyone"},
		"too small":          {"PATCH", "/v1/me/profile", `{"height_cm":-1}`, "/height_cm", "too_small", "at least"},
		"no query":           {"GET", "/v1/members", "", "?q", "bad_parameter", "missing"},
		"a short query":      {"GET", "/v1/members?q=ab", "", "?q", "bad_parameter", "at least 3"},
		"a large limit":      {"GET", "/v1/members?q=abc&limit=1000", "", "?limit", "bad_parameter", "at most 100"},
		"an unknown query":   {"GET", "/v1/members?q=abc&pages=2", "", "?pages", "unknown_parameter", "no parameter"},
	} {
		var body any
		if c.body != "" {
			body = []byte(c.body)
		}
		r := p.Do(c.method, c.path, body, "Content-Type", "application/json").Want(t, http.StatusBadRequest)
		var problem struct {
			Errors []struct{ Pointer, Code, Detail string }
		}
		r.JSON(t, &problem)
		if len(problem.Errors) != 1 || problem.Errors[0].Pointer != c.pointer || !strings.Contains(problem.Errors[0].Detail, c.says) ||
			c.code != "" && problem.Errors[0].Code != c.code {
			t.Errorf("%s: %s", name, r.Body)
		}
		if strings.Contains(string(r.Body), "SHORT-VALUE") {
			t.Errorf("%s: the answer repeats the value: %s", name, r.Body)
		}
	}
}
