package workout

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
)

// KeepGone is how long it is told that a workout was deleted. A cursor lives half as long: whoever
// comes later starts over, so that nobody passes a deletion that is told no more.
const KeepGone = 90 * 24 * time.Hour

// Changed is a workout of the viewer's own that was added, changed or deleted, for its owner only.
type Changed struct {
	WorkoutID uuid.UUID
	ClientIDs []uuid.UUID // what consoles call it
	Deleted   bool
	ChangedAt time.Time
}

// Changes is a page of changes. Resume is where to go on, now or later; More says that there is more
// now.
type Changes struct {
	Items  []privacy.Guarded[Changed]
	Grant  privacy.Grant
	Resume string
	More   bool
}

// changePosition is behind the last change that was told: its number, and the workout, since those from
// before there were numbers share one.
type changePosition struct {
	Number int64     `json:"number"`
	ID     uuid.UUID `json:"id"`
	At     time.Time `json:"at"` // when it was given
}

// Changes lists what has changed of the caller's own workouts since the request's cursor, each once,
// in the order of the changes. It waits for those of the caller's that are under way, so
// that none is passed (migrations/0016_sync.up.sql says how).
func (s *Service) Changes(ctx context.Context, c db.Caller, r page.Request) (Changes, error) {
	var out Changes
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		q := query.New(tx)
		highest, err := q.SettleChanges(ctx)
		if err != nil {
			return err
		}
		at, err := s.changedSince(tx, r, highest)
		if err != nil {
			return err
		}
		rows, err := q.ListChanges(ctx, query.ListChangesParams{Owner: by.id, AfterChanged: at.Number, AfterID: at.ID, RowLimit: oneMore(r.Limit)})
		if err != nil {
			return err
		}
		out = Changes{Grant: by.grant, More: len(rows) > r.Limit}
		rows = rows[:min(len(rows), r.Limit)]
		if n := len(rows); n > 0 {
			at.Number, at.ID = rows[n-1].Changed, rows[n-1].ID
		}
		at.At = tx.Now()
		if out.Resume, err = page.Mark(s.ring, tx.Viewer(), r, at); err != nil {
			return err
		}
		for _, row := range rows {
			out.Items = append(out.Items, privacy.Guard(by.id, privacy.Sync, Changed{
				WorkoutID: row.ID, ClientIDs: row.ClientIds, Deleted: row.Gone, ChangedAt: row.At.UTC(),
			}))
		}
		return nil
	})
	return out, err
}

// changedSince is where a request goes on. A number that was not reached is from before the database was
// put back to what it was earlier.
func (s *Service) changedSince(tx *db.Tx, r page.Request, highest int64) (changePosition, error) {
	at, more, err := page.After[changePosition](s.ring, tx.Viewer(), r)
	if err == nil && more && (at.At.Before(tx.Now().Add(-KeepGone/2)) || at.Number > highest) {
		err = fault.Invalid("cursor_expired", "the cursor is too old; start without one",
			fault.At("?cursor", "cursor_expired", "can not tell every change any more"))
	}
	return at, err
}
