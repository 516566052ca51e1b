package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/leaderboard"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/moderation"
	"github.com/paceline/paceline/internal/notice/inbox"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/social"
	"github.com/paceline/paceline/internal/staff"
	"github.com/paceline/paceline/internal/workout"
)

// Options are what a server is made of.
type Options struct {
	DB           *db.DB
	Accounts     *account.Service
	Members      *member.Service
	Workouts     *workout.Service
	Social       *social.Service
	Notices      *inbox.Service
	Bookings     *booking.Service
	Classes      *class.Service
	Staff        *staff.Service
	Groups       *group.Service
	Leaderboards *leaderboard.Service
	Limits       *limit.Limiter
	Moderation   *moderation.Service

	Contract []byte // openapi.yaml
	Pages    fs.FS  // the built web pages: index.html, assets/
	Now      func() time.Time
	Observer *observe.Observer

	PublicURL       string         // what members type: proofs are about it, and security.txt says it
	SecurityContact string         // for security.txt; empty: there is none
	SecurityExpires time.Time      // for security.txt
	TrustedProxies  []netip.Prefix // whose X-Forwarded-For is believed
	CORSOrigins     []string       // exact origins; none by default
	MaxImportBytes  int64          // of an uploaded file; 0 is 32 MiB
	Timeout         time.Duration  // of one request; 0 is ten seconds

	// Stopping is closed when the server is about to stop: streams end then, so that it needn't wait for them.
	Stopping <-chan struct{}

	// Outbox is the local run's sent mail. Production leaves it nil, and then
	// there is no route that shows mail.
	Outbox func() []mail.Written
}

// Server answers the contract's operations.
type Server struct {
	Options
	manifest  manifest
	document  []byte // the contract as JSON, with the privacy model
	protected http.CrossOriginProtection
	from      echo.IPExtractor // nil: the connection's peer

	readPolicy []string // RateLimit-Policy of what no route has
}

// New is the whole edge as one handler. It fails when contract, manifest and
// routes don't agree.
func New(o Options) (http.Handler, error) {
	m, err := readManifest(o.Contract)
	if err != nil {
		return nil, err
	}
	s := &Server{Options: o, manifest: m}
	if s.MaxImportBytes == 0 {
		s.MaxImportBytes = 32 << 20
	}
	if s.Timeout == 0 {
		s.Timeout = 10 * time.Second
	}
	if _, s.document, err = readDocument(o.Contract); err != nil {
		return nil, err
	}
	for _, origin := range o.CORSOrigins {
		if err := s.protected.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("CORS origin: %w", err)
		}
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.fail
	e.IPExtractor = s.address()
	if len(o.TrustedProxies) > 0 {
		s.from = e.IPExtractor
	}
	e.Pre(s.record, s.recover, s.guard)
	if len(o.CORSOrigins) > 0 {
		e.Use(middleware.CORSWithConfig(middleware.CORSConfig{
			AllowOrigins:  o.CORSOrigins,
			AllowMethods:  []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
			AllowHeaders:  []string{echo.HeaderAuthorization, echo.HeaderContentType, "If-Match", "If-None-Match", "Idempotency-Key"},
			ExposeHeaders: []string{"ETag", echo.HeaderLocation, echo.HeaderRetryAfter, "RateLimit", "RateLimit-Policy"},
			MaxAge:        600,
		}))
	}
	each := map[string][]echo.MiddlewareFunc{}
	s.readPolicy = []string{s.Limits.Rules.Policy(limit.Read)}
	for id, op := range m {
		op.server, op.policy = s, []string{s.Limits.Rules.Policy(op.class)}
		each[id] = []echo.MiddlewareFunc{s.access(op)}
	}
	RegisterHandlersWithOptions(e, s, RegisterHandlersOptions{OperationMiddlewares: each})
	if err := m.agreesWith(e.Routes()); err != nil {
		return nil, err
	}
	if o.Outbox != nil {
		e.GET("/dev/outbox", s.outbox)
	}
	return headers(e, func(ctx context.Context) { s.Observer.Event(ctx, observe.ResponseRefused) }), nil
}

// agreesWith: every route is an operation of the contract, every operation a route.
func (m manifest) agreesWith(routes []*echo.Route) error {
	var problems []string
	left := map[string]bool{}
	for _, op := range m {
		left[op.key()] = true
	}
	for _, r := range routes {
		key := r.Method + " " + r.Path
		if !left[key] {
			problems = append(problems, key+" is not in the contract")
		}
		delete(left, key)
	}
	for key := range left {
		problems = append(problems, key+" has no route")
	}
	if len(problems) > 0 {
		slices.Sort(problems)
		return errors.New("contract and routes differ: " + strings.Join(problems, "; "))
	}
	return nil
}

// address is where a request comes from: the connection's peer, or what a
// configured proxy says of it. Nobody else's header is believed.
func (s *Server) address() echo.IPExtractor {
	if len(s.TrustedProxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, prefix := range s.TrustedProxies {
		trust = append(trust, echo.TrustIPRange(ipNet(prefix)))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}
