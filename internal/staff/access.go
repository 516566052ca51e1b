package staff

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/staff/query"
)

// Access is an access grant.
type Access struct {
	ID, Member          uuid.UUID
	Reason              string
	Fields              []string // of the privacy model
	OpenedAt, ExpiresAt time.Time
	EndedAt             *time.Time // when it was ended early
}

// OpenAccess opens an access grant, and tells the member, by mail too. Who may not know that there
// is such a member learns it here: the audit knows that they asked.
func (s *Service) OpenAccess(ctx context.Context, c db.Caller, a Access, life time.Duration) (Access, error) {
	if err := readable(a.Reason); err != nil {
		return a, err
	}
	a.ID = uuid.New()
	err := s.act(ctx, c, support, func(ctx context.Context, q *query.Queries, tx *db.Tx) (string, error) {
		a.OpenedAt, a.ExpiresAt = tx.Now(), tx.Now().Add(life)
		answer, err := q.OpenAccess(ctx, query.OpenAccessParams{
			ID: a.ID, MemberID: a.Member, Reason: a.Reason, Fields: a.Fields, Until: a.ExpiresAt, Now: a.OpenedAt,
		})
		if err != nil || answer != "done" {
			return answer, err
		}
		if err := s.Notify(ctx, tx, a.Member, mail.AccessOpened); err != nil {
			return answer, err
		}
		return answer, notice.Add(ctx, tx, notice.Notice{To: a.Member, Kind: notice.AccessGranted, Object: a.ID})
	})
	return a, err
}

// EndAccess ends a grant before its time, from the next read on.
func (s *Service) EndAccess(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.act(ctx, c, db.Duty{Of: privacy.Support}, func(ctx context.Context, q *query.Queries, tx *db.Tx) (string, error) {
		return q.EndAccess(ctx, id, tx.Now())
	})
}

// listedFor is how long a grant is among those of who opened it.
const listedFor = 30 * 24 * time.Hour

// Opened are the access grants that the caller opened lately.
func (s *Service) Opened(ctx context.Context, c db.Caller) ([]Access, error) {
	var out []Access
	err := s.DB.ReadAlone(ctx, c.OnDuty(db.Duty{Of: privacy.Support}), func(ctx context.Context, tx *db.Tx) error {
		rows, err := query.New(tx).ListAccess(ctx, c.At().Add(-listedFor))
		for _, row := range rows {
			out = append(out, Access{row.ID, row.MemberID, row.Reason, row.Fields, row.OpenedAt, row.ExpiresAt, row.EndedAt})
		}
		return err
	})
	return out, err
}

// Look is what somebody but the member's own sessions read of a member within an hour.
type Look struct {
	Hour    time.Time
	Who     string    // a duty of staff, console or app
	Through uuid.UUID // the access grant, the console or the app; uuid.Nil for staff without a grant
	Scope   string
	Kind    string
	Times   int    // 0 for what an access grant names, and nobody has read in that hour
	Reason  string // of an access grant
}

// place is where a page of the access log ends.
type place struct {
	Hour             time.Time
	Who, Scope, Kind string
	Through          uuid.UUID
}

// AccessLog is who read what of the caller, the newest first. It is guarded like their sessions.
func (s *Service) AccessLog(ctx context.Context, c db.Caller, r page.Request) (page.Page[privacy.Guarded[Look]], privacy.Grant, error) {
	var out page.Page[privacy.Guarded[Look]]
	var grant privacy.Grant
	r.Operation, r.Filter = "access log", ""
	err := s.DB.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		from, more, err := page.After[place](s.Ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		if !more {
			from = place{Hour: c.At().Add(time.Hour)}
		}
		rows, err := query.New(tx).ReadAccessLog(ctx, query.ReadAccessLogParams{
			Hour: from.Hour, Who: from.Who, Through: from.Through, Scope: from.Scope, Kind: from.Kind, RowLimit: int32(r.Limit) + 1, //nolint:gosec // at most a hundred
		})
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.Ring, tx.Viewer(), r, rows, func(row query.ReadAccessLogRow) place {
			return place{row.Hour, row.Who, row.Scope, row.Kind, row.Through}
		})
		if err != nil {
			return err
		}
		out.Next = cut.Next
		for _, row := range cut.Items {
			if grant, err = db.Subject(row.Subject).Decide(tx); err != nil {
				return err
			}
			out.Items = append(out.Items, privacy.Guard(grant.Owner(), privacy.Email, Look{
				row.Hour, row.Who, row.Through, row.Scope, row.Kind, int(row.Times), row.Reason,
			}))
		}
		return nil
	})
	return out, grant, err
}

// NoteConsole notes for the member what a console reads of theirs.
func (s *Service) NoteConsole(ctx context.Context, c db.Caller, scope, kind string) error {
	return s.DB.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).NoteConsole(ctx, query.NoteConsoleParams{Console: tx.Viewer().Session(), Scope: scope, Kind: kind, Now: tx.Now()})
	})
}
