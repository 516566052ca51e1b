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
