package dto

import (
	"github.com/oapi-codegen/nullable"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
)

// PrivacyBody is an owner's settings, for the owner. For anybody else it is the
// empty body, which can't be sent.
func PrivacyBody(v privacy.Guarded[privacy.Settings], g privacy.Grant) Body {
	var shows shower
	s := opened(shows.by(g), v)
	if s == nil {
		return Body{}
	}
	return shows.body(Privacy{
		Private: s.Private, Minor: s.Minor, Discoverability: Discoverability(s.Discoverability.String()), Audiences: audiencesOf(*s),
	})
}

// places are where the contract has each field's audience: all that an owner
// chooses, and no other. A test holds it to the model.
func places(a *Audiences) map[privacy.Field]**Audience {
	return map[privacy.Field]**Audience{
		privacy.DisplayName:   &a.DisplayName,
		privacy.Avatar:        &a.Avatar,
		privacy.Bio:           &a.Bio,
		privacy.Location:      &a.Location,
		privacy.Gender:        &a.Gender,
		privacy.Age:           &a.Age,
		privacy.HeightCM:      &a.HeightCm,
		privacy.WeightKG:      &a.WeightKg,
		privacy.RestingHR:     &a.RestingHr,
		privacy.MaxHR:         &a.MaxHr,
		privacy.FTPWatts:      &a.FtpWatts,
		privacy.FollowersList: &a.Followers,
		privacy.FollowingList: &a.Following,
		privacy.Groups:        &a.Groups,
		privacy.Stats:         &a.Stats,
		privacy.Workout:       &a.Workout,
		privacy.HeartRate:     &a.HeartRate,
		privacy.Route:         &a.Route,
		privacy.Leaderboard:   &a.Leaderboard,
	}
}

func audiencesOf(s privacy.Settings) Audiences {
	var out Audiences
	for field, at := range places(&out) {
		chosen := Audience(s.Audiences.Chosen(field).String())
		*at = &chosen
	}
	return out
}

// SettingsEdit is what a patch of the settings asks for.
func (p PrivacyPatch) SettingsEdit() (member.SettingsEdit, error) {
	e := member.SettingsEdit{Private: p.Private}
	if p.Discoverability != nil {
		d, err := privacy.ParseDiscoverability(string(*p.Discoverability))
		if err != nil {
			return e, noSuchChoice("/discoverability", err)
		}
		e.Discoverability = &d
	}
	if p.Audiences == nil {
		return e, nil
	}
	e.Audiences = map[privacy.Field]privacy.Audience{}
	for field, at := range places(p.Audiences) {
		if *at == nil {
			continue
		}
		a, err := privacy.ParseAudience(string(**at))
		if err != nil {
			return e, noSuchChoice("/audiences/"+field.String(), err)
		}
		e.Audiences[field] = a
	}
	return e, nil
}

func noSuchChoice(pointer string, cause error) error {
	return fault.Invalid("no_such_choice", "it is not one of the choices there are",
		fault.At(pointer, "no_such_choice", "is not one of the choices there are")).Because(cause)
}

// Edit is what a patch of a profile asks for.
func (p ProfilePatch) Edit() member.Edit {
	e := member.Edit{
		Bio:       change(p.Bio, same[string]),
		Location:  change(p.Location, placeOf),
		Gender:    change(p.Gender, func(v Gender) member.Gender { return member.Gender(v) }),
		HeightCM:  change(p.HeightCm, same[float64]),
		WeightKG:  change(p.WeightKg, same[float64]),
		RestingHR: change(p.RestingHr, same[int]),
		MaxHR:     change(p.MaxHr, same[int]),
		FTPWatts:  change(p.FtpWatts, same[int]),
	}
	if p.DisplayName != nil {
		e.DisplayName = member.To(*p.DisplayName)
	}
	return e
}

// change tells absent, null and a value apart.
func change[T, U any](v nullable.Nullable[T], convert func(T) U) member.Change[U] {
	switch {
	case !v.IsSpecified():
		return member.Change[U]{}
	case v.IsNull():
		return member.Cleared[U]()
	default:
		return member.To(convert(v.MustGet()))
	}
}

func same[T any](v T) T { return v }

func placeOf(l Location) member.Location {
	var out member.Location
	if l.City != nil {
		out.City = *l.City
	}
	if l.Country != nil {
		out.Country = *l.Country
	}
	return out
}
