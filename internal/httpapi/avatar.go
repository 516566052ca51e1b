package httpapi

import (
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
)

// SetMyAvatar takes a picture. Its type and size are checked before a byte of it
// is drawn.
func (s *Server) SetMyAvatar(c echo.Context) error {
	contentType, err := bodyType(c)
	if err != nil {
		return fault.UnsupportedMedia("picture_type", "send image/png or image/jpeg")
	}
	encoded, err := io.ReadAll(c.Request().Body) // bounded at the edge
	if err != nil {
		return bodyError(err)
	}
	if err := s.Members.SetAvatar(c.Request().Context(), caller(c), contentType, encoded); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// DeleteMyAvatar takes the caller's picture away.
func (s *Server) DeleteMyAvatar(c echo.Context) error {
	if err := s.Members.DeleteAvatar(c.Request().Context(), caller(c)); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}
