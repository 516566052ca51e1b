package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
)

// GetRoster is who comes to a class, for a class manager.
func (s *Server) GetRoster(c echo.Context, id dto.ScheduledClassID) error {
	roster, err := s.Bookings.Roster(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.RosterBody(roster))
}

// MarkAttendance says whether somebody on a roster was there.
func (s *Server) MarkAttendance(c echo.Context, id dto.ScheduledClassID) error {
	var in dto.Attendance
	if err := bind(c, &in); err != nil {
		return err
	}
	var seen *string
	if in.Attendance != dto.AttendanceAttendanceUnknown {
		seen = new(string(in.Attendance))
	}
	if err := s.Bookings.Mark(c.Request().Context(), caller(c), id, in.Turn, seen); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// RemoveFromRoster takes somebody off a roster.
func (s *Server) RemoveFromRoster(c echo.Context, id dto.ScheduledClassID, params dto.RemoveFromRosterParams) error {
	if err := s.Bookings.Remove(c.Request().Context(), caller(c), id, params.Turn); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// GetBookingRules are the rules of booking, for a class manager.
func (s *Server) GetBookingRules(c echo.Context, params dto.GetBookingRulesParams) error {
	return s.respondRules(c, params.Studio)
}

// SetBookingRules sets the rules of booking.
func (s *Server) SetBookingRules(c echo.Context, params dto.SetBookingRulesParams) error {
	var in dto.BookingRules
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Bookings.SetRules(c.Request().Context(), caller(c), orNil(params.Studio), in.Rules()); err != nil {
		return err
	}
	return s.respondRules(c, params.Studio)
}

func (s *Server) respondRules(c echo.Context, studio *uuid.UUID) error {
	rules, err := s.Bookings.Rules(c.Request().Context(), caller(c), orNil(studio))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.BookingRulesBody(rules))
}

func orNil(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}
