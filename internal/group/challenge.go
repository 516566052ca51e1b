package group

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/group/query"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// State is whether a challenge is still to come, goes on, or is over.
type State string

// The states there are.
const (
	Coming  State = "coming"
	Running State = "running"
	Ended   State = "ended"
)

// Goal is what a challenge is about.
type Goal struct {
	Title    string // 1 to 60 characters on a line
	Metric   Metric
	Target   int32     // in metres, seconds, kilojoules or days
	From, To time.Time // the first day and the last, at midnight UTC
	Zone     string    // that the days begin in, by its IANA name
}

// Challenge is a challenge of a group as one who is in the group gets it. It says nothing of anybody else.
type Challenge struct {
	ID, Group uuid.UUID
	Goal
	State    State
	DaysLeft int  // that aren't over, today among them
	Joined   bool // the viewer takes part
	// Progress is how far the viewer came; nil for who doesn't take part, and in a list.
	Progress *Progress

	days  []time.Time
	endAt time.Time
}

// Progress is how far the viewer came by all that they did, whoever else may see it.
type Progress struct {
	Grant privacy.Grant
	Score privacy.Guarded[Score] // of no rank
}

// Challenge is a challenge of a group that the viewer is in; fault.NotFound for any other.
func (s *Service) Challenge(ctx context.Context, c db.Caller, id uuid.UUID) (Challenge, error) {
	var out Challenge
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = challenge(ctx, tx, id)
		return err
	})
	return out, err
}

// challenge is a challenge with the viewer's progress.
func challenge(ctx context.Context, tx *db.Tx, id uuid.UUID) (Challenge, error) {
	row, err := query.New(tx).ReadChallenge(ctx, id)
	if err != nil {
		return Challenge{}, err
	}
	out, err := challengeOf(tx, query.ListChallengesRow(row))
	if err != nil || !out.Joined {
		return out, err
	}
	own, err := query.New(tx).OwnProgress(ctx, query.OwnProgressParams{Wanted: out.Group, Metric: string(out.Metric), Days: out.days})
	if err != nil {
		return Challenge{}, err
	}
	grant, err := db.Subject(own.Subject).Decide(tx)
	if err != nil {
		return Challenge{}, err
	}
	if grant.Owner() != tx.Viewer().Member() {
		return Challenge{}, db.ErrDisagree
	}
	score := scoreOf(own.Score, 0, out.Target)
	out.Progress = &Progress{Grant: grant, Score: privacy.GuardWithin(grant.Owner(), privacy.Leaderboard, privacy.OnlyMe, score)}
	return out, nil
}

// challengeOf makes a challenge of a row that was read for this viewer.
func challengeOf(tx *db.Tx, row query.ListChallengesRow) (Challenge, error) {
	if row.SeenBy != tx.Viewer().Member() {
		return Challenge{}, privacy.ErrWrongViewer
	}
	c := Challenge{
		ID: row.ID, Group: row.GroupID, Joined: row.Joined, State: Running, endAt: row.EndsAt,
		Goal: Goal{Title: row.Title, Metric: Metric(row.Metric), Target: row.Target, From: row.FirstDay, To: row.LastDay, Zone: row.Zone},
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return Challenge{}, err
	}
	c.days = daysFrom(c.From, span(c.From, c.To), zone)
	now := tx.Now()
	switch {
	case row.StartsAt.After(now):
		c.State = Coming
	case !row.EndsAt.After(now):
		c.State = Ended
	}
	for _, end := range c.days[1:] {
		if end.After(now) {
			c.DaysLeft++
		}
	}
	return c, nil
}

// ended is where a challenge stands in a list.
type ended struct {
	At time.Time `json:"t"`
	ID uuid.UUID `json:"i"`
}

// Challenges lists the challenges of a group, for who is in it: those that end last first, of one state or, with none given, of all.
func (s *Service) Challenges(ctx context.Context, c db.Caller, id uuid.UUID, of State, r page.Request) (page.Page[Challenge], error) {
	r.Filter = strings.Join([]string{id.String(), string(of)}, " ")
	states := []string{string(of)}
	if of == "" {
		states = []string{string(Coming), string(Running), string(Ended)}
	}
	var out page.Page[Challenge]
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if _, err := inside(ctx, tx, id); err != nil {
			return err
		}
		after, more, err := page.After[ended](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		if !more {
			after = ended{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), uuid.Max}
		}
		rows, err := query.New(tx).ListChallenges(ctx, query.ListChallengesParams{
			GroupID: id, BeforeEnd: after.At, BeforeID: after.ID, At: tx.Now(), States: states, Most: limit(r),
		})
		if err != nil {
			return err
		}
		found := make([]Challenge, 0, len(rows))
		for _, row := range rows {
			one, err := challengeOf(tx, row)
			if err != nil {
				return err
			}
			if one.Group != id || !slices.Contains(states, string(one.State)) {
				return db.ErrDisagree
			}
			found = append(found, one)
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, found, func(c Challenge) ended { return ended{c.endAt, c.ID} })
		return err
	})
	return out, err
}

// Standings are a page of how far those come who take part in a challenge, and the viewer among them.
type Standings struct {
	page.Page[Place]
	Own   *Place
	State State
}

// Standings ranks those who take part in a challenge, for who is in its group: decided for the viewer as the group's board is, at every read
// and after the end as well. Who takes part without anything that shows is not in it.
func (s *Service) Standings(ctx context.Context, c db.Caller, id uuid.UUID, r page.Request) (Standings, error) {
	r.Filter = id.String()
	var out Standings
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadChallenge(ctx, id)
		if err != nil {
			return err
		}
		of, err := challengeOf(tx, query.ListChallengesRow(row))
		if err != nil {
			return err
		}
		out.State = of.State
		out.Page, out.Own, err = s.places(ctx, tx, query.ReadGroupBoardParams{
			Wanted: of.Group, Metric: string(of.Metric), Days: of.days, Challenge: uuid.NullUUID{UUID: id, Valid: true},
		}, of.Target, r)
		return err
	})
	return out, err
}

// JoinChallenge has the viewer take part in a challenge that isn't over, and gives it as it is then.
func (s *Service) JoinChallenge(ctx context.Context, c db.Caller, id uuid.UUID) (Challenge, error) {
	var out Challenge
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		err := done(query.New(tx).JoinChallenge(ctx, id, tx.Now()))
		if err == nil {
			out, err = challenge(ctx, tx, id)
		}
		return err
	})
	return out, err
}

// LeaveChallenge ends that the viewer takes part.
func (s *Service) LeaveChallenge(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return query.New(tx).LeaveChallenge(ctx, id)
	})
}

// EndChallenge takes a challenge away, whatever its state, for who may set goals.
func (s *Service) EndChallenge(ctx context.Context, c db.Caller, id uuid.UUID) error {
	return s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return done(query.New(tx).EndChallenge(ctx, id))
	})
}

func invalidGoal(wrong ...fault.Field) error {
	return fault.Unprocessable("invalid_value", "the challenge can't be like that", wrong...)
}
