package workout

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
)

// GroupFeed lists the workouts of those in a group, the viewer's own among them, the newest first: each as far as it shows to
// the viewer anywhere, for being in a group opens nothing. Who isn't in the group gets fault.NotFound.
func (s *Service) GroupFeed(ctx context.Context, c db.Caller, group uuid.UUID, r page.Request) (page.Page[Shown], error) {
	r.Operation, r.Filter = "group feed", group.String()
	var out page.Page[Shown]
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if tx.Viewer().Actor() != privacy.ActorSession {
			return fault.Unauthenticated("login_required", "sign in first")
		}
		q := query.New(tx)
		if _, err := q.InsideGroup(ctx, group); err != nil {
			return err
		}
		before, err := s.before(tx, r)
		if err != nil {
			return err
		}
		seen, err := q.ListGroupFeed(ctx, query.ListGroupFeedParams{
			GroupID: group, BeforeStart: before.StartedAt, BeforeID: before.ID, RowLimit: oneMore(r.Limit),
		})
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
