package moderation

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/moderation/query"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/text"
)

// Entry is what a member reports.
type Entry struct {
	Kind   string // of thing
	Object uuid.UUID
	Reason Reason
	Words  *string // 1 to 500 characters
}

// Report is a member's report, as they see it: it tells how far it is, and not what was decided.
type Report struct {
	ID        uuid.UUID
	Kind      string
	Object    uuid.UUID
	Reason    Reason
	State     string // received, in_review, closed
	CreatedAt time.Time
}

// File takes a report in. The same thing again, while the first report is open, is the first one. What
// the reporter can't see is fault.NotFound, whether it is there or not.
func (s *Service) File(ctx context.Context, c db.Caller, e Entry) (out privacy.Guarded[Report], grant privacy.Grant, err error) {
	if e.Words != nil && text.Lines(*e.Words) != nil {
		return out, grant, fault.Illegible("/words")
	}
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := signedIn(tx); err != nil {
			return err
		}
		seen, err := see(ctx, tx, e.Kind, e.Object)
		if err != nil {
			return err
		}
		if seen.subject.Valid && seen.subject.UUID == tx.Viewer().Member() {
			return fault.Unprocessable("own_thing", "this is yours", fault.At("/id", "own_thing", "report what is another's"))
		}
		id, caseID := uuid.New(), uuid.New()
		p := query.FileReportParams{
			ID: id, NewCase: caseID, Kind: e.Kind, Object: e.Object, Subject: seen.subject, Reason: string(e.Reason), At: tx.Now(), Most: mostReports,
		}
		// It counts if this report opens the case.
		if p.Evidence, err = seal.SealSystemValue(s.ring, evidencePurpose, caseID[:], seen.evidence); err != nil {
			return err
		}
		if e.Words != nil {
			if p.Words, err = seal.SealSystemValue(s.ring, wordsPurpose, id[:], *e.Words); err != nil {
				return err
			}
		}
		q := query.New(tx)
		made, err := q.FileReport(ctx, p)
		if err != nil {
			return err
		}
		if made == uuid.Nil {
			return fault.Conflict("too_many_reports", "that is enough for a day")
		}
		row, err := q.ReadReport(ctx, made)
		if err != nil {
			return err
		}
		out, grant, err = guardReport(tx, query.ListReportsRow(row))
		return err
	})
	return out, grant, err
}

func guardReport(tx *db.Tx, row query.ListReportsRow) (out privacy.Guarded[Report], grant privacy.Grant, err error) {
	grant, err = db.Subject(row.Subject).Decide(tx)
	// As the e-mail address is: nothing can widen who sees it.
	return privacy.Guard(row.Subject.MemberID, privacy.Email, Report{
		ID: row.ID, Kind: row.Kind, Object: row.ObjectID, Reason: Reason(row.Reason), State: row.State, CreatedAt: row.CreatedAt.UTC(),
	}), grant, err
}

// Reports are the caller's own, the newest first.
func (s *Service) Reports(ctx context.Context, c db.Caller, r page.Request) (out page.Page[privacy.Guarded[Report]], grant privacy.Grant, err error) {
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := signedIn(tx); err != nil {
			return err
		}
		before, err := s.from(tx, r, newest)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListReports(ctx, query.ListReportsParams{BeforeAt: before.At, BeforeID: before.ID, RowLimit: oneMore(r.Limit)})
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, rows, func(row query.ListReportsRow) position { return position{row.CreatedAt, row.ID} })
		if err != nil {
			return err
		}
		out.Next = cut.Next
		for _, row := range cut.Items {
			var one privacy.Guarded[Report]
			if one, grant, err = guardReport(tx, row); err != nil {
				return err
			}
			out.Items = append(out.Items, one)
		}
		return nil
	})
	return out, grant, err
}
