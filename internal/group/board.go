package group

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/group/query"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// Metric is what is counted on a group's board.
type Metric string

// The metrics there are: metres, seconds in motion, kilojoules, and days on which somebody did anything.
const (
	Distance Metric = "distance"
	Time     Metric = "time"
	Output   Metric = "output"
	Days     Metric = "days"
)

// unit is how many of what the database counts are a metre, a second, a kilojoule or a day.
const unit = 1000

// Period is the days that a board is of.
type Period string

// The periods there are: the last seven and the last thirty days of a time zone, today among them.
const (
	Week  Period = "week"
	Month Period = "month"
)

// Days are the beginnings of the days of the period that ends with now's, and the end of that one.
func (p Period) Days(now time.Time, zone *time.Location) []time.Time {
	now = now.In(zone)
	n := 30
	if p == Week {
		n = 7
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	return daysFrom(today.AddDate(0, 0, 1-n), n, zone)
}

// Place is somebody on a board. Each has another owner, and so a grant of its own.
type Place struct {
	Grant  privacy.Grant
	ID     privacy.Guarded[uuid.UUID] // of the membership
	Score  privacy.Guarded[Score]
	Person Person
	at     standing
	own    bool
}

// Score is how much somebody did, as the viewer sees it.
type Score struct {
	Rank    int64 // among those whom the viewer sees; who has the same has the same rank
	Value   float64
	Reached bool // the target of a challenge
}

func scoreOf(counted, rank int64, target int32) Score {
	return Score{Rank: rank, Value: float64(counted) / unit, Reached: counted >= unit*int64(target)}
}

type standing struct {
	Score int64     `json:"s"`
	ID    uuid.UUID `json:"i"`
}

// Board is a page of a group's board, and the viewer's own place where they have one.
type Board struct {
	page.Page[Place]
	Own         *Place
	From, Until time.Time
}

// Leaderboard ranks those in a group by what they did in a period, for who is in the group: of each the workouts count that show to
// the viewer, and that the owner's field leaderboard shows; that a device recorded, and no distance that was typed over.
func (s *Service) Leaderboard(ctx context.Context, c db.Caller, id uuid.UUID, m Metric, p Period, zone *time.Location, r page.Request) (Board, error) {
	var out Board
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if _, err := inside(ctx, tx, id); err != nil {
			return err
		}
		days := p.Days(tx.Now(), zone)
		out.From, out.Until = days[0].UTC(), days[len(days)-1].UTC()
		r.Filter = strings.Join([]string{id.String(), string(m), string(p), zone.String()}, " ")
		var err error
		out.Page, out.Own, err = s.places(ctx, tx, query.ReadGroupBoardParams{Wanted: id, Metric: string(m), Days: days}, 0, r)
		return err
	})
	return out, err
}

// places are a page of a board, and the viewer's own place where they have one.
func (s *Service) places(ctx context.Context, tx *db.Tx, p query.ReadGroupBoardParams, target int32, r page.Request) (page.Page[Place], *Place, error) {
	after, more, err := page.After[standing](s.ring, tx.Viewer(), r)
	if err != nil {
		return page.Page[Place]{}, nil, err
	}
	if !more {
		after.Score = math.MaxInt64
	}
	p.AfterScore, p.AfterID, p.Most = after.Score, after.ID, limit(r)
	rows, err := query.New(tx).ReadGroupBoard(ctx, p)
	if err != nil {
		return page.Page[Place]{}, nil, err
	}
	var found []Place
	var own *Place
	for _, row := range rows {
		place, err := placeOf(tx, row, target)
		if err != nil {
			return page.Page[Place]{}, nil, err
		}
		if place.own {
			own = &place
			continue
		}
		found = append(found, place)
	}
	cut, err := page.Cut(s.ring, tx.Viewer(), r, found, func(p Place) standing { return p.at })
	return cut, own, err
}

// placeOf makes a place of a row that the policy confirms: even the narrowest workout in the sum shows, and that it counts.
func placeOf(tx *db.Tx, row query.GroupPlace, target int32) (Place, error) {
	g, err := db.Subject{
		MemberID: row.MemberID, Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability,
		Audiences: row.Audiences, Edge: row.Edge, Wrapped: row.Wrapped, SeenBy: row.SeenBy,
	}.DecideAs(tx, privacy.Among{Mate: true})
	if err != nil {
		return Place{}, err
	}
	narrowest := db.Audience(row.Narrowest)
	if row.Narrowest < 0 || !g.Shows(privacy.Presence) || !g.ShowsWithin(privacy.Workout, narrowest) || !g.ShowsWithin(privacy.Leaderboard, narrowest) {
		return Place{}, db.ErrDisagree
	}
	owner := g.Owner()
	return Place{
		Grant:  g,
		ID:     privacy.Guard(owner, privacy.Presence, row.Membership),
		Score:  privacy.GuardWithin(owner, privacy.Leaderboard, narrowest, scoreOf(row.Score, row.Place, target)),
		Person: personOf(owner, words(row.Username), words(row.DisplayName), row.HasAvatar),
		at:     standing{row.Score, row.Membership},
		own:    row.Own,
	}, nil
}

func words(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
