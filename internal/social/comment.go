package social

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/social/query"
)

// Comment is a comment as its viewer sees it. What was written stands under the workout, and so under its
// owner's grant; who wrote it and who is mentioned under their own.
type Comment struct {
	ID        uuid.UUID
	Said      privacy.Guarded[Said]
	Hidden    privacy.Guarded[bool] // closed unless it is hidden, and for everybody but the workout's owner
	Grant     privacy.Grant         // the workout's owner's
	Author    *member.Summary       // nil where the viewer can't find them
	Mentioned []member.Summary      // those whom the viewer can find
	Own       bool                  // the viewer wrote it

	key  moment
	raw  string // as it is stored
	whom []uuid.UUID
}

// Said is what was written.
type Said struct {
	Workout   uuid.UUID
	Text      string // with the names that those mentioned have now
	CreatedAt time.Time
	EditedAt  *time.Time
}

// Comments are what is written below a workout. Their list is there for whoever sees the workout, be it empty.
type Comments struct {
	There privacy.Guarded[bool]
	Grant privacy.Grant
	page.Page[Comment]
}

// Comments lists what is written below a workout, the oldest first.
func (s *Service) Comments(ctx context.Context, c db.Caller, workout uuid.UUID, r page.Request) (Comments, error) {
	var out Comments
	err := s.below(ctx, c, workout, func(ctx context.Context, tx *db.Tx, h head) error {
		r.Filter = workout.String()
		after, _, err := page.After[moment](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListComments(ctx, query.ListCommentsParams{ID: workout, AfterAt: after.At, AfterID: after.ID, RowLimit: limit(r)})
		if err != nil {
			return err
		}
		var all []Comment
		for _, row := range rows {
			one, err := guard(tx, query.ReadCommentRow{
				ID: row.ID, WorkoutID: workout, Body: row.Body, Mentioned: row.Mentioned, CreatedAt: row.CreatedAt, EditedAt: row.EditedAt,
				Audience: row.Audience, Username: row.Username, DisplayName: row.DisplayName, HasAvatar: row.HasAvatar, Hidden: row.Hidden,
				Subject: row.Subject, Subject_2: row.Subject_2,
			})
			if err != nil {
				return disagree(err)
			}
			all = append(all, one)
		}
		if out.Page, err = page.Cut(s.ring, tx.Viewer(), r, all, func(c Comment) moment { return c.key }); err != nil {
			return err
		}
		out.Grant, out.There = h.grant, privacy.GuardWithin(h.grant.Owner(), privacy.Comments, h.audience, true)
		return name(ctx, tx, out.Items)
	})
	return out, err
}

// Comment is one comment, or fault.NotFound.
func (s *Service) Comment(ctx context.Context, c db.Caller, id uuid.UUID) (Comment, error) {
	var out Comment
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = read(ctx, tx, id)
		return err
	})
	return out, err
}

func read(ctx context.Context, tx *db.Tx, id uuid.UUID) (Comment, error) {
	row, err := query.New(tx).ReadComment(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Comment{}, fault.NotFound()
	}
	if err != nil {
		return Comment{}, err
	}
	one, err := guard(tx, row)
	if err != nil {
		return Comment{}, err
	}
	all := []Comment{one}
	err = name(ctx, tx, all)
	return all[0], err
}

// guard has the policy confirm a row: that the workout shows, and that nothing is between the viewer and
// the author. The text is left to name.
func guard(tx *db.Tx, row query.ReadCommentRow) (Comment, error) {
	h, err := decideHead(tx, row.WorkoutID, row.Audience, row.Subject_2)
	if err != nil {
		return Comment{}, err
	}
	author, err := db.Subject(row.Subject).Decide(tx)
	if err != nil {
		return Comment{}, err
	}
	if author.Relation() == privacy.RelationBlocked || author.Relation() == privacy.RelationNone {
		return Comment{}, fault.NotFound()
	}
	c := Comment{
		ID: row.ID, Grant: h.grant, Own: author.Relation() == privacy.RelationSelf,
		key: moment{row.CreatedAt, row.ID}, raw: row.Body, whom: row.Mentioned,
		Said: privacy.GuardWithin(h.grant.Owner(), privacy.Comments, h.audience, Said{
			Workout: row.WorkoutID, CreatedAt: row.CreatedAt.UTC(), EditedAt: row.EditedAt,
		}),
	}
	if row.Hidden {
		c.Hidden = privacy.GuardWithin(h.grant.Owner(), privacy.Device, h.audience, true)
	}
	if author.Shows(privacy.Username) && row.Username != nil && row.DisplayName != nil {
		m, err := member.Summarize(tx, member.Named{
			Username: *row.Username, DisplayName: *row.DisplayName, HasAvatar: row.HasAvatar, Subject: db.Subject(row.Subject),
		})
		if err != nil {
			return Comment{}, err
		}
		c.Author = &m
	}
	return c, nil
}

// name puts in whom the comments mention, by one statement that decides about them all.
func name(ctx context.Context, tx *db.Tx, all []Comment) error {
	ids := []uuid.UUID{}
	for _, c := range all {
		ids = append(ids, c.whom...)
	}
	names, summaries := map[uuid.UUID]string{}, map[uuid.UUID]member.Summary{}
	if len(ids) > 0 {
		rows, err := query.New(tx).ReadMentioned(ctx, ids)
		if err != nil {
			return err
		}
		for _, row := range rows {
			m, err := member.Summarize(tx, member.Named{
				Username: row.Username, DisplayName: row.DisplayName, HasAvatar: row.HasAvatar, Subject: db.Subject(row.Subject),
			})
			if err != nil {
				return err
			}
			names[m.Grant.Owner()], summaries[m.Grant.Owner()] = row.Username, m
		}
	}
	for i := range all {
		c := &all[i]
		said, err := privacy.Convert(c.Grant, c.Said, func(said Said) (*Said, error) {
			said.Text = render(c.raw, c.whom, names)
			return &said, nil
		})
		if err != nil {
			return err
		}
		c.Said = said
		seen := map[uuid.UUID]bool{}
		for _, id := range c.whom {
			if m, known := summaries[id]; known && !seen[id] {
				seen[id] = true
				c.Mentioned = append(c.Mentioned, m)
			}
		}
	}
	return nil
}
