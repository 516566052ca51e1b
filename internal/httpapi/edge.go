package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dpop"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// apiPolicy lets a browser do nothing with an answer but read it.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// allowed are the response headers that may leave. Nothing else does, whoever
// set it, on errors and panics too.
var allowed = map[string]bool{
	"Access-Control-Allow-Headers": true, "Access-Control-Allow-Methods": true,
	"Access-Control-Allow-Origin": true, "Access-Control-Expose-Headers": true, "Access-Control-Max-Age": true,
	"Allow": true, "Cache-Control": true, "Content-Length": true,
	"Content-Disposition": true, "Content-Security-Policy": true, "Content-Type": true, "Cross-Origin-Opener-Policy": true,
	"Cross-Origin-Resource-Policy": true, "Date": true, "Dpop-Nonce": true, "Etag": true, "Location": true,
	"Permissions-Policy": true, "Ratelimit": true, "Ratelimit-Policy": true, "Referrer-Policy": true, "Retry-After": true, "Set-Cookie": true,
	"Strict-Transport-Security": true, "Vary": true, "Www-Authenticate": true,
	"X-Content-Type-Options": true, "X-Frame-Options": true,
}

// always are the headers of every answer. Their values are shared by all of them:
// who wants another one sets it, nobody changes one in place.
var always = http.Header{
	"Cache-Control":                {"private, no-store"},
	"Content-Security-Policy":      {apiPolicy},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Permissions-Policy":           {"camera=(), geolocation=(), microphone=()"},
	"Referrer-Policy":              {"no-referrer"},
	"Strict-Transport-Security":    {"max-age=63072000; includeSubDomains"},
	"X-Content-Type-Options":       {"nosniff"},
	"X-Frame-Options":              {"DENY"},
}

// headers wraps the whole server, so that there is no answer without them.
func headers(next http.Handler, refused func(context.Context)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), always)
		// HEAD is GET without its body, which net/http leaves out by itself.
		if r.Method == http.MethodHead {
			r = r.WithContext(r.Context())
			r.Method = http.MethodGet
		}
		next.ServeHTTP(&filteredWriter{ResponseWriter: w, refused: func() { refused(r.Context()) }}, r)
	})
}

type filteredWriter struct {
	http.ResponseWriter
	started bool
	refused func() // told of a header that may not leave
}

func (w *filteredWriter) WriteHeader(status int) {
	w.filter()
	w.ResponseWriter.WriteHeader(status)
}

func (w *filteredWriter) Write(b []byte) (int, error) {
	w.filter()
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *filteredWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *filteredWriter) filter() {
	if w.started {
		return
	}
	w.started = true
	for name := range w.Header() {
		if !allowed[name] {
			w.Header().Del(name)
			w.refused()
		}
	}
}

// recover makes a panic an internal error. What was written stays written.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch p := recover(); {
			case p == nil:
			case p == http.ErrAbortHandler: //nolint:errorlint // net/http compares it so itself
				panic(p)
			default:
				s.Observer.Panic(c.Request().Context(), p)
				err = fault.Internal(panicked{fmt.Sprintf("%T", p)})
			}
		}()
		return next(c)
	}
}

// panicked says the type of what was thrown; its text may quote anything.
type panicked struct{ kind string }

func (p panicked) Error() string { return "panic with a " + p.kind }

// guard refuses what no operation takes: methods that nobody has, and writes
// that another site makes a browser send.
func (s *Server) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if !methods[r.Method] {
			return echo.ErrMethodNotAllowed
		}
		if err := s.protected.Check(r); err != nil {
			return fault.Forbidden("cross_origin", "a page of another origin may not do this")
		}
		return next(c)
	}
}

const (
	maxJSONBody   = 64 << 10
	maxAvatarBody = 5 << 20
	importTimeout = time.Minute
	uploadTimeout = 10 * time.Minute // of what is read later: it holds nothing that others wait for
)

