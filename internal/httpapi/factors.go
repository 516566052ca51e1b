package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/paceline/paceline/internal/dto"
)

// ListSecondFactors is the caller's second factors.
func (s *Server) ListSecondFactors(c echo.Context) error {
	factors, grant, err := s.Accounts.Factors(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.SecondFactorsBody(factors, grant))
}

// EnrolSecondFactor begins one.
func (s *Server) EnrolSecondFactor(c echo.Context) error {
	var in dto.SecondFactorCreate
	if err := bind(c, &in); err != nil {
		return err
	}
	enrolled, err := s.Accounts.Enrol(c.Request().Context(), caller(c), in.Password, in.Name)
	if err != nil {
		return err
	}
	return respond(c, http.StatusCreated, dto.EnrolledFactorBody(enrolled))
}

// ConfirmSecondFactor makes it count.
func (s *Server) ConfirmSecondFactor(c echo.Context, id openapi_types.UUID) error {
	var in dto.SecondFactorConfirm
	if err := bind(c, &in); err != nil {
		return err
	}
	codes, err := s.Accounts.Confirm(c.Request().Context(), caller(c), id, in.Otp)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.RecoveryCodesBody(codes))
}

// RemoveSecondFactor takes one away.
func (s *Server) RemoveSecondFactor(c echo.Context, id openapi_types.UUID) error {
	if err := s.Accounts.RemoveFactor(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// RenewRecoveryCodes gives new ones in the place of the old.
func (s *Server) RenewRecoveryCodes(c echo.Context) error {
	codes, err := s.Accounts.RenewRecovery(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.RecoveryCodesBody(codes))
}

// ProveSession proves the caller's session with a code.
func (s *Server) ProveSession(c echo.Context) error {
	var in dto.SecondFactorProof
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Accounts.Prove(c.Request().Context(), caller(c), in.Otp); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// ListAccessLog is who read what of the caller.
func (s *Server) ListAccessLog(c echo.Context, params dto.ListAccessLogParams) error {
	list, grant, err := s.Staff.AccessLog(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.AccessLogBody(list, grant))
}
