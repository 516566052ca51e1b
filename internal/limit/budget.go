package limit

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/limit/query"
	"github.com/paceline/paceline/internal/observe"
)

// chargedFor is how long a replica asks no more about a body that was charged. Each
// pair of reader and subject counts for two weeks.
const chargedFor = time.Hour

// stoppedFor is how long a replica hides from a reader whose budget is spent who is
// not there, before it asks again; an operator's forgiveness takes that long at most.
const stoppedFor = time.Hour

// Charge pays for a body that shows these members, none of whom consented, to the
// caller. It is refused when one of the budgets is short; then the body may not be
// sent. Whoever was paid for in the last two weeks is free.
func (l *Limiter) Charge(ctx context.Context, c db.Caller, n Network, subjects []uuid.UUID) error {
	if len(subjects) == 0 {
		return nil
	}
	now := c.At()
	page := reader(c, n) // and whom it shows: one key for all that a body is paid with
	reader := page[:len(page):len(page)]
	for _, s := range subjects {
		page = append(page, s[:]...)
	}
	if l.charged.has(page, now) {
		return nil
	}
	secret, err := l.keyed()
	if err != nil {
		return err
	}
	wait, err := l.queries().Charge(ctx, query.ChargeParams{
		Salt: secret, TokenHash: c.TokenHash(), Network: hash(secret, "reader", n.budget[:]), Subjects: subjects,
		MemberBudgets: budgets(l.Rules, l.Rules.Fortnight), NetworkBudgets: budgets(l.Rules, l.Rules.Shared), Now: now,
	})
	if err != nil {
		return err
	}
	if wait > 0 {
		after := time.Duration(wait) * time.Second
		l.stopped.keep(now.Add(min(after, stoppedFor)), reader)
		return l.stop(ctx)
	}
	l.charged.keep(now.Add(chargedFor), page)
	return nil
}

// Nothing refuses even an answer that shows nobody, while the caller's budget is
// spent: otherwise the difference would tell who is there.
func (l *Limiter) Nothing(ctx context.Context, c db.Caller, n Network) error {
	if l.stopped.has(reader(c, n), c.At()) {
		return l.stop(ctx)
	}
	return nil
}

// stop says the same whatever would have been shown: to come back in an hour.
func (l *Limiter) stop(ctx context.Context) error {
	l.event(ctx, observe.EnumerationStopped, Read.String())
	return fault.TooMany(stoppedFor)
}

// Forgive forgets what a member has read, by username, and how many that was.
func (l *Limiter) Forgive(ctx context.Context, username string) (int64, error) {
	secret, err := l.keyed()
	if err != nil {
		return 0, err
	}
	return l.queries().Forget(ctx, secret, username)
}

// reader is who pays, as this replica knows them: a token, or else a network.
func reader(c db.Caller, n Network) []byte {
	if hash := c.TokenHash(); hash != nil {
		return hash
	}
	return n.budget[:]
}

// budgets of an hour and a day are never above that of two weeks.
func budgets(r Rules, fortnight int) []int32 {
	return []int32{int32(min(r.Hour, fortnight)), int32(min(r.Day, fortnight)), int32(fortnight)} //nolint:gosec // New bounds them
}
