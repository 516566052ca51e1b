package jobs

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/seal"
)

const (
	sendTimeout = 30 * time.Second
	claimLife   = 2 * time.Minute // longer than sending and saying so can take
	maxAttempts = 10              // over two hours, as the delays add up
	firstDelay  = 15 * time.Second
	longestWait = time.Hour
)

// sendMail sends what is due, one after the other, until nothing is or ctx ends.
func (r *Runner) sendMail(ctx context.Context) error {
	for ctx.Err() == nil {
		claimed, err := r.claim(ctx)
		if err != nil || claimed == nil {
			return err
		}
		// What is claimed is finished, also while the service stops.
		if err := r.settle(context.WithoutCancel(ctx), *claimed); err != nil {
			return err
		}
	}
	return nil
}

// claim takes the next mail that is due, nil if there is none.
func (r *Runner) claim(ctx context.Context) (*query.ClaimMailRow, error) {
	now := r.Now()
	var claimed *query.ClaimMailRow
	err := r.DB.AsWorker(ctx, db.ReasonSendMail, now, func(ctx context.Context, tx *db.SystemTx) error {
		row, err := query.New(tx).ClaimMail(ctx, now.Add(claimLife), now)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		claimed = &row
		return err
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// settle sends a claimed mail and takes it from the outbox, or leaves it there
// for later. Nothing is said of a mail but how often it was tried.
func (r *Runner) settle(ctx context.Context, row query.ClaimMailRow) error {
	err := r.send(ctx, row)
	attempt := slog.Int("attempt", int(row.Attempts))
	switch {
	case err == nil:
	case row.Attempts >= maxAttempts || hopeless(err):
		r.Observe.Fail(ctx, "mail given up", err, slog.String("job", "mail"), attempt)
	default:
		r.Observe.Fail(ctx, "mail not sent for now", err, slog.String("job", "mail"), attempt)
		return r.DB.AsWorker(ctx, db.ReasonSendMail, r.Now(), func(ctx context.Context, tx *db.SystemTx) error {
			_, err := query.New(tx).DelayMail(ctx, query.DelayMailParams{
				NextAttempt: tx.Now().Add(delay(int(row.Attempts))), ID: row.ID, Claim: row.NextAttempt,
			})
			return err
		})
	}
	return r.DB.AsWorker(ctx, db.ReasonSendMail, r.Now(), func(ctx context.Context, tx *db.SystemTx) error {
		_, err := query.New(tx).DropMail(ctx, row.ID, row.NextAttempt)
		return err
	})
}

func (r *Runner) send(ctx context.Context, row query.ClaimMailRow) error {
	m, err := seal.OpenSystemValue[mail.Message](r.Ring, account.MailPurpose, row.ID[:], row.Message)
	if err != nil {
		return err
	}
	if m.To == "" {
		return nil // it stands where a mail would for an address that somebody has
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return r.Sender.Send(ctx, m)
}

// hopeless says whether the same mail would fail the same way tomorrow.
func hopeless(err error) bool {
	if errors.Is(err, mail.ErrMessage) {
		return true
	}
	refused, ok := errors.AsType[*mail.SendError](err)
	return ok && !refused.Temporary
}

// delay doubles with each attempt.
func delay(attempts int) time.Duration {
	d := firstDelay
	for range attempts - 1 {
		d = min(2*d, longestWait)
	}
	return d
}

// MailWaiting is the number of mails in the outbox, for the metric of its depth;
// not a number while the database doesn't answer.
func (r *Runner) MailWaiting() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var waiting int64
	err := r.DB.AsWorker(ctx, db.ReasonSendMail, r.Now(), func(ctx context.Context, tx *db.SystemTx) (err error) {
		waiting, err = query.New(tx).CountMail(ctx)
		return err
	})
	if err != nil {
		return math.NaN()
	}
	return float64(waiting)
}
