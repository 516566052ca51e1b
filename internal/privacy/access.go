package privacy

// accessFields are what an access grant can name: what a profile holds of a member alone.
var accessFields = FieldsOf(Username, DisplayName, Bio, Location, Gender, Age, HeightCM, WeightKG, RestingHR, MaxHR, FTPWatts, Email, BirthDate)

// AccessFields are the fields that an access grant can name for a viewer: for support those of
// health and place are not among them, for whoever holds neither duty none is.
func AccessFields(v Viewer) Fields {
	if !v.Holds(Support) {
		return 0
	}
	set := accessFields
	if !v.Holds(Admin) {
		for _, r := range Model() {
			if r.Scope&(ScopeHealthRead|ScopeLocationRead) != 0 {
				set &^= 1 << r.Field
			}
		}
	}
	return set
}

// DecideAccess asks the policy what an access grant for some fields opens for staff. It opens
// those fields, as far as the viewer's duty goes and whatever the owner chose, and nothing else;
// the zero Viewer, a member without the duty, and a session that no second factor proved get a
// grant that opens nothing.
func DecideAccess(v Viewer, s Subject, named Fields) (Grant, error) {
	g, err := Decide(v, s)
	if err != nil {
		return Grant{}, err
	}
	opened := Grant{owner: g.owner}
	if v.Factor() >= FactorGiven {
		opened.access = named & AccessFields(v)
	}
	return opened, nil
}
