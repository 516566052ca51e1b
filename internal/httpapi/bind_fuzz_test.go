package httpapi

import (
	"bytes"
	stdjson "encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/api"
	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
)

// theManifest is the contract's, read once a process.
func theManifest(t testing.TB) manifest {
	t.Helper()
	m, err := readManifest(api.Document)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// request is what a handler of the operation would be given.
func request(o *operation, method, target string, body []byte) echo.Context {
	r := httptest.NewRequest(method, "/", bytes.NewReader(body))
	_, r.URL.RawQuery, _ = strings.Cut(target, "?")
	recorder := httptest.NewRecorder()
	r.Body = http.MaxBytesReader(recorder, r.Body, maxJSONBody)
	c := echo.New().NewContext(r, recorder)
	c.Set(keyOperation, o)
	return c
}

// refusedOnly holds an error to a refusal that an outsider may read.
func refusedOnly(t *testing.T, err error, kinds ...fault.Kind) {
	t.Helper()
	f := asFault(err)
	if !slices.Contains(kinds, f.Kind) || f.Code == "" || f.Message == "" {
		t.Fatalf("refused as %v: %v", f.Kind, err)
	}
	if len(f.Fields) > 2*maxValues {
		t.Fatalf("the refusal has %d fields", len(f.Fields))
	}
}

// bodies are the operations that take JSON, and the type of each.
var bodies = []struct {
	operation string
	empty     any
}{
	{"registerAccount", dto.RegisterRequest{}}, {"verifyEmail", dto.VerifyRequest{}}, {"login", dto.LoginRequest{}},
	{"refreshTokens", dto.RefreshRequest{}}, {"forgotPassword", dto.ForgotPasswordRequest{}}, {"resetPassword", dto.ResetPasswordRequest{}},
	{"updateMyProfile", dto.ProfilePatch{}}, {"updateMyPrivacy", dto.PrivacyPatch{}}, {"deleteMe", dto.DeleteAccountRequest{}},
	{"changePassword", dto.ChangePasswordRequest{}}, {"createWorkout", dto.WorkoutCreate{}}, {"updateWorkout", dto.WorkoutPatch{}},
}

// A body is refused as the caller's mistake, or it is one JSON value without doubles
// that comes back the same when it is written and read again.
func FuzzBind(f *testing.F) {
	m := theManifest(f)
	for i, seed := range []string{
		`{"email":"a@example.test","password":"a long ride by the river","username":"frida","display_name":"F","birth_date":"1994-03-02"}`,
		`{"email":"a@example.test","code":"BCDFGHJK"}`, `{"email":"a@example.test","password":"x"}`, `{"refresh_token":"pl_rt_x"}`,
		`{"email":"a@example.test"}`, `{"email":"a@example.test","code":"BCDFGHJK","password":"a long ride by the river"}`,
		`{"bio":null,"location":{"city":"Baden","country":"CH"},"weight_kg":70.5}`, `{"private":true,"audiences":{"bio":"everyone"}}`,
		`{"password":"x"}`, `{"current_password":"x","new_password":"a long ride by the river"}`,
		`{"sport":"ride","started_at":"2026-03-07T08:00:00Z","duration_s":60,"title":"a"}`, `{"title":null,"audience":"only_me"}`,
	} {
		f.Add(uint8(i), []byte(seed))
		f.Add(uint8(i), []byte(strings.Replace(seed, `{`, `{"bio":1e400,"bio":`, 1)))
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		b := bodies[int(which)%len(bodies)]
		o := m[b.operation]
		if o == nil {
			t.Fatalf("the contract has no %s", b.operation)
		}
		bound := func(body []byte) (any, error) {
			c := request(o, o.method, "/", body)
			c.Request().Header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
			into := reflect.New(reflect.TypeOf(b.empty))
			err := bind(c, into.Interface())
			return into.Interface(), err
		}
		in, err := bound(body)
		if err != nil {
			refusedOnly(t, err, fault.KindInvalid, fault.KindTooLarge)
			return
		}
		if len(body) > maxJSONBody || !stdjson.Valid(body) {
			t.Fatal("taken, though another parser refuses it, or it is too large")
		}
		once, err := stdjson.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := bound(once)
		if err != nil {
			t.Fatalf("taken, but not when written again: %s: %v", once, err)
		}
		if twice, err := stdjson.Marshal(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s became %s, %v", once, twice, err)
		}
	})
}

// A query and headers are refused as the caller's mistake or as an id that isn't
// there, or they hold each parameter once and none that the contract doesn't name.
func FuzzParameters(f *testing.F) {
	m := theManifest(f)
	var all []*operation
	for _, o := range m {
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b *operation) int { return strings.Compare(a.id, b.id) })
	for i := range all {
		f.Add(uint8(i), "limit=20&cursor=abc", "0190a0a0-0000-7000-8000-000000000000", "key-of-sixteen-letters", `"tag"`)
		f.Add(uint8(i), "q=ada&limit=-1&limit=2", "ada", "", "*")
		f.Add(uint8(i), "channels=power_w,heart_rate_bpm&points=1e9", "\x00", "\r\n", "")
	}
	f.Fuzz(func(t *testing.T, which uint8, query, path, key, tag string) {
		o := all[int(which)%len(all)]
		c := request(o, o.method, "/?"+query, nil)
		var names, values []string
		for _, ref := range o.parameters {
			if ref.Value.In == "path" {
				names, values = append(names, ref.Value.Name), append(values, path)
			}
		}
		c.SetParamNames(names...)
		c.SetParamValues(values...)
		for name, value := range map[string]string{"Idempotency-Key": key, "If-Match": tag} {
			if value != "" {
				c.Request().Header.Set(name, value)
			}
		}
		// What is looked up once must not change what is refused.
		byLibrary := parametersOf(o)
		for i := range byLibrary.all {
			byLibrary.all[i].optional, byLibrary.all[i].id = false, false
		}
		err := parametersOf(o).check(c)
		if want := byLibrary.check(c); (err == nil) != (want == nil) || fault.KindOf(err) != fault.KindOf(want) {
			t.Fatalf("%s ?%s %q: %v, but the library says %v", o.id, query, path, err, want)
		}
		if err != nil {
			refusedOnly(t, err, fault.KindInvalid, fault.KindNotFound)
			return
		}
		known := map[string]bool{}
		for _, ref := range o.parameters {
			known[ref.Value.In+" "+ref.Value.Name] = true
		}
		for name, given := range c.Request().URL.Query() {
			if !known["query "+name] || len(given) != 1 || given[0] == "" {
				t.Fatalf("%s takes ?%s=%q", o.id, name, given)
			}
		}
		if known["header Idempotency-Key"] && len(key) > 255 {
			t.Fatalf("%s takes a key of %d bytes", o.id, len(key))
		}
	})
}
