package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
)

// send is the one place where bytes of a response are written.
func send(c echo.Context, status int, contentType string, body []byte) error {
	h := c.Response().Header()
	if contentType != "" {
		h.Set(echo.HeaderContentType, contentType)
		h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	}
	c.Response().WriteHeader(status)
	if len(body) == 0 {
		return nil
	}
	_, err := c.Response().Write(body)
	return err
}

// sendPart writes the next bytes of a stream, which have to be taken by a moment.
func sendPart(c echo.Context, part []byte, until time.Time) error {
	connection := http.NewResponseController(c.Response().Writer)
	_ = connection.SetWriteDeadline(until) // where there is no connection nothing stalls
	if _, err := c.Response().Write(part); err != nil {
		return err
	}
	return connection.Flush()
}

// respond answers with a body that the policy made.
func respond(c echo.Context, status int, body dto.Body) error {
	return respondAs(c, status, echo.MIMEApplicationJSON, body)
}

// respondAs is respond for a body that may be none of JSON.
func respondAs(c echo.Context, status int, contentType string, body dto.Body) error {
	encoded, err := paid(c, body)
	if err != nil {
		return err
	}
	return send(c, status, contentType, encoded)
}

// paid is a body's bytes, once whoever asks has paid for the members that it shows.
func paid(c echo.Context, body dto.Body) ([]byte, error) {
	encoded, err := body.Encode()
	if err != nil {
		return nil, err
	}
	return encoded, operationOf(c).charge(c, body.Shown())
}

// respondTagged is respond for what can be edited: the entity tag is made of the
// bytes themselves, so it changes with what this viewer sees and with nothing
// else. A reader who has these bytes already gets 304.
func respondTagged(c echo.Context, status int, body dto.Body) error {
	return respondTaggedAs(c, status, echo.MIMEApplicationJSON, body)
}

// respondTaggedAs is respondTagged for a body that may be none of JSON.
func respondTaggedAs(c echo.Context, status int, contentType string, body dto.Body) error {
	encoded, err := paid(c, body)
	if err != nil {
		return err
	}
	tag := entityTag(encoded)
	c.Response().Header().Set("ETag", tag)
	if c.Request().Method == http.MethodGet && matches(c.Request().Header.Get("If-None-Match"), tag) {
		return send(c, http.StatusNotModified, "", nil)
	}
	return send(c, status, contentType, encoded)
}

// respondEmpty answers without a body.
func respondEmpty(c echo.Context, status int) error { return send(c, status, "", nil) }

// respondBytes answers with a document that belongs to nobody.
func respondBytes(c echo.Context, contentType string, body []byte) error {
	return send(c, http.StatusOK, contentType, body)
}

// precondition is the check that If-Match asks for. A feature runs it inside the
// writing transaction, on the body that the editor would read at that moment.
func precondition(c echo.Context) func(dto.Body) error {
	want := c.Request().Header.Get("If-Match")
	return func(body dto.Body) error {
		if want == "" {
			return nil
		}
		encoded, err := body.Encode()
		if err != nil {
			return err
		}
		if !matches(want, entityTag(encoded)) {
			return fault.PreconditionFailed()
		}
		return nil
	}
}

func entityTag(body []byte) string {
	hash := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(hash[:16]) + `"`
}

func matches(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		// A proxy that compresses weakens a tag; what it was made of is the same.
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == tag || candidate == "*" {
			return true
		}
	}
	return false
}
