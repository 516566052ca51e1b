package httpapi

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/staff"
)

// ListRoles is who holds which duty.
func (s *Server) ListRoles(c echo.Context) error {
	roles, err := s.Staff.Roles(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.RoleListBody(roles))
}

// RevokeRole takes a duty away.
func (s *Server) RevokeRole(c echo.Context) error {
	var in dto.RoleRevocation
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Staff.RevokeRole(c.Request().Context(), caller(c), in.MemberID, string(in.Role)); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// ListRoleRequests is the duties that wait for a second admin.
func (s *Server) ListRoleRequests(c echo.Context) error {
	requests, err := s.Staff.RoleRequests(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.RoleRequestListBody(requests))
}

// AskRole asks for a duty.
func (s *Server) AskRole(c echo.Context) error {
	var in dto.RoleRequestCreate
	if err := bind(c, &in); err != nil {
		return err
	}
	id, err := s.Staff.AskRole(c.Request().Context(), caller(c), in.MemberID, string(in.Role), in.Reason)
	if err != nil {
		return err
	}
	return respond(c, http.StatusCreated, dto.MadeBody(id))
}

// DecideRole approves or declines one.
func (s *Server) DecideRole(c echo.Context, id openapi_types.UUID) error {
	var in dto.RoleDecision
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Staff.DecideRole(c.Request().Context(), caller(c), id, in.Approve); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// FindMemberForStaff is a member by their exact username.
func (s *Server) FindMemberForStaff(c echo.Context, handle dto.Username) error {
	found, err := s.Staff.Find(c.Request().Context(), caller(c), handle)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.FoundMemberBody(found))
}

// ListAccessGrants is those that the caller opened.
func (s *Server) ListAccessGrants(c echo.Context) error {
	list, err := s.Staff.Opened(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.AccessGrantListBody(list))
}

// OpenAccessGrant opens one.
func (s *Server) OpenAccessGrant(c echo.Context) error {
	var in dto.AccessGrantCreate
	if err := bind(c, &in); err != nil {
		return err
	}
	a := staff.Access{Member: in.MemberID, Reason: in.Reason}
	for _, f := range in.Fields {
		a.Fields = append(a.Fields, string(f))
	}
	a, err := s.Staff.OpenAccess(c.Request().Context(), caller(c), a, time.Duration(in.Minutes)*time.Minute)
	if err != nil {
		return err
	}
	return respond(c, http.StatusCreated, dto.AccessGrantBody(a))
}

// EndAccessGrant ends one early.
func (s *Server) EndAccessGrant(c echo.Context, id openapi_types.UUID) error {
	if err := s.Staff.EndAccess(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// ReadUnderAccessGrant is what one opens of a member.
func (s *Server) ReadUnderAccessGrant(c echo.Context, id openapi_types.UUID) error {
	profile, grant, err := s.Members.UnderAccess(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.StaffProfileBody(profile, grant))
}

// ListAudit is what staff did.
func (s *Server) ListAudit(c echo.Context, params dto.ListAuditParams) error {
	list, err := s.Staff.Audit(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.AuditListBody(list))
}
