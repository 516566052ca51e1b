package demo

import (
	"math/rand/v2" //nolint:depguard // a world has to be the same each time, and nothing in it is secret
	"slices"
	"time"

	"github.com/paceline/paceline/internal/privacy"
)

// Fan are the instructors whom a member follows: some of those who give what they do.
func (c Crowd) Fan(i int, p Person, all Catalogue) (coaches []int) {
	d := c.dice(fanStream, i)
	for range d.IntN(4) {
		kind := draw(d.Float64(), p.Sports)
		if kind >= outdoors {
			continue
		}
		coach := all.Lessons[all.of[kind][d.IntN(len(all.of[kind]))]].Coach
		if !slices.Contains(coaches, coach) {
			coaches = append(coaches, coach)
		}
	}
	return coaches
}

// Booked is who asks for a seat in a class of this week, in the order of asking.
type Booked struct {
	Given
	Who []int
}

// Bookings are of the next days, by people of the studio's country: evenings are full, with some who wait.
// Nobody takes more than one class a day.
func (c Crowd) Bookings(people []Person, all Catalogue) ([]Booked, error) {
	d := c.dice(bookingStream, 0)
	week, err := c.given(all.Series, 1, 6)
	if err != nil {
		return nil, err
	}
	type day struct{ who, day int }
	busy := map[day]bool{}
	var out []Booked
	for _, g := range week {
		s := all.Series[g.Series]
		share := 0.1 + 0.4*d.Float64()
		if s.Studio == online {
			continue
		}
		zone, err := time.LoadLocation(s.Zone())
		if err != nil {
			return nil, err
		}
		if g.At.In(zone).Hour() >= 17 {
			share = 0.6 + 0.6*d.Float64()
		}
		b := Booked{Given: g}
		for _, who := range locals(people, Studios[s.Studio].Country, d) {
			at := day{who, g.At.In(zone).YearDay()}
			if len(b.Who) == int(share*float64(s.room())) {
				break
			}
			if !busy[at] {
				busy[at] = true
				b.Who = append(b.Who, who)
			}
		}
		if len(b.Who) > 0 {
			out = append(out, b)
		}
	}
	return out, nil
}

// locals are the people of a country, in an order by lot.
func locals(people []Person, country string, d *rand.Rand) (all []int) {
	for i, p := range people {
		if p.Country == country {
			all = append(all, i)
		}
	}
	d.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// Circle is a group of the crowd, with a goal for a week. The first of its members made both; who comes first takes part.
type Circle struct {
	Name, Kind, About string
	Members           []int
	Goal, Metric      string
	Target            int32
}

// Circles are the groups: for some anybody may join, to others one is invited.
func (c Crowd) Circles(people []Person) []Circle {
	d := c.dice(groupStream, 0)
	all := []Circle{
		{Name: "Dawn Patrol", Kind: "public", About: "Done before breakfast.", Goal: "Five dawns", Metric: "days", Target: 5},
		{Name: "Zürich Climbers", Kind: "public", About: "Uetliberg, twice.", Goal: "A day's worth of climbing", Metric: "output", Target: 2500},
		{Name: "Sunday Long Ride", Kind: "public", About: "Slow, far, with cake.", Goal: "Two hundred kilometres", Metric: "distance", Target: 200000},
		{Name: "Rowers' Corner", Kind: "public", About: "Long strokes.", Goal: "A marathon, sitting", Metric: "distance", Target: 42195},
		{Name: "Back on the Bike", Kind: "public", About: "After injuries, babies and winters.", Goal: "Three times is plenty", Metric: "days", Target: 3},
		{Name: "Marathon in Autumn", Kind: "public", About: "Sixteen weeks, four runs each.", Goal: "Fifty kilometres", Metric: "distance", Target: 50000},
		{Name: "Masters 50+", Kind: "listed", About: "Ask, and tell us what you ride.", Goal: "Five hours", Metric: "time", Target: 18000},
		{Name: "Power Zone Club", Kind: "listed", About: "For those who know their threshold.", Goal: "Four thousand kilojoules", Metric: "output", Target: 4000},
		{Name: "Canal Street Regulars", Kind: "unlisted", About: "Of the studio.", Goal: "Four evenings", Metric: "days", Target: 4},
		{Name: "The Surprise Party", Kind: "secret", About: "Not a word.", Goal: "All the candles", Metric: "days", Target: 2},
	}
	for n := range all {
		size, there := len(people)/(8+4*n), map[int]bool{}
		for len(all[n].Members) < max(2, size) {
			i := d.IntN(len(people))
			// Who makes a group can be found.
			if there[i] || len(there) == 0 && people[i].Discoverability < privacy.FoundByMembers {
				continue
			}
			there[i] = true
			all[n].Members = append(all[n].Members, i)
		}
	}
	return all
}

// Cheer is a like of somebody's workout, and words with it, if there are any.
type Cheer struct {
	Who, Whom int
	Ago       int // 0 is the newest workout
	Words     string
}

var words = []string{
	"Strong!", "Well done.", "That hill again…", "Same time next week?", "How are the legs?", "You make it look easy.", "New best?", "I felt that one.",
}

// Cheers are of followers, who see what they like. Who writes can be found by whom they write to.
func (c Crowd) Cheers(people []Person, follows []Follow) (all []Cheer) {
	d := c.dice(cheerStream, 0)
	for _, f := range follows {
		likes, older, writes, text := d.Float64() < 0.2, d.IntN(2), d.Float64() < 0.15, words[d.IntN(len(words))]
		if !likes || people[f.Whom].Audiences[privacy.Workout] < privacy.Followers {
			continue
		}
		cheer := Cheer{Who: f.Who, Whom: f.Whom, Ago: older}
		if writes && people[f.Who].Discoverability >= privacy.FoundByMembers {
			cheer.Words = text
		}
		all = append(all, cheer)
	}
	return all
}
