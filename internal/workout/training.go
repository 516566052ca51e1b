package workout

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout/query"
)

// Here a member's workouts become what package training computes with: each value under its field,
// from the digests of the parts. What the viewer may not see never gets here or stays closed, so
// nothing is computed of it.

// mostCounted is how many workouts of a member count, the newest: it bounds what one read costs.
const mostCounted = 5000

// question is which workouts of whom, and what of them.
type question struct {
	ref      string // an id or a username
	sport    *Sport // nil: all
	since    time.Time
	families []privacy.Field // those whose digests are wanted
}

// history is what the viewer may see of a member's workouts.
type history struct {
	grant    privacy.Grant
	workouts []training.Workout
	settings training.Settings
	sports   []Sport // of the workouts, each once, the one done last first
}

// history reads the answer to a question. NotFound where the viewer can't find the member, or may not
// see what sums up their workouts.
func (s *Service) history(ctx context.Context, c db.Caller, q question) (history, error) {
	var out history
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		rows, err := s.readTraining(ctx, tx, q)
		if err != nil {
			return err
		}
		out = history{}
		o := opener{ring: s.ring} // one for all: they have one owner and one key
		for i, row := range rows {
			grant, err := findable(tx, row.Subject)
			if err == nil && !grant.Shows(privacy.Stats) {
				err = fault.NotFound()
			}
			if err != nil {
				return err
			}
			o.owner, o.grant, o.workout, o.audience = db.Subject(row.Subject), grant, row.ID, db.Audience(row.Audience)
			if i == 0 {
				out.grant = grant
				if out.settings, err = o.settings(row.FtpWatts, row.MaxHrSealed, row.RestingHrSealed); err != nil {
					return err
				}
			}
			if row.ID == uuid.Nil {
				break // there is no workout to show
			}
			if !grant.ShowsWithin(privacy.Workout, o.audience) {
				return db.ErrDisagree
			}
			if err := out.add(&o, row); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// readTraining reads the rows, once all of the viewer's own samples have digests, or as many more
// as one look makes.
func (s *Service) readTraining(ctx context.Context, tx *db.Tx, q question) ([]query.ReadTrainingRow, error) {
	who := db.ParseRef(q.ref)
	ask := query.ReadTrainingParams{Since: q.since, RowLimit: mostCounted, Families: []string{}, ID: who.ID, Username: who.Username}
	for _, f := range q.families {
		ask.Families = append(ask.Families, f.String())
	}
	if q.sport != nil {
		ask.Sport = new(string(*q.sport))
	}
	rows, err := query.New(tx).ReadTraining(ctx, ask)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.NotFound()
	}
	if len(q.families) == 0 || rows[0].Subject.MemberID != tx.Viewer().Member() {
		return rows, nil
	}
	by, err := s.readSelf(ctx, tx)
	if err != nil {
		return nil, err
	}
	if made, err := digestMore(ctx, query.New(tx), by); err != nil || made == 0 {
		return rows, err
	}
	return query.New(tx).ReadTraining(ctx, ask)
}

// add puts each value of a row under its field. Its owner's digests and figures are of the whole of what
// zones cut.
func (h *history) add(o *opener, row query.ReadTrainingRow) error {
	digestAt := digestAt
	_, err := privacy.Convert(o.grant, o.closed(privacy.Device, row.WholeSealed), func(sealed []byte) (*Whole, error) {
		key, err := o.unwrap()
		if err != nil {
			return nil, err
		}
		w, err := seal.OpenValue[Whole](key, wholeAt(row.ID), sealed)
		row.StartedAt, row.DurationS, row.DistanceM, row.RouteDistanceM = w.StartedAt, w.DurationS, w.DistanceM, w.TrackM
		row.CaloriesKcal, row.OutputKj, digestAt = w.CaloriesKcal, w.OutputKJ, wholeDigestAt
		return &w, err
	})
	if err != nil {
		return err
	}
	w := training.Workout{
		ID: row.ID,
		Facts: privacy.GuardWithin(row.Subject.MemberID, privacy.Workout, o.audience, training.Facts{
			Sport: Sport(row.Sport), StartedAt: row.StartedAt.UTC(), DurationS: row.DurationS,
			CaloriesKcal: row.CaloriesKcal, OutputKJ: row.OutputKj,
		}),
		DistanceM: privacy.GuardOptional(row.Subject.MemberID, privacy.Workout, o.audience, row.DistanceM),
	}
	if row.DistanceM == nil {
		w.DistanceM = privacy.GuardOptional(row.Subject.MemberID, privacy.Route, o.audience, row.RouteDistanceM)
	}
	effort, err := unsealAt[digest](o, privacy.Effort, row.EffortDigest, digestAt(privacy.Effort, row.ID))
	if err != nil {
		return err
	}
	heart, err := unsealAt[digest](o, privacy.HeartRate, row.HeartDigest, digestAt(privacy.HeartRate, row.ID))
	if err != nil {
		return err
	}
	route, err := unsealAt[digest](o, privacy.Route, row.RouteDigest, digestAt(privacy.Route, row.ID))
	if err != nil {
		return err
	}
	// What was counted by the device beats what the track gives.
	counted := false
	if w.Power, err = privacy.Convert(o.grant, effort, func(d digest) (*training.Power, error) { return d.Power, nil }); err != nil {
		return err
	}
	if w.Heart, err = privacy.Convert(o.grant, heart, func(d digest) (*training.Heart, error) { return d.Heart, nil }); err != nil {
		return err
	}
	if w.Distance, err = privacy.Convert(o.grant, effort, func(d digest) (*training.Distance, error) {
		counted = d.Distance != nil
		return d.Distance, nil
	}); err != nil {
		return err
	}
	if !counted {
		w.Distance, err = privacy.Convert(o.grant, route, func(d digest) (*training.Distance, error) { return d.Distance, nil })
	}
	h.workouts = append(h.workouts, w)
	h.note(Sport(row.Sport))
	return err
}

// note takes a sport in, once.
func (h *history) note(sport Sport) {
	for _, known := range h.sports {
		if known == sport {
			return
		}
	}
	h.sports = append(h.sports, sport)
}

// settings are the member's own, for who can find the member: nothing of a profile that can't be found
// shows, whatever its fields say.
func (o *opener) settings(ftpWatts *int32, maxHR, restingHR []byte) (training.Settings, error) {
	if !o.grant.Shows(privacy.Username) {
		return training.Settings{}, nil
	}
	profile := *o
	profile.audience = privacy.Everyone // a profile has no audience of its own
	out := training.Settings{}
	if ftpWatts != nil {
		out.FTPWatts = privacy.Guard(o.owner.MemberID, privacy.FTPWatts, int(*ftpWatts))
	}
	at := func(column string) seal.Context {
		return seal.Context{Column: "profile." + column, Row: o.owner.MemberID}
	}
	var err error
	if out.MaxHR, err = unsealAt[int](&profile, privacy.MaxHR, maxHR, at("max_hr_sealed")); err != nil {
		return training.Settings{}, err
	}
	out.RestingHR, err = unsealAt[int](&profile, privacy.RestingHR, restingHR, at("resting_hr_sealed"))
	return out, err
}
