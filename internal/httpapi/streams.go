package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
)

// GetWorkoutStreams is a workout's samples, as far as the caller may see them.
func (s *Server) GetWorkoutStreams(c echo.Context, id dto.WorkoutID, params dto.GetWorkoutStreamsParams) error {
	points := dto.ChartPoints
	if params.Points != nil {
		points = *params.Points
	}
	streams, grant, err := s.Workouts.Streams(c.Request().Context(), caller(c), id, dto.SampledChannels(params.Channels), points)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.StreamsBody(streams, grant))
}
