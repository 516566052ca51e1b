package httpapi

import (
	"encoding/json"
	"net"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
)

// outbox shows the mail that the local run kept instead of sending it, newest
// first. It is no operation of the contract: the route exists only where an
// outbox was given, which production never does.
func (s *Server) outbox(c echo.Context) error {
	// A page that has its own name point here must not read codes through a browser.
	host := c.Request().Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fault.NotFound()
	}
	type written struct {
		At      time.Time `json:"at"`
		To      string    `json:"to"`
		Subject string    `json:"subject"`
		Text    string    `json:"text"`
	}
	items := []written{}
	for _, m := range s.Outbox() {
		items = append(items, written{m.At, m.To, m.Subject, m.Body})
	}
	body, err := json.Marshal(map[string]any{"items": items})
	if err != nil {
		return err
	}
	return respondBytes(c, echo.MIMEApplicationJSON, body)
}
