package httpapi

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
)

// AuthorizeConsole begins a console's pairing.
func (s *Server) AuthorizeConsole(c echo.Context) error {
	proof, err := s.proof(c, "")
	if err != nil {
		return err
	}
	var in dto.ConsoleRequest
	if err := bind(c, &in); err != nil {
		return err
	}
	r := account.PairingRequest{Model: in.Model, Firmware: in.Firmware, From: s.peer(c.Request())}
	if in.Scope != nil {
		r.Scope = string(*in.Scope)
	}
	codes, err := s.Accounts.StartPairing(c.Request().Context(), caller(c), proof, r)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ConsoleCodesBody(codes, s.pairingPage()))
}

// ConsoleToken is a console's poll, or its refresh.
func (s *Server) ConsoleToken(c echo.Context) error {
	proof, err := s.proof(c, "")
	if err != nil {
		return err
	}
	var in dto.ConsoleGrant
	if err := bind(c, &in); err != nil {
		return err
	}
	var tokens account.ConsoleTokens
	switch {
	case in.GrantType == dto.ConsoleGrantGrantTypeRefreshToken && in.RefreshToken != nil && in.DeviceCode == nil:
		tokens, err = s.Accounts.RefreshConsole(c.Request().Context(), caller(c), proof, *in.RefreshToken, value(in.Firmware))
	case in.GrantType != dto.ConsoleGrantGrantTypeRefreshToken && in.DeviceCode != nil && in.RefreshToken == nil && in.Firmware == nil:
		tokens, err = s.Accounts.Poll(c.Request().Context(), caller(c), proof, *in.DeviceCode)
	default:
		err = fault.Invalid("invalid_request", "device_code or refresh_token, whichever grant_type names, and not the other")
	}
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ConsoleTokensBody(tokens))
}

// StartRide shows a code for a ride on a shared console.
func (s *Server) StartRide(c echo.Context) error {
	codes, err := s.Accounts.StartRide(c.Request().Context(), caller(c), s.peer(c.Request()))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ConsoleCodesBody(codes, s.pairingPage()))
}

// EndRide signs the rider out of a console.
func (s *Server) EndRide(c echo.Context) error {
	if err := s.Accounts.EndRide(c.Request().Context(), caller(c)); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// GetPairing is what waits with a code.
func (s *Server) GetPairing(c echo.Context, code string) error {
	consent, err := s.Accounts.Consent(c.Request().Context(), caller(c), code, s.peer(c.Request()))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.PairingBody(consent))
}

// ApprovePairing says yes to it.
func (s *Server) ApprovePairing(c echo.Context, code string) error {
	var in dto.PairingApproval
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Accounts.Approve(c.Request().Context(), caller(c), code, value(in.Name)); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// DenyPairing says no to it.
func (s *Server) DenyPairing(c echo.Context, code string) error {
	if err := s.Accounts.Deny(c.Request().Context(), caller(c), code); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// ListConsoles are the caller's consoles.
func (s *Server) ListConsoles(c echo.Context) error {
	consoles, grant, err := s.Accounts.Consoles(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ConsoleListBody(consoles, grant))
}

// UpdateConsole names or shares one of them.
func (s *Server) UpdateConsole(c echo.Context, id openapi_types.UUID) error {
	var in dto.ConsolePatch
	if err := bind(c, &in); err != nil {
		return err
	}
	console, grant, err := s.Accounts.EditConsole(c.Request().Context(), caller(c), id, account.ConsoleEdit{Name: in.Name, Shared: in.Shared})
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ConsoleBody(console, grant))
}

// RevokeConsole ends one of them.
func (s *Server) RevokeConsole(c echo.Context, id openapi_types.UUID) error {
	if err := s.Accounts.RevokeConsole(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// pairingPage is where a code is typed: the address that the app opens at.
func (s *Server) pairingPage() string { return strings.TrimRight(s.PublicURL, "/") + "/pair" }

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
