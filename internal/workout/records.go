package workout

import (
	"context"
	"time"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/training"
)

// Records are a member's bests in one sport, over all their workouts that the viewer may see.
type Records struct {
	Sport     Sport
	Power     training.Derived[[]training.PowerRecord]
	Distances training.Derived[[]training.DistanceRecord]
}

// Records gives a member's bests by sport, those of the sport done last first; of one sport where one is
// named. NotFound where the viewer can't find the member, or may not see their stats.
func (s *Service) Records(ctx context.Context, c db.Caller, ref string, sport *Sport) ([]Records, privacy.Grant, error) {
	h, err := s.history(ctx, c, question{ref: ref, sport: sport, families: []privacy.Field{privacy.Effort, privacy.Route}})
	if err != nil {
		return nil, privacy.Grant{}, err
	}
	var out []Records
	for _, sport := range h.sports {
		out = append(out, Records{
			Sport: sport,
			Power: training.PowerCurve(h.grant, h.workouts, sport, time.Time{}), Distances: training.DistanceRecords(h.grant, h.workouts, sport, time.Time{}),
		})
	}
	return out, h.grant, nil
}

// PowerCurve is a member's power-duration curve in one sport, and the FTP that it lets one estimate.
type PowerCurve struct {
	Sport  Sport
	Points training.Derived[[]training.PowerRecord]
	FTP    training.Derived[training.FTPEstimate]
}

// PowerCurve is made of the workouts of the last so many days. NotFound as Records.
func (s *Service) PowerCurve(ctx context.Context, c db.Caller, ref string, sport Sport, days int) (PowerCurve, privacy.Grant, error) {
	since := c.At().AddDate(0, 0, -days)
	h, err := s.history(ctx, c, question{ref: ref, sport: &sport, since: since, families: []privacy.Field{privacy.Effort}})
	if err != nil {
		return PowerCurve{}, privacy.Grant{}, err
	}
	points := training.PowerCurve(h.grant, h.workouts, sport, since)
	return PowerCurve{Sport: sport, Points: points, FTP: training.EstimateFTP(h.grant, points)}, h.grant, nil
}

// warmUp is how many days before the first one shown the load is computed from: after 400 days less than a
// ten-thousandth is left of what came before.
const warmUp = 400

// Load is a member's training load, day by day up to today in the zone. Workouts before the 400 days
// that come before the first day asked for count no more. NotFound as Records.
func (s *Service) Load(ctx context.Context, c db.Caller, ref string, days int, zone *time.Location) (training.Derived[[]training.Fitness], privacy.Grant, error) {
	h, err := s.history(ctx, c, question{
		ref: ref, since: c.At().AddDate(0, 0, -days-warmUp), families: []privacy.Field{privacy.Effort, privacy.HeartRate},
	})
	if err != nil {
		return training.Derived[[]training.Fitness]{}, privacy.Grant{}, err
	}
	return training.FitnessByDay(h.grant, h.workouts, h.settings, c.At(), zone), h.grant, nil
}

// Calendar is what a member did by days, weeks and months of a zone.
type Calendar struct {
	Streaks       training.Derived[training.Streaks]
	Weeks, Months training.Derived[[]training.Period]
}

// Calendar is made of the workouts that the viewer may see. NotFound as Records.
func (s *Service) Calendar(ctx context.Context, c db.Caller, ref string, zone *time.Location) (Calendar, privacy.Grant, error) {
	h, err := s.history(ctx, c, question{ref: ref})
	if err != nil {
		return Calendar{}, privacy.Grant{}, err
	}
	return Calendar{
		Streaks: training.StreaksOf(h.grant, h.workouts, c.At(), zone),
		Weeks:   training.ByWeek(h.grant, h.workouts, zone), Months: training.ByMonth(h.grant, h.workouts, zone),
	}, h.grant, nil
}
