package member

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/privacy"
)

// Profile is who a member is, each value guarded by its row of the privacy
// model. A value that was never given is closed like one that is hidden.
type Profile struct {
	ID          privacy.Guarded[uuid.UUID]
	Username    privacy.Guarded[string]
	DisplayName privacy.Guarded[string]
	HasAvatar   privacy.Guarded[bool]
	Bio         privacy.Guarded[string]
	Location    privacy.Guarded[Location]
	Gender      privacy.Guarded[Gender]
	Age         privacy.Guarded[int] // whole years at the moment of the request
	HeightCM    privacy.Guarded[float64]
	WeightKG    privacy.Guarded[float64]
	RestingHR   privacy.Guarded[int] // beats per minute
	MaxHR       privacy.Guarded[int] // beats per minute
	FTPWatts    privacy.Guarded[int]
	Email       privacy.Guarded[string]
	BirthDate   privacy.Guarded[time.Time] // midnight UTC
	Followers   privacy.Guarded[int]       // how many of them the viewer can find
	Following   privacy.Guarded[int]       // how many of them the viewer can find
	// Settings stand under the e-mail address: for the owner, and fixed.
	Settings privacy.Guarded[privacy.Settings]
}

// Location is where a member says they live. Either may be empty, not both.
type Location struct {
	City    string
	Country string // ISO 3166-1 alpha-2
}

// Gender is what a member says theirs is.
type Gender string

// The genders there are.
const (
	Woman       Gender = "woman"
	Man         Gender = "man"
	Nonbinary   Gender = "nonbinary"
	OtherGender Gender = "other"
	Undisclosed Gender = "undisclosed"
)

// Read is a member by id or username, as the viewer may see them. It gives
// fault.NotFound for whoever the viewer can't find.
func (s *Service) Read(ctx context.Context, c db.Caller, name string) (Profile, privacy.Grant, error) {
	who := db.ParseRef(name)
	var p Profile
	var g privacy.Grant
	err := s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		p, g, err = s.readProfile(ctx, tx, query.ReadProfileParams{ID: who.ID, Username: who.Username})
		return err
	})
	return p, g, err
}

// Own is the viewer's own profile.
func (s *Service) Own(ctx context.Context, c db.Caller) (Profile, privacy.Grant, error) {
	var p Profile
	var g privacy.Grant
	err := s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		p, g, err = s.readProfile(ctx, tx, own)
		if tx.Viewer().Actor() == privacy.ActorAnonymous {
			return signedIn(tx)
		}
		return err
	})
	return p, g, err
}

var own = query.ReadProfileParams{Own: true}

func (s *Service) readProfile(ctx context.Context, tx *db.Tx, who query.ReadProfileParams) (Profile, privacy.Grant, error) {
	row, err := query.New(tx).ReadProfile(ctx, who)
	if err != nil {
		return Profile{}, privacy.Grant{}, err
	}
	g, err := db.Subject(row.Subject).Decide(tx)
	if err != nil {
		return Profile{}, privacy.Grant{}, err
	}
	if err := shown(g); err != nil {
		return Profile{}, privacy.Grant{}, err
	}
	p, err := s.guard(row, g, tx.Now())
	return p, g, err
}

// guard wraps what a row holds, for the eyes of a grant: what that keeps closed
// stays sealed.
func (s *Service) guard(row query.ReadProfileRow, g privacy.Grant, now time.Time) (Profile, error) {
	owner := g.Owner()
	p := Profile{
		ID:          privacy.Guard(owner, privacy.ID, owner),
		Username:    privacy.Guard(owner, privacy.Username, row.Username),
		DisplayName: privacy.Guard(owner, privacy.DisplayName, row.DisplayName),
		HasAvatar:   privacy.GuardOptional(owner, privacy.Avatar, privacy.Everyone, whenTrue(row.HasAvatar)),
		Bio:         privacy.GuardOptional(owner, privacy.Bio, privacy.Everyone, row.Bio),
		FTPWatts:    privacy.GuardOptional(owner, privacy.FTPWatts, privacy.Everyone, asInt(row.FtpWatts)),
		Email:       privacy.GuardOptional(owner, privacy.Email, privacy.Everyone, row.Email),
		Followers:   privacy.Guard(owner, privacy.FollowersList, int(row.Followers)),
		Following:   privacy.Guard(owner, privacy.FollowingList, int(row.Following)),
		Settings:    privacy.Guard(owner, privacy.Email, db.Subject(row.Subject).Settings()),
	}
	box := s.boxOf(row.Subject)
	birth := unseal[string](box, g, privacy.BirthDate, birthDate, row.BirthDateSealed)
	born := unseal[string](box, g, privacy.Age, birthDate, row.BirthDateSealed)
	p.Location = unseal[Location](box, g, privacy.Location, location, row.LocationSealed)
	p.Gender = unseal[Gender](box, g, privacy.Gender, gender, row.GenderSealed)
	p.HeightCM = unseal[float64](box, g, privacy.HeightCM, height, row.HeightSealed)
	p.WeightKG = unseal[float64](box, g, privacy.WeightKG, weight, row.WeightSealed)
	p.RestingHR = unseal[int](box, g, privacy.RestingHR, restingHR, row.RestingHrSealed)
	p.MaxHR = unseal[int](box, g, privacy.MaxHR, maxHR, row.MaxHrSealed)
	if box.err != nil {
		return Profile{}, box.err
	}
	var err error
	if p.BirthDate, err = privacy.Convert(g, birth, parseDate); err != nil {
		return Profile{}, err
	}
	p.Age, err = privacy.Convert(g, born, func(date string) (*int, error) {
		day, err := parseDate(date)
		if err != nil {
			return nil, err
		}
		years := Age(*day, now)
		return &years, nil
	})
	return p, err
}

func parseDate(text string) (*time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	return &day, err
}

// Age is the whole years that somebody born on that day has lived, in UTC.
// Whoever was born on 29 February has their birthday on 1 March in other years.
func Age(born, now time.Time) int {
	now = now.UTC()
	years := now.Year() - born.Year()
	if now.Month() < born.Month() || now.Month() == born.Month() && now.Day() < born.Day() {
		years--
	}
	return years
}

func whenTrue(b bool) *bool {
	if !b {
		return nil
	}
	return &b
}

func asInt(v *int32) *int {
	if v == nil {
		return nil
	}
	i := int(*v)
	return &i
}
