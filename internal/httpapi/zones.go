package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/workout"
)

// ListPrivacyZones is the caller's own privacy zones.
func (s *Server) ListPrivacyZones(c echo.Context) error {
	zones, grant, err := s.Workouts.Zones(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.PrivacyZoneListBody(zones, grant))
}

// AddPrivacyZone makes a privacy zone of the caller's.
func (s *Server) AddPrivacyZone(c echo.Context, params dto.AddPrivacyZoneParams) error {
	var in dto.PrivacyZoneCreate
	raw, err := bindRaw(c, &in)
	if err != nil {
		return err
	}
	entry := workout.ZoneEntry{Lat: in.Lat, Lon: in.Lon, RadiusM: in.RadiusM, Name: in.Name}
	zone, grant, err := s.Workouts.AddZone(c.Request().Context(), caller(c), entry, repeatOf(c, params.IdempotencyKey, raw))
	if err != nil {
		return err
	}
	return respond(c, http.StatusCreated, dto.PrivacyZoneBody(zone, grant))
}

// UpdatePrivacyZone changes a privacy zone of the caller's.
func (s *Server) UpdatePrivacyZone(c echo.Context, id dto.PrivacyZoneID) error {
	var in dto.PrivacyZonePatch
	if err := bind(c, &in); err != nil {
		return err
	}
	zone, grant, err := s.Workouts.EditZone(c.Request().Context(), caller(c), id,
		workout.ZonePatch{RadiusM: in.RadiusM, Name: changeOf(in.Name)})
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.PrivacyZoneBody(zone, grant))
}

// RemovePrivacyZone takes a privacy zone of the caller's away.
func (s *Server) RemovePrivacyZone(c echo.Context, id dto.PrivacyZoneID) error {
	if err := s.Workouts.RemoveZone(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}
