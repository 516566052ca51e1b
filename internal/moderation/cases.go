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
	"github.com/paceline/paceline/internal/text"
)

// Case is a thing that was reported, for moderators. It names no member: neither whose it is nor who
// reported it. Evidence and what reporters said are there for whoever claimed it.
type Case struct {
	ID       uuid.UUID
	Kind     string
	State    string
	OpenedAt time.Time
	Mine     bool
	Action   *string
	Reasons  []Count
	Evidence []Piece
	Said     []string
}

// Count is how many reports have a reason.
type Count struct {
	Reason  Reason
	Reports int64
}

// Queue is the open cases, the oldest first.
func (s *Service) Queue(ctx context.Context, c db.Caller, r page.Request) (out page.Page[Case], err error) {
	err = s.asModerator(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		after, err := s.from(tx, r, position{})
		if err != nil {
			return err
		}
		rows, err := q.ListCases(ctx, query.ListCasesParams{AfterAt: after.At, AfterID: after.ID, RowLimit: oneMore(r.Limit)})
		if err != nil {
			return err
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, rows, func(row query.ListCasesRow) position { return position{row.OpenedAt, row.ID} })
		if err != nil {
			return err
		}
		out.Next = cut.Next
		var ids []uuid.UUID
		for _, row := range cut.Items {
			ids = append(ids, row.ID)
		}
		counts, err := reasons(ctx, q, ids)
		for _, row := range cut.Items {
			out.Items = append(out.Items, Case{
				ID: row.ID, Kind: row.Kind, State: row.State, OpenedAt: row.OpenedAt.UTC(), Mine: row.Mine, Reasons: counts[row.ID],
			})
		}
		return err
	})
	return out, err
}

// Claim takes a case on for the caller, and gives the evidence.
func (s *Service) Claim(ctx context.Context, c db.Caller, id uuid.UUID) (out Case, err error) {
	err = s.asModerator(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		claimed, err := q.ClaimCase(ctx, id, tx.Now())
		if err != nil {
			return err
		}
		if !claimed {
			return s.whyNot(ctx, q, id)
		}
		out, err = s.read(ctx, q, id)
		return err
	})
	return out, err
}

// Decision is what a moderator makes of a case.
type Decision struct {
	Action Action
	Days   *int    // of what lasts
	Words  *string // for the member, with all but a dismissal
}

// Decide closes a case that the caller claimed. The member whose it is is told that there is a decision.
func (s *Service) Decide(ctx context.Context, c db.Caller, id uuid.UUID, d Decision) (out Case, err error) {
	if err := d.check(); err != nil {
		return out, err
	}
	err = s.asModerator(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		p := query.DecideCaseParams{ID: id, Sanction: uuid.New(), Act: string(d.Action), At: tx.Now()}
		if d.Words != nil {
			p.Said = *d.Words
		}
		if d.Days != nil {
			p.Until = new(tx.Now().Add(time.Duration(*d.Days) * 24 * time.Hour))
		}
		row, err := q.ReadCase(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		if row.Kind == "class" && d.Action != Dismiss && d.Action != Hide {
			return fault.Unprocessable("nobody_to_sanction", "a class is nobody's", fault.At("/action", "nobody_to_sanction", "hide it, or dismiss the case"))
		}
		done, err := q.DecideCase(ctx, p)
		if err != nil {
			return err
		}
		if len(done) == 0 {
			return s.whyNot(ctx, q, id)
		}
		if done[0].Sanctioned {
			err := notice.Add(ctx, tx, notice.Notice{To: done[0].Subject, Kind: notice.ModerationDecided, Object: p.Sanction})
			if err != nil {
				return err
			}
		}
		out, err = s.read(ctx, q, id)
		return err
	})
	return out, err
}

func (d Decision) check() error {
	lasts := d.Action == Mute || d.Action == Suspend
	switch {
	case lasts != (d.Days != nil):
		return fault.Unprocessable("days", "a decision lasts, or it doesn't", fault.At("/days", "days", "give days with mute and suspend, and with nothing else"))
	case (d.Action == Dismiss) != (d.Words == nil):
		return fault.Unprocessable("words", "a member is told why", fault.At("/words", "words", "give the member a reason with every sanction, and none with a dismissal"))
	case d.Words != nil && text.Lines(*d.Words) != nil:
		return fault.Illegible("/words")
	}
	return nil
}

// asModerator runs fn for who is on duty as one.
func (s *Service) asModerator(ctx context.Context, c db.Caller, fn func(context.Context, *db.Tx, *query.Queries) error) error {
	return s.db.AsViewer(ctx, c.OnDuty(duty), func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Demand(duty); err != nil {
			return err
		}
		return fn(ctx, tx, query.New(tx))
	})
}

// whyNot says why a case can't be taken on or decided: it isn't there for the caller, or not theirs.
func (s *Service) whyNot(ctx context.Context, q *query.Queries, id uuid.UUID) error {
	row, err := q.ReadCase(ctx, id)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.NotFound()
	case err != nil:
		return err
	case row.State == "closed":
		return fault.Conflict("case_closed", "this case is decided")
	default:
		return fault.Conflict("not_claimed", "this case is not yours to decide: claim it first, unless another moderator has, or you reported it")
	}
}

// read is a case as the caller may see it.
func (s *Service) read(ctx context.Context, q *query.Queries, id uuid.UUID) (Case, error) {
	row, err := q.ReadCase(ctx, id)
	if err != nil {
		return Case{}, err
	}
	out := Case{ID: row.ID, Kind: row.Kind, State: row.State, OpenedAt: row.OpenedAt.UTC(), Mine: row.Mine, Action: row.Action}
	counts, err := reasons(ctx, q, []uuid.UUID{id})
	if err != nil || !row.Mine {
		return out, err
	}
	out.Reasons = counts[id]
	if len(row.EvidenceSealed) > 0 {
		if out.Evidence, err = open[[]Piece](ctx, s, evidencePurpose, id[:], row.EvidenceSealed); err != nil {
			return Case{}, err
		}
	}
	words, err := q.CaseWords(ctx, id)
	for _, w := range words {
		said, err := open[string](ctx, s, wordsPurpose, w.ID[:], w.WordsSealed)
		if err != nil {
			return Case{}, err
		}
		if said != "" {
			out.Said = append(out.Said, said)
		}
	}
	return out, err
}

func reasons(ctx context.Context, q *query.Queries, ids []uuid.UUID) (map[uuid.UUID][]Count, error) {
	rows, err := q.CaseReasons(ctx, ids)
	out := map[uuid.UUID][]Count{}
	for _, row := range rows {
		out[row.CaseID] = append(out[row.CaseID], Count{Reason(row.Reason), row.Reports})
	}
	return out, err
}
