package member

import (
	"context"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/text"
)

// Change is what an edit says of one value: nothing, a value, or none any more.
// The zero Change says nothing.
type Change[T any] struct {
	set   bool
	value *T
}

// To changes a value to v.
func To[T any](v T) Change[T] { return Change[T]{set: true, value: &v} }

// Cleared takes a value away.
func Cleared[T any]() Change[T] { return Change[T]{set: true} }

// over is the value after the change.
func (c Change[T]) over(old *T) *T {
	if c.set {
		return c.value
	}
	return old
}

// Edit is an edit of a profile. A display name can't be cleared.
type Edit struct {
	DisplayName Change[string] // 1 to 50 characters
	Bio         Change[string] // 1 to 500 characters
	Location    Change[Location]
	Gender      Change[Gender]
	HeightCM    Change[float64] // 30 to 300
	WeightKG    Change[float64] // 20 to 500
	RestingHR   Change[int]     // 20 to 150 beats per minute, under MaxHR
	MaxHR       Change[int]     // 60 to 250 beats per minute
	FTPWatts    Change[int]     // 1 to 2500
}

// Edit changes the viewer's own profile and gives it as it is then. check is
// asked about the profile as it was, which nobody else can edit any more; its
// error ends the edit. Values out of bounds, or that make no sense together, are
// fault.Unprocessable and name their members of the contract's ProfilePatch.
func (s *Service) Edit(ctx context.Context, c db.Caller, e Edit,
	check func(Profile, privacy.Grant) error,
) (Profile, privacy.Grant, error) {
	var p Profile
	var g privacy.Grant
	err := s.asMember(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		q := query.New(tx)
		if _, err := q.LockOwn(ctx); err != nil {
			return err
		}
		row, err := q.ReadProfile(ctx, own)
		if err != nil {
			return err
		}
		if g, err = db.Subject(row.Subject).Decide(tx); err != nil {
			return err
		}
		if p, err = s.guard(row, g, tx.Now()); err != nil {
			return err
		}
		if err := check(p, g); err != nil {
			return err
		}
		box := s.boxOf(row.Subject)
		if err := e.validate(box, row); err != nil {
			return err
		}
		if err := onlyOne(q.UpdateProfile(ctx, e.columns(box, row, tx))); err != nil {
			return err
		}
		if err := q.Enlist(ctx); err != nil {
			return err
		}
		if box.err != nil {
			return box.err
		}
		p, g, err = s.readProfile(ctx, tx, own)
		return err
	})
	return p, g, err
}

// columns are the row after the edit. What it doesn't touch keeps its bytes.
func (e Edit) columns(b *box, row query.ReadProfileRow, tx *db.Tx) query.UpdateProfileParams {
	name := *e.DisplayName.over(&row.DisplayName)
	return query.UpdateProfileParams{
		DisplayName:     name,
		SearchName:      SearchName(name),
		Bio:             e.Bio.over(row.Bio),
		FtpWatts:        asInt32(e.FTPWatts.over(asInt(row.FtpWatts))),
		LocationSealed:  sealColumn(b, location, row.LocationSealed, e.Location),
		GenderSealed:    sealColumn(b, gender, row.GenderSealed, e.Gender),
		HeightSealed:    sealColumn(b, height, row.HeightSealed, e.HeightCM),
		WeightSealed:    sealColumn(b, weight, row.WeightSealed, e.WeightKG),
		RestingHrSealed: sealColumn(b, restingHR, row.RestingHrSealed, e.RestingHR),
		MaxHrSealed:     sealColumn(b, maxHR, row.MaxHrSealed, e.MaxHR),
		At:              tx.Now(),
	}
}

// validate says everything that is wrong with an edit at once.
func (e Edit) validate(b *box, row query.ReadProfileRow) error {
	var wrong []fault.Field
	is := func(ok bool, member, code, message string) {
		if !ok {
			wrong = append(wrong, fault.At("/"+member, fault.Code(code), message))
		}
	}
	is(e.DisplayName.value != nil || !e.DisplayName.set, "display_name", "required", "a display name can't be cleared")
	is(textWithin(e.DisplayName.value, 50, text.Line), "display_name", "invalid_text",
		"give 1 to 50 characters on one line, some of them visible and none a control character")
	is(textWithin(e.Bio.value, 500, text.Lines), "bio", "invalid_text",
		"give 1 to 500 characters, some of them visible and none a control character")
	if l := e.Location.value; l != nil {
		is(l.City != "" || l.Country != "", "location", "empty", "give a city, a country or both; null clears")
		is(l.City == "" || textWithin(&l.City, 80, text.Line), "location/city", "invalid_text",
			"give 1 to 80 characters on one line, some of them visible and none a control character")
		is(l.Country == "" || isCountry(l.Country), "location/country", "unknown_country", "give an ISO 3166-1 alpha-2 code")
	}
	if v := e.Gender.value; v != nil {
		switch *v {
		case Woman, Man, Nonbinary, OtherGender, Undisclosed:
		default:
			is(false, "gender", "unknown_gender", "is not one of those there are")
		}
	}
	is(within(e.HeightCM.value, 30, 300), "height_cm", "out_of_range", "give 30 to 300 centimetres")
	is(within(e.WeightKG.value, 20, 500), "weight_kg", "out_of_range", "give 20 to 500 kilograms")
	is(within(e.RestingHR.value, 20, 150), "resting_hr", "out_of_range", "give 20 to 150 beats per minute")
	is(within(e.MaxHR.value, 60, 250), "max_hr", "out_of_range", "give 60 to 250 beats per minute")
	is(within(e.FTPWatts.value, 1, 2500), "ftp_watts", "out_of_range", "give 1 to 2500 watts")
	if e.RestingHR.value != nil || e.MaxHR.value != nil {
		resting, err := openColumn[int](b, restingHR, row.RestingHrSealed)
		if err != nil {
			return err
		}
		highest, err := openColumn[int](b, maxHR, row.MaxHrSealed)
		if err != nil {
			return err
		}
		resting, highest = e.RestingHR.over(resting), e.MaxHR.over(highest)
		member := "max_hr"
		if !e.MaxHR.set {
			member = "resting_hr"
		}
		is(resting == nil || highest == nil || *resting < *highest, member, "not_above_resting",
			"the highest heart rate must be above the resting one")
	}
	if len(wrong) > 0 {
		return fault.Unprocessable("invalid_value", "the profile can't be like that", wrong...)
	}
	return nil
}

// textWithin: there is none, or it has at most so many characters and keeps the rule.
func textWithin(s *string, most int, rule func(string) error) bool {
	return s == nil || utf8.RuneCountInString(*s) <= most && rule(*s) == nil
}

// within: there is none, or it lies between the two. NaN lies nowhere.
func within[T int | float64](v *T, low, high T) bool {
	return v == nil || *v >= low && *v <= high
}

// isCountry says whether there is such an ISO 3166-1 alpha-2 code.
func isCountry(text string) bool {
	region, err := language.ParseRegion(text)
	return err == nil && len(text) == 2 && region.IsCountry() && region.String() == text
}

func asInt32(v *int) *int32 {
	if v == nil {
		return nil
	}
	i := int32(*v) //nolint:gosec // validated
	return &i
}

// onlyOne: an owner's write changes the owner's one row. Anything else is
// undone.
func onlyOne(rows int64, err error) error {
	if err == nil && rows != 1 {
		return fault.NotFound()
	}
	return err
}
