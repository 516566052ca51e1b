package member

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/privacy"
)

// UnderAccess is a profile as far as an access grant of the viewer's opens it. The statement
// that reads it notes that it did, in the audit and for the member; a grant that is over, was
// ended, or is somebody else's is fault.NotFound, like none.
func (s *Service) UnderAccess(ctx context.Context, c db.Caller, access uuid.UUID) (Profile, privacy.Grant, error) {
	var p Profile
	var g privacy.Grant
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Demand(db.Duty{Of: privacy.Support}); err != nil {
			return err
		}
		row, err := query.New(tx).ReadUnderAccess(ctx, access, tx.Now())
		if err != nil {
			return err
		}
		subject := query.Subject{MemberID: row.MemberID, Wrapped: row.Wrapped, SeenBy: row.SeenBy}
		if g, err = db.Subject(subject).DecideAccess(tx, row.Fields); err != nil {
			return err
		}
		p, err = s.guard(query.ReadProfileRow{
			Subject: subject, Username: row.Username, DisplayName: row.DisplayName, Bio: unlessZero(row.Bio), Email: unlessZero(row.Email),
			FtpWatts: unlessZero(row.FtpWatts), LocationSealed: row.LocationSealed, GenderSealed: row.GenderSealed, BirthDateSealed: row.BirthDateSealed,
			HeightSealed: row.HeightSealed, WeightSealed: row.WeightSealed, RestingHrSealed: row.RestingHrSealed, MaxHrSealed: row.MaxHrSealed,
		}, g, tx.Now())
		return err
	})
	return p, g, err
}

func unlessZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
