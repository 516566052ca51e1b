package httpapi

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/privacy"
)

// proofs are the operations that try a secret, and what each try counts as: a
// password tried at one counts at the other. One that succeeds gives its try back.
var proofs = map[string]struct {
	what   string
	secret limit.Secret
}{
	"login": {"login", limit.Password}, "loginCookie": {"login", limit.Password}, "appealSuspension": {"login", limit.Password},
	"changePassword": {"password", limit.Password}, "deleteMe": {"password", limit.Password},
	"enrolSecondFactor": {"password", limit.Password}, "proveSession": {"factor", limit.Code}, "confirmSecondFactor": {"factor", limit.Code},
	"verifyEmail": {"verify", limit.Code}, "resetPassword": {"reset", limit.Code},
	"checkIn":    {"check-in", limit.Code},
	"getPairing": {"pairing", limit.Code}, "approvePairing": {"pairing", limit.Code}, "denyPairing": {"pairing", limit.Code},
	"acceptGroupInvite": {"invite", limit.Code},
}

// network is where a request comes from.
func (s *Server) network(r *http.Request) limit.Network {
	return limit.NetworkOf(s.peer(r))
}

// peer is a request's address; no address is the one network of those.
func (s *Server) peer(r *http.Request) netip.Addr {
	if s.from != nil {
		address, _ := netip.ParseAddr(s.from(r))
		return address
	}
	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	return peer.Addr()
}

// few is the part of a quota below which answers say how much is left. They don't
// before: two answers that should be alike have to be.
const few = 4

// count counts a request of a class that is counted, before anything is done for it.
func (s *Server) count(c echo.Context, o *operation) error {
	c.Response().Header()["Ratelimit-Policy"] = o.policy
	if !o.class.Counted() {
		return nil
	}
	left, quota, err := s.Limits.Count(c.Request().Context(), caller(c), o.class, s.network(c.Request()))
	if err == nil && left < quota/few {
		c.Response().Header()["Ratelimit"] = []string{o.class.Left(left, limit.UntilMore(caller(c).At()))}
	}
	return err
}

// unmatched counts a request for what no route has as a read of nobody's, so that it
// is answered like one for what nobody has, and limited like it.
func (s *Server) unmatched(c echo.Context, f *fault.Error) *fault.Error {
	c.Response().Header()["Ratelimit-Policy"] = s.readPolicy
	if _, _, err := s.Limits.Count(c.Request().Context(), db.Anonymous(s.Now()), limit.Read, s.network(c.Request())); err != nil {
		return fault.Of(err)
	}
	return f
}

// try is what a handler is about to try: taken, and by settle maybe given back.
type try struct {
	limit.Try
	limit.Taken
}

// take takes a try of a class with exact buckets, before a body is read; with names in the
// body, as soon as those are known.
func (s *Server) take(c echo.Context, o *operation, v privacy.Viewer) error {
	if o.class.Counted() {
		return nil
	}
	t := &try{Try: limit.Try{Class: o.class, What: o.id, Network: s.network(c.Request()), Member: v.Member()}}
	if p, proves := proofs[o.id]; proves {
		t.What, t.Secret = p.what, p.secret
	}
	c.Set(keyTry, t)
	if o.class == limit.Auth && o.takesBody() {
		return nil
	}
	return s.try(c, t)
}

// tryFor takes the try of a request whose body has been read, with the account that
// it names; whatever operation has such a body, and whether there is such an account.
func tryFor(c echo.Context, body any) error {
	t, _ := c.Get(keyTry).(*try)
	o := operationOf(c)
	if t == nil || o.class != limit.Auth {
		return nil
	}
	if members, ok := body.(map[string]any); ok {
		t.Name, _ = members["email"].(string)
	}
	return o.server.try(c, t)
}

func (s *Server) try(c echo.Context, t *try) error {
	var err error
	if t.Taken, err = s.Limits.Take(c.Request().Context(), caller(c).At(), t.Try); err != nil {
		return err
	}
	quota := s.Limits.Rules.Auth
	if t.Class == limit.Import {
		quota = s.Limits.Rules.Import
	}
	if t.Remaining < quota/few {
		c.Response().Header()["Ratelimit"] = []string{t.Class.Left(t.Remaining, 0)}
	}
	c.Set(keyCaller, caller(c).From(t.Network.Origin(t.Known)))
	return nil
}

// settle counts a request by its member once its token has proved to be one, gives a
// try back that proved its secret, and hides from whoever spent their budget that
// there is nobody.
func (s *Server) settle(c echo.Context, o *operation, err error) error {
	kind := fault.KindOf(err)
	if o.class.Counted() && (err == nil || kind != fault.KindUnauthenticated) {
		s.Limits.Seen(caller(c), o.class)
	}
	if t, tried := c.Get(keyTry).(*try); tried && err == nil {
		ctx := context.WithoutCancel(c.Request().Context())
		if failed := s.Limits.Proved(ctx, caller(c).At(), t.Taken); failed != nil {
			s.Observer.Fail(ctx, "a try could not be given back", failed)
		}
	}
	if err != nil && kind == fault.KindNotFound && o.others() {
		if stopped := s.Limits.Nothing(c.Request().Context(), caller(c), s.network(c.Request())); stopped != nil {
			return stopped
		}
	}
	return err
}

// others says whether an operation is asked about members in general.
func (o *operation) others() bool {
	return o.access.Object == "member" || o.access.Object == "workout" || o.class == limit.Search || o.id == "viewAs"
}

// charge pays for the members that an answer shows.
func (o *operation) charge(c echo.Context, shown []uuid.UUID) error {
	s := o.server
	switch {
	case len(shown) > 0:
		return s.Limits.Charge(c.Request().Context(), caller(c), s.network(c.Request()), shown)
	case o.class == limit.Search:
		return s.Limits.Nothing(c.Request().Context(), caller(c), s.network(c.Request()))
	}
	return nil
}
