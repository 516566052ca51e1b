package member

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/privacy"
)

// Athlete is somebody as a coach of theirs gets them: the profile has a name, as far as it shows to anybody like the
// coach, and of the rest what they grant this coach, nothing else.
type Athlete struct {
	Membership privacy.Guarded[uuid.UUID]
	Profile    Profile
}

// Athlete is a membership's member for who coaches them, or for themself. fault.NotFound for everybody else, and for a
// coach whom they grant nothing.
func (s *Service) Athlete(ctx context.Context, c db.Caller, membership uuid.UUID) (Athlete, privacy.Grant, error) {
	var a Athlete
	var g privacy.Grant
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if tx.Viewer().Actor() != privacy.ActorSession {
			return fault.Unauthenticated("login_required", "sign in first")
		}
		row, err := query.New(tx).ReadAthlete(ctx, membership)
		if err != nil {
			return err
		}
		subject := query.Subject{
			MemberID: row.MemberID, Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability,
			Audiences: row.Audiences, Edge: row.Edge, Wrapped: row.Wrapped, SeenBy: row.SeenBy,
		}
		if g, err = db.Subject(subject).DecideAs(tx, privacy.Among{Mate: true, Coached: privacy.FieldsNamed(row.Fields)}); err != nil {
			return err
		}
		if a.Profile, err = s.guard(query.ReadProfileRow{
			HasAvatar: row.HasAvatar, GenderSealed: row.GenderSealed, BirthDateSealed: row.BirthDateSealed, HeightSealed: row.HeightSealed,
			WeightSealed: row.WeightSealed, RestingHrSealed: row.RestingHrSealed, MaxHrSealed: row.MaxHrSealed, FtpWatts: row.FtpWatts, Subject: subject,
		}, g, tx.Now()); err != nil {
			return err
		}
		owner := g.Owner()
		// A name that the statement left out is closed, not empty.
		a.Profile.Username = privacy.GuardOptional(owner, privacy.Username, privacy.Everyone, row.Username)
		a.Profile.DisplayName = privacy.GuardOptional(owner, privacy.DisplayName, privacy.Everyone, row.DisplayName)
		a.Membership = privacy.Guard(owner, privacy.Presence, row.Membership)
		return nil
	})
	return a, g, err
}
