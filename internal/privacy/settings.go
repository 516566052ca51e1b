package privacy

// Settings are an owner's choices, slim enough to ride along with every row:
// one row of the database, read in the statement that reads the data. The zero
// value shows nothing to anybody but the owner.
type Settings struct {
	// Private is the one switch: every audience above followers acts as followers.
	Private bool
	// Minor: 13 to 17 years old. Private is on and stays on.
	Minor bool
	// Discoverability says who can find the account; Private leaves it as it is.
	Discoverability Discoverability
	// Audiences holds two bits for each slot of the model.
	Audiences Audiences
}

// Audiences packs the owner's choices, two bits a slot. A slot that was never
// written is OnlyMe, so a field that is new is closed for every old account.
type Audiences uint64

// DefaultSettings are those of a new account.
func DefaultSettings(minor bool) Settings {
	s := Settings{Private: minor, Minor: minor, Discoverability: FoundByMembers}
	for _, r := range Model() {
		if r.Field.Widenable() {
			s.Audiences = s.Audiences.With(r.Field, r.Default)
		}
	}
	return s
}

// Chosen is the audience that the owner chose for a field, before the private
// switch; OnlyMe where there is nothing to choose.
func (a Audiences) Chosen(f Field) Audience {
	if !f.Widenable() {
		return OnlyMe
	}
	return Audience(a >> (2 * f.rule().Slot) & 3)
}

// With is the same choices with another audience for one field. A field that
// nothing can widen stays as it is.
func (a Audiences) With(f Field, to Audience) Audiences {
	if !f.Widenable() || to > Everyone {
		return a
	}
	shift := 2 * f.rule().Slot
	return a&^(3<<shift) | Audiences(to)<<shift
}

// audience is who may see a field of an object whose own audience is ceiling;
// fields of a profile have Everyone for a ceiling.
func (s Settings) audience(f Field, ceiling Audience) Audience {
	var a Audience
	switch f.rule().Source {
	case FromDiscoverability:
		return Audience(s.Discoverability)
	case FromSetting:
		a = min(s.Audiences.Chosen(f), ceiling)
	case FromObject:
		a = ceiling
	case FromNowhere, Fixed, FromGroup:
		return OnlyMe
	}
	if s.Private {
		a = min(a, Followers)
	}
	return a
}
