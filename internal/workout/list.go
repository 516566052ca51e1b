package workout

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
)

// position is where a workout stands in a list, the newest first. It is what a cursor holds.
type position struct {
	StartedAt time.Time `json:"s"`
	ID        uuid.UUID `json:"i"`
}

// newest comes before every workout.
var newest = position{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), uuid.Max}

// ByMember lists those workouts of a member that the viewer may see, the newest first. The member
// is named by id or username; NotFound where the viewer can't find them. Of the request, limit and
// cursor count; a cursor is of one member's list.
func (s *Service) ByMember(ctx context.Context, c db.Caller, ref string, r page.Request) (page.Page[Shown], error) {
	var out page.Page[Shown]
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		who := db.ParseRef(ref)
		found, err := query.New(tx).FindMember(ctx, who.ID, who.Username)
		if err != nil {
			return err
		}
		grant, err := findable(tx, found.Subject)
		if err != nil {
			return err
		}
		r.Operation, r.Filter = "member workouts", grant.Owner().String()
		before, err := s.before(tx, r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListByMember(ctx, query.ListByMemberParams{
			Owner: grant.Owner(), Audiences: reaching(grant),
			BeforeStart: before.StartedAt, BeforeID: before.ID, RowLimit: oneMore(r.Limit),
		})
		if err != nil {
			return err
		}
		out, err = cut(s, tx, r, rows, nil)
		return err
	})
	return out, err
}

// Feed lists the workouts of whom the viewer follows, as far as the viewer may see them, the
// newest first. The first page takes one round trip; only a viewer who is known opens a cursor.
func (s *Service) Feed(ctx context.Context, c db.Caller, r page.Request) (page.Page[Shown], error) {
	r.Operation, r.Filter = "feed", ""
	read := s.db.ReadAlone
	if r.Cursor != "" {
		read = s.db.AsViewer
	}
	var out page.Page[Shown]
	err := read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		before, err := s.before(tx, r)
		if err != nil {
			return err
		}
		seen, err := query.New(tx).ListFeed(ctx, query.ListFeedParams{
			BeforeStart: before.StartedAt, BeforeID: before.ID, RowLimit: oneMore(r.Limit),
		})
		if err == nil && tx.Viewer().Member() == uuid.Nil {
			err = fault.Unauthenticated("login_required", "sign in first")
		}
		if err != nil {
			return err
		}
		rows := make([]query.ListByMemberRow, len(seen))
		for i := range seen {
			rows[i].WorkoutShown, rows[i].Subject = apart(seen[i])
		}
		out, err = cut(s, tx, r, rows, nil)
		return err
	})
	return out, err
}

// OwnAs lists the newest of the viewer's own workouts that somebody else sees: at most limit, with
// the grants that through makes of the viewer's own.
func (s *Service) OwnAs(ctx context.Context, c db.Caller, through func(privacy.Grant) privacy.Grant, limit int) ([]Shown, error) {
	var out page.Page[Shown]
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		self, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListByMember(ctx, query.ListByMemberParams{
			Owner: self.id, Audiences: reaching(through(self.grant)),
			BeforeStart: newest.StartedAt, BeforeID: newest.ID, RowLimit: oneMore(limit - 1),
		})
		if err != nil {
			return err
		}
		out, err = cut(s, tx, page.Request{Limit: limit}, rows, through)
		return err
	})
	return out.Items, err
}

// cut makes a page of rows, each of which the policy confirms.
func cut(s *Service, tx *db.Tx, r page.Request, rows []query.ListByMemberRow, through look) (page.Page[Shown], error) {
	items := make([]Shown, len(rows))
	for i, row := range rows {
		item, visible, err := s.decide(tx, row.WorkoutShown, row.Subject, through)
		if err == nil && !visible {
			err = db.ErrDisagree
		}
		if err != nil {
			return page.Page[Shown]{}, err
		}
		items[i] = item
	}
	return page.Cut(s.ring, tx.Viewer(), r, items, func(item Shown) position { return item.at })
}

// before is where a page starts.
func (s *Service) before(tx *db.Tx, r page.Request) (position, error) {
	at, more, err := page.After[position](s.ring, tx.Viewer(), r)
	if err != nil || more {
		return at, err
	}
	return newest, nil
}

// oneMore is a limit and one, to know whether the page is the last.
func oneMore(limit int) int32 {
	return int32(max(0, min(limit, math.MaxInt32-1)) + 1)
}

// reaching lists the audiences of the workouts that a grant shows.
func reaching(grant privacy.Grant) []int16 {
	out := []int16{}
	for a := privacy.OnlyMe; a <= privacy.Everyone; a++ {
		if grant.ShowsWithin(privacy.Workout, a) {
			out = append(out, int16(a))
		}
	}
	return out
}

// findable is the grant for a member whom the viewer can find.
func findable(tx *db.Tx, subject query.Subject) (privacy.Grant, error) {
	grant, err := db.Subject(subject).Decide(tx)
	if err == nil && !grant.Shows(privacy.Username) {
		err = fault.NotFound()
	}
	return grant, err
}
