package httpapi

import (
	"crypto/sha256"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/class/lesson"
	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
)

// made answers with what was made, and where it is.
func made(c echo.Context, path string, body dto.Body) error {
	c.Response().Header().Set(echo.HeaderLocation, path)
	return respondTagged(c, http.StatusCreated, body)
}

// ManageInstructors is instructors in any state, or in one.
func (s *Server) ManageInstructors(c echo.Context, params dto.ManageInstructorsParams) error {
	list, err := s.Classes.ManageInstructors(c.Request().Context(), caller(c), stateOf(params.State), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.InstructorListBody(list))
}

// CreateInstructor makes a draft of an instructor.
func (s *Server) CreateInstructor(c echo.Context, params dto.CreateInstructorParams) error {
	var in dto.InstructorCreate
	raw, err := bindRaw(c, &in)
	if err != nil {
		return err
	}
	entry := class.InstructorEntry{Name: in.Name, Bio: in.About, Disciplines: wordsOf(in.Disciplines)}
	i, err := s.Classes.AddInstructor(c.Request().Context(), caller(c), entry, againOf(c, params.IdempotencyKey, raw))
	if err != nil {
		return err
	}
	return made(c, "/v1/admin/instructors/"+i.ID.String(), dto.InstructorBody(i))
}

// ManageInstructor is an instructor in any state.
func (s *Server) ManageInstructor(c echo.Context, id dto.InstructorID, _ dto.ManageInstructorParams) error {
	i, err := s.Classes.ManageInstructor(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.InstructorBody(i))
}

// UpdateInstructor changes, publishes or retires an instructor.
func (s *Server) UpdateInstructor(c echo.Context, id dto.InstructorID, _ dto.UpdateInstructorParams) error {
	var in dto.InstructorPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	matches := precondition(c)
	patch := class.InstructorPatch{Name: in.Name, Bio: in.About, Disciplines: wordsOf(in.Disciplines), State: stateOf(in.State)}
	i, err := s.Classes.EditInstructor(c.Request().Context(), caller(c), id, patch, func(i class.Instructor) error {
		return matches(dto.InstructorBody(i))
	})
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.InstructorBody(i))
}

// SetInstructorPicture takes a picture of an instructor.
func (s *Server) SetInstructorPicture(c echo.Context, id dto.InstructorID) error {
	contentType, err := bodyType(c)
	if err != nil {
		return fault.UnsupportedMedia("picture_type", "send image/png or image/jpeg")
	}
	encoded, err := io.ReadAll(c.Request().Body) // bounded at the edge
	if err != nil {
		return bodyError(err)
	}
	if err := s.Classes.SetPicture(c.Request().Context(), caller(c), id, contentType, encoded); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// DeleteInstructorPicture takes an instructor's picture away.
func (s *Server) DeleteInstructorPicture(c echo.Context, id dto.InstructorID) error {
	return done(c, s.Classes.DeletePicture, id)
}

// LinkInstructor says which member an instructor is.
func (s *Server) LinkInstructor(c echo.Context, id dto.InstructorID) error {
	var in dto.InstructorPerson
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Classes.Link(c.Request().Context(), caller(c), id, in.Username); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// UnlinkInstructor says that an instructor is no member.
func (s *Server) UnlinkInstructor(c echo.Context, id dto.InstructorID) error {
	return done(c, s.Classes.Unlink, id)
}

// ManageStudios is studios in any state, or in one.
func (s *Server) ManageStudios(c echo.Context, params dto.ManageStudiosParams) error {
	list, err := s.Classes.ManageStudios(c.Request().Context(), caller(c), stateOf(params.State), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.StudioListBody(list))
}

// CreateStudio makes a draft of a studio.
func (s *Server) CreateStudio(c echo.Context, params dto.CreateStudioParams) error {
	var in dto.StudioCreate
	raw, err := bindRaw(c, &in)
	if err != nil {
		return err
	}
	entry := class.StudioEntry{Name: in.Name, City: in.City, Country: in.Country, TimeZone: in.TimeZone, Places: wordsOf(in.Places)}
	studio, err := s.Classes.AddStudio(c.Request().Context(), caller(c), entry, againOf(c, params.IdempotencyKey, raw))
	if err != nil {
		return err
	}
	return made(c, "/v1/admin/studios/"+studio.ID.String(), dto.StudioBody(studio))
}

// ManageStudio is a studio in any state.
func (s *Server) ManageStudio(c echo.Context, id dto.StudioID, _ dto.ManageStudioParams) error {
	studio, err := s.Classes.ManageStudio(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.StudioBody(studio))
}

// UpdateStudio changes, publishes or retires a studio.
func (s *Server) UpdateStudio(c echo.Context, id dto.StudioID, _ dto.UpdateStudioParams) error {
	var in dto.StudioPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	matches := precondition(c)
	patch := class.StudioPatch{Name: in.Name, City: in.City, Country: in.Country, Places: wordsOf(in.Places), State: stateOf(in.State)}
	studio, err := s.Classes.EditStudio(c.Request().Context(), caller(c), id, patch, func(now class.Studio) error {
		return matches(dto.StudioBody(now))
	})
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.StudioBody(studio))
}

// ManageClasses is classes in any state, or in one.
func (s *Server) ManageClasses(c echo.Context, params dto.ManageClassesParams) error {
	list, err := s.Classes.ManageClasses(c.Request().Context(), caller(c), stateOf(params.State), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ClassListBody(list))
}

// CreateClass makes a draft of a class.
func (s *Server) CreateClass(c echo.Context, params dto.CreateClassParams) error {
	var in dto.ClassCreate
	raw, err := bindRaw(c, &in)
	if err != nil {
		return err
	}
	patch := class.ClassPatch{
		Title: &in.Title, Description: in.Description, Discipline: wordOf(&in.Discipline), Language: &in.Language, DurationS: &in.DurationS,
		Difficulty: &in.Difficulty, Instructor: &in.Instructor, Equipment: wordsOf(in.Equipment), Tags: wordsOf(in.Tags), Live: &in.Live,
		Plan: planOf(in.Plan), Music: musicOf(in.Music),
	}
	one, err := s.Classes.AddClass(c.Request().Context(), caller(c), patch, againOf(c, params.IdempotencyKey, raw))
	if err != nil {
		return err
	}
	return made(c, "/v1/admin/classes/"+one.ID.String(), dto.ClassBody(one))
}

// ManageClass is a class in any state.
func (s *Server) ManageClass(c echo.Context, id dto.ClassID, _ dto.ManageClassParams) error {
	one, err := s.Classes.ManageClass(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ClassBody(one))
}

// UpdateClass changes, publishes or retires a class.
func (s *Server) UpdateClass(c echo.Context, id dto.ClassID, _ dto.UpdateClassParams) error {
	var in dto.ClassPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	matches := precondition(c)
	patch := class.ClassPatch{
		Title: in.Title, Description: in.Description, Discipline: wordOf(in.Discipline), Language: in.Language, DurationS: in.DurationS,
		Difficulty: in.Difficulty, Instructor: in.Instructor, Equipment: wordsOf(in.Equipment), Tags: wordsOf(in.Tags), Live: in.Live,
		Plan: planOf(in.Plan), Music: musicOf(in.Music), State: stateOf(in.State),
	}
	one, err := s.Classes.EditClass(c.Request().Context(), caller(c), id, patch, func(now class.Class) error { return matches(dto.ClassBody(now)) })
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ClassBody(one))
}

