package httpapi

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// ImportWorkouts adds the workouts in a recording. The file is parsed as it comes in.
func (s *Server) ImportWorkouts(c echo.Context, params dto.ImportWorkoutsParams) error {
	media, err := bodyType(c)
	if err != nil || media != echo.MIMEMultipartForm {
		return fault.UnsupportedMedia("multipart_only", "the body must be multipart/form-data")
	}
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return fault.Invalid("invalid_form", "the form can't be read").Because(err)
	}
	imported, err := s.Workouts.Import(c.Request().Context(), caller(c), &importForm{parts: parts}, repeatOf(c, params.IdempotencyKey, nil))
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if imported.New == 0 {
		status = http.StatusOK
	}
	return respond(c, status, dto.ImportBody(imported))
}

// importForm is a multipart form with a file and maybe an audience, in any order, each once. It is
// read as it comes and kept nowhere.
type importForm struct {
	parts    *multipart.Reader
	seen     map[string]bool
	audience *privacy.Audience
}

// File is the content of the file. Reading it tells a broken upload from the end of the file.
func (f *importForm) File() (io.Reader, error) {
	for {
		part, err := f.next()
		if err != nil {
			return nil, err
		}
		if part == nil {
			return nil, fault.Invalid("invalid_form", "the form has no file", fault.At("/file", "required", "is missing"))
		}
		if part.FormName() == "file" {
			return bodyReader{part}, nil
		}
	}
}

// Audience is the audience that the form asks for, nil where it doesn't.
func (f *importForm) Audience() (*privacy.Audience, error) {
	for {
		part, err := f.next()
		if err != nil || part == nil {
			return f.audience, err
		}
	}
}

// next is the next part, nil after the last one. An audience is read on the way.
func (f *importForm) next() (*multipart.Part, error) {
	part, err := f.parts.NextRawPart()
	if err == io.EOF { // wrapped, it is a form that was cut off
		return nil, nil //nolint:nilnil // the end is no mistake
	}
	if err != nil {
		return nil, bodyError(err)
	}
	name := part.FormName()
	if f.seen[name] || name != "file" && name != "audience" {
		return nil, fault.Invalid("invalid_form", "the form has a part that is unknown or given twice")
	}
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	f.seen[name] = true
	if name == "audience" {
		text, err := io.ReadAll(io.LimitReader(bodyReader{part}, 64))
		if err != nil {
			return nil, err
		}
		if f.audience, err = audienceOf(new(dto.Audience(text))); err != nil {
			return nil, err
		}
	}
	return part, nil
}

// bodyReader turns what goes wrong with the body into the fault to answer with.
type bodyReader struct{ io.Reader }

func (r bodyReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = bodyError(err)
	}
	return n, err
}
