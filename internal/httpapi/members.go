package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
)

// GetMember is a member's profile, as the caller may see it.
func (s *Server) GetMember(c echo.Context, ref dto.MemberRef, _ dto.GetMemberParams) error {
	p, grant, err := s.Members.Read(c.Request().Context(), caller(c), ref)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ProfileBody(p, grant))
}

// GetMemberAvatar is a member's picture.
func (s *Server) GetMemberAvatar(c echo.Context, ref dto.MemberRef) error {
	image, grant, err := s.Members.Avatar(c.Request().Context(), caller(c), ref)
	if err != nil {
		return err
	}
	picture, err := dto.PictureBody(image, grant)
	if err != nil {
		return err
	}
	return respondAs(c, http.StatusOK, "image/jpeg", picture)
}

// SearchMembers lists whom the caller can find by the start of a name.
func (s *Server) SearchMembers(c echo.Context, params dto.SearchMembersParams) error {
	found, err := s.Members.Search(c.Request().Context(), caller(c), params.Q, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.MemberListBody(found))
}

// ListFollowers lists a member's followers.
func (s *Server) ListFollowers(c echo.Context, ref dto.MemberRef, params dto.ListFollowersParams) error {
	list, err := s.Members.Followers(c.Request().Context(), caller(c), ref, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.MemberListBody(list))
}

// ListFollowing lists whom a member follows.
func (s *Server) ListFollowing(c echo.Context, ref dto.MemberRef, params dto.ListFollowingParams) error {
	list, err := s.Members.Following(c.Request().Context(), caller(c), ref, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.MemberListBody(list))
}
