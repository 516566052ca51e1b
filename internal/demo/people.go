package demo

import (
	"fmt"
	"math"
	"math/rand/v2" //nolint:depguard // a world has to be the same each time, and nothing in it is secret
	"strings"
	"time"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/ride"
)

// Each thing draws from a stream of its own, so that more of one changes nothing of another.
const (
	peopleStream = iota + 1
	followStream
	diaryStream
	catalogueStream
	scheduleStream
	bookingStream
	groupStream
	cheerStream
	fanStream
)

// Crowd is the large world: members who follow each other, classes, and who rode what.
type Crowd struct {
	Seed    uint64
	Members int
	Today   time.Time // a day, UTC; rides and classes lie around it
}

func (c Crowd) dice(stream, of int) *rand.Rand {
	return rand.New(rand.NewPCG(c.Seed, uint64(stream)<<32|uint64(of))) //nolint:gosec // see the import
}

// Person is a member of the crowd.
type Person struct {
	Name, Username, Bio string
	Gender              string // empty where they don't say
	Born                time.Time
	HeightCM            float64
	City, Country       string
	Lat, Lon            float64 // near the city; where they start
	Home                uint64  // the seed of the loops around there
	Rider               ride.Rider
	Weekly              float64 // workouts a week
	Sports              [sports]float64
	Private             bool
	Discoverability     privacy.Discoverability
	Audiences           map[privacy.Field]privacy.Audience // those that are not the default
}

// The kinds of workouts that are drawn, in the order of their shares.
const (
	cycling = iota
	running
	rowing
	strength
	yoga
	outdoors // by bicycle
	outRun
	sports
)

type city struct {
	name, country string
	lat, lon      float64
}

var cities = []city{
	{"Zürich", "CH", 47.37, 8.54}, {"Bern", "CH", 46.95, 7.45}, {"Basel", "CH", 47.56, 7.59}, {"Lausanne", "CH", 46.52, 6.63},
	{"München", "DE", 48.14, 11.58}, {"Berlin", "DE", 52.52, 13.40}, {"Wien", "AT", 48.21, 16.37}, {"Lyon", "FR", 45.76, 4.84},
	{"Milano", "IT", 45.46, 9.19}, {"London", "GB", 51.51, -0.13}, {"Leeds", "GB", 53.80, -1.55}, {"Dublin", "IE", 53.35, -6.26},
	{"Amsterdam", "NL", 52.37, 4.90}, {"Gent", "BE", 51.05, 3.72}, {"København", "DK", 55.68, 12.57}, {"Oslo", "NO", 59.91, 10.75},
	{"Lisboa", "PT", 38.72, -9.14}, {"Girona", "ES", 41.98, 2.82}, {"Portland", "US", 45.52, -122.68}, {"Boulder", "US", 40.02, -105.27},
	{"Toronto", "CA", 43.65, -79.38}, {"Melbourne", "AU", -37.81, 144.96}, {"Wellington", "NZ", -41.29, 174.78}, {"Kyoto", "JP", 35.01, 135.77},
}

var (
	womensNames = strings.Fields(`Alba Amélie Anika Asha Bettina Carla Chiara Dana Elif Emilia Fatou Fiona Freya Grace Hanna Imani Ingrid
		Isla Jana Joana Karin Keiko Lea Leila Lotte Maja Mara Mei Nadia Nina Noor Petra Priya Rania Renata Saskia Selma Sofia Tamar Vera Yara Zoé`)
	mensNames = strings.Fields(`Adam Aleksi Amir Anton Arjun Bruno Carlos Cédric Dario David Elias Emre Felix Gabriel Goran Hamza Hiro Ivan
		Jakob Jamal Jens Joel Karim Kofi Lars Leon Marco Mateo Milan Noah Oskar Pablo Rafael Reto Sami Simon Stefan Tiago Tom Urs Viktor Yusuf`)
	familyNames = strings.Fields(`Abebe Andersen Baumann Bianchi Bosch Brown Castro Chen Costa Demir Dubois Egger Fischer Frei García Gruber
		Haddad Hansen Hofer Ito Jansen Jones Keller Khan Kim Kovač Kunz Lange Lindqvist Lopes Maier Marti Meyer Moreau Nakamura Nguyen
		Novak Okafor Olsen Patel Peeters Petrov Ricci Romano Roth Saito Santos Schmid Silva Singh Suter Tanaka Taylor Vogel Wagner Walsh
		Weber Wilson Wyss Zimmer`)
	bios = []string{
		"I ride, therefore I am.", "Coffee first.", "Back after a long break.", "Chasing a sub-four marathon.", "Two kids, one bike, no sleep.",
		"Rows, mostly.", "Slow is smooth.", "Here for the music.", "Training for the summer's gran fondo.", "Hills over flats.",
		"Doing this for the cake.", "Commuter by day, climber by weekend.", "Yoga keeps the rest of me going.", "Ask me about power zones.",
	}
)

