package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
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
