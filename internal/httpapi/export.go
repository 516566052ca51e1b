package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
)

// fileTypes are the media types of the files that a workout can be saved as.
var fileTypes = map[dto.ExportWorkoutParamsFormat]string{
	dto.ExportWorkoutParamsFormatFit: "application/vnd.ant.fit", dto.ExportWorkoutParamsFormatTcx: "application/vnd.garmin.tcx+xml",
	dto.ExportWorkoutParamsFormatGpx: "application/gpx+xml", dto.ExportWorkoutParamsFormatCsv: "text/csv; charset=utf-8; header=present",
}

// ExportWorkout is a workout as a file, as far as the caller may see it.
func (s *Server) ExportWorkout(c echo.Context, id dto.WorkoutID, params dto.ExportWorkoutParams) error {
	w, grant, err := s.Workouts.Save(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	file, err := dto.ExportBody(w, grant, params.Format)
	if err != nil {
		return err
	}
	return respondFile(c, fileTypes[params.Format], "workout-"+id.String()+"."+string(params.Format), file)
}

// GetWorkoutOriginal is the file that a workout of the caller's came from.
func (s *Server) GetWorkoutOriginal(c echo.Context, id dto.WorkoutID) error {
	file, grant, err := s.Workouts.Original(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	body, err := dto.OriginalBody(file, grant)
	if err != nil {
		return err
	}
	return respondFile(c, echo.MIMEOctetStream, "workout-"+id.String()+".original", body)
}

// respondFile answers with a file, which a browser saves and never shows. Its name is of letters, digits,
// dots and dashes.
func respondFile(c echo.Context, contentType, name string, body dto.Body) error {
	encoded, err := paid(c, body)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return send(c, http.StatusOK, contentType, encoded)
}
