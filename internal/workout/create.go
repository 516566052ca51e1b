package workout

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
)

// Entry is a workout as its owner types it in. Units are those of Facts and of the parts.
type Entry struct {
	Sport                        Sport
	Indoor                       bool
	Title, Notes                 *string
	StartedAt                    time.Time
	DurationS                    float64
	MovingS                      *float64
	DistanceM                    *float64
	CaloriesKcal                 *float64
	OutputKJ                     *float64
	PowerAvgW, PowerMaxW         *float64
	CadenceAvgRPM, CadenceMaxRPM *float64
	HeartAvgBPM, HeartMaxBPM     *float64
	AscentM                      *float64
	Audience                     *privacy.Audience // nil: the owner's default
	Class                        ClassRef
}

// Create adds a workout of the caller's. Values that make no sense together are Unprocessable,
// with a pointer each.
func (s *Service) Create(ctx context.Context, c db.Caller, e Entry, r Repeat) (Workout, privacy.Grant, error) {
	if err := e.check(c.At()); err != nil {
		return Workout{}, privacy.Grant{}, err
	}
	d, err := e.draft()
	if err != nil {
		return Workout{}, privacy.Grant{}, err
	}
	var made []Shown
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		ids, err := r.once(ctx, tx, by, func() ([]uuid.UUID, error) {
			audience, err := by.audienceFor(e.Audience)
			if err != nil {
				return nil, err
			}
			id, _, err := d.write(ctx, tx, by, audience)
			if err == nil {
				err = d.unfit
			}
			return []uuid.UUID{id}, err
		})
		if err != nil {
			return err
		}
		made, err = s.readMade(ctx, tx, by, ids)
		return err
	})
	if err != nil {
		return Workout{}, privacy.Grant{}, err
	}
	return made[0].Workout, made[0].Grant, nil
}

func (e Entry) draft() (draft, error) {
	d, err := newDraft(Facts{
		Sport: e.Sport, Indoor: e.Indoor, Title: e.Title, StartedAt: e.StartedAt.UTC(), DurationS: e.DurationS,
		MovingS: e.MovingS, CaloriesKcal: e.CaloriesKcal, OutputKJ: e.OutputKJ,
	})
	if err != nil {
		return draft{}, err
	}
	d.source, d.distanceM, d.class = Typed, e.DistanceM, e.Class
	if some(e.PowerAvgW, e.PowerMaxW, e.CadenceAvgRPM, e.CadenceMaxRPM) {
		d.effort = &Effort{EffortFigures: EffortFigures{
			PowerAvgW: e.PowerAvgW, PowerMaxW: e.PowerMaxW, CadenceAvgRPM: e.CadenceAvgRPM, CadenceMaxRPM: e.CadenceMaxRPM,
		}}
	}
	if some(e.HeartAvgBPM, e.HeartMaxBPM) {
		d.heart = &Heart{HeartFigures: HeartFigures{AvgBPM: e.HeartAvgBPM, MaxBPM: e.HeartMaxBPM}}
	}
	if some(e.AscentM) {
		d.route = &Route{RouteFigures: RouteFigures{AscentM: e.AscentM}}
	}
	if e.Notes != nil {
		d.device = &Device{Notes: *e.Notes}
	}
	return d, nil
}

// some says whether any of the figures was given.
func some(figures ...*float64) bool {
	for _, f := range figures {
		if f != nil {
			return true
		}
	}
	return false
}
