package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/dto"
)

// GetMe is the caller's account.
func (s *Server) GetMe(c echo.Context) error {
	a, grant, err := s.Accounts.Me(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.AccountBody(a, grant))
}

// DeleteMe ends the caller's account.
func (s *Server) DeleteMe(c echo.Context) error {
	var in dto.DeleteAccountRequest
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Accounts.Delete(c.Request().Context(), caller(c), in.Password); err != nil {
		return err
	}
	clearCookie(c)
	return respondEmpty(c, http.StatusNoContent)
}

// ChangePassword sets another password.
func (s *Server) ChangePassword(c echo.Context) error {
	var in dto.ChangePasswordRequest
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Accounts.ChangePassword(c.Request().Context(), caller(c), in.CurrentPassword, in.NewPassword); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// ListSessions is where the caller is signed in.
func (s *Server) ListSessions(c echo.Context) error {
	sessions, grant, err := s.Accounts.Sessions(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.SessionListBody(sessions, grant))
}

// RevokeSession ends one of the caller's sessions.
func (s *Server) RevokeSession(c echo.Context, id openapi_types.UUID) error {
	if err := s.Accounts.RevokeSession(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// RevokeOtherSessions ends all of the caller's sessions but this one.
func (s *Server) RevokeOtherSessions(c echo.Context) error {
	if err := s.Accounts.RevokeOtherSessions(c.Request().Context(), caller(c)); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// setCookie gives the browser its session. It is never readable by a script, and
// never sent along by another site.
func setCookie(c echo.Context, cookie account.Cookie) {
	c.SetCookie(sessionCookie(cookie.Token.Reveal(), int(cookie.MaxAge/time.Second)))
}

// clearCookie takes the session's cookie from the browser.
func clearCookie(c echo.Context) { c.SetCookie(sessionCookie("", -1)) }

func sessionCookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: CookieName, Value: value, Path: "/", MaxAge: maxAge,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// programLabel is a coarse name for the program that signs in. It is made of
// constants: nothing that a client writes is kept, and no version that would
// tell one device from another.
func programLabel(userAgent string) string {
	program := firstIn(userAgent, [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	})
	system := firstIn(userAgent, [][2]string{
		{"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iOS"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	})
	switch {
	case program == "":
		return "An app"
	case system == "":
		return program
	default:
		return program + " on " + system
	}
}

func firstIn(text string, names [][2]string) string {
	for _, n := range names {
		if strings.Contains(text, n[0]) {
			return n[1]
		}
	}
	return ""
}
