package world

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// Member is who somebody is. A nil value was never given.
type Member struct {
	ID          uuid.UUID
	Username    string
	DisplayName string
	Email       string
	Bio         *string
	Born        string // 2006-01-02
	Gender      *string
	HeightCM    *float64
	WeightKG    *float64
	RestingHR   *int
	MaxHR       *int
	FTPWatts    *int
	City        string
	Country     string
	CreatedAt   time.Time
	Settings    privacy.Settings
}

var (
	first = strings.Fields(`ada ben cleo dan eve finn gia hugo iris jon kira leo mia nils olga paul quin rosa sam tess
		udo vera will xena yara zeno anna boris clara david emma felix greta henry ines jakob karla lukas marta noah
		otto petra ralf sina timo ursula viktor wanda yusuf zoe amir bella carlos dora emil flora gustav hanna`)
	last = strings.Fields(`adler bauer cohen dietz ebert fischer gruber hansen ivanov jansen keller lang meyer novak
		olsen peters quist richter santos tanaka unger vogel weber xu young zimmer abbott becker costa duarte erikson
		ferrari garcia huber iversen jung kowalski lopez moreau nielsen ortiz perez reid silva torres urban vargas
		wagner yilmaz ziegler anders brandt conti dubois evans fuchs gomez haas ito jensen koch lind`)
	cities    = []string{"Bern", "Lyon", "Graz", "Oslo", "Porto", "Turin", "Leeds", "Ghent"}
	countries = []string{"CH", "FR", "AT", "NO", "PT", "IT", "GB", "BE"}
)

// name is a member's first and last name, as numbers.
func (w *World) name(i int) (int, int) {
	d := roll(w.Seed, streamMember, i)
	d.next()
	d.next() // these two made the id
	return d.below(len(first)), d.below(len(last))
}

// Username is the i-th member's.
func (w *World) Username(i int) string {
	f, l := w.name(i)
	return fmt.Sprintf("%s%s%d", first[f], last[l], i)
}

// CommonPrefix begins the usernames of some members: those with the names of the i-th.
func (w *World) CommonPrefix(i int) string {
	f, l := w.name(i)
	return first[f] + last[l]
}

// Email is the i-th member's.
func (w *World) Email(i int) string { return fmt.Sprintf("m%d@bench.test", i) }

// Member is the i-th member.
func (w *World) Member(i int) Member {
	f, l := w.name(i)
	d := roll(w.Seed, streamMember, i)
	for range 4 {
		d.next()
	}
	m := Member{
		ID: w.MemberID(i), Username: w.Username(i), Email: w.Email(i), Settings: w.Settings(i),
		DisplayName: strings.ToUpper(first[f][:1]) + first[f][1:] + " " + strings.ToUpper(last[l][:1]) + last[l][1:],
		CreatedAt:   w.Base.Add(-time.Duration(731*24+d.below(24*400)) * time.Hour),
	}
	year := 1950 + d.below(55)
	if m.Settings.Minor {
		year = w.Base.Year() - 15
	}
	m.Born = fmt.Sprintf("%d-%02d-%02d", year, 1+d.below(12), 1+d.below(28))
	if d.chance(0.4) {
		m.Bio = new("Rides before work, runs at weekends. " + first[d.below(len(first))] + " made me do it.")
	}
	if d.chance(0.7) {
		m.Gender = new([]string{"woman", "man", "man", "woman", "nonbinary"}[d.below(5)])
		m.HeightCM, m.WeightKG = new(float64(150+d.below(50))), new(tenths(d.between(48, 105)))
	}
	if d.chance(0.5) {
		m.RestingHR, m.MaxHR = new(45+d.below(25)), new(165+d.below(40))
	}
	if d.chance(0.4) {
		m.FTPWatts = new(140 + d.below(200))
	}
	if d.chance(0.5) {
		at := d.below(len(cities))
		m.City, m.Country = cities[at], countries[at]
	}
	return m
}

// The settings of new accounts, made once: making them walks the whole model.
var (
	adults = privacy.DefaultSettings(false)
	minors = privacy.DefaultSettings(true)
)

// Settings are the i-th member's choices.
func (w *World) Settings(i int) privacy.Settings {
	d := roll(w.Seed, streamPick, i)
	d.next()
	kind := d.share()
	s := adults
	switch {
	case kind < 0.03:
		s = minors
	case kind < 0.11:
		s.Private = true
	case kind < 0.17: // open to everyone
		s.Discoverability = privacy.FoundByEveryone
		for _, f := range []privacy.Field{privacy.DisplayName, privacy.Avatar, privacy.Bio, privacy.Workout} {
			s.Audiences = s.Audiences.With(f, privacy.Everyone)
		}
		s.Audiences = s.Audiences.With(privacy.HeartRate, privacy.Followers).With(privacy.Route, privacy.Followers)
	case kind < 0.21: // shares heart and route with followers
		s.Audiences = s.Audiences.With(privacy.HeartRate, privacy.Followers).With(privacy.Route, privacy.Followers)
	case kind < 0.23:
		s.Discoverability = privacy.FoundByFollowers
	case kind < 0.24:
		s.Discoverability = privacy.FoundByNobody
	case kind < 0.25:
		s.Audiences = s.Audiences.With(privacy.Workout, privacy.OnlyMe)
	}
	return s
}

func tenths(v float64) float64 { return math.Round(v*10) / 10 }
