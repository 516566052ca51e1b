package httpapi

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/observe"
)

// What a panic throws is told to nobody: not to the client, not to the log.
func TestPanicsAreInternalErrors(t *testing.T) {
	t.Parallel()
	for name, thrown := range map[string]any{"a text": "canary", "an error": errors.New("canary"), "a value": struct{ thrown string }{"canary"}} {
		var log bytes.Buffer
		s := &Server{Options: Options{Observer: observe.New(&log, nil)}}
		w := httptest.NewRecorder()
		c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), w)
		s.fail(s.recover(func(echo.Context) error { panic(thrown) })(c), c)
		if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), `"code":"internal"`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "canary") || strings.Contains(log.String(), "canary") {
			t.Errorf("%s is told: %s %s", name, w.Body, &log)
		}
	}
}
