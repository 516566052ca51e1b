package httpapi

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
)

// CookieName is the browser's session cookie. The prefix makes browsers hold it
// to one host, over TLS, for every path.
const CookieName = "__Host-paceline"

const (
	keyOperation = "operation"
	keyCaller    = "caller"
	keyNote      = "note"
	keyTry       = "try"
	keyProof     = "proof"
)

// maxToken is longer than any token ever issued.
const maxToken = 256

// readCaller takes what the request brought to say who it comes from: a token with the
// proof of its key, a bearer token, else the cookie, else nothing. A token that can't be
// one is refused like one that is unknown.
func (s *Server) readCaller(c echo.Context) error {
	now := s.Now()
	c.Set(keyCaller, db.Anonymous(now)) // unless it proves to be somebody
	token := ""
	if header := c.Request().Header.Values(echo.HeaderAuthorization); len(header) > 0 {
		scheme, rest, _ := strings.Cut(header[0], " ")
		token = strings.TrimSpace(rest)
		bound := strings.EqualFold(scheme, "DPoP")
		if len(header) > 1 || !bound && !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
			return fault.Unauthenticated("invalid_token", "the token is not valid, or no longer")
		}
		if bound {
			proof, err := s.proof(c, token)
			if err != nil {
				return err
			}
			c.Set(keyProof, proof)
			c.Set(keyCaller, db.WithProof(token, proof.JKT, now))
			return nil
		}
	} else if cookie, err := c.Request().Cookie(CookieName); err == nil && cookie.Value != "" && len(cookie.Value) <= maxToken {
		token = cookie.Value
	}
	if token != "" {
		c.Set(keyCaller, db.WithToken(token, now))
	}
	return nil
}

// caller is what the request brought. It is no viewer: only the database makes
// one, in the transaction that reads.
func caller(c echo.Context) db.Caller {
	brought, _ := c.Get(keyCaller).(db.Caller) // the zero Caller may not even ask
	return brought
}

func operationOf(c echo.Context) *operation {
	o, _ := c.Get(keyOperation).(*operation)
	return o
}