// access asks what the manifest entry asks for, before the handler is reached.
func (s *Server) access(o *operation) echo.MiddlewareFunc {
	parameters := parametersOf(o)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			timeout, limit, unpacked := s.Timeout, int64(maxJSONBody), int64(0)
			switch o.id {
			case "importWorkouts":
				timeout, limit = max(s.Timeout, importTimeout), workout.MaxArchive(s.MaxImportBytes)+maxJSONBody
				if !waitsFor(c.Request()) {
					timeout = max(s.Timeout, uploadTimeout)
					// The server's own deadline is that of short requests.
					_ = http.NewResponseController(c.Response().Writer).SetWriteDeadline(time.Now().Add(timeout + pause)) //nolint:forbidigo // a socket knows the real clock only
				}
			case "syncWorkouts":
				timeout, limit, unpacked = max(s.Timeout, importTimeout), maxSyncSent, maxSyncUnpacked
			case "setMyAvatar", "setInstructorPicture":
				limit = maxAvatarBody
			case "streamLiveLeaderboard":
				timeout = max(s.Timeout, streamLife)
			}
			ctx, cancel := context.WithTimeout(c.Request().Context(), timeout)
			defer cancel()
			r := c.Request().WithContext(ctx)
			if r.Body != http.NoBody {
				r.Body = http.MaxBytesReader(c.Response(), &pacedBody{r.Body, ctx, http.NewResponseController(c.Response().Writer)}, limit)
			}
			c.SetRequest(r)
			c.Set(keyOperation, o)
			if err := s.readCaller(c); err != nil {
				return cmp.Or(s.count(c, o), err) // it counts for its network: proofs cost work
			}
			if err := s.count(c, o); err != nil {
				return err
			}
			viewer, err := s.admit(ctx, c, o)
			if err != nil {
				return err
			}
			if err := s.take(c, o, viewer); err != nil {
				return err
			}
			if err := parameters.check(c); err != nil {
				return err
			}
			if !o.takesBody() && r.ContentLength != 0 {
				return fault.Invalid("no_body", "this operation takes no body")
			}
			if err := unpack(c, unpacked); err != nil {
				return err
			}
			if o.access.Cache == "public" {
				c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=300")
			}
			err = s.settle(c, o, next(c))
			if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fault.Unavailable("timeout", "this took too long; try again", time.Second).Because(err)
			}
			return err
		}
	}
}

// admit asks who comes, where the operation wants to know. Nobody's body is read before
// they are known; what the handler does then asks again, in its own transaction.
func (s *Server) admit(ctx context.Context, c echo.Context, o *operation) (privacy.Viewer, error) {
	if proof, proved := c.Get(keyProof).(dpop.Proof); proved {
		return s.admitConsole(ctx, c, o, proof)
	}
	if o.access.Auth == authNone {
		return privacy.Viewer{}, nil
	}
	if caller(c).Anonymous() {
		return privacy.Viewer{}, fault.Unauthenticated("login_required", "sign in first")
	}
	if o.access.Auth == authSession && o.reads() && o.class.Counted() {
		return privacy.Viewer{}, nil
	}
	if o.access.Auth == authStaff { // in each transaction from here on
		c.Set(keyCaller, caller(c).OnDuty(o.duty))
	}
	viewer, err := s.DB.Authenticate(ctx, caller(c))
	if err != nil {
		return viewer, err
	}
	return viewer, onlyConsoles(o, viewer)
}

// pause is how long a client may send nothing while its body is waited for.
const pause = 10 * time.Second

// pacedBody lets go of a client that stalls, so that it holds nothing others
// wait for: each read has its own deadline, all together the request's.
type pacedBody struct {
	io.ReadCloser
	ctx        context.Context //nolint:containedctx // a body lives as long as its request
	connection *http.ResponseController
}

func (b *pacedBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	deadline := time.Now().Add(pause) //nolint:forbidigo // a socket knows the real clock only
	if end, ok := b.ctx.Deadline(); ok && end.Before(deadline) {
		deadline = end
	}
	// Where there is no connection (the demo world's own requests) nothing stalls.
	_ = b.connection.SetReadDeadline(deadline)
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		// The server goes on reading, to notice a client that leaves; that is no stall.
		_ = b.connection.SetReadDeadline(time.Time{})
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = fault.Invalid("body_stalled", "the body stopped coming").Because(err)
	}
	return n, err
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Masked().Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
