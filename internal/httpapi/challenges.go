package httpapi

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/group"
)

// ListChallenges lists the challenges of a group.
func (s *Server) ListChallenges(c echo.Context, id dto.GroupID, params dto.ListChallengesParams) error {
	list, err := s.Groups.Challenges(c.Request().Context(), caller(c), id, group.State(or(params.State, "")), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ChallengeListBody(list))
}

// CreateChallenge sets a group a goal.
func (s *Server) CreateChallenge(c echo.Context, id dto.GroupID, params dto.CreateChallengeParams) error {
	var in dto.ChallengeCreate
	if err := bind(c, &in); err != nil {
		return err
	}
	goal := group.Goal{
		Title: in.Title, Metric: group.Metric(in.Metric), Target: int32(in.Target), //nolint:gosec // bounded by the contract
		From: in.From.Time, To: in.To.Time, Zone: in.TimeZone,
	}
	made, err := s.Groups.CreateChallenge(c.Request().Context(), caller(c), id, goal, keyHash(params.IdempotencyKey))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/challenges/"+made.ID.String())
	return respondTagged(c, http.StatusCreated, dto.ChallengeBody(made))
}

// GetChallenge is a challenge of a group that the caller is in.
func (s *Server) GetChallenge(c echo.Context, id dto.ChallengeID, _ dto.GetChallengeParams) error {
	found, err := s.Groups.Challenge(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ChallengeBody(found))
}

// UpdateChallenge changes a challenge that hasn't begun.
func (s *Server) UpdateChallenge(c echo.Context, id dto.ChallengeID, _ dto.UpdateChallengeParams) error {
	var in dto.ChallengePatch
	if err := bind(c, &in); err != nil {
		return err
	}
	patch := group.GoalPatch{Title: in.Title, From: day(in.From), To: day(in.To), Zone: in.TimeZone}
	if in.Metric != nil {
		metric := group.Metric(*in.Metric)
		patch.Metric = &metric
	}
	if in.Target != nil {
		target := int32(*in.Target) //nolint:gosec // bounded by the contract
		patch.Target = &target
	}
	matches := precondition(c)
	now, err := s.Groups.EditChallenge(c.Request().Context(), caller(c), id, patch, func(was group.Challenge) error { return matches(dto.ChallengeBody(was)) })
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ChallengeBody(now))
}

func day(given *openapi_types.Date) *time.Time {
	if given == nil {
		return nil
	}
	return &given.Time
}

// DeleteChallenge ends a challenge.
func (s *Server) DeleteChallenge(c echo.Context, id dto.ChallengeID) error {
	return done(c, s.Groups.EndChallenge, id)
}

// JoinChallenge has the caller take part.
func (s *Server) JoinChallenge(c echo.Context, id dto.ChallengeID) error {
	now, err := s.Groups.JoinChallenge(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ChallengeBody(now))
}

// LeaveChallenge ends that the caller takes part.
func (s *Server) LeaveChallenge(c echo.Context, id dto.ChallengeID) error {
	return done(c, s.Groups.LeaveChallenge, id)
}

// GetChallengeStandings ranks those who take part in a challenge.
func (s *Server) GetChallengeStandings(c echo.Context, id dto.ChallengeID, params dto.GetChallengeStandingsParams) error {
	standings, err := s.Groups.Standings(c.Request().Context(), caller(c), id, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ChallengeStandingsBody(standings))
}
