package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/dto"
)

// RegisterAccount takes a registration in.
func (s *Server) RegisterAccount(c echo.Context) error {
	var in dto.RegisterRequest
	if err := bind(c, &in); err != nil {
		return err
	}
	id, err := s.Accounts.Register(c.Request().Context(), caller(c), account.Registration{
		Email: in.Email, Password: in.Password, Username: in.Username,
		DisplayName: in.DisplayName, BirthDate: in.BirthDate.Time,
	})
	if err != nil {
		return err
	}
	return respond(c, http.StatusAccepted, dto.RegisteredBody(id))
}

// VerifyEmail makes the account that a code was mailed for.
func (s *Server) VerifyEmail(c echo.Context) error {
	var in dto.VerifyRequest
	if err := bind(c, &in); err != nil {
		return err
	}
	proof := account.Proof{Email: in.Email, Code: in.Code}
	if in.RegistrationID != nil {
		proof.Registration = uuid.NullUUID{UUID: *in.RegistrationID, Valid: true}
	}
	if in.Username != nil {
		proof.Username = *in.Username
	}
	if err := s.Accounts.Verify(c.Request().Context(), caller(c), proof); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// Login signs an app in.
func (s *Server) Login(c echo.Context) error {
	in, err := bindLogin(c)
	if err != nil {
		return err
	}
	tokens, err := s.Accounts.Login(c.Request().Context(), caller(c), in)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.TokensBody(tokens))
}

// LoginCookie signs a browser in. The token is in the cookie and nowhere else.
func (s *Server) LoginCookie(c echo.Context) error {
	in, err := bindLogin(c)
	if err != nil {
		return err
	}
	cookie, err := s.Accounts.LoginCookie(c.Request().Context(), caller(c), in)
	if err != nil {
		return err
	}
	setCookie(c, cookie)
	return respondEmpty(c, http.StatusNoContent)
}

func bindLogin(c echo.Context) (account.Login, error) {
	var in dto.LoginRequest
	if err := bind(c, &in); err != nil {
		return account.Login{}, err
	}
	return account.Login{Email: in.Email, Password: in.Password, OTP: value(in.Otp), Label: programLabel(c.Request().UserAgent())}, nil
}

// RefreshTokens trades a refresh token for new tokens.
func (s *Server) RefreshTokens(c echo.Context) error {
	var in dto.RefreshRequest
	if err := bind(c, &in); err != nil {
		return err
	}
	tokens, err := s.Accounts.Refresh(c.Request().Context(), caller(c), in.RefreshToken)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.TokensBody(tokens))
}

// Logout ends the session of the request.
func (s *Server) Logout(c echo.Context) error {
	if err := s.Accounts.Logout(c.Request().Context(), caller(c)); err != nil {
		return err
	}
	clearCookie(c)
	return respondEmpty(c, http.StatusNoContent)
}

// ForgotPassword mails a code.
func (s *Server) ForgotPassword(c echo.Context) error {
	var in dto.ForgotPasswordRequest
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Accounts.Forgot(c.Request().Context(), caller(c), in.Email); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusAccepted)
}

// ResetPassword sets a new password by a code.
func (s *Server) ResetPassword(c echo.Context) error {
	var in dto.ResetPasswordRequest
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Accounts.Reset(c.Request().Context(), caller(c), in.Email, in.Code, in.Password); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}
