package class

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/class/lesson"
	"github.com/paceline/paceline/internal/class/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
)

// Search is what a list of classes is asked for. What is nil asks nothing; all of it holds together.
type Search struct {
	Q, Discipline, Language, Equipment, Tag *string
	Instructor                              *uuid.UUID
	Difficulty, DurationMinS, DurationMaxS  *int
	Live                                    *bool
	Sort                                    string // newest, shortest, longest, easiest, hardest
}

// sorted is where a list of classes goes on.
type sorted struct {
	Key int64     `json:"k"`
	ID  uuid.UUID `json:"i"`
}

var first = sorted{Key: math.MinInt64}

// Classes lists those that are published and fit. 400 for a search of less than three letters.
func (s *Service) Classes(ctx context.Context, c db.Caller, search Search, r page.Request) (page.Page[Class], error) {
	return s.classes(ctx, c, nil, public, search, r)
}

// ManageClasses lists classes for class managers, the newest first: those in a state, or all.
func (s *Service) ManageClasses(ctx context.Context, c db.Caller, state *State, r page.Request) (page.Page[Class], error) {
	return s.classes(ctx, c, &duty, states(state), Search{}, r)
}

func (s *Service) classes(ctx context.Context, c db.Caller, d *db.Duty, in []string, f Search, r page.Request) (out page.Page[Class], err error) {
	r.Filter = spelled(in, f.Q, f.Discipline, f.Language, f.Equipment, f.Tag, f.Instructor, f.Difficulty, f.DurationMinS, f.DurationMaxS, f.Live, f.Sort)
	p := query.ListClassesParams{
		States: in, Managed: d != nil, Discipline: f.Discipline, Language: f.Language, Equipment: f.Equipment, Tag: f.Tag,
		Instructor: nullable(f.Instructor), Difficulty: small(f.Difficulty), DurationMinS: 0, DurationMaxS: math.MaxInt32,
		Live: f.Live, Sort: f.Sort, Most: oneMore(r.Limit),
	}
	set(&p.DurationMinS, small(f.DurationMinS))
	set(&p.DurationMaxS, small(f.DurationMaxS))
	if f.Q != nil {
		if p.Words, err = searched(*f.Q); err != nil {
			return out, err
		}
	}
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if d != nil {
			if err := tx.Demand(*d); err != nil {
				return err
			}
		}
		at, err := after(s, tx, r, first)
		if err != nil {
			return err
		}
		p.AfterKey, p.AfterID = at.Key, at.ID
		rows, err := query.New(tx).ListClasses(ctx, p)
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, rows, func(row query.ListClassesRow) sorted { return sorted{row.SortKey, row.ID} })
		for _, row := range cut.Items {
			out.Items = append(out.Items, Class{
				ID: row.ID, State: State(row.State), Title: row.Title, Description: row.Description, Discipline: row.Discipline,
				DurationS: int(row.DurationS), Difficulty: int(row.Difficulty), By: nameOf(row.InstructorID, row.InstructorName),
				Language: row.Language, Equipment: row.Equipment, Tags: row.Tags, Live: row.Live, PublishedAt: inUTC(row.PublishedAt),
			})
		}
		out.Next = cut.Next
		return err
	})
	return out, err
}

// small is a number of the contract, which bounds it.
func small(n *int) *int32 {
	if n == nil {
		return nil
	}
	return new(int32(min(max(*n, math.MinInt32), math.MaxInt32)))
}

func inUTC(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	return new(at.UTC())
}

func nameOf(id uuid.NullUUID, name *string) *Named {
	if !id.Valid || name == nil {
		return nil
	}
	return &Named{id.UUID, *name}
}

func classOf(row query.ReadClassRow) Class {
	return Class{
		ID: row.ID, State: State(row.State), Title: row.Title, Description: row.Description, Discipline: row.Discipline,
		DurationS: int(row.DurationS), Difficulty: int(row.Difficulty), By: nameOf(row.InstructorID, row.InstructorName),
		Language: row.Language, Equipment: row.Equipment, Tags: row.Tags, Live: row.Live, Plan: row.Plan, Music: row.Music,
		PublishedAt: inUTC(row.PublishedAt),
	}
}

// Class is one that is published, with plan and music. NotFound for any other.
func (s *Service) Class(ctx context.Context, c db.Caller, id uuid.UUID) (out Class, err error) {
	err = s.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadClass(ctx, query.ReadClassParams{ID: id, States: public})
		out = classOf(row)
		return err
	})
	return out, err
}

// ManageClass is a class in any state, for class managers.
func (s *Service) ManageClass(ctx context.Context, c db.Caller, id uuid.UUID) (out Class, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, _ *db.Tx, q *query.Queries) error {
		out, err = readClass(ctx, q, id)
		return err
	})
	return out, err
}

func readClass(ctx context.Context, q *query.Queries, id uuid.UUID) (Class, error) {
	row, err := q.ReadClass(ctx, query.ReadClassParams{ID: id, States: kept, Managed: true})
	return classOf(row), err
}

// ClassPatch is what is changed of a class; nil stays. To make one, all but the texts, lists and State is there.
type ClassPatch struct {
	Title, Description, Discipline, Language *string
	DurationS, Difficulty                    *int
	Instructor                               *uuid.UUID
	Equipment, Tags                          []string
	Live                                     *bool
	Plan                                     *lesson.Plan
	Music                                    *lesson.Music
	State                                    *State
}

