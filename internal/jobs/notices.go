package jobs

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/paceline/paceline/internal/db"
	group "github.com/paceline/paceline/internal/group/query"
	"github.com/paceline/paceline/internal/notice/query"
	social "github.com/paceline/paceline/internal/social/query"
)

const (
	noticeClaim = time.Minute          // longer than looking through a member's notices can take
	keepNotices = 180 * 24 * time.Hour // after that they are history
	orphanBatch = 1000                 // likes and comments below workouts that are gone

	challengeBatch = 1 // challenges that are over in a transaction, with all who take part: a group is of thousands at most
)

// mailNotices gives each member who may be due a mail about their notices a turn, until nobody is. This
// role only hands out the turns: what there is to say is decided as the member, whom the claim stands for
// (db.WithNoticeClaim).
func (r *Runner) mailNotices(ctx context.Context) error {
	for ctx.Err() == nil {
		claim, now, claimed := rand.Text(), r.Now(), false
		err := r.DB.AsWorker(ctx, db.ReasonNotices, now, func(ctx context.Context, tx *db.SystemTx) (err error) {
			claimed, err = query.New(tx).ClaimNotices(ctx, query.ClaimNoticesParams{
				ClaimHash: db.WithNoticeClaim(claim, now).TokenHash(), Now: now, Hold: now.Add(noticeClaim),
			})
			return err
		})
		if err != nil || !claimed {
			return err
		}
		posted, err := r.Notices.Mail(ctx, db.WithNoticeClaim(claim, now))
		if err != nil {
			return err // and the claim runs out
		}
		if posted {
			r.Wake()
		}
	}
	return nil
}

// tellOfChallenges tells those who took part in challenges that are over.
func (r *Runner) tellOfChallenges(ctx context.Context) error {
	for more := true; more; {
		err := r.DB.AsWorker(ctx, db.ReasonNotices, r.Now(), func(ctx context.Context, tx *db.SystemTx) error {
			told, err := group.New(tx).TellOfChallenges(ctx, tx.Now(), challengeBatch)
			more = told == challengeBatch
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// clearSocial deletes notices that are past their time, and what lies below workouts that are gone. None of
// that shows to anybody any more.
func (r *Runner) clearSocial(ctx context.Context) error {
	var cleared int64
	err := r.DB.AsWorker(ctx, db.ReasonRetention, r.Now(), func(ctx context.Context, tx *db.SystemTx) (err error) {
		cleared, err = query.New(tx).ClearNotices(ctx, tx.Now().Add(-keepNotices))
		return err
	})
	r.report(ctx, "retention", "cleared old notices", cleared)
	if err != nil {
		return err
	}
	cleared = 0
	for more := true; more; {
		err := r.DB.AsWorker(ctx, db.ReasonRetention, r.Now(), func(ctx context.Context, tx *db.SystemTx) error {
			n, err := social.New(tx).ClearSocial(ctx, orphanBatch)
			cleared += int64(n)
			more = n > 0
			return err
		})
		if err != nil {
			return err
		}
	}
	r.report(ctx, "retention", "cleared below workouts that are gone", cleared)
	return nil
}
