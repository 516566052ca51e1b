package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/paceline/paceline/internal/account/query"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/moderation"
	"github.com/paceline/paceline/internal/workout"
)

// How long things are kept that are past their use.
const (
	keepRevoked     = 24 * time.Hour       // an ended session
	keepIdle        = 30 * 24 * time.Hour  // a session that nothing was heard of; no token of one lives longer unused
	keepConsoles    = 91 * 24 * time.Hour  // the same of a console: a season unused, and the day it is noted by the hour
	keepPairings    = time.Hour            // after their end, while a console may still hear that it was the end
	keepIdempotency = 48 * time.Hour       // the contract promises 24
	keepNetworks    = 90 * 24 * time.Hour  // where somebody was signed in from
	keepParts       = 30 * 24 * time.Hour  // parts of a workout that a console never completed, and what tells a repeat of one
	keepProgress    = 24 * time.Hour       // how far riders were in a class that was live
	keepSyncs       = 400 * 24 * time.Hour // what a console calls a workout
	keepReads       = 14 * 24 * time.Hour  // whom somebody read without their consent
	keepAccess      = 400 * 24 * time.Hour // who read what of a member, and by which access grant
)

// clear deletes what is past its time.
func (r *Runner) clear(ctx context.Context) error {
	now := r.Now()
	var cleared int64
	var failed error
	for _, statement := range []func(context.Context, *query.Queries) (int64, error){
		func(ctx context.Context, q *query.Queries) (int64, error) { return q.ClearRegistrations(ctx, now) },
		func(ctx context.Context, q *query.Queries) (int64, error) { return q.ClearResets(ctx, now) },
		func(ctx context.Context, q *query.Queries) (int64, error) { return q.ClearTokens(ctx, now) },
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearSessions(ctx, query.ClearSessionsParams{
				Now: now, RevokedBefore: now.Add(-keepRevoked), UsedBefore: now.Add(-keepIdle), ConsoleUsedBefore: now.Add(-keepConsoles),
			})
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearIdempotency(ctx, now.Add(-keepIdempotency))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearPairings(ctx, now.Add(-keepPairings))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) { return q.ClearProofs(ctx, now) },
		func(ctx context.Context, q *query.Queries) (int64, error) { return q.ClearLiveTickets(ctx, now) },
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearProgress(ctx, now.Add(-keepProgress))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) { return q.ClearLimitBuckets(ctx, now) },
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearLimitCounts(ctx, limit.OldestSlot(now))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearKnownNetworks(ctx, now.Add(-keepNetworks))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearEnumeration(ctx, now.Add(-keepReads))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearImports(ctx, now.Add(-keepBroken), now.Add(-keepImports))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearSyncParts(ctx, now.Add(-keepParts))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearSyncWorkouts(ctx, now.Add(-keepSyncs))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearGone(ctx, now.Add(-workout.KeepGone))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearAccessLog(ctx, now.Add(-keepAccess))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearAccessGrants(ctx, now.Add(-keepAccess))
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.ClearModeration(ctx, now.Add(-moderation.KeepDecided), now.Add(-moderation.KeepOpen))
		},
	} {
		// Each on its own: one that fails keeps nothing else.
		err := r.DB.AsWorker(ctx, db.ReasonRetention, now, func(ctx context.Context, tx *db.SystemTx) error {
			rows, err := statement(ctx, query.New(tx))
			cleared += rows
			return err
		})
		failed = errors.Join(failed, err)
	}
	r.report(ctx, "retention", "cleared what is past its time", cleared)
	return failed
}

// sweepEvery is for keys that a replica wrapped before it saw the rotation.
const sweepEvery = 24 * time.Hour

// rewrap wraps every member's key by the ring's primary, if that changed or the
// last look was long ago. What is sealed by those keys stays as it is. Once it
// has said so without a failure, a former primary wraps nothing any more.
func (r *Runner) rewrap(ctx context.Context) error {
	primary, now := r.Ring.Primary(), r.Now()
	if primary == r.sweptFor && now.Before(r.sweptAt.Add(sweepEvery)) {
		return nil
	}
	var rewrapped int64
	var failed error
	err := eachKey(ctx, r.DB, now, func(ctx context.Context, q *query.Queries, row query.MemberKey) error {
		wrapped, changed, err := r.Ring.Rewrap(row.MemberID, row.Wrapped)
		if err != nil {
			failed = err // one key that doesn't open holds up no other
			return nil   //nolint:nilerr // told at the end
		}
		if !changed {
			return nil
		}
		n, err := q.Rewrap(ctx, query.RewrapParams{Rewrapped: wrapped, MemberID: row.MemberID, Wrapped: row.Wrapped})
		rewrapped += n
		return err
	})
	if err != nil {
		return err
	}
	r.report(ctx, "rewrap", "wrapped members' keys by the primary", rewrapped, slog.String("primary", primary))
	if failed == nil {
		r.sweptFor, r.sweptAt = primary, now
	}
	return failed
}

func (r *Runner) report(ctx context.Context, job, message string, count int64, more ...slog.Attr) {
	if count > 0 {
		r.Observe.Log.LogAttrs(ctx, slog.LevelInfo, message, append(more, slog.String("job", job), slog.Int64("count", count))...)
	}
}
