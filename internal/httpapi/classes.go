package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/dto"
)

// ListInstructors is who is published, by name.
func (s *Server) ListInstructors(c echo.Context, params dto.ListInstructorsParams) error {
	list, err := s.Classes.Instructors(c.Request().Context(), caller(c), wordOf(params.Discipline), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.InstructorListBody(list))
}

// GetInstructor is an instructor's page.
func (s *Server) GetInstructor(c echo.Context, id dto.InstructorID, _ dto.GetInstructorParams) error {
	i, err := s.Classes.Instructor(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.InstructorBody(i))
}

// GetInstructorPicture is an instructor's picture.
func (s *Server) GetInstructorPicture(c echo.Context, id dto.InstructorID) error {
	image, err := s.Classes.Picture(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondAs(c, http.StatusOK, "image/jpeg", dto.InstructorPictureBody(image))
}

// ListFollowedInstructors is whom the caller follows.
func (s *Server) ListFollowedInstructors(c echo.Context, params dto.ListFollowedInstructorsParams) error {
	list, grant, err := s.Classes.Followed(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.FollowedInstructorsBody(list, grant))
}

// FollowInstructor has the caller follow an instructor.
func (s *Server) FollowInstructor(c echo.Context, id dto.InstructorID) error {
	return done(c, s.Classes.Follow, id)
}

// UnfollowInstructor ends it.
func (s *Server) UnfollowInstructor(c echo.Context, id dto.InstructorID) error {
	return done(c, s.Classes.Unfollow, id)
}

// ListOwnInstructorPages are the instructors that the caller is.
func (s *Server) ListOwnInstructorPages(c echo.Context) error {
	pages, grant, err := s.Classes.OwnPages(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.OwnInstructorPagesBody(pages, grant))
}

// ListStudios is the studios, by name.
func (s *Server) ListStudios(c echo.Context, params dto.ListStudiosParams) error {
	list, err := s.Classes.Studios(c.Request().Context(), caller(c), params.Country, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.StudioListBody(list))
}

// GetStudio is a studio with its places.
func (s *Server) GetStudio(c echo.Context, id dto.StudioID, _ dto.GetStudioParams) error {
	studio, err := s.Classes.Studio(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.StudioBody(studio))
}

// ListClasses is the catalogue.
func (s *Server) ListClasses(c echo.Context, p dto.ListClassesParams) error {
	search := class.Search{
		Q: p.Q, Discipline: wordOf(p.Discipline), Language: p.Language, Equipment: p.Equipment, Tag: p.Tag, Instructor: p.Instructor,
		Difficulty: p.Difficulty, DurationMinS: p.DurationMinS, DurationMaxS: p.DurationMaxS, Live: p.Live, Sort: "newest",
	}
	if p.Sort != nil {
		search.Sort = string(*p.Sort)
	}
	list, err := s.Classes.Classes(c.Request().Context(), caller(c), search, pageRequest(c, p.Limit, p.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ClassListBody(list))
}

// GetClass is a class with its plan and music.
func (s *Server) GetClass(c echo.Context, id dto.ClassID, _ dto.GetClassParams) error {
	one, err := s.Classes.Class(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ClassBody(one))
}

// ListSchedule is what is given, by start.
func (s *Server) ListSchedule(c echo.Context, p dto.ListScheduleParams) error {
	span := class.Span{From: p.From, To: p.To, Studio: p.Studio, Instructor: p.Instructor, Class: p.Class, Discipline: wordOf(p.Discipline)}
	list, err := s.Classes.Schedule(c.Request().Context(), caller(c), span, pageRequest(c, p.Limit, p.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.ScheduleBody(list))
}

// GetScheduledClass is one class of the schedule.
func (s *Server) GetScheduledClass(c echo.Context, id dto.ScheduledClassID, _ dto.GetScheduledClassParams) error {
	given, err := s.Classes.Given(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.ScheduledClassBody(given))
}

// wordOf is a word of the contract as a feature has it.
func wordOf[T ~string](v *T) *string {
	if v == nil {
		return nil
	}
	return new(string(*v))
}
