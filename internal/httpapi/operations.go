package httpapi

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// GetHealth says that the process lives.
func (s *Server) GetHealth(c echo.Context) error {
	return respond(c, http.StatusOK, dto.HealthBody())
}

// GetReadiness says whether the database answers every role.
func (s *Server) GetReadiness(c echo.Context) error {
	if err := s.DB.Ping(c.Request().Context()); err != nil {
		return fault.Unavailable("database_unavailable", "the service can't answer now; try again", time.Second).Because(err)
	}
	return respond(c, http.StatusOK, dto.HealthBody())
}

// GetContract is the contract with the privacy model in it.
func (s *Server) GetContract(c echo.Context) error {
	return respondBytes(c, echo.MIMEApplicationJSON, s.document)
}

// contractJSON is the document as JSON. The privacy model rides along as
// x-privacy-model, so that the reference page can say who sees what.
func contractJSON(doc *openapi3.T) ([]byte, error) {
	type row struct {
		Field    string `json:"field"`
		Subject  string `json:"subject"`
		Default  string `json:"default"`
		Source   string `json:"source"`
		Max      string `json:"max"`
		Scope    string `json:"scope"`
		Sealed   bool   `json:"sealed"`
		Widening bool   `json:"widenable"`
	}
	sources := map[privacy.Source]string{
		privacy.FromDiscoverability: "discoverability", privacy.FromSetting: "setting",
		privacy.FromObject: "object", privacy.Fixed: "fixed", privacy.FromGroup: "group",
	}
	var rows []row
	for _, r := range privacy.Model() {
		widest := privacy.Everyone
		if r.Source == privacy.Fixed || r.Source == privacy.FromGroup {
			widest = privacy.OnlyMe
		}
		rows = append(rows, row{
			Field: r.Name, Subject: r.Subject, Default: r.Default.String(), Source: sources[r.Source],
			Max: widest.String(), Scope: r.Scope.String(), Sealed: r.Sealed, Widening: r.Field.Widenable(),
		})
	}
	if doc.Extensions == nil {
		doc.Extensions = map[string]any{}
	}
	doc.Extensions["x-privacy-model"] = rows
	out, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return out, nil
}

// pagePolicy lets the reference page run its own files and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// GetReference is the reference page.
func (s *Server) GetReference(c echo.Context) error {
	page, err := fs.ReadFile(s.Pages, "index.html")
	if err != nil {
		return fault.Unavailable("page_not_built", "this program was built without its web pages; run make build", 0).Because(err)
	}
	c.Response().Header().Set("Content-Security-Policy", pagePolicy)
	return respondBytes(c, echo.MIMETextHTMLCharsetUTF8, page)
}

// GetReferenceAsset is a file of the reference page. Its name changes with what
// is in it, so it may be kept.
func (s *Server) GetReferenceAsset(c echo.Context, name string) error {
	if !fs.ValidPath(name) || strings.ContainsAny(name, `/\`) {
		return fault.NotFound()
	}
	file, err := fs.ReadFile(s.Pages, path.Join("assets", name))
	if err != nil {
		return fault.NotFound()
	}
	media := mime.TypeByExtension(path.Ext(name))
	if media == "" {
		return fault.NotFound()
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	return respondBytes(c, media, file)
}

// GetSecurityContact is RFC 9116's file.
func (s *Server) GetSecurityContact(c echo.Context) error {
	if s.SecurityContact == "" {
		return fault.NotFound()
	}
	text := "Contact: " + s.SecurityContact + "\n" +
		"Expires: " + s.SecurityExpires.UTC().Format(time.RFC3339) + "\n" +
		"Preferred-Languages: en\n"
	if s.PublicURL != "" {
		text += "Canonical: " + strings.TrimRight(s.PublicURL, "/") + "/.well-known/security.txt\n"
	}
	return respondBytes(c, echo.MIMETextPlainCharsetUTF8, []byte(text))
}
