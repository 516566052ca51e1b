package httpapi

import (
	"encoding/json"
	"time"

	"github.com/labstack/echo/v4"
)

// outbox shows the mail that the local run kept instead of sending it, newest
// first. It is no operation of the contract: the route exists only where an
// outbox was given, which production never does.
func (s *Server) outbox(c echo.Context) error {
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