// UpdateClasses changes many classes, all of them or none.
func (s *Server) UpdateClasses(c echo.Context) error {
	var in dto.ClassesPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	dry := in.DryRun != nil && *in.DryRun
	all, err := s.Classes.EditClasses(c.Request().Context(), caller(c), in.Ids, class.ClassPatch{
		Difficulty: in.Change.Difficulty, Instructor: in.Change.Instructor, Language: in.Change.Language,
		Equipment: wordsOf(in.Change.Equipment), Tags: wordsOf(in.Change.Tags), State: stateOf(in.Change.State),
	}, dry)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ClassChangesBody(all, dry))
}

// stateOf is a state of the contract as the feature has it.
func stateOf(v *dto.PublicationState) *class.State {
	if v == nil {
		return nil
	}
	return new(class.State(*v))
}

// wordsOf are words of the contract as a feature has them; nil stays nil.
func wordsOf[T ~string](all []T) []string {
	if all == nil {
		return nil
	}
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

func planOf(all []dto.PlanSegment) *lesson.Plan {
	if all == nil {
		return nil
	}
	plan := make(lesson.Plan, len(all))
	for i, s := range all {
		plan[i] = lesson.Segment{
			Kind: string(s.Kind), DurationS: s.DurationS, Title: s.Title, CadenceLowRPM: s.CadenceLowRpm, CadenceHighRPM: s.CadenceHighRpm,
			ResistanceLow: s.ResistanceLow, ResistanceHigh: s.ResistanceHigh, PowerZone: s.PowerZone, HeartZone: s.HeartZone,
		}
	}
	return &plan
}

func musicOf(all []dto.Song) *lesson.Music {
	if all == nil {
		return nil
	}
	music := make(lesson.Music, len(all))
	for i, s := range all {
		music[i] = lesson.Song{Title: s.Title, Artist: s.Artist, AtS: s.AtS}
	}
	return &music
}

// againOf names the create that an Idempotency-Key stands for. The raw body is the request.
func againOf(c echo.Context, key *dto.IdempotencyKey, raw []byte) class.Repeat {
	if key == nil {
		return class.Repeat{}
	}
	return class.Repeat{Present: true, Operation: operationOf(c).id, Key: sha256.Sum256([]byte(*key)), Request: sha256.Sum256(raw)}
}
