package httpapi

import (
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/page"
)

// FindGroups lists the groups that every member finds.
func (s *Server) FindGroups(c echo.Context, params dto.FindGroupsParams) error {
	list, err := s.Groups.Find(c.Request().Context(), caller(c), value(params.Q), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.GroupListBody(list))
}

// CreateGroup makes a group of the caller's.
func (s *Server) CreateGroup(c echo.Context, params dto.CreateGroupParams) error {
	var in dto.GroupCreate
	if err := bind(c, &in); err != nil {
		return err
	}
	entry := group.Entry{Kind: group.Kind(in.Kind), Name: in.Name, Description: in.Description}
	g, err := s.Groups.Create(c.Request().Context(), caller(c), entry, keyHash(params.IdempotencyKey))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/groups/"+g.ID.String())
	return respondTagged(c, http.StatusCreated, dto.GroupBody(g))
}

// keyHash is what is kept of an Idempotency-Key.
func keyHash(key *dto.IdempotencyKey) []byte {
	if key == nil {
		return nil
	}
	sum := sha256.Sum256([]byte(*key))
	return sum[:]
}

// ListMyGroups lists the groups that the caller is in.
func (s *Server) ListMyGroups(c echo.Context, params dto.ListMyGroupsParams) error {
	list, err := s.Groups.Own(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.GroupListBody(list))
}

// ListMemberGroups lists the groups that a member shows.
func (s *Server) ListMemberGroups(c echo.Context, ref dto.MemberRef, params dto.ListMemberGroupsParams) error {
	list, grant, err := s.Groups.Of(c.Request().Context(), caller(c), ref, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.MemberGroupsBody(list, grant))
}

// GetGroup is a group that the caller may know of.
func (s *Server) GetGroup(c echo.Context, id dto.GroupID, _ dto.GetGroupParams) error {
	g, err := s.Groups.Read(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.GroupBody(g))
}

// UpdateGroup changes a group that the caller leads.
func (s *Server) UpdateGroup(c echo.Context, id dto.GroupID, _ dto.UpdateGroupParams) error {
	var in dto.GroupPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	patch := group.Patch{Name: in.Name}
	if in.Kind != nil {
		kind := group.Kind(*in.Kind)
		patch.Kind = &kind
	}
	if in.Description.IsSpecified() {
		text, _ := in.Description.Get() // null: none any more
		patch.Description = &text
	}
	matches := precondition(c)
	g, err := s.Groups.Edit(c.Request().Context(), caller(c), id, patch, func(g group.Group) error { return matches(dto.GroupBody(g)) })
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.GroupBody(g))
}

// DeleteGroup ends a group of the caller's.
func (s *Server) DeleteGroup(c echo.Context, id dto.GroupID) error {
	return done(c, s.Groups.End, id)
}

// JoinGroup lets the caller in, or has them ask.
func (s *Server) JoinGroup(c echo.Context, id dto.GroupID) error {
	g, err := s.Groups.Join(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.GroupBody(g))
}

// LeaveGroup ends the caller's membership.
func (s *Server) LeaveGroup(c echo.Context, id dto.GroupID) error {
	return done(c, s.Groups.Leave, id)
}

// ListGroupMembers lists who is in a group.
func (s *Server) ListGroupMembers(c echo.Context, id dto.GroupID, params dto.ListGroupMembersParams) error {
	return s.memberships(c, id, group.WhoIsIn, pageRequest(c, params.Limit, params.Cursor))
}

// ListGroupRequests lists who asks to be in a group.
func (s *Server) ListGroupRequests(c echo.Context, id dto.GroupID, params dto.ListGroupRequestsParams) error {
	return s.memberships(c, id, group.WhoAsks, pageRequest(c, params.Limit, params.Cursor))
}

// ListGroupBans lists who is banned from a group.
func (s *Server) ListGroupBans(c echo.Context, id dto.GroupID, params dto.ListGroupBansParams) error {
	return s.memberships(c, id, group.WhoIsBanned, pageRequest(c, params.Limit, params.Cursor))
}

