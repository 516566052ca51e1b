package privacy

// Field is a row of the privacy model. The zero value is no field and is
// closed to everybody.
type Field uint8

const (
	noField Field = iota
	ID
	Username
	DisplayName
	Avatar
	Bio
	Location
	Gender
	Age
	HeightCM
	WeightKG
	RestingHR
	MaxHR
	FTPWatts
	Email
	BirthDate
	FollowersList
	FollowingList
	Groups
	Stats
	Workout
	Effort
	HeartRate
	Route
	Device
	Provenance
	Sync
	Leaderboard
	PrivacyZones
	Merge
	Notices
	Likes
	Comments
	Booking
	Instructors
	OwnPage
	Presence
	Coaching
	fieldCount
)

// Source says where a field's audience comes from.
type Source uint8

const (
	// FromNowhere: no rule; closed.
	FromNowhere Source = iota
	// FromDiscoverability: whoever can find the account sees it. So do those whom
	// the owner follows or asks to follow: they must be able to see, and to remove,
	// who reads them.
	FromDiscoverability
	// FromSetting: the owner chooses an audience for it.
	FromSetting
	// FromObject: the audience of the object it is part of; the owner's setting
	// is only the default for new objects.
	FromObject
	// Fixed: only the owner, whatever the settings say.
	Fixed
	// FromGroup: who is in the group with the owner; no setting changes it.
	FromGroup
)

// NoSlot is the slot of a field without a setting.
const NoSlot = -1

// Rule is one row of the model.
type Rule struct {
	Field   Field
	Subject string // profile, workout, class or group
	Name    string // the field's name in the API and in x-visibility
	Source  Source
	Default Audience // for a new account; for Fixed and FromDiscoverability informative
	Scope   Scopes   // what a viewer who is no session needs
	Slot    int      // where the owner's choice lies in Settings; never renumbered
	Sealed  bool     // sealed at rest with the member's key
}

// rules is the model. A new field starts here. Rules stand in the order of
// the fields; a test holds that, and that no slot is used twice.
var rules = [fieldCount]Rule{
	ID:            {ID, "profile", "id", FromDiscoverability, Members, ScopeProfileRead, NoSlot, false},
	Username:      {Username, "profile", "username", FromDiscoverability, Members, ScopeProfileRead, NoSlot, false},
	DisplayName:   {DisplayName, "profile", "display_name", FromSetting, Members, ScopeProfileRead, 0, false},
	Avatar:        {Avatar, "profile", "avatar", FromSetting, Members, ScopeProfileRead, 1, false},
	Bio:           {Bio, "profile", "bio", FromSetting, Followers, ScopeProfileRead, 2, false},
	Location:      {Location, "profile", "location", FromSetting, OnlyMe, ScopeLocationRead, 3, true},
	Gender:        {Gender, "profile", "gender", FromSetting, OnlyMe, ScopeProfilePrivate, 4, true},
	Age:           {Age, "profile", "age", FromSetting, OnlyMe, ScopeProfilePrivate, 5, true},
	HeightCM:      {HeightCM, "profile", "height_cm", FromSetting, OnlyMe, ScopeHealthRead, 6, true},
	WeightKG:      {WeightKG, "profile", "weight_kg", FromSetting, OnlyMe, ScopeHealthRead, 7, true},
	RestingHR:     {RestingHR, "profile", "resting_hr", FromSetting, OnlyMe, ScopeHealthRead, 8, true},
	MaxHR:         {MaxHR, "profile", "max_hr", FromSetting, OnlyMe, ScopeHealthRead, 9, true},
	FTPWatts:      {FTPWatts, "profile", "ftp_watts", FromSetting, OnlyMe, ScopeHealthRead, 10, false},
	Email:         {Email, "profile", "email", Fixed, OnlyMe, ScopeAccountRead, NoSlot, false},
	BirthDate:     {BirthDate, "profile", "birth_date", Fixed, OnlyMe, ScopeAccountRead, NoSlot, true},
	FollowersList: {FollowersList, "profile", "followers", FromSetting, Followers, ScopeSocialRead, 11, false},
	FollowingList: {FollowingList, "profile", "following", FromSetting, Followers, ScopeSocialRead, 12, false},
	Groups:        {Groups, "profile", "groups", FromSetting, OnlyMe, ScopeSocialRead, 13, false},
	Stats:         {Stats, "profile", "stats", FromSetting, Followers, ScopeWorkoutsRead, 14, false},
	Workout:       {Workout, "workout", "workout", FromObject, Followers, ScopeWorkoutsRead, 15, false},
	Effort:        {Effort, "workout", "effort", FromObject, Followers, ScopeWorkoutsRead, NoSlot, true},
	HeartRate:     {HeartRate, "workout", "heart_rate", FromSetting, OnlyMe, ScopeHealthRead, 16, true},
	Route:         {Route, "workout", "route", FromSetting, OnlyMe, ScopeLocationRead, 17, true},
	Device:        {Device, "workout", "device", Fixed, OnlyMe, ScopeWorkoutsRead, NoSlot, true},
	Provenance:    {Provenance, "workout", "provenance", FromObject, Followers, ScopeWorkoutsRead, NoSlot, false},
	Sync:          {Sync, "workout", "sync", Fixed, OnlyMe, ScopeSync, NoSlot, false},
	Leaderboard:   {Leaderboard, "class", "leaderboard", FromSetting, Followers, ScopeWorkoutsRead, 18, false},
	PrivacyZones:  {PrivacyZones, "profile", "privacy_zones", Fixed, OnlyMe, ScopeLocationRead, NoSlot, true},
	Merge:         {Merge, "workout", "merge", Fixed, OnlyMe, ScopeWorkoutsRead, NoSlot, false},
	Notices:       {Notices, "profile", "notifications", Fixed, OnlyMe, ScopeSocialRead, NoSlot, false},
	Likes:         {Likes, "workout", "likes", FromObject, Followers, ScopeSocialRead, NoSlot, false},
	Comments:      {Comments, "workout", "comments", FromObject, Followers, ScopeSocialRead, NoSlot, false},
	Booking:       {Booking, "class", "booking", Fixed, OnlyMe, ScopeBookingsRead, NoSlot, false},
	Instructors:   {Instructors, "profile", "followed_instructors", Fixed, OnlyMe, ScopeSocialRead, NoSlot, false},
	OwnPage:       {OwnPage, "profile", "instructor_page", Fixed, OnlyMe, ScopeAccountRead, NoSlot, false},
	Presence:      {Presence, "group", "presence", FromGroup, OnlyMe, ScopeSocialRead, NoSlot, false},
	Coaching:      {Coaching, "group", "coaching", Fixed, OnlyMe, ScopeSocialRead, NoSlot, false},
}

// Model is the whole table, row by row.
func Model() []Rule { return append([]Rule(nil), rules[noField+1:]...) }

// String is the field's name in the API.
func (f Field) String() string { return f.rule().Name }

// Widenable says whether an owner chooses an audience for the field.
func (f Field) Widenable() bool { return f.rule().Slot != NoSlot && f.rule().Source != FromNowhere }

// ParseField reads a field's API name; noField, which is closed, for any other.
func ParseField(name string) (Field, bool) {
	for _, r := range rules[noField+1:] {
		if r.Name == name {
			return r.Field, true
		}
	}
	return noField, false
}

func (f Field) rule() Rule {
	if f >= fieldCount {
		return rules[noField]
	}
	return rules[f]
}
