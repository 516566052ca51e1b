package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"
)

// send is the one responder.
func send(c echo.Context, status int, body []byte) error {
	c.Response().WriteHeader(status)
	_, err := c.Response().Write(body)
	return err
}

func respondBytes(c echo.Context, body []byte) error { return send(c, http.StatusOK, body) }

type Server struct{}

func (s *Server) GetContract(c echo.Context) error { return respondBytes(c, nil) }

func (s *Server) GetWorkout(c echo.Context) error {
	return respondBytes(c, nil) // want `internal/httpapi.respondBytes is not for here`
}

type filteredWriter struct{ http.ResponseWriter }

func (w *filteredWriter) Write(b []byte) (int, error) { return w.ResponseWriter.Write(b) }

func (w *filteredWriter) other(b []byte) {
	_, _ = w.ResponseWriter.Write(b) // want `Write writes bytes of a response`
}

type held struct{ to io.Writer }

func fine(ctx context.Context, next http.Handler, handle func(http.ResponseWriter), c echo.Context) {
	w := c.Response()
	w.Header().Set("Allow", "GET")
	next.ServeHTTP(&filteredWriter{w}, c.Request())
	handle(w)
	_ = http.MaxBytesReader(w, nil, 1)
	_ = http.NewResponseController(w.Writer)
	fmt.Fprint(io.Discard, "not a response")
}

func wrong(c echo.Context, w http.ResponseWriter, r *http.Request) {
	_ = c.JSON(200, nil)                // want `JSON writes bytes of a response`
	_ = c.String(200, "")               // want `String writes bytes of a response`
	_ = c.NoContent(204)                // want `NoContent writes bytes of a response`
	_ = c.Redirect(302, "/")            // want `Redirect writes bytes of a response`
	c.Response().WriteHeader(200)       // want `WriteHeader writes bytes of a response`
	c.Response().Flush()                // want `Flush writes bytes of a response`
	_, _ = w.Write(nil)                 // want `Write writes bytes of a response`
	fmt.Fprintf(w, "%s", "a byte")      // want `an io.Writer writes bytes of a response`
	_, _ = io.WriteString(w, "a byte")  // want `an io.Writer writes bytes of a response`
	_, _ = io.Copy(c.Response(), nil)   // want `an io.Writer writes bytes of a response`
	_ = json.NewEncoder(w).Encode(1)    // want `an io.Writer writes bytes of a response`
	http.Error(w, "", 500)              // want `Error writes bytes of a response`
	http.Redirect(w, r, "/", 302)       // want `Redirect writes bytes of a response`
	http.ServeFile(w, r, "/etc/passwd") // want `ServeFile writes bytes of a response`
	var out io.Writer = w               // want `an io.Writer writes bytes of a response`
	out = c.Response()                  // want `an io.Writer writes bytes of a response`
	_ = io.Writer(w)                    // want `an io.Writer writes bytes of a response`
	_ = held{to: w}                     // want `an io.Writer writes bytes of a response`
	_ = out
	_, _, _ = http.NewResponseController(w).Hijack() // want `Hijack writes bytes of a response`
}
