package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// GetMyProfile is the caller's own profile.
func (s *Server) GetMyProfile(c echo.Context, _ dto.GetMyProfileParams) error {
	p, grant, err := s.Members.Own(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ProfileBody(p, grant))
}

// UpdateMyProfile changes the caller's own profile.
func (s *Server) UpdateMyProfile(c echo.Context, _ dto.UpdateMyProfileParams) error {
	var in dto.ProfilePatch
	if err := bind(c, &in); err != nil {
		return err
	}
	check := precondition(c)
	p, grant, err := s.Members.Edit(c.Request().Context(), caller(c), in.Edit(), func(p member.Profile, g privacy.Grant) error {
		return check(dto.ProfileBody(p, g))
	})
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ProfileBody(p, grant))
}

// GetMyPrivacy is the caller's own privacy settings.
func (s *Server) GetMyPrivacy(c echo.Context, _ dto.GetMyPrivacyParams) error {
	settings, grant, err := s.Members.Settings(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.PrivacyBody(settings, grant))
}

// UpdateMyPrivacy changes the caller's own privacy settings.
func (s *Server) UpdateMyPrivacy(c echo.Context, _ dto.UpdateMyPrivacyParams) error {
	var in dto.PrivacyPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	edit, err := in.SettingsEdit()
	if err != nil {
		return err
	}
	check := precondition(c)
	settings, grant, err := s.Members.EditSettings(c.Request().Context(), caller(c), edit,
		func(v privacy.Guarded[privacy.Settings], g privacy.Grant) error { return check(dto.PrivacyBody(v, g)) })
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.PrivacyBody(settings, grant))
}

// lookedAt is how many workouts a look at oneself shows.
const lookedAt = 20

// ViewAs is the caller's own profile and newest workouts, as somebody else gets
// them.
func (s *Server) ViewAs(c echo.Context, params dto.ViewAsParams) error {
	ctx := c.Request().Context()
	var view member.View
	var err error
	switch {
	case (params.Relation == nil) == (params.Member == nil):
		return fault.Invalid("relation_or_member", "give either a relation or a member",
			fault.At("?relation", "relation_or_member", "give this or member, not both"))
	case params.Relation != nil:
		view, err = s.Members.ViewAsRelation(ctx, caller(c), relations[*params.Relation])
	default:
		view, err = s.Members.ViewAsMember(ctx, caller(c), *params.Member)
	}
	if err != nil {
		return err
	}
	var workouts []workout.Shown
	if view.Visible {
		if workouts, err = s.Workouts.OwnAs(ctx, caller(c), view.Look, lookedAt); err != nil {
			return err
		}
	}
	return respond(c, http.StatusOK, dto.ViewAsBody(view, workouts))
}

var relations = map[dto.ViewAsRelation]privacy.Relation{
	dto.ViewAsRelationAnonymous: privacy.RelationAnonymous,
	dto.ViewAsRelationMember:    privacy.RelationMember,
	dto.ViewAsRelationFollower:  privacy.RelationFollower,
}
