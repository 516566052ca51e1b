package leaderboard

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/leaderboard/query"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// Metric is what a board is ordered by. The numbers are stored.
type Metric int16

// The metrics. Values are whole joules and millimetres.
const (
	rode     Metric = iota // when, in seconds; ranks nobody
	Output                 // work
	Distance               // as the device counted it
)

// unit is how many of what is stored are a kilojoule, or a metre.
const unit = 1000

// maxFiltered bounds what a filtered board looks at: so many of the best who fit the
// filter's fields. What is behind them is on no filtered board.
const maxFiltered = 5000

// Filter narrows a board. A gender or an age fits those only who show that very field to the viewer.
type Filter struct {
	Followed bool
	member.Traits
}

func (f Filter) none() bool     { return f == Filter{} }
func (f Filter) gendered() bool { return f.Gender != nil }
func (f Filter) aged() bool     { return f.From != nil || f.Below != nil }

// Ask is what is asked of a board.
type Ask struct {
	Metric Metric
	Filter Filter
	Words  string // the filter as it was written, for the cursor
}

// Place is one entry of a board.
type Place struct {
	WorkoutID uuid.UUID
	Rank      int64   // 1 is the best; who has the same value has the same rank
	Value     float64 // kilojoule or metre
	StartedAt time.Time
}

// Entry is a place with its owner, closed.
type Entry struct {
	Rider Rider
	Place privacy.Guarded[Place]
	at    position
	own   bool
	above int64
	ahead int64
}

type position struct {
	Value int64     `json:"v"`
	ID    uuid.UUID `json:"i"`
}

// best comes before every place.
var best = position{Value: math.MaxInt64}

// Standing is a page of a board, and the viewer's own place where they have one on it.
type Standing struct {
	page.Page[Entry]
	Own *Entry
}

// Read is the next of a board whom the viewer sees, the best first, each with the rank among those.
func (s *Service) Read(ctx context.Context, c db.Caller, b Board, a Ask, r page.Request) (Standing, error) {
	var out Standing
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if err := b.known(ctx, tx, q); err != nil {
			return err
		}
		r.Filter = b.ID.String() + " " + a.Words
		after, more, err := page.After[position](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		if !more {
			after = best
		}
		var all []Entry
		if a.Filter.none() {
			all, out.Own, err = s.plain(ctx, tx, q, b, a, after, r.Limit)
		} else {
			all, out.Own, err = s.filtered(ctx, tx, q, b, a, after)
		}
		if err != nil {
			return err
		}
		out.Page, err = page.Cut(s.ring, tx.Viewer(), r, all, func(e Entry) position { return e.at })
		return err
	})
	return out, err
}

// Riders lists who took a class, whoever took it last first, as far as the viewer sees it.
func (s *Service) Riders(ctx context.Context, c db.Caller, b Board, r page.Request) (page.Page[Entry], error) {
	out, err := s.Read(ctx, c, b, Ask{Metric: rode}, r)
	return out.Page, err
}

// plain is a page of the board as it is, which the database counts.
func (s *Service) plain(ctx context.Context, tx *db.Tx, q *query.Queries, b Board, a Ask, after position, limit int) ([]Entry, *Entry, error) {
	rows, err := q.ReadBoard(ctx, query.ReadBoardParams{
		Board: b.ID, Metric: int16(a.Metric), AfterValue: after.Value, AfterID: after.ID, Most: int32(limit + 1), //nolint:gosec // bounded by the contract
	})
	if err != nil {
		return nil, nil, err
	}
	var all []Entry
	var own *Entry
	for _, row := range rows {
		e, err := entry(tx, row)
		if err != nil {
			return nil, nil, err
		}
		if e.own {
			e.rank(row, a.Metric, e.above+1)
			own = &e
			continue
		}
		all = append(all, e)
	}
	ranked(all, rows, a.Metric)
	return all, own, nil
}

// filtered looks through the best who fit the filter's fields, always from the first on, so that ranks
// are those of now.
func (s *Service) filtered(ctx context.Context, tx *db.Tx, q *query.Queries, b Board, a Ask, after position) (next []Entry, own *Entry, err error) {
	f := a.Filter
	rows, err := q.ReadBoard(ctx, query.ReadBoardParams{
		Board: b.ID, Metric: int16(a.Metric), Followed: f.Followed, Gendered: f.gendered(), Aged: f.aged(),
		AfterValue: best.Value, AfterID: best.ID, Most: maxFiltered,
	})
	if err != nil {
		return nil, nil, err
	}
	var all []Entry
	var fitting []query.BoardRow
	for _, row := range rows {
		e, err := entry(tx, row)
		if err != nil {
			return nil, nil, err
		}
		fits, err := f.Fit(s.ring, subject(row), e.Rider.Grant, member.Sealed{Gender: row.GenderSealed, BirthDate: row.BirthDateSealed}, tx.Now())
		if err != nil {
			return nil, nil, err
		}
		if fits {
			all, fitting = append(all, e), append(fitting, row)
		}
	}
	ranked(all, fitting, a.Metric)
	for i, e := range all {
		if e.Rider.Grant.Relation() == privacy.RelationSelf {
			own = &all[i]
		}
		if e.at.Value < after.Value || e.at.Value == after.Value && string(e.at.ID[:]) > string(after.ID[:]) {
			next = append(next, e)
		}
	}
	return next, own, nil
}

// entry is a row that the policy confirms: the place shows, and the workout behind it.
func entry(tx *db.Tx, row query.BoardRow) (Entry, error) {
	r, err := rider(tx, subject(row), row.Username, row.DisplayName, row.HasAvatar)
	if err != nil {
		return Entry{}, err
	}
	audience := db.Audience(row.Audience)
	if row.Audience < 0 || !r.Grant.ShowsWithin(privacy.Leaderboard, audience) || !r.Grant.ShowsWithin(privacy.Workout, audience) {
		return Entry{}, db.ErrDisagree
	}
	return Entry{Rider: r, at: position{row.Value, row.MemberID}, own: row.Own, above: row.Above, ahead: row.Ahead}, nil
}

// ranked gives entries that follow one another their ranks. The first one knows how many stand before it.
func ranked(all []Entry, rows []query.BoardRow, m Metric) {
	var rank int64
	for i := range all {
		switch {
		case i == 0:
			rank = all[0].above + 1
		case all[i].at.Value != all[i-1].at.Value:
			rank = all[0].ahead + int64(i) + 1
		}
		all[i].rank(rows[i], m, rank)
	}
}

func (e *Entry) rank(row query.BoardRow, m Metric, rank int64) {
	p := Place{WorkoutID: row.WorkoutID, StartedAt: row.StartedAt.UTC()}
	if m != rode {
		p.Rank, p.Value = rank, float64(row.Value)/unit
	}
	e.Place = privacy.GuardWithin(e.Rider.Grant.Owner(), privacy.Leaderboard, db.Audience(row.Audience), p)
}

func subject(row query.BoardRow) db.Subject {
	return db.Subject{
		MemberID: row.MemberID, Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability,
		Audiences: row.Audiences, Edge: row.Edge, Wrapped: row.Wrapped, SeenBy: row.SeenBy,
	}
}
