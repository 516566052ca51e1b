package class

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/class/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member/picture"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/text"
)

func instructorOf(row query.InstructorSeen) Instructor {
	return Instructor{ID: row.ID, State: State(row.State), Name: row.Name, Bio: row.Bio, Disciplines: row.Disciplines, Pictured: row.Pictured}
}

// Instructors lists who is published, by name; with a discipline only who gives it.
func (s *Service) Instructors(ctx context.Context, c db.Caller, discipline *string, r page.Request) (page.Page[Instructor], error) {
	r.Filter = spelled(discipline)
	return s.instructors(ctx, c, nil, public, discipline, r)
}

// ManageInstructors lists instructors for class managers, by name: those in a state, or all.
func (s *Service) ManageInstructors(ctx context.Context, c db.Caller, state *State, r page.Request) (page.Page[Instructor], error) {
	r.Filter = spelled(state)
	return s.instructors(ctx, c, &duty, states(state), nil, r)
}

func (s *Service) instructors(ctx context.Context, c db.Caller, d *db.Duty, in []string, discipline *string, r page.Request) (out page.Page[Instructor], err error) {
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if d != nil {
			if err := tx.Demand(*d); err != nil {
				return err
			}
		}
		at, err := after(s, tx, r, named{})
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListInstructors(ctx, query.ListInstructorsParams{
			States: in, Discipline: discipline, AfterName: at.Name, AfterID: at.ID, Most: oneMore(r.Limit),
		})
		if err != nil {
			return err
		}
		all := make([]Instructor, len(rows))
		for i, row := range rows {
			all[i] = instructorOf(row)
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, all, func(i Instructor) named { return named{i.Name, i.ID} })
		return err
	})
	return out, err
}

// Instructor is who is published. NotFound for a draft, for the retired and for who never was.
func (s *Service) Instructor(ctx context.Context, c db.Caller, id uuid.UUID) (out Instructor, err error) {
	err = s.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadInstructor(ctx, id, public)
		out = instructorOf(row)
		return err
	})
	return out, err
}

// Picture is the picture of who is published, a JPEG.
func (s *Service) Picture(ctx context.Context, c db.Caller, id uuid.UUID) (image []byte, err error) {
	err = s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadInstructorPicture(ctx, id)
		image = row.Image
		return err
	})
	return image, err
}

// maxFollowed bounds a list that a member makes.
const maxFollowed = 1000

// Follow has the viewer follow who is published.
func (s *Service) Follow(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if _, err := q.ReadInstructor(ctx, id, public); err != nil {
			return err
		}
		if err := q.LockFollows(ctx); err != nil {
			return err
		}
		others, err := q.CountFollows(ctx, id)
		if err == nil && others >= maxFollowed {
			err = fault.Conflict("too_many_followed", "stop following somebody before you follow another")
		}
		if err != nil {
			return err
		}
		return q.FollowInstructor(ctx, id, tx.Now())
	})
}

// Unfollow ends it, of whoever it was. NotFound where there is nothing to end.
func (s *Service) Unfollow(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, _ *db.Tx, q *query.Queries) error {
		n, err := q.UnfollowInstructor(ctx, id)
		if err == nil && n == 0 {
			err = fault.NotFound()
		}
		return err
	})
}

// Followed lists whom the viewer follows and is published, by name. It is theirs alone to know.
func (s *Service) Followed(ctx context.Context, c db.Caller, r page.Request) (out page.Page[privacy.Guarded[Instructor]], grant privacy.Grant, err error) {
	r.Filter = ""
	err = s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if grant, _, err = self(ctx, tx, q); err != nil {
			return err
		}
		at, err := after(s, tx, r, named{})
		if err != nil {
			return err
		}
		rows, err := q.ListFollowed(ctx, query.ListFollowedParams{AfterName: at.Name, AfterID: at.ID, Most: oneMore(r.Limit)})
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, rows, func(row query.InstructorSeen) named { return named{row.Name, row.ID} })
		for _, row := range cut.Items {
			out.Items = append(out.Items, privacy.Guard(grant.Owner(), privacy.Instructors, instructorOf(row)))
		}
		out.Next = cut.Next
		return err
	})
	return out, grant, err
}

// OwnPages are the instructors that the viewer is. It is theirs alone to know.
func (s *Service) OwnPages(ctx context.Context, c db.Caller) (out []privacy.Guarded[Instructor], grant privacy.Grant, err error) {
	err = s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if grant, _, err = self(ctx, tx, q); err != nil {
			return err
		}
		rows, err := q.ListOwnPages(ctx)
		for _, row := range rows {
			out = append(out, privacy.Guard(grant.Owner(), privacy.OwnPage, instructorOf(row)))
		}
		return err
	})
	return out, grant, err
}

// InstructorEntry is an instructor to be made.
type InstructorEntry struct {
	Name        string
	Bio         *string
	Disciplines []string
}

