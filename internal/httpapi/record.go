package httpapi

import (
	"context"
	"errors"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/dpop"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/privacy"
)

// noted is a refusal, kept for the record.
type noted struct {
	fault *fault.Error
	cause error
}

// errClientGone ends what nobody waits for any more. The client hears nothing of it, and it is nobody's
// failure: whoever hangs up in the middle of a query raises no alarm.
var errClientGone = &fault.Error{Kind: kindClientGone, Code: "client_gone", Message: "the client hung up"}

// record tells of each request after its answer, an error's too: by pattern and
// code, with nothing of who asked, for what, or from where.
func (s *Server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		defer s.Observer.InFlight()()
		client := c.Request().Context() // until it hangs up; what operations get ends with them
		if err := next(c); err != nil {
			if client.Err() != nil && errors.Is(err, context.Canceled) {
				err = errClientGone
			}
			s.fail(err, c)
		}
		r := observe.Request{
			Method: c.Request().Method, Status: c.Response().Status, Bytes: c.Response().Size,
			Duration: time.Since(start), Actor: privacy.ActorAnonymous.String(),
		}
		if o := operationOf(c); o != nil {
			r.Route = o.path
		}
		if caller(c).HasToken() {
			r.Actor = privacy.ActorSession.String()
			if _, proved := c.Get(keyProof).(dpop.Proof); proved {
				r.Actor = privacy.ActorConsole.String()
			}
		}
		ctx := context.WithoutCancel(c.Request().Context())
		if n, ok := c.Get(keyNote).(noted); ok {
			r.Code = string(n.fault.Code)
			s.report(ctx, n)
		}
		s.Observer.Request(ctx, r)
		return nil
	}
}

// report raises what an operator should hear of.
func (s *Server) report(ctx context.Context, n noted) {
	switch {
	case errors.Is(n.cause, privacy.ErrWrongViewer):
		s.Observer.Event(ctx, observe.SeenByMismatch)
	case errors.Is(n.cause, db.ErrDisagree):
		s.Observer.Event(ctx, observe.PolicyError)
	case n.fault.Code == "cross_origin":
		s.Observer.Event(ctx, observe.CrossOrigin)
	case n.fault.Code == "invalid_token", n.fault.Code == "invalid_ticket":
		s.Observer.Event(ctx, observe.TokenRefused)
	case n.fault.Code == "bad_cursor":
		s.Observer.Event(ctx, observe.RecordRefused)
	case n.fault.Code == "invalid_json":
		s.Observer.Event(ctx, observe.InputRefused)
	case n.fault.Kind == fault.KindForbidden:
		s.Observer.Event(ctx, observe.AccessDenied)
	}
	if n.fault.Kind == fault.KindInternal || n.fault.Kind == fault.KindUnavailable {
		s.Observer.Fail(ctx, "a request failed", n.cause)
	}
}
