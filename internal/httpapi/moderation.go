package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/moderation"
)

// CreateReport takes a report of the caller's in.
func (s *Server) CreateReport(c echo.Context) error {
	var in dto.ReportCreate
	if err := bind(c, &in); err != nil {
		return err
	}
	report, grant, err := s.Moderation.File(c.Request().Context(), caller(c), moderation.Entry{
		Kind: string(in.Kind), Object: in.ID, Reason: moderation.Reason(in.Reason), Words: in.Words,
	})
	if err != nil {
		return err
	}
	return respond(c, http.StatusCreated, dto.ReportBody(report, grant))
}

// ListReports is the caller's own reports.
func (s *Server) ListReports(c echo.Context, params dto.ListReportsParams) error {
	list, grant, err := s.Moderation.Reports(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ReportListBody(list, grant))
}

// ListSanctions is what was decided against the caller.
func (s *Server) ListSanctions(c echo.Context, params dto.ListSanctionsParams) error {
	list, grant, err := s.Moderation.Sanctions(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.SanctionListBody(list, grant))
}

// AppealSanction has another moderator look at a decision against the caller.
func (s *Server) AppealSanction(c echo.Context, id dto.SanctionID) error {
	var in dto.AppealCreate
	if err := bind(c, &in); err != nil {
		return err
	}
	sanction, grant, err := s.Moderation.Appeal(c.Request().Context(), caller(c), id, in.Words)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.SanctionBody(sanction, grant))
}

// ListCases is what was reported and is not decided.
func (s *Server) ListCases(c echo.Context, params dto.ListCasesParams) error {
	list, err := s.Moderation.Queue(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.CaseListBody(list))
}

// ClaimCase takes a case on for the caller.
func (s *Server) ClaimCase(c echo.Context, id dto.CaseID) error {
	claimed, err := s.Moderation.Claim(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.CaseBody(claimed))
}

// DecideCase closes a case that the caller claimed.
func (s *Server) DecideCase(c echo.Context, id dto.CaseID) error {
	var in dto.CaseDecision
	if err := bind(c, &in); err != nil {
		return err
	}
	decided, err := s.Moderation.Decide(c.Request().Context(), caller(c), id,
		moderation.Decision{Action: moderation.Action(in.Action), Days: in.Days, Words: in.Words})
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.CaseBody(decided))
}

// ListAppeals is the appeals that the caller may decide.
func (s *Server) ListAppeals(c echo.Context, params dto.ListAppealsParams) error {
	list, err := s.Moderation.Appeals(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.AppealListBody(list))
}

// DecideAppeal accepts or rejects an appeal.
func (s *Server) DecideAppeal(c echo.Context, id dto.SanctionID) error {
	var in dto.AppealDecision
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Moderation.DecideAppeal(c.Request().Context(), caller(c), id, in.Accept); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// AppealSuspension takes an appeal of somebody who can't sign in.
func (s *Server) AppealSuspension(c echo.Context) error {
	var in dto.SuspensionAppeal
	if err := bind(c, &in); err != nil {
		return err
	}
	words, err := s.Moderation.SealAppeal(in.Words)
	if err != nil {
		return err
	}
	login := account.Login{Email: in.Email, Password: in.Password, OTP: value(in.Otp), Label: programLabel(c.Request().UserAgent())}
	if err := s.Accounts.AppealSuspension(c.Request().Context(), caller(c), login, words); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}
