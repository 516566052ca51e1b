package httpapi

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/limit"
)

const mimeProblem = "application/problem+json"

var statusOf = map[fault.Kind]int{
	fault.KindInternal:           http.StatusInternalServerError,
	fault.KindInvalid:            http.StatusBadRequest,
	fault.KindUnauthenticated:    http.StatusUnauthorized,
	fault.KindForbidden:          http.StatusForbidden,
	fault.KindNotFound:           http.StatusNotFound,
	fault.KindConflict:           http.StatusConflict,
	fault.KindPreconditionFailed: http.StatusPreconditionFailed,
	fault.KindTooLarge:           http.StatusRequestEntityTooLarge,
	fault.KindUnsupportedMedia:   http.StatusUnsupportedMediaType,
	fault.KindUnprocessable:      http.StatusUnprocessableEntity,
	fault.KindTooMany:            http.StatusTooManyRequests,
	fault.KindUnavailable:        http.StatusServiceUnavailable,
	kindMethodNotAllowed:         http.StatusMethodNotAllowed,
	kindClientGone:               statusClientGone,
}

// fail is the one way a refusal leaves (RFC 9457). It tells what the fault says
// for outsiders; the cause goes to the log, by its type alone.
func (s *Server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	f := asFault(err)
	if operationOf(c) == nil && f.Kind == fault.KindNotFound {
		f = s.unmatched(c, f)
	}
	status, known := statusOf[f.Kind]
	if !known {
		status = http.StatusInternalServerError
	}
	c.Set(keyNote, noted{f, err})
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "private, no-store")
	for _, name := range []string{"ETag", echo.HeaderSetCookie} {
		h.Del(name)
	}
	if status == http.StatusUnauthorized {
		h.Set(echo.HeaderWWWAuthenticate, s.challenge(c, f.Code))
	}
	if f.RetryAfter > 0 {
		seconds := (f.RetryAfter + time.Second - 1) / time.Second
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(int(seconds)))
	}
	if f.Kind == fault.KindTooMany {
		class := limit.Read
		if o := operationOf(c); o != nil {
			class = o.class
		}
		h["Ratelimit"] = []string{class.Left(0, f.RetryAfter)}
	}
	body, encodeErr := dto.ProblemBody(status, http.StatusText(status), f).Encode()
	if encodeErr != nil {
		body = nil
	}
	_ = send(c, status, mimeProblem, body) // the client may be gone
}

// asFault turns what routers and generated code say into faults. Their texts
// may quote the request or the program, so none of them is passed on.
func asFault(err error) *fault.Error {
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return fault.TooLarge("body_too_large", "the body is larger than this operation takes")
	}
	var routed *echo.HTTPError
	if errors.As(err, &routed) {
		switch routed.Code {
		case http.StatusNotFound:
			return fault.NotFound()
		case http.StatusMethodNotAllowed:
			return &fault.Error{Kind: kindMethodNotAllowed, Code: "method_not_allowed", Message: "this method is not for this path"}
		case http.StatusBadRequest:
			return fault.Invalid("bad_parameter", "a parameter has not the form that the contract asks for")
		}
	}
	return fault.Of(err)
}

// What only the edge knows.
const (
	kindMethodNotAllowed fault.Kind = 200
	kindClientGone       fault.Kind = 201
)

// statusClientGone is for the log and the measurements: nobody is there to read it. No registry has it;
// proxies write the same (nginx).
const statusClientGone = 499
