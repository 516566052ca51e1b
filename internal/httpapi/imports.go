package httpapi

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// ImportWorkouts adds the workouts in a recording, which is parsed as it comes in; or takes in what is
// read later.
func (s *Server) ImportWorkouts(c echo.Context, params dto.ImportWorkoutsParams) error {
	media, of, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || media != echo.MIMEMultipartForm || of["boundary"] == "" {
		return fault.UnsupportedMedia("multipart_only", "the body must be multipart/form-data")
	}
	body := &endingReader{Reader: c.Request().Body, want: "--" + of["boundary"] + "--"}
	form := &importForm{small: waitsFor(c.Request()), body: body, parts: multipart.NewReader(body, of["boundary"])}
	imported, err := s.Workouts.Import(c.Request().Context(), caller(c), form, repeatOf(c, params.IdempotencyKey, nil))
	if err != nil {
		return err
	}
	if imported.Later {
		return s.respondImport(c, http.StatusAccepted, imported.Import, imported.Grant)
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
	small    bool
	body     *endingReader
	parts    *multipart.Reader
	seen     map[string]bool
	audience *privacy.Audience
}

// waitBytes is the size of a request up to which its sender may wait for what a recording becomes.
const waitBytes = 8 << 20

// waitsFor says whether a request says of itself that it is that small.
func waitsFor(r *http.Request) bool { return r.ContentLength >= 0 && r.ContentLength <= waitBytes }

// Small says whether the form is.
func (f *importForm) Small() bool { return f.small }

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
	if errors.Is(err, io.EOF) {
		return nil, f.body.ended()
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

// endingReader remembers how a form ended. The form reader takes one that breaks off between two
// parts for whole, and so might take a workout without the audience that was asked for it.
type endingReader struct {
	io.Reader
	want string
	last []byte
}

func (r *endingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.last = append(r.last, p[max(0, n-len(r.want)-2):n]...)
	r.last = r.last[max(0, len(r.last)-len(r.want)-2):]
	return n, err
}

// ended says whether the form came to its end, and that was the end of it.
func (r *endingReader) ended() error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return bodyError(err)
	}
	if !bytes.HasSuffix(bytes.TrimSuffix(r.last, []byte("\r\n")), []byte(r.want)) {
		return fault.Invalid("body_cut_off", "the body ended before its end")
	}
	return nil
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

// respondImport answers with an import as it is, and says where it is found.
func (s *Server) respondImport(c echo.Context, status int, i privacy.Guarded[workout.Import], grant privacy.Grant) error {
	body, id := dto.ImportStateBody(i, grant)
	if status == http.StatusAccepted {
		c.Response().Header().Set(echo.HeaderLocation, "/v1/me/imports/"+id.String())
	}
	return respond(c, status, body)
}

// ListImports is the caller's imports.
func (s *Server) ListImports(c echo.Context, params dto.ListImportsParams) error {
	list, grant, err := s.Workouts.Imports(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ImportListBody(list, grant))
}

// GetImport is how far an import of the caller's is.
func (s *Server) GetImport(c echo.Context, id dto.ImportID) error {
	i, grant, err := s.Workouts.ReadImport(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return s.respondImport(c, http.StatusOK, i, grant)
}

// ListImportFiles is what became of each file of an import of the caller's.
func (s *Server) ListImportFiles(c echo.Context, id dto.ImportID, params dto.ListImportFilesParams) error {
	files := workout.ImportFiles{ID: id}
	if params.Outcome != nil {
		files.Outcome = new(string(*params.Outcome))
	}
	list, grant, err := s.Workouts.ImportFilesOf(c.Request().Context(), caller(c), files, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ImportFileListBody(list, grant))
}

// CancelImport ends an import of the caller's.
func (s *Server) CancelImport(c echo.Context, id dto.ImportID) error {
	i, grant, err := s.Workouts.CancelImport(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return s.respondImport(c, http.StatusOK, i, grant)
}

// RetryImport has what failed of an import of the caller's read again.
func (s *Server) RetryImport(c echo.Context, id dto.ImportID) error {
	i, grant, err := s.Workouts.RetryImport(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return s.respondImport(c, http.StatusAccepted, i, grant)
}