// Person is the i-th member. It asks for nobody else, so each can be made alone.
func (c Crowd) Person(i int) Person {
	d := c.dice(peopleStream, i)
	p := Person{Weekly: min(12, math.Exp(0.6+0.8*d.NormFloat64()))}
	names := mensNames
	woman := d.Float64() < 0.52
	if woman {
		names = womensNames
	}
	first, family := names[d.IntN(len(names))], familyNames[d.IntN(len(familyNames))]
	p.Name = first + " " + family
	if d.Float64() < 0.4 {
		p.Name = first + " " + string([]rune(family)[:1]) + "."
	}
	p.Username = fmt.Sprintf("%s.%s%d", plain(first), plain(family), i)
	if d.Float64() < 0.45 {
		p.Bio = bios[d.IntN(len(bios))]
	}
	switch g := d.Float64(); {
	case g < 0.03:
		p.Gender = "nonbinary"
	case g < 0.75 && woman:
		p.Gender = "woman"
	case g < 0.75:
		p.Gender = "man"
	}
	age := 14 + int(55*d.Float64()*d.Float64()+12*d.Float64())
	p.Born = time.Date(c.Today.Year()-age, time.Month(1+d.IntN(12)), 1+d.IntN(28), 0, 0, 0, 0, time.UTC)
	town := cities[int(float64(len(cities))*d.Float64()*d.Float64())] // the first are the larger ones
	p.City, p.Country = town.name, town.country
	p.Lat, p.Lon = town.lat+0.08*d.NormFloat64(), town.lon+0.1*d.NormFloat64()
	p.Home = d.Uint64() / 8
	p.body(d, woman, age)
	p.tastes(d)
	p.settings(d, c.Today)
	return p
}

// body draws height, mass and what they can do: FTP for each kg falls with age, by about 0.7 % a year
// from 35 on, and heart rates by H. Tanaka et al. ("Age-predicted maximal heart rate revisited",
// J. Am. Coll. Cardiol. 37, 2001).
func (p *Person) body(d *rand.Rand, woman bool, age int) {
	height, bmi, perKG := 178.0, 24.3, 3.0
	if woman {
		height, bmi, perKG = 165.5, 22.9, 2.6
	}
	p.HeightCM = math.Round(2*(height+6.5*d.NormFloat64())) / 2
	mass := max(42, (bmi+2.6*d.NormFloat64())*p.HeightCM*p.HeightCM/1e4)
	perKG *= math.Exp(0.2*d.NormFloat64()+0.06*math.Log(p.Weekly)) * (1 - 0.007*float64(max(0, age-35)))
	resting := max(40, min(78, 68-6*perKG+9+5*d.NormFloat64()))
	p.Rider = ride.Rider{
		MassKG: math.Round(4*mass) / 4, FTPWatts: math.Round(max(1.1, min(5.2, perKG)) * mass),
		StoreJ: 1000 * max(8, min(32, (0.25+0.05*d.NormFloat64())*mass)), RestingHR: math.Round(resting),
		MaxHR: math.Round(208 - 0.7*float64(age) + 6*d.NormFloat64()),
	}
}

func (p *Person) tastes(d *rand.Rand) {
	for i, usual := range [sports]float64{cycling: 5, running: 1.5, rowing: 1.5, strength: 1.5, yoga: 1.2, outdoors: 1.5, outRun: 1.2} {
		p.Sports[i] = usual * math.Exp(1.1*d.NormFloat64())
	}
}

// settings draws what people choose: most leave what is there, some shut, some open.
func (p *Person) settings(d *rand.Rand, today time.Time) {
	minor := today.AddDate(-18, 0, 0).Before(p.Born)
	p.Private = minor || d.Float64() < 0.13
	p.Discoverability = privacy.FoundByMembers
	switch x := d.Float64(); {
	case x < 0.04:
		p.Discoverability = privacy.FoundByNobody
	case x < 0.11:
		p.Discoverability = privacy.FoundByFollowers
	case x < 0.26:
		p.Discoverability = privacy.FoundByEveryone
	}
	p.Audiences = map[privacy.Field]privacy.Audience{}
	open := d.Float64() // one temper for all choices: who opens one thing opens others
	for _, choice := range []struct {
		field      privacy.Field
		everyone   float64 // shares of members: so wide,
		members    float64 // so wide or wider,
		followers  float64 // and so on; the rest is for the owner alone
		waverOften float64 // how far a choice is from the temper
	}{
		{privacy.Workout, 0.08, 0.30, 0.93, 0.3},
		{privacy.Leaderboard, 0.10, 0.62, 0.95, 0.3},
		{privacy.Stats, 0.06, 0.25, 0.90, 0.3},
		{privacy.Bio, 0.15, 0.45, 0.95, 0.3},
		{privacy.Gender, 0.05, 0.22, 0.35, 0.3},
		{privacy.Age, 0.03, 0.15, 0.28, 0.3},
		{privacy.Location, 0.04, 0.15, 0.30, 0.3},
		{privacy.HeartRate, 0.02, 0.06, 0.20, 0.2},
		{privacy.Route, 0.02, 0.05, 0.16, 0.2},
		{privacy.FTPWatts, 0.02, 0.08, 0.18, 0.2},
		{privacy.WeightKG, 0.01, 0.02, 0.05, 0.2},
		{privacy.FollowersList, 0.10, 0.40, 0.93, 0.3},
		{privacy.FollowingList, 0.10, 0.38, 0.90, 0.3},
	} {
		x := max(0, min(1, open+choice.waverOften*(d.Float64()-0.5)))
		to := privacy.OnlyMe
		switch {
		case x < choice.everyone:
			to = privacy.Everyone
		case x < choice.members:
			to = privacy.Members
		case x < choice.followers:
			to = privacy.Followers
		}
		if p.Private {
			to = min(to, privacy.Followers)
		}
		p.Audiences[choice.field] = to
	}
}

// plain is a name as it may stand in a username: without marks, in small letters.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("é", "e", "í", "i", "č", "c", "ü", "u", "ö", "o", "É", "e").Replace(name))
}
