package httpapi

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dpop"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// proof verifies the request's DPoP header (RFC 9449), with the access token that it
// comes with or "". The URL is the configured one: Host is the client's to choose.
func (s *Server) proof(c echo.Context, token string) (dpop.Proof, error) {
	r := c.Request()
	return s.Accounts.CheckProof(r.Context(), r.Header.Values("DPoP"), dpop.Request{
		Method: r.Method, URL: strings.TrimRight(s.PublicURL, "/") + r.URL.EscapedPath(), AccessToken: token, At: s.Now(),
	})
}

// admitConsole lets a caller who proved a key do what the operation lets consoles do,
// and uses the proof up. In the database the caller may do nothing else.
func (s *Server) admitConsole(ctx context.Context, c echo.Context, o *operation, p dpop.Proof) (privacy.Viewer, error) {
	if err := s.Accounts.UseProof(ctx, caller(c), p); err != nil {
		return privacy.Viewer{}, err
	}
	if o.scope != 0 {
		c.Set(keyCaller, caller(c).For(o.scope))
	}
	viewer, err := s.DB.Authenticate(ctx, caller(c))
	if err != nil {
		return viewer, err
	}
	if err := onlyConsoles(o, viewer); err != nil {
		return viewer, err
	}
	// Before it is answered, so that no read is missed; one that then fails counts as well.
	return viewer, s.noteConsole(ctx, c, o)
}

// noteConsole notes for the member what a console reads of theirs.
func (s *Server) noteConsole(ctx context.Context, c echo.Context, o *operation) error {
	if o.scope == 0 || !o.reads() && o.id != "syncWorkouts" {
		return nil
	}
	return s.Staff.NoteConsole(ctx, caller(c), o.access.Scope, o.id)
}

// onlyConsoles: what is for consoles is for nobody else, and the reverse.
func onlyConsoles(o *operation, v privacy.Viewer) error {
	if o.access.Auth == authEither || (o.access.Auth == authConsole) == (v.Actor() == privacy.ActorConsole) {
		return nil
	}
	return fault.Forbidden("consoles_only", "only a paired console may do this")
}

// challenge is the WWW-Authenticate of a refusal (RFC 6750, 3; RFC 9449, 7.1), with a
// nonce where one would help.
func (s *Server) challenge(c echo.Context, code fault.Code) string {
	o := operationOf(c)
	switch {
	case code == "use_dpop_nonce":
		if nonce, err := s.Accounts.ProofNonce(s.Now()); err == nil {
			c.Response().Header().Set("DPoP-Nonce", nonce)
		}
		fallthrough
	case code == "invalid_dpop_proof":
		return `DPoP error="` + string(code) + `", algs="` + strings.Join(dpop.Algorithms(), " ") + `"`
	case o != nil && o.access.Auth == authConsole:
		return `DPoP algs="` + strings.Join(dpop.Algorithms(), " ") + `"`
	}
	return "Bearer"
}
