package httpapi

import (
	"net/http"
	"time"
	_ "time/tzdata" // names of zones mean the same wherever the program runs

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/workout"
)

// The defaults of the contract.
const (
	splitM    = 1000.0
	curveDays = 90
	loadDays  = 90
)

// GetWorkoutLaps is a workout's laps and splits.
func (s *Server) GetWorkoutLaps(c echo.Context, id dto.WorkoutID, params dto.GetWorkoutLapsParams) error {
	every := or(params.EveryM, splitM)
	laps, grant, err := s.Workouts.Laps(c.Request().Context(), caller(c), id, every)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.LapsBody(laps, every, grant))
}

// GetWorkoutZones is a workout's time in zones.
func (s *Server) GetWorkoutZones(c echo.Context, id dto.WorkoutID) error {
	zones, grant, err := s.Workouts.TimeInZones(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ZonesBody(zones, grant))
}

// GetMemberRecords is a member's personal records.
func (s *Server) GetMemberRecords(c echo.Context, ref dto.MemberRef, params dto.GetMemberRecordsParams) error {
	var sport *workout.Sport
	if params.Sport != nil {
		sport = new(workout.Sport(*params.Sport))
	}
	records, grant, err := s.Workouts.Records(c.Request().Context(), caller(c), ref, sport)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.RecordsBody(records, grant))
}

// GetMemberPowerCurve is a member's power-duration curve.
func (s *Server) GetMemberPowerCurve(c echo.Context, ref dto.MemberRef, params dto.GetMemberPowerCurveParams) error {
	sport := workout.Sport(or(params.Sport, dto.SportRide))
	curve, grant, err := s.Workouts.PowerCurve(c.Request().Context(), caller(c), ref, sport, or(params.Days, curveDays))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.PowerCurveBody(curve, grant))
}

// GetMemberLoad is a member's training load.
func (s *Server) GetMemberLoad(c echo.Context, ref dto.MemberRef, params dto.GetMemberLoadParams) error {
	zone, err := zoneOf(params.Tz)
	if err != nil {
		return err
	}
	days := or(params.Days, loadDays)
	load, grant, err := s.Workouts.Load(c.Request().Context(), caller(c), ref, days, zone)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.LoadBody(load, days, grant))
}

// GetMemberCalendar is a member's streaks, weeks and months.
func (s *Server) GetMemberCalendar(c echo.Context, ref dto.MemberRef, params dto.GetMemberCalendarParams) error {
	zone, err := zoneOf(params.Tz)
	if err != nil {
		return err
	}
	calendar, grant, err := s.Workouts.Calendar(c.Request().Context(), caller(c), ref, zone)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.CalendarBody(calendar, grant))
}

// zoneOf is a zone by its IANA name; UTC where none is named. The server's own zone has no name here.
func zoneOf(name *dto.TimeZone) (*time.Location, error) {
	if name == nil {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(*name)
	if err != nil || zone == time.Local { //nolint:gosmopolitan // it is refused
		return nil, badParameter("query", "tz", "is no time zone")
	}
	return zone, nil
}

// or is a parameter, or what stands for it where it is absent.
func or[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}
