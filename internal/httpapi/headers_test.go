package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
)

// A header that is not listed doesn't leave, whoever set it, and is told of.
func TestUnlistedHeadersStayAndAreTold(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"with a status":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
		"by its body only": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")) },
	} {
		told := 0
		h := headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Server", "a platform")
			w.Header().Set("X-Powered-By", "something")
			w.Header().Set("ETag", `"1"`)
			answer(w, r)
		}), func(context.Context) { told++ })
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		got := w.Result().Header //nolint:bodyclose // a recorder's
		if got.Get("Server") != "" || got.Get("X-Powered-By") != "" || got.Get("ETag") == "" || got.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", name, got)
		}
		if told != 2 {
			t.Errorf("%s: told %d times", name, told)
		}
	}
}

// A refusal says nothing of what went wrong inside, and carries nothing that was
// made for an answer.
func TestRefusalsSayNothingOfTheirCause(t *testing.T) {
	t.Parallel()
	secret := errors.New("canary: Key (email)=(ada@example.test) already exists")
	for name, c := range map[string]struct {
		err    error
		status int
	}{
		"an error":               {secret, 500},
		"a wrapped one":          {fmt.Errorf("canary: %w", secret), 500},
		"a fault with a cause":   {fault.Invalid("invalid", "is not valid").Because(secret), 400},
		"an internal fault":      {fault.Internal(secret), 500},
		"a router's":             {echo.NewHTTPError(http.StatusBadRequest, "canary").SetInternal(secret), 400},
		"a router's, internal":   {echo.NewHTTPError(http.StatusInternalServerError, "canary").SetInternal(secret), 500},
		"a router's, odd":        {echo.NewHTTPError(http.StatusTeapot, "canary"), 500},
		"a body that is too big": {fmt.Errorf("canary: %w", &http.MaxBytesError{Limit: 7}), 413},
		"a kind that is unknown": {&fault.Error{Kind: 99, Code: "odd"}, 500},
	} {
		w := httptest.NewRecorder()
		e := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), w)
		h := e.Response().Header()
		h.Set("Cache-Control", "public, max-age=300")
		for _, made := range []string{"ETag", "Set-Cookie"} {
			h.Set(made, "canary")
		}
		(&Server{}).fail(c.err, e)
		if w.Code != c.status || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), `"code"`) {
			t.Errorf("%s: %d %s %s", name, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if told := fmt.Sprint(w.Header(), w.Body); strings.Contains(told, "canary") || strings.Contains(told, "ada@") {
			t.Errorf("%s: tells %s", name, told)
		}
		if kept := w.Header().Get("Cache-Control"); kept != "private, no-store" {
			t.Errorf("%s: may be kept: %s", name, kept)
		}
	}
}
