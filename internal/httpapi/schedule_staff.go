package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/dto"
)

// ManageAllSeries is series in any state, or in one.
func (s *Server) ManageAllSeries(c echo.Context, params dto.ManageAllSeriesParams) error {
	list, err := s.Classes.AllSeries(c.Request().Context(), caller(c), stateOf(params.State), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.SeriesListBody(list))
}

// CreateSeries makes a draft of a series.
func (s *Server) CreateSeries(c echo.Context, params dto.CreateSeriesParams) error {
	var in dto.SeriesCreate
	raw, err := bindRaw(c, &in)
	if err != nil {
		return err
	}
	entry := class.SeriesEntry{
		Class: in.Class, Studio: in.Studio, TimeZone: in.TimeZone, RRule: in.Rrule, StartsLocal: in.StartsLocal, Capacity: in.Capacity,
		Before: beforeOf(in.OpensBeforeS, in.CancelBeforeS, in.PromoteBeforeS),
	}
	one, err := s.Classes.AddSeries(c.Request().Context(), caller(c), entry, againOf(c, params.IdempotencyKey, raw))
	if err != nil {
		return err
	}
	return made(c, "/v1/admin/series/"+one.ID.String(), dto.SeriesBody(one))
}

// ManageSeries is a series in any state.
func (s *Server) ManageSeries(c echo.Context, id dto.SeriesID, _ dto.ManageSeriesParams) error {
	one, err := s.Classes.OneSeries(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.SeriesBody(one))
}

// UpdateSeries changes, publishes or retires a series.
func (s *Server) UpdateSeries(c echo.Context, id dto.SeriesID, _ dto.UpdateSeriesParams) error {
	var in dto.SeriesPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	matches := precondition(c)
	patch := class.SeriesPatch{
		RRule: in.Rrule, StartsLocal: in.StartsLocal, Capacity: in.Capacity, State: stateOf(in.State),
		OpensS: in.OpensBeforeS, CancelS: in.CancelBeforeS, PromoteS: in.PromoteBeforeS,
	}
	one, err := s.Classes.EditSeries(c.Request().Context(), caller(c), id, patch, func(now class.Series) error { return matches(dto.SeriesBody(now)) })
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.SeriesBody(one))
}

// ChangeOccurrence changes one occurrence of a series.
func (s *Server) ChangeOccurrence(c echo.Context, id dto.SeriesID) error {
	var in dto.OccurrencePatch
	if err := bind(c, &in); err != nil {
		return err
	}
	given, err := s.Classes.EditOccurrence(c.Request().Context(), caller(c), id, in.Date.Time, class.GivenPatch{
		State: scheduleStateOf(in.State), StartsAt: in.StartsAt, Capacity: in.Capacity, Instructor: in.Instructor,
	})
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ScheduledClassBody(given))
}

// ManageSchedule is the schedule with drafts.
func (s *Server) ManageSchedule(c echo.Context, p dto.ManageScheduleParams) error {
	span := class.Span{From: p.From, To: p.To, Series: p.Series}
	list, err := s.Classes.ManageSchedule(c.Request().Context(), caller(c), span, pageRequest(c, p.Limit, p.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ScheduleBody(list))
}

// CreateScheduledClass puts one class into the schedule.
func (s *Server) CreateScheduledClass(c echo.Context, params dto.CreateScheduledClassParams) error {
	var in dto.ScheduledClassCreate
	raw, err := bindRaw(c, &in)
	if err != nil {
		return err
	}
	entry := class.GivenEntry{
		Class: in.Class, Studio: in.Studio, Instructor: in.Instructor, TimeZone: in.TimeZone, StartsAt: in.StartsAt, Capacity: in.Capacity,
		State: scheduleStateOf(in.State), Before: beforeOf(in.OpensBeforeS, in.CancelBeforeS, in.PromoteBeforeS),
	}
	given, err := s.Classes.AddGiven(c.Request().Context(), caller(c), entry, againOf(c, params.IdempotencyKey, raw))
	if err != nil {
		return err
	}
	return made(c, "/v1/admin/schedule/"+given.ID.String(), dto.ScheduledClassBody(given))
}

// ManageScheduledClass is one class of the schedule in any state.
func (s *Server) ManageScheduledClass(c echo.Context, id dto.ScheduledClassID, _ dto.ManageScheduledClassParams) error {
	given, err := s.Classes.ManageGiven(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ScheduledClassBody(given))
}

// UpdateScheduledClass moves, cancels or changes one class of the schedule.
func (s *Server) UpdateScheduledClass(c echo.Context, id dto.ScheduledClassID, _ dto.UpdateScheduledClassParams) error {
	var in dto.ScheduledClassPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	matches := precondition(c)
	patch := class.GivenPatch{State: scheduleStateOf(in.State), StartsAt: in.StartsAt, Capacity: in.Capacity, Instructor: in.Instructor}
	given, err := s.Classes.EditGiven(c.Request().Context(), caller(c), id, patch, func(now class.Given) error {
		return matches(dto.ScheduledClassBody(now))
	})
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ScheduledClassBody(given))
}

// UpdateScheduledClasses changes many classes of the schedule, all of them or none.
func (s *Server) UpdateScheduledClasses(c echo.Context) error {
	var in dto.ScheduledClassesPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	dry := in.DryRun != nil && *in.DryRun
	all, err := s.Classes.EditGivens(c.Request().Context(), caller(c), in.Ids, class.GivenPatch{
		State: scheduleStateOf(in.Change.State), Capacity: in.Change.Capacity, Instructor: in.Change.Instructor,
	}, dry)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ScheduleChangesBody(all, dry))
}

func scheduleStateOf(v *dto.ScheduleState) *class.ScheduleState {
	if v == nil {
		return nil
	}
	return new(class.ScheduleState(*v))
}

// beforeOf are the contract's: a week, twelve hours and an hour where nothing is said.
func beforeOf(opens, cancel, promote *int) class.Before {
	b := class.Before{OpensS: 604800, CancelS: 43200, PromoteS: 3600}
	for to, from := range map[*int]*int{&b.OpensS: opens, &b.CancelS: cancel, &b.PromoteS: promote} {
		if from != nil {
			*to = *from
		}
	}
	return b
}
