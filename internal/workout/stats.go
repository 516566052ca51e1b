package workout

import (
	"context"
	"math"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
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
// the viewer can't find the member, or may not see their totals. Owners get theirs of all that they
// did, others of what zones leave of it.
func (s *Service) Stats(ctx context.Context, c db.Caller, ref string) (privacy.Guarded[Totals], privacy.Grant, error) {
	var sum Totals
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
		return nil
	})
	if err == nil && grant.Relation() == privacy.RelationSelf {
		err = s.addCut(ctx, c, &sum)
	}
	if err != nil {
		return privacy.Guarded[Totals]{}, privacy.Grant{}, err
	}
	return privacy.Guard(grant.Owner(), privacy.Stats, sum.rounded()), grant, nil
}

// addCut adds what zones keep from others to the caller's own totals.
func (s *Service) addCut(ctx context.Context, c db.Caller, sum *Totals) error {
	return s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		rows, err := query.New(tx).ReadOwnWholes(ctx)
		if err != nil {
			return err
		}
		var key *seal.Key
		for _, row := range rows {
			if key == nil {
				if key, err = s.ring.Unwrap(row.Subject.MemberID, row.Subject.Wrapped); err != nil {
					return err
				}
			}
			w, err := seal.OpenValue[Whole](key, wholeAt(row.WorkoutID), row.SummarySealed)
			if err != nil {
				return err
			}
			sum.DurationS += w.DurationS - row.DurationS
			sum.DistanceM += of(w.DistanceM) + of(w.TrackM) - of(row.DistanceM) - of(row.RouteDistanceM)
			sum.OutputKJ += of(w.OutputKJ) - of(row.OutputKj)
			sum.CaloriesKcal += of(w.CaloriesKcal) - of(row.CaloriesKcal)
		}
		return nil
	})
}

// of is a figure, or nothing.
func of(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
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