// apply puts the changes into a class, if it makes sense with them.
func (p ClassPatch) apply(to *Class) (err error) {
	set(&to.Title, p.Title)
	set(&to.Description, p.Description)
	set(&to.Discipline, p.Discipline)
	set(&to.Language, p.Language)
	set(&to.DurationS, p.DurationS)
	set(&to.Difficulty, p.Difficulty)
	set(&to.Live, p.Live)
	set(&to.Plan, p.Plan)
	set(&to.Music, p.Music)
	if p.Equipment != nil {
		to.Equipment = p.Equipment
	}
	if p.Tags != nil {
		to.Tags = p.Tags
	}
	if p.Instructor != nil {
		to.By = &Named{ID: *p.Instructor}
	}
	var c complaints
	c.line("/title", to.Title)
	c.lines("/description", to.Description)
	c.distinct("/equipment", to.Equipment)
	c.distinct("/tags", to.Tags)
	c.lesson(to.Plan, to.Music, to.DurationS)
	return c.fault()
}

func (c Class) words() []string { return wordsOf(append([]string{c.Title}, c.Tags...)...) }

// givenBy refuses an instructor who is none. It is a class manager who asks.
func givenBy(ctx context.Context, q *query.Queries, id *uuid.UUID) error {
	if id == nil {
		return nil
	}
	_, err := q.ReadInstructor(ctx, *id, kept)
	return orUnprocessable(err, "/instructor", "no_such_instructor")
}

// AddClass makes a draft.
func (s *Service) AddClass(ctx context.Context, c db.Caller, p ClassPatch, r Repeat) (out Class, err error) {
	made := Class{State: Draft, Equipment: []string{}, Tags: []string{}, Plan: lesson.Plan{}, Music: lesson.Music{}}
	if err := p.apply(&made); err != nil {
		return Class{}, err
	}
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		id, err := s.once(ctx, tx, q, r, "class", func(id uuid.UUID) error {
			if err := givenBy(ctx, q, p.Instructor); err != nil {
				return err
			}
			return q.AddClass(ctx, query.AddClassParams{
				ID: id, Title: made.Title, Description: made.Description, Discipline: made.Discipline, DurationS: int32(made.DurationS), //nolint:gosec // bounded by the contract
				Difficulty: int16(made.Difficulty), InstructorID: made.By.ID, Language: made.Language, Equipment: made.Equipment, Tags: made.Tags, //nolint:gosec // 1 to 5
				Plan: made.Plan, Music: made.Music, Live: made.Live, Words: made.words(), Now: tx.Now(),
			})
		})
		if err == nil {
			out, err = readClass(ctx, q, id)
		}
		return err
	})
	return out, err
}

// EditClass changes a class, if check has nothing against it as it is, locked.
func (s *Service) EditClass(ctx context.Context, c db.Caller, id uuid.UUID, p ClassPatch, check func(Class) error) (out Class, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if out, err = editClass(ctx, tx, q, id, p, check); err != nil {
			return err
		}
		return note(ctx, tx, changedClass, id, string(out.State))
	})
	return out, err
}

func editClass(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID, p ClassPatch, check func(Class) error) (Class, error) {
	locked, err := q.LockClasses(ctx, []uuid.UUID{id})
	if err == nil && len(locked) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return Class{}, err
	}
	row, err := q.ReadClass(ctx, query.ReadClassParams{ID: id, States: kept, Managed: true})
	if err != nil {
		return Class{}, err
	}
	now := classOf(row)
	if err := check(now); err != nil {
		return Class{}, err
	}
	before := now
	if now.State, err = now.State.to(p.State); err != nil {
		return Class{}, err
	}
	if err := p.apply(&now); err != nil {
		return Class{}, err
	}
	if err := givenBy(ctx, q, p.Instructor); err != nil {
		return Class{}, err
	}
	if now.State == Retired && before.State != Retired {
		if err := nothingToCome(ctx, tx, q, id); err != nil {
			return Class{}, err
		}
	}
	by := row.GivenBy
	set(&by, p.Instructor)
	if err := q.ChangeClass(ctx, query.ChangeClassParams{
		ID: id, State: string(now.State), Title: now.Title, Description: now.Description, Discipline: now.Discipline,
		DurationS: int32(now.DurationS), Difficulty: int16(now.Difficulty), InstructorID: by, Language: now.Language, //nolint:gosec // bounded by the contract
		Equipment: now.Equipment, Tags: now.Tags, Plan: now.Plan, Music: now.Music, Live: now.Live, Words: now.words(), Now: tx.Now(),
	}); err != nil {
		return Class{}, err
	}
	if now.DurationS != before.DurationS {
		if err := q.MoveEnds(ctx, query.MoveEndsParams{ClassID: id, DurationS: int32(now.DurationS), Now: tx.Now()}); err != nil { //nolint:gosec // bounded by the contract
			return Class{}, err
		}
	}
	return readClass(ctx, q, id)
}

// EditClasses changes many classes alike, all of them or none. In a dry run it is none, and the answer is what they
// would be.
func (s *Service) EditClasses(ctx context.Context, c db.Caller, ids []uuid.UUID, p ClassPatch, dry bool) ([]Class, error) {
	one := func(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID) (Class, error) {
		return editClass(ctx, tx, q, id, p, func(Class) error { return nil })
	}
	return bulk(ctx, s, c, ids, dry, one, changedClass, func(c Class) string { return string(c.State) })
}

// changedClass is what the audit calls a change of a class.
const changedClass = "class.changed"

// nothingToCome refuses to retire what is still in the schedule: who booked it would lose sight of it.
func nothingToCome(ctx context.Context, tx *db.Tx, q *query.Queries, id uuid.UUID) error {
	still, err := q.StillScheduled(ctx, tx.Now(), id)
	if err == nil && still {
		err = fault.Conflict("still_scheduled", "cancel what is to come first")
	}
	return err
}
