package moderation

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/moderation/query"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/text"
)

// Sanction is what was decided against a member, as they see it.
type Sanction struct {
	ID         uuid.UUID
	Kind       Action
	Words      string
	MadeAt     time.Time
	EndsAt     *time.Time
	LiftedAt   *time.Time
	Appeal     string // none, open, rejected, accepted
	AppealedAt *time.Time
}

func guardSanction(tx *db.Tx, row query.ListSanctionsRow) (out privacy.Guarded[Sanction], grant privacy.Grant, err error) {
	grant, err = db.Subject(row.Subject).Decide(tx)
	return privacy.Guard(row.Subject.MemberID, privacy.Email, Sanction{
		ID: row.ID, Kind: Action(row.Kind), Words: row.Words, MadeAt: row.MadeAt.UTC(), EndsAt: utc(row.EndsAt), LiftedAt: utc(row.LiftedAt),
		Appeal: row.Appeal, AppealedAt: utc(row.AppealedAt),
	}), grant, err
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}

// Sanctions are those against the caller, the newest first.
func (s *Service) Sanctions(ctx context.Context, c db.Caller, r page.Request) (out page.Page[privacy.Guarded[Sanction]], grant privacy.Grant, err error) {
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := signedIn(tx); err != nil {
			return err
		}
		before, err := s.from(tx, r, newest)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListSanctions(ctx, query.ListSanctionsParams{BeforeAt: before.At, BeforeID: before.ID, RowLimit: oneMore(r.Limit)})
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, rows, func(row query.ListSanctionsRow) position { return position{row.MadeAt, row.ID} })
		if err != nil {
			return err
		}
		out.Next = cut.Next
		for _, row := range cut.Items {
			var one privacy.Guarded[Sanction]
			if one, grant, err = guardSanction(tx, row); err != nil {
				return err
			}
			out.Items = append(out.Items, one)
		}
		return nil
	})
	return out, grant, err
}

// Appeal has another moderator look at a sanction of the caller's: once. The second time is a conflict,
// what is not theirs is not there.
func (s *Service) Appeal(ctx context.Context, c db.Caller, id uuid.UUID, words string) (out privacy.Guarded[Sanction], grant privacy.Grant, err error) {
	sealed, err := s.SealAppeal(words)
	if err != nil {
		return out, grant, err
	}
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := signedIn(tx); err != nil {
			return err
		}
		q := query.New(tx)
		done, err := q.AppealSanction(ctx, query.AppealSanctionParams{ID: id, Said: sealed, At: tx.Now()})
		if err != nil {
			return err
		}
		row, err := q.ReadSanction(ctx, id)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return fault.NotFound()
		case err != nil:
			return err
		case !done:
			return fault.Conflict("appealed", "you appealed against this already")
		}
		out, grant, err = guardSanction(tx, query.ListSanctionsRow(row))
		return err
	})
	return out, grant, err
}

// SealAppeal seals what somebody says against a sanction.
func (s *Service) SealAppeal(words string) ([]byte, error) {
	if text.Lines(words) != nil {
		return nil, fault.Illegible("/words")
	}
	return seal.SealSystemValue(s.ring, appealPurpose, nil, words)
}

// Objection is an open appeal, for a moderator who did not decide what it is against. It names nobody.
type Objection struct {
	ID         uuid.UUID // of the sanction
	Kind       Action
	Words      string // what the member was told
	Said       string // and what they say
	MadeAt     time.Time
	AppealedAt time.Time
	Of         string // the kind of thing
	Evidence   []Piece
}

// Appeals are those that the caller may decide, the oldest first.
func (s *Service) Appeals(ctx context.Context, c db.Caller, r page.Request) (out page.Page[Objection], err error) {
	err = s.asModerator(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		after, err := s.from(tx, r, position{})
		if err != nil {
			return err
		}
		rows, err := q.OpenAppeals(ctx, query.OpenAppealsParams{AfterAt: after.At, AfterID: after.ID, RowLimit: oneMore(r.Limit), At: tx.Now()})
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, rows, func(row query.OpenAppealsRow) position { return position{row.AppealedAt, row.ID} })
		if err != nil {
			return err
		}
		out.Next = cut.Next
		for _, row := range cut.Items {
			o := Objection{ID: row.ID, Kind: Action(row.Kind), Words: row.Words, MadeAt: row.MadeAt.UTC(), AppealedAt: row.AppealedAt.UTC(), Of: row.OfKind}
			if o.Said, err = open[string](ctx, s, appealPurpose, nil, row.AppealSealed); err != nil {
				return err
			}
			if len(row.EvidenceSealed) > 0 {
				if o.Evidence, err = open[[]Piece](ctx, s, evidencePurpose, row.CaseID[:], row.EvidenceSealed); err != nil {
					return err
				}
			}
			out.Items = append(out.Items, o)
		}
		return nil
	})
	return out, err
}

// DecideAppeal accepts an appeal, which ends the sanction, or rejects it. Whose it is is told.
func (s *Service) DecideAppeal(ctx context.Context, c db.Caller, id uuid.UUID, accept bool) error {
	return s.asModerator(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		whose, err := q.DecideAppeal(ctx, query.DecideAppealParams{ID: id, Accepted: accept, At: tx.Now()})
		if err != nil {
			return err
		}
		if len(whose) == 0 {
			return fault.NotFound()
		}
		return notice.Add(ctx, tx, notice.Notice{To: whose[0], Kind: notice.ModerationDecided, Object: id})
	})
}
