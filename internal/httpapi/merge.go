package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
)

// ListTwins is which other workouts of the caller's may be of the same ride.
func (s *Server) ListTwins(c echo.Context, id dto.WorkoutID) error {
	twins, grant, err := s.Workouts.Twins(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.TwinListBody(twins, grant))
}

// MergeWorkouts makes one workout of two of the caller's. What repeats is the path as well as the body.
func (s *Server) MergeWorkouts(c echo.Context, id dto.WorkoutID, params dto.MergeWorkoutsParams) error {
	var in dto.WorkoutMerge
	raw, err := bindRaw(c, &in)
	if err != nil {
		return err
	}
	repeat := repeatOf(c, params.IdempotencyKey, append(id[:], raw...))
	w, grant, err := s.Workouts.Merge(c.Request().Context(), caller(c), id, in.Other, repeat)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/workouts/"+w.ID.String())
	return respondTagged(c, http.StatusCreated, dto.WorkoutBody(w, grant))
}

// UnmergeWorkout shows the two that a workout was made of in its place.
func (s *Server) UnmergeWorkout(c echo.Context, id dto.WorkoutID) error {
	if err := s.Workouts.Unmerge(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}
