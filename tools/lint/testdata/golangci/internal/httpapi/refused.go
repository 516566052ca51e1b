// Package httpapi speaks Echo.
package httpapi

import (
	"github.com/labstack/echo/v4"
)

// Bind shows which of Echo's own ways are closed.
func Bind(c echo.Context) string {
	_ = c.Bind(nil)   // want "Bind lets the body overwrite path parameters"
	return c.RealIP() // want "RealIP believes any client"
}
