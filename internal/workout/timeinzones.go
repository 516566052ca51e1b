package workout

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// TimeInZones is the time of a workout in the zones that its owner's settings draw, and what it adds to
// their training load. Each stands under what it was made from, the settings included.
type TimeInZones struct {
	WorkoutID uuid.UUID
	Power     training.Derived[training.Zones]
	Heart     training.Derived[training.Zones] // by the maximum heart rate
	Reserve   training.Derived[training.Zones] // by the heart rate reserve
	Stress    training.Derived[training.Stress]
	Impulse   training.Derived[training.Impulse]
}

// TimeInZones reads a workout's samples and its owner's settings of now. NotFound as Read.
func (s *Service) TimeInZones(ctx context.Context, c db.Caller, id uuid.UUID) (TimeInZones, privacy.Grant, error) {
	out := TimeInZones{WorkoutID: id}
	var grant privacy.Grant
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		samples, by, err := s.samples(ctx, tx, id, []series.Channel{series.PowerW, series.HeartRateBPM}, everything)
		if err != nil {
			return err
		}
		grant = by
		set, err := s.settingsOf(ctx, tx, by.Owner())
		if err != nil {
			return err
		}
		power, heart := one(by, samples.Effort, series.PowerW), one(by, samples.Heart, series.HeartRateBPM)
		watts, err := privacy.Convert(by, power, func(p series.Series) (*training.Watts, error) { return kept(training.DigestWatts(p)), nil })
		if err != nil {
			return err
		}
		stress, err := privacy.Convert(by, power, func(p series.Series) (*training.Power, error) { return kept(training.DigestPower(p)), nil })
		if err != nil {
			return err
		}
		beats, err := privacy.Convert(by, heart, func(h series.Series) (*training.Heart, error) { return kept(training.DigestHeart(h)), nil })
		if err != nil {
			return err
		}
		out.Power = training.PowerZones(by, watts, set.FTPWatts)
		out.Heart = training.HeartZones(by, beats, set.MaxHR)
		out.Reserve = training.KarvonenZones(by, beats, set.MaxHR, set.RestingHR)
		out.Stress = training.PowerStress(by, stress, set.FTPWatts)
		out.Impulse = training.HeartImpulse(by, beats, set.MaxHR, set.RestingHR)
		return nil
	})
	return out, grant, err
}

// settingsOf are a member's, each under its field; closed ones where the viewer can't find the member.
func (s *Service) settingsOf(ctx context.Context, tx *db.Tx, owner uuid.UUID) (training.Settings, error) {
	rows, err := query.New(tx).ReadBody(ctx, owner)
	if err != nil || len(rows) == 0 {
		return training.Settings{}, err
	}
	subject := db.Subject(rows[0].Subject)
	grant, err := subject.Decide(tx)
	if err != nil {
		return training.Settings{}, err
	}
	o := opener{ring: s.ring, owner: subject, grant: grant}
	return o.settings(rows[0].FtpWatts, rows[0].MaxHrSealed, rows[0].RestingHrSealed)
}
