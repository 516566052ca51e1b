package httpapi

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
)

// Request is what is recorded of a request: nothing of who asked, of what, or
// from where.
type Request struct {
	Method    string
	Route     string // the pattern, never the path
	Operation string
	Status    int
	Bytes     int64
	Duration  time.Duration
	SignedIn  bool   // a token was brought
	Code      string // of the problem, if it was one
	Cause     error  // behind an answer of 500 or 503; log its type only
}

type noted struct {
	code  string
	cause error
}

// note keeps a refusal for the record.
func note(c echo.Context, f *fault.Error, err error) {
	n := noted{code: string(f.Code)}
	if f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		n.cause = err
	}
	c.Set(keyNote, n)
}

// record tells of each request after its answer, an error's too.
func (s *Server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			s.fail(err, c)
		}
		if s.Record == nil {
			return nil
		}
		n, _ := c.Get(keyNote).(noted)
		r := Request{
			Method: c.Request().Method, Route: c.Path(), Status: c.Response().Status, Bytes: c.Response().Size,
			Duration: time.Since(start), SignedIn: caller(c).TokenHash() != nil, Code: n.code, Cause: n.cause,
		}
		if !methods[r.Method] {
			r.Method = "other"
		}
		if o := operationOf(c); o != nil {
			r.Operation = o.id
		} else {
			r.Route = "unknown"
		}
		s.Record(r)
		return nil
	}
}
