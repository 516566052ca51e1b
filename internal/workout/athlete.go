package workout

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
)

// OfAthlete lists an athlete's workouts for who coaches them, the newest first: those that aren't for the athlete
// alone, if they grant this coach their workouts, each with the parts that they grant. The athlete, who is a
// membership, gets what they get anywhere. fault.NotFound where there is no such athlete for the viewer.
func (s *Service) OfAthlete(ctx context.Context, c db.Caller, membership uuid.UUID, r page.Request) (page.Page[Shown], error) {
	r.Operation, r.Filter = "athlete workouts", membership.String()
	var out page.Page[Shown]
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if tx.Viewer().Actor() != privacy.ActorSession {
			return fault.Unauthenticated("login_required", "sign in first")
		}
		q := query.New(tx)
		if _, err := q.ReadAthlete(ctx, membership); err != nil {
			return err
		}
		before, err := s.before(tx, r)
		if err != nil {
			return err
		}
		rows, err := q.ListAthleteWorkouts(ctx, query.ListAthleteWorkoutsParams{
			Membership: membership, BeforeStart: before.StartedAt, BeforeID: before.ID, RowLimit: oneMore(r.Limit),
		})
		if err != nil {
			return err
		}
		items := make([]Shown, len(rows))
		for i, row := range rows {
			shown, subject := apart(seenOf(row))
			item, visible, err := s.decideAmong(tx, shown, subject, privacy.Among{Coached: privacy.FieldsNamed(row.Fields)}, nil)
			if err == nil && !visible {
				err = db.ErrDisagree
			}
			if err != nil {
				return err
			}
			items[i] = item
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, items, func(item Shown) position { return item.at })
		return err
	})
	return out, err
}

// seenOf is the row without what its owner grants.
func seenOf(row query.AthleteWorkout) query.WorkoutSeen {
	return query.WorkoutSeen{
		MemberID: row.MemberID, ID: row.ID, Audience: row.Audience, Sport: row.Sport, Indoor: row.Indoor, Title: row.Title,
		StartedAt: row.StartedAt, DurationS: row.DurationS, MovingS: row.MovingS, DistanceM: row.DistanceM,
		CaloriesKcal: row.CaloriesKcal, OutputKj: row.OutputKj, Source: row.Source, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
		Username: row.Username, DisplayName: row.DisplayName, HasAvatar: row.HasAvatar,
		EffortSealed: row.EffortSealed, HeartSealed: row.HeartSealed, RouteSealed: row.RouteSealed,
		DeviceSealed: row.DeviceSealed, RouteDistanceM: row.RouteDistanceM,
		Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability, Audiences: row.Audiences,
		Edge: row.Edge, Wrapped: row.Wrapped, SeenBy: row.SeenBy,
	}
}
