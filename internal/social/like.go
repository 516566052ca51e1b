package social

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/social/query"
)

// Likes are who likes a workout, as far as the viewer can find them, and how many those are.
type Likes struct {
	Summed privacy.Guarded[Summed] // the workout's owner's
	Grant  privacy.Grant
	page.Page[member.Summary]
}

// Summed is the number of likes that show, up to a thousand, and whether the viewer's is among them.
type Summed struct {
	Count int
	Liked bool
}

// Likes lists who likes a workout, the latest first.
func (s *Service) Likes(ctx context.Context, c db.Caller, workout uuid.UUID, r page.Request) (Likes, error) {
	var out Likes
	err := s.below(ctx, c, workout, func(ctx context.Context, tx *db.Tx, h head) error {
		r.Filter = workout.String()
		before, further, err := page.After[moment](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		if !further {
			before = never
		}
		q := query.New(tx)
		rows, err := q.ListLikes(ctx, query.ListLikesParams{ID: workout, BeforeAt: before.At, BeforeID: before.ID, RowLimit: limit(r)})
		if err != nil {
			return err
		}
		sums, err := q.CountLikes(ctx, workout)
		if err != nil {
			return err
		}
		type like struct {
			member.Summary
			key moment
		}
		var likes []like
		for _, row := range rows {
			if _, err := decideHead(tx, workout, row.Audience, row.Subject_2); err != nil {
				return disagree(err)
			}
			m, err := member.Summarize(tx, member.Named{
				Username: row.Username, DisplayName: row.DisplayName, HasAvatar: row.HasAvatar, Subject: db.Subject(row.Subject),
			})
			if err != nil {
				return err
			}
			likes = append(likes, like{m, moment{row.At, m.Grant.Owner()}})
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, likes, func(l like) moment { return l.key })
		if err != nil {
			return err
		}
		out.Grant, out.Next = h.grant, cut.Next
		out.Summed = privacy.GuardWithin(h.grant.Owner(), privacy.Likes, h.audience, Summed{Count: int(sums.Likes), Liked: sums.Liked})
		for _, l := range cut.Items {
			out.Items = append(out.Items, l.Summary)
		}
		return nil
	})
	return out, err
}

// disagree is the alarm for a row that shows below a workout which the policy hides.
func disagree(err error) error {
	if fault.KindOf(err) == fault.KindNotFound {
		return db.ErrDisagree
	}
	return err
}

// Like has the viewer like a workout; who does already stays as they are.
func (s *Service) Like(ctx context.Context, c db.Caller, workout uuid.UUID) error {
	return s.write(ctx, c, workout, func(ctx context.Context, tx *db.Tx, h head) error {
		if err := within(ctx, tx, likesADay, (*query.Queries).CountOwnLikes); err != nil {
			return err
		}
		added, err := query.New(tx).AddLike(ctx, workout, tx.Now())
		if err != nil || added == 0 {
			return err
		}
		return notice.Add(ctx, tx, notice.Notice{To: h.grant.Owner(), Kind: notice.Liked, Object: workout})
	})
}

// Unlike takes the viewer's like back, whether or not they still see the workout. Where there is none it is
// fault.NotFound for who doesn't.
func (s *Service) Unlike(ctx context.Context, c db.Caller, workout uuid.UUID) error {
	return s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := signedIn(tx); err != nil {
			return err
		}
		if own, err := query.New(tx).RemoveLike(ctx, workout); err != nil || own > 0 {
			return err
		}
		_, err := readHead(ctx, tx, workout)
		return err
	})
}