// InstructorPatch is what is changed; nil stays.
type InstructorPatch struct {
	Name, Bio   *string
	Disciplines []string
	State       *State
}

func (i Instructor) check() error {
	var c complaints
	c.line("/name", i.Name)
	c.lines("/about", i.Bio)
	c.distinct("/disciplines", i.Disciplines)
	return c.fault()
}

// AddInstructor makes a draft.
func (s *Service) AddInstructor(ctx context.Context, c db.Caller, e InstructorEntry, r Repeat) (out Instructor, err error) {
	made := Instructor{State: Draft, Name: e.Name, Disciplines: e.Disciplines}
	set(&made.Bio, e.Bio)
	if err := made.check(); err != nil {
		return Instructor{}, err
	}
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		id, err := s.once(ctx, tx, q, r, "instructor", func(id uuid.UUID) error {
			return q.AddInstructor(ctx, query.AddInstructorParams{ID: id, Name: made.Name, Bio: made.Bio, Disciplines: made.Disciplines, Now: tx.Now()})
		})
		if err != nil {
			return err
		}
		row, err := q.ReadInstructor(ctx, id, kept)
		out = instructorOf(row)
		return err
	})
	return out, err
}

// ManageInstructor is an instructor in any state, for class managers.
func (s *Service) ManageInstructor(ctx context.Context, c db.Caller, id uuid.UUID) (out Instructor, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, _ *db.Tx, q *query.Queries) error {
		row, err := q.ReadInstructor(ctx, id, kept)
		out = instructorOf(row)
		return err
	})
	return out, err
}

// EditInstructor changes an instructor, if check has nothing against it as it is, locked.
func (s *Service) EditInstructor(ctx context.Context, c db.Caller, id uuid.UUID, p InstructorPatch, check func(Instructor) error) (out Instructor, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if _, err := q.LockInstructor(ctx, id); err != nil {
			return err
		}
		row, err := q.ReadInstructor(ctx, id, kept)
		if err != nil {
			return err
		}
		out = instructorOf(row)
		if err := check(out); err != nil {
			return err
		}
		set(&out.Name, p.Name)
		set(&out.Bio, p.Bio)
		if p.Disciplines != nil {
			out.Disciplines = p.Disciplines
		}
		if out.State, err = out.State.to(p.State); err != nil {
			return err
		}
		if err := out.check(); err != nil {
			return err
		}
		if err := q.ChangeInstructor(ctx, query.ChangeInstructorParams{
			ID: id, State: string(out.State), Name: out.Name, Bio: out.Bio, Disciplines: out.Disciplines, Now: tx.Now(),
		}); err != nil {
			return err
		}
		return note(ctx, tx, changedInstructor, id, string(out.State))
	})
	return out, err
}

// SetPicture draws an instructor's picture anew and keeps it.
func (s *Service) SetPicture(ctx context.Context, c db.Caller, id uuid.UUID, contentType string, encoded []byte) error {
	image, err := s.draw(ctx, contentType, encoded)
	if err != nil {
		return err
	}
	return s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if _, err := q.LockInstructor(ctx, id); err != nil {
			return err
		}
		if err := q.PutInstructorPicture(ctx, query.PutInstructorPictureParams{InstructorID: id, Image: image, ChangedAt: tx.Now()}); err != nil {
			return err
		}
		return note(ctx, tx, changedInstructor, id, "picture")
	})
}

func (s *Service) draw(ctx context.Context, contentType string, encoded []byte) ([]byte, error) {
	select {
	case s.drawing <- struct{}{}:
		defer func() { <-s.drawing }()
		return picture.Square(contentType, encoded)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// DeletePicture takes an instructor's picture away; there need not be one.
func (s *Service) DeletePicture(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if _, err := q.LockInstructor(ctx, id); err != nil {
			return err
		}
		if err := q.DeleteInstructorPicture(ctx, id); err != nil {
			return err
		}
		return note(ctx, tx, changedInstructor, id, "picture")
	})
}

// changedInstructor is what the audit calls a change of an instructor.
const changedInstructor = "instructor.changed"

// Link says which member an instructor is, by exactly their username. Nothing reads it back.
func (s *Service) Link(ctx context.Context, c db.Caller, id uuid.UUID, username string) error {
	return s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if _, err := q.LockInstructor(ctx, id); err != nil {
			return err
		}
		linked, err := q.LinkInstructor(ctx, query.LinkInstructorParams{ID: id, Username: text.FoldASCII(username), Now: tx.Now()})
		if err == nil && !linked {
			err = fault.Unprocessable("no_such_member", "nobody has exactly this username", fault.At("/username", "no_such_member", "is nobody's"))
		}
		return err
	})
}

// Unlink says that an instructor is no member, whoever it was.
func (s *Service) Unlink(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		there, err := q.UnlinkInstructor(ctx, id, tx.Now())
		if err == nil && !there {
			err = fault.NotFound()
		}
		return err
	})
}
