package workout

import (
	"context"
	"math"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
)

// Totals are sums over workouts.
type Totals struct {
	Workouts     int64
	DurationS    float64
	DistanceM    float64
	OutputKJ     float64
	CaloriesKcal float64
}

// Stats sums up those workouts of a member that the viewer may see, and no others. NotFound where
// the viewer can't find the member, or may not see their totals.
func (s *Service) Stats(ctx context.Context, c db.Caller, ref string) (privacy.Guarded[Totals], privacy.Grant, error) {
	var out privacy.Guarded[Totals]
	var grant privacy.Grant
	err := s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		who := db.ParseRef(ref)
		rows, err := query.New(tx).MemberTotals(ctx, who.ID, who.Username)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.NotFound()
		}
		var sum Totals
		for _, row := range rows {
			if grant, err = findable(tx, row.Subject); err != nil {
				return err
			}
			if err := sum.add(row, grant); err != nil {
				return err
			}
		}
		if !grant.Shows(privacy.Stats) {
			return fault.NotFound()
		}
		out = privacy.Guard(grant.Owner(), privacy.Stats, sum.rounded())
		return nil
	})
	return out, grant, err
}

// add takes the sums of one audience, if the policy shows them.
func (t *Totals) add(row query.MemberTotalsRow, grant privacy.Grant) error {
	audience := db.Audience(row.Audience)
	if row.Workouts > 0 && !grant.ShowsWithin(privacy.Workout, audience) ||
		row.RouteDistanceM > 0 && !grant.ShowsWithin(privacy.Route, audience) {
		return db.ErrDisagree
	}
	t.Workouts += row.Workouts
	t.DurationS += row.DurationS
	t.DistanceM += row.DistanceM + row.RouteDistanceM
	t.OutputKJ += row.OutputKj
	t.CaloriesKcal += row.CaloriesKcal
	return nil
}

// rounded gives the sums to the millisecond, the centimetre, the joule and the kilocalorie: adding
// up leaves noise behind those.
func (t Totals) rounded() Totals {
	t.DurationS, t.DistanceM = to(t.DurationS, 1000), to(t.DistanceM, 100)
	t.OutputKJ, t.CaloriesKcal = to(t.OutputKJ, 1000), to(t.CaloriesKcal, 1)
	return t
}

// to rounds to so many parts of one.
func to(v, parts float64) float64 { return math.Round(v*parts) / parts }