func (s *Server) memberships(c echo.Context, id uuid.UUID, which group.Which, r page.Request) error {
	list, err := s.Groups.Members(c.Request().Context(), caller(c), id, which, r)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.GroupMemberListBody(list))
}

// SetGroupRole says what somebody is in a group.
func (s *Server) SetGroupRole(c echo.Context, id dto.MembershipID) error {
	var in dto.GroupRoleChange
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Groups.SetRole(c.Request().Context(), caller(c), id, group.Role(in.Role)); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// RemoveGroupMember declines, removes or forgives somebody.
func (s *Server) RemoveGroupMember(c echo.Context, id dto.MembershipID) error {
	return done(c, s.Groups.Remove, id)
}

// ListGroupFeed lists the workouts of those in a group.
func (s *Server) ListGroupFeed(c echo.Context, id dto.GroupID, params dto.ListGroupFeedParams) error {
	list, err := s.Workouts.GroupFeed(c.Request().Context(), caller(c), id, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.WorkoutListBody(list))
}

// GetGroupLeaderboard ranks those in a group by what they did lately.
func (s *Server) GetGroupLeaderboard(c echo.Context, id dto.GroupID, params dto.GetGroupLeaderboardParams) error {
	zone, err := zoneOf(params.Tz)
	if err != nil {
		return err
	}
	metric, period := group.Metric(or(params.Metric, dto.GroupMetricDistance)), group.Period(or(params.Period, dto.GroupPeriodWeek))
	board, err := s.Groups.Leaderboard(c.Request().Context(), caller(c), id, metric, period, zone, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.GroupLeaderboardBody(board, metric, period))
}

// OfferGroup offers a group of the caller's to somebody in it.
func (s *Server) OfferGroup(c echo.Context, id dto.GroupID) error {
	var in dto.GroupOffer
	if err := bind(c, &in); err != nil {
		return err
	}
	to := uuid.NullUUID{UUID: in.MembershipID, Valid: true}
	if err := s.Groups.Offer(c.Request().Context(), caller(c), id, to); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// WithdrawGroupOffer takes an offer back.
func (s *Server) WithdrawGroupOffer(c echo.Context, id dto.GroupID) error {
	if err := s.Groups.Offer(c.Request().Context(), caller(c), id, uuid.NullUUID{}); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// TakeGroup makes the caller the owner of a group that is offered to them.
func (s *Server) TakeGroup(c echo.Context, id dto.GroupID) error {
	g, err := s.Groups.Take(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.GroupBody(g))
}

// ListGroupInvites lists the invites into a group that the caller leads.
func (s *Server) ListGroupInvites(c echo.Context, id dto.GroupID, params dto.ListGroupInvitesParams) error {
	list, err := s.Groups.Invites(c.Request().Context(), caller(c), id, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.GroupInviteListBody(list))
}

// CreateGroupInvite makes an invite into a group that the caller leads.
func (s *Server) CreateGroupInvite(c echo.Context, id dto.GroupID) error {
	var in dto.GroupInviteCreate
	if err := bind(c, &in); err != nil {
		return err
	}
	invite, code, err := s.Groups.Invite(c.Request().Context(), caller(c), id, in.Most, time.Duration(in.Days)*24*time.Hour)
	if err != nil {
		return err
	}
	return respond(c, http.StatusCreated, dto.GroupInviteBody(invite, code))
}

// RevokeGroupInvite ends an invite.
func (s *Server) RevokeGroupInvite(c echo.Context, id dto.GroupInviteID) error {
	return done(c, s.Groups.Revoke, id)
}

// AcceptGroupInvite lets the caller in by an invite.
func (s *Server) AcceptGroupInvite(c echo.Context) error {
	var in dto.GroupInviteAccept
	if err := bind(c, &in); err != nil {
		return err
	}
	g, err := s.Groups.Accept(c.Request().Context(), caller(c), in.Code)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.GroupBody(g))
}
