package httpapi

import (
	"encoding/json"
	"time"

	"github.com/labstack/echo/v4"
)

// OutboxMail is a mail that the local run kept instead of sending it.
type OutboxMail struct {
	At      time.Time `json:"at"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
}

// outbox shows the local run's mail. It is no operation of the contract: the
// route exists only where an outbox was given, which production never does.
func (s *Server) outbox(c echo.Context) error {
	mails := s.Outbox()
	if mails == nil {
		mails = []OutboxMail{}
	}
	body, err := json.Marshal(map[string]any{"items": mails})
	if err != nil {
		return err
	}
	return respondBytes(c, echo.MIMEApplicationJSON, body)
}
