package privacy

// Grantable says whether an owner may grant the field to a coach: what training is made of, and never
// what is fixed, who the owner is, where they live, or whom they know.
func (f Field) Grantable() bool {
	switch f {
	case Gender, Age, HeightCM, WeightKG, RestingHR, MaxHR, FTPWatts, Workout, Effort, HeartRate, Route:
		return true
	default:
		return false
	}
}

// OfHealthOrPlace says whether the field is of health or place, which a minor can't grant.
func (f Field) OfHealthOrPlace() bool { return f.rule().Scope&(ScopeHealthRead|ScopeLocationRead) != 0 }
