package member

import (
	"context"
	"slices"
	"strings"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/privacy"
)

// adult is the age at which an account is a minor's no longer.
const adult = 18

// SettingsEdit is an edit of privacy settings; nil, and a field that isn't
// there, stay as they are.
type SettingsEdit struct {
	Private         *bool
	Discoverability *privacy.Discoverability
	Audiences       map[privacy.Field]privacy.Audience
}

// Settings are the viewer's own privacy settings, as they chose them. They stand
// under the e-mail address: for the owner, and fixed.
func (s *Service) Settings(ctx context.Context, c db.Caller) (privacy.Guarded[privacy.Settings], privacy.Grant, error) {
	var v privacy.Guarded[privacy.Settings]
	var g privacy.Grant
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadSettings(ctx)
		if err != nil {
			return err
		}
		v, g, err = guardSettings(tx, row.Subject)
		return err
	})
	return v, g, err
}

// EditSettings changes the viewer's own privacy settings and gives them as they
// are then, which the very next read of anybody obeys. check is asked as in Edit.
//
// Whoever is under 18 stays private: fault.Forbidden, minor_stays_private. Once
// they are 18, any edit ends the account's being a minor's; private it stays
// until it is switched off. While an account is private, no field is widened
// above followers: fault.Conflict, account_is_private.
func (s *Service) EditSettings(ctx context.Context, c db.Caller, e SettingsEdit,
	check func(privacy.Guarded[privacy.Settings], privacy.Grant) error,
) (privacy.Guarded[privacy.Settings], privacy.Grant, error) {
	var v privacy.Guarded[privacy.Settings]
	var g privacy.Grant
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if _, err := q.LockOwn(ctx); err != nil {
			return err
		}
		row, err := q.ReadSettings(ctx)
		if err != nil {
			return err
		}
		if v, g, err = guardSettings(tx, row.Subject); err != nil {
			return err
		}
		if err := check(v, g); err != nil {
			return err
		}
		now := db.Subject(row.Subject).Settings()
		if now.Minor, err = s.isMinor(tx, row); err != nil {
			return err
		}
		next, err := e.apply(now)
		if err != nil {
			return err
		}
		if err := onlyOne(q.UpdateSettings(ctx, query.UpdateSettingsParams{
			Private: next.Private, Minor: next.Minor,
			Discoverability: int16(next.Discoverability), Audiences: int64(next.Audiences), //nolint:gosec // the same 64 bits
		})); err != nil {
			return err
		}
		if err := q.Enlist(ctx); err != nil {
			return err
		}
		if err := q.PlaceOwn(ctx); err != nil {
			return err
		}
		after, err := q.ReadSettings(ctx)
		if err != nil {
			return err
		}
		v, g, err = guardSettings(tx, after.Subject)
		return err
	})
	return v, g, err
}

// isMinor says whether an account is a minor's still, of one that was at its owner's last edit.
func (s *Service) isMinor(tx *db.Tx, row query.ReadSettingsRow) (bool, error) {
	if !row.Subject.Minor {
		return false, nil
	}
	date, err := openColumn[string](s.boxOf(row.Subject), birthDate, row.BirthDateSealed)
	if err != nil {
		return true, err
	}
	born, err := parseDate(*date)
	if err != nil {
		return true, err
	}
	return Age(*born, tx.Now()) < adult, nil
}

// ComeOfAge ends the viewer's account's being a minor's if they are 18 by now, as an edit of their settings
// does. It is for what is refused to minors, before it is asked who is one.
func (s *Service) ComeOfAge(ctx context.Context, c db.Caller) error {
	grown := false
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadSettings(ctx)
		if err != nil || !row.Subject.Minor {
			return err
		}
		minor, err := s.isMinor(tx, row)
		grown = !minor
		return err
	})
	if err != nil || !grown {
		return err
	}
	_, _, err = s.EditSettings(ctx, c, SettingsEdit{}, func(privacy.Guarded[privacy.Settings], privacy.Grant) error { return nil })
	return err
}

func guardSettings(tx *db.Tx, row query.Subject) (privacy.Guarded[privacy.Settings], privacy.Grant, error) {
	subject := db.Subject(row)
	g, err := subject.Decide(tx)
	return privacy.Guard(subject.MemberID, privacy.Email, subject.Settings()), g, err
}

// apply is the settings after the edit.
func (e SettingsEdit) apply(now privacy.Settings) (privacy.Settings, error) {
	next := now
	if e.Private != nil {
		next.Private = *e.Private
	}
	if next.Minor && !next.Private {
		return now, fault.Forbidden("minor_stays_private", "an account of somebody under 18 is private, and stays so")
	}
	if e.Discoverability != nil {
		next.Discoverability = *e.Discoverability
	}
	var unknown, widened []fault.Field
	for field, to := range e.Audiences {
		at := "/audiences/" + field.String()
		switch {
		case !field.Widenable() || to > privacy.Everyone:
			unknown = append(unknown, fault.At(at, "no_such_setting", "has no such audience to choose"))
		case next.Private && to > privacy.Followers && to > now.Audiences.Chosen(field):
			widened = append(widened, fault.At(at, "account_is_private", "can't be wider than followers while the account is private"))
		}
		next.Audiences = next.Audiences.With(field, to)
	}
	switch {
	case next.Discoverability > privacy.FoundByEveryone:
		unknown = append(unknown, fault.At("/discoverability", "no_such_setting", "is not one of those there are"))
		fallthrough
	case len(unknown) > 0:
		return now, fault.Unprocessable("no_such_setting", "there is no such setting", sorted(unknown)...)
	case len(widened) > 0:
		return now, fault.Conflict("account_is_private", "switch private off before showing more than followers may see").
			With(sorted(widened)...)
	}
	return next, nil
}

// sorted puts the members of a map into an order that stays the same.
func sorted(fields []fault.Field) []fault.Field {
	slices.SortFunc(fields, func(a, b fault.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	return fields
}
