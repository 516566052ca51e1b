package httpapi

import (
	"crypto/sha256"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/oapi-codegen/nullable"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// CreateWorkout adds a workout that was typed in.
func (s *Server) CreateWorkout(c echo.Context, params dto.CreateWorkoutParams) error {
	var in dto.WorkoutCreate
	raw, err := bindRaw(c, &in)
	if err != nil {
		return err
	}
	entry, err := entryOf(in)
	if err != nil {
		return err
	}
	w, grant, err := s.Workouts.Create(c.Request().Context(), caller(c), entry, repeatOf(c, params.IdempotencyKey, raw))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/workouts/"+w.ID.String())
	return respondTagged(c, http.StatusCreated, dto.WorkoutBody(w, grant))
}

// GetWorkout is a workout, as far as the caller may see it.
func (s *Server) GetWorkout(c echo.Context, id dto.WorkoutID, _ dto.GetWorkoutParams) error {
	w, grant, err := s.Workouts.Read(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.WorkoutBody(w, grant))
}

// UpdateWorkout changes a workout of the caller's.
func (s *Server) UpdateWorkout(c echo.Context, id dto.WorkoutID, _ dto.UpdateWorkoutParams) error {
	var in dto.WorkoutPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	patch, err := patchOf(in)
	if err != nil {
		return err
	}
	matches := precondition(c)
	w, grant, err := s.Workouts.Edit(c.Request().Context(), caller(c), id, patch, func(w workout.Workout, g privacy.Grant) error {
		return matches(dto.WorkoutBody(w, g))
	})
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.WorkoutBody(w, grant))
}

// DeleteWorkout takes a workout of the caller's away.
func (s *Server) DeleteWorkout(c echo.Context, id dto.WorkoutID) error {
	if err := s.Workouts.Delete(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// ListFeed is the workouts of whom the caller follows.
func (s *Server) ListFeed(c echo.Context, params dto.ListFeedParams) error {
	list, err := s.Workouts.Feed(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.WorkoutListBody(list))
}

// ListMemberWorkouts is a member's workouts, as far as the caller may see them.
func (s *Server) ListMemberWorkouts(c echo.Context, ref dto.MemberRef, params dto.ListMemberWorkoutsParams) error {
	list, err := s.Workouts.ByMember(c.Request().Context(), caller(c), ref, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.WorkoutListBody(list))
}

// GetMemberStats is a member's totals over what the caller may see.
func (s *Server) GetMemberStats(c echo.Context, ref dto.MemberRef) error {
	totals, grant, err := s.Workouts.Stats(c.Request().Context(), caller(c), ref)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.StatsBody(totals, grant))
}

// repeatOf names the create that an Idempotency-Key stands for. The raw body is the request.
func repeatOf(c echo.Context, key *dto.IdempotencyKey, raw []byte) workout.Repeat {
	if key == nil {
		return workout.Repeat{}
	}
	return workout.Repeat{
		Present: true, Operation: operationOf(c).id, Key: sha256.Sum256([]byte(*key)), Request: sha256.Sum256(raw),
	}
}

func entryOf(in dto.WorkoutCreate) (workout.Entry, error) {
	audience, err := audienceOf(in.Audience)
	return workout.Entry{
		Sport: workout.Sport(in.Sport), Indoor: in.Indoor != nil && *in.Indoor, Title: in.Title, Notes: in.Notes,
		StartedAt: in.StartedAt, DurationS: in.DurationS, MovingS: in.MovingS, DistanceM: in.DistanceM,
		CaloriesKcal: in.CaloriesKcal, OutputKJ: in.OutputKj, PowerAvgW: in.PowerAvgW, PowerMaxW: in.PowerMaxW,
		CadenceAvgRPM: in.CadenceAvgRpm, CadenceMaxRPM: in.CadenceMaxRpm,
		HeartAvgBPM: in.HeartRateAvgBpm, HeartMaxBPM: in.HeartRateMaxBpm, AscentM: in.AscentM, Audience: audience,
		Class: workout.ClassRef{Class: in.ClassID, Scheduled: in.ScheduledClassID},
	}, err
}

func patchOf(in dto.WorkoutPatch) (workout.Patch, error) {
	audience, err := audienceOf(in.Audience)
	p := workout.Patch{
		Indoor: in.Indoor, Audience: audience, Title: changeOf(in.Title), Notes: changeOf(in.Notes),
		DistanceM: changeOf(in.DistanceM), CaloriesKcal: changeOf(in.CaloriesKcal),
	}
	if in.Sport != nil {
		p.Sport = new(workout.Sport(*in.Sport))
	}
	return p, err
}

// changeOf keeps the three states apart: absent, null and a value.
func changeOf[T any](v nullable.Nullable[T]) workout.Change[T] {
	if value, err := v.Get(); err == nil {
		return workout.Change[T]{Set: true, To: &value}
	}
	return workout.Change[T]{Set: v.IsSpecified()}
}

func audienceOf(name *dto.Audience) (*privacy.Audience, error) {
	if name == nil {
		return nil, nil //nolint:nilnil // absent is an answer
	}
	a, err := privacy.ParseAudience(string(*name))
	if err != nil {
		return nil, fault.Invalid("invalid_body", "there is no such audience", fault.At("/audience", "invalid", "is no audience"))
	}
	return &a, nil
}
