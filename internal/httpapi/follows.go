package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/dto"
)

// FollowMember asks to follow a member, and says what the caller is to them now.
func (s *Server) FollowMember(c echo.Context, id dto.MemberID) error {
	state, err := s.Members.Follow(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.FollowStateBody(state))
}

// UnfollowMember stops following, or takes the request back.
func (s *Server) UnfollowMember(c echo.Context, id dto.MemberID) error {
	return done(c, s.Members.Unfollow, id)
}

// ApproveFollower approves a request.
func (s *Server) ApproveFollower(c echo.Context, id dto.MemberID) error {
	return done(c, s.Members.Approve, id)
}

// RemoveFollower declines a request or removes a follower.
func (s *Server) RemoveFollower(c echo.Context, id dto.MemberID) error {
	return done(c, s.Members.RemoveFollower, id)
}

// BlockMember blocks a member.
func (s *Server) BlockMember(c echo.Context, id dto.MemberID) error {
	return done(c, s.Members.Block, id)
}

// UnblockMember lifts a block.
func (s *Server) UnblockMember(c echo.Context, id dto.MemberID) error {
	return done(c, s.Members.Unblock, id)
}

// done takes a step between the caller and a member, of which there is nothing
// to tell.
func done(c echo.Context, step func(context.Context, db.Caller, uuid.UUID) error, id uuid.UUID) error {
	if err := step(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// ListFollowRequests lists who asks to follow the caller.
func (s *Server) ListFollowRequests(c echo.Context, params dto.ListFollowRequestsParams) error {
	list, err := s.Members.Requests(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.MemberListBody(list))
}

// ListBlocks lists whom the caller blocked.
func (s *Server) ListBlocks(c echo.Context, params dto.ListBlocksParams) error {
	list, grant, err := s.Members.Blocks(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.BlockListBody(list, grant))
}
