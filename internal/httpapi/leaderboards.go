package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/leaderboard"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/workout"
)

// GetWorkoutClass is which class a workout belongs to.
func (s *Server) GetWorkoutClass(c echo.Context, id dto.WorkoutID) error {
	taken, grant, err := s.Workouts.ClassOf(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.WorkoutClassBody(taken, grant))
}

// SetWorkoutClass says which class a workout of the caller's belongs to.
func (s *Server) SetWorkoutClass(c echo.Context, id dto.WorkoutID) error {
	var in dto.ClassChoice
	if err := bind(c, &in); err != nil {
		return err
	}
	ref := workout.ClassRef{Class: in.ClassID, Scheduled: in.ScheduledClassID}
	if (ref.Class == nil) == (ref.Scheduled == nil) {
		return workout.ErrUnknownClass
	}
	taken, grant, err := s.Workouts.SetClass(c.Request().Context(), caller(c), id, ref)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.WorkoutClassBody(taken, grant))
}

// RemoveWorkoutClass takes a workout of the caller's out of its class.
func (s *Server) RemoveWorkoutClass(c echo.Context, id dto.WorkoutID) error {
	if _, _, err := s.Workouts.SetClass(c.Request().Context(), caller(c), id, workout.ClassRef{}); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// GetClassLeaderboard is the board of a class, of all time.
func (s *Server) GetClassLeaderboard(c echo.Context, id dto.ClassID, p dto.GetClassLeaderboardParams) error {
	return s.board(c, leaderboard.Board{ID: id}, p)
}

// GetScheduledLeaderboard is the board of a scheduled class.
func (s *Server) GetScheduledLeaderboard(c echo.Context, id dto.ScheduledClassID, p dto.GetScheduledLeaderboardParams) error {
	return s.board(c, leaderboard.Board{ID: id, Scheduled: true}, dto.GetClassLeaderboardParams(p))
}

func (s *Server) board(c echo.Context, b leaderboard.Board, p dto.GetClassLeaderboardParams) error {
	ask := askOf(p)
	standing, err := s.Leaderboards.Read(c.Request().Context(), caller(c), b, ask, pageRequest(c, p.Limit, p.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.LeaderboardBody(standing, ask.Metric))
}

func askOf(p dto.GetClassLeaderboardParams) leaderboard.Ask {
	ask := leaderboard.Ask{Metric: metricOf(p.Metric)}
	words := []string{strconv.Itoa(int(ask.Metric))}
	if p.Followed != nil && *p.Followed {
		ask.Filter.Followed = true
		words = append(words, "followed")
	}
	if p.Gender != nil {
		ask.Filter.Gender = new(member.Gender(*p.Gender))
		words = append(words, string(*p.Gender))
	}
	if p.AgeBand != nil {
		from, to, _ := strings.Cut(string(*p.AgeBand), "-") // the contract lists the bands
		least, _ := strconv.Atoi(from)
		most, _ := strconv.Atoi(to)
		ask.Filter.From, ask.Filter.Below = new(least), new(most+1)
		words = append(words, string(*p.AgeBand))
	}
	ask.Words = strings.Join(words, " ")
	return ask
}

func metricOf(name *dto.Metric) leaderboard.Metric {
	if name != nil && *name == dto.BoardMetricDistance {
		return leaderboard.Distance
	}
	return leaderboard.Output
}

// ListClassRiders is who took a class.
func (s *Server) ListClassRiders(c echo.Context, id dto.ClassID, p dto.ListClassRidersParams) error {
	list, err := s.Leaderboards.Riders(c.Request().Context(), caller(c), leaderboard.Board{ID: id}, pageRequest(c, p.Limit, p.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ClassRidersBody(list))
}

// GetClassFigures is the figures of a class.
func (s *Server) GetClassFigures(c echo.Context, id dto.ClassID, p dto.GetClassFiguresParams) error {
	metric := metricOf(p.Metric)
	figures, err := s.Leaderboards.Figures(c.Request().Context(), caller(c), leaderboard.Board{ID: id}, metric)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ClassFiguresBody(figures, metric))
}

// ListHighFives is who gave the caller a high-five in a class.
func (s *Server) ListHighFives(c echo.Context, id dto.ClassID, p dto.ListHighFivesParams) error {
	list, err := s.Leaderboards.HighFives(c.Request().Context(), caller(c), id, pageRequest(c, p.Limit, p.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.HighFivesBody(list))
}

// GiveHighFive greets a rider of a class.
func (s *Server) GiveHighFive(c echo.Context, id dto.ClassID) error {
	var in dto.HighFive
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Leaderboards.GiveHighFive(c.Request().Context(), caller(c), id, in.MemberID); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// TakeHighFiveBack takes a greeting back.
func (s *Server) TakeHighFiveBack(c echo.Context, id dto.ClassID, p dto.TakeHighFiveBackParams) error {
	if err := s.Leaderboards.TakeHighFiveBack(c.Request().Context(), caller(c), id, p.Member); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}
