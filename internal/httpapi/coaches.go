package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
)

// ListCoachGrants lists what the caller grants coaches.
func (s *Server) ListCoachGrants(c echo.Context, params dto.ListCoachGrantsParams) error {
	list, grant, err := s.Groups.Grants(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.CoachGrantListBody(list, grant))
}

// GrantCoach lets a coach see some of the caller's fields.
func (s *Server) GrantCoach(c echo.Context, id dto.MembershipID) error {
	var in dto.CoachGrantChoice
	if err := bind(c, &in); err != nil {
		return err
	}
	fields := make([]string, len(in.Fields))
	for i, f := range in.Fields {
		fields[i] = string(f)
	}
	if err := s.Groups.Grant(c.Request().Context(), caller(c), id, fields); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// TakeCoachGrantBack ends what the caller grants a coach.
func (s *Server) TakeCoachGrantBack(c echo.Context, id dto.MembershipID) error {
	return done(c, s.Groups.TakeBack, id)
}

// ListAthletes lists who grants the caller something as their coach.
func (s *Server) ListAthletes(c echo.Context, id dto.GroupID, params dto.ListAthletesParams) error {
	list, err := s.Groups.Athletes(c.Request().Context(), caller(c), id, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.GroupMemberListBody(list))
}

// GetAthlete is an athlete whom the caller coaches.
func (s *Server) GetAthlete(c echo.Context, id dto.MembershipID) error {
	athlete, grant, err := s.Members.Athlete(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.AthleteBody(athlete, grant))
}

// ListAthleteWorkouts lists the workouts of an athlete whom the caller coaches.
func (s *Server) ListAthleteWorkouts(c echo.Context, id dto.MembershipID, params dto.ListAthleteWorkoutsParams) error {
	list, err := s.Workouts.OfAthlete(c.Request().Context(), caller(c), id, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.WorkoutListBody(list))
}
