package demo_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/class/lesson"
	"github.com/paceline/paceline/internal/demo"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/ride"
)

var today = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)

func crowd(seed uint64, members int) demo.Crowd {
	return demo.Crowd{Seed: seed, Members: members, Today: today}
}

// digest is a hash of all that is derived of a world: members, who follows whom, classes, and what was recorded.
func digest(t *testing.T, c demo.Crowd, rides int) string {
	t.Helper()
	h := sha256.New()
	all := catalogue(t, c)
	var people []demo.Person
	for i := range c.Members {
		people = append(people, c.Person(i))
	}
	bookings, err := c.Bookings(people, all)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all.Lessons { // a printed pointer would be another each time
		song, err := json.Marshal(l.Music)
		if err != nil {
			t.Fatal(err)
		}
		l.Music = nil
		fmt.Fprintln(h, l, string(song))
	}
	fmt.Fprintln(h, all.Coaches, all.Series, c.Follows(), bookings, c.Circles(people), c.Cheers(people, c.Follows()))
	for i := range c.Members {
		p := c.Person(i)
		fmt.Fprintln(h, p, c.Fan(i, p, all))
		if i >= rides {
			continue
		}
		for _, e := range c.Diary(i, p, all) {
			r, err := e.Recording(p, all.Lessons)
			if err != nil {
				t.Fatalf("%+v: %v", e, err)
			}
			print := r.Fingerprint()
			h.Write(print[:])
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestTheSameSeedIsTheSameWorld(t *testing.T) {
	t.Parallel()
	once, again, other := digest(t, crowd(1, 300), 8), digest(t, crowd(1, 300), 8), digest(t, crowd(2, 300), 8)
	if once != again || once == other {
		t.Errorf("%s, again %s, another %s", once, again, other)
	}
	if !reflect.DeepEqual(crowd(1, 50).Person(7), crowd(1, 2000).Person(7)) {
		t.Error("a member hangs on how many others there are")
	}
}

// What members choose is in the shares that were meant, and can be chosen: a private account has
// nothing wider than followers, a minor's is private.
func TestPeopleAreBelievable(t *testing.T) {
	t.Parallel()
	c := crowd(1, 2000)
	count := map[string]int{}
	names := map[string]bool{}
	for i := range c.Members {
		p := c.Person(i)
		if names[p.Username] {
			t.Fatalf("%s twice", p.Username)
		}
		names[p.Username] = true
		r := p.Rider
		if perKG := r.FTPWatts / r.MassKG; perKG < 1 || perKG > 5.3 || r.MassKG < 40 || r.MassKG > 140 ||
			r.RestingHR < 38 || r.MaxHR < 140 || r.MaxHR > 225 || p.HeightCM < 140 || p.HeightCM > 205 {
			t.Fatalf("%+v", p)
		}
		age := today.Year() - p.Born.Year()
		if today.AddDate(-13, 0, 0).Before(p.Born) || age > 85 {
			t.Fatalf("%s is %d", p.Username, age)
		}
		if today.AddDate(-18, 0, 0).Before(p.Born) {
			count["minor"]++
			if !p.Private {
				t.Fatalf("%s is a minor and not private", p.Username)
			}
		}
		if p.Private {
			count["private"]++
		}
		if p.Discoverability == privacy.FoundByNobody {
			count["hidden"]++
		}
		for field, to := range p.Audiences {
			if p.Private && to > privacy.Followers {
				t.Fatalf("%s is private and shows %s to %s", p.Username, field, to)
			}
			if to >= privacy.Members {
				count[field.String()]++
			}
		}
	}
	for what, share := range map[string][2]float64{
		"minor": {0.005, 0.08}, "private": {0.12, 0.22}, "hidden": {0.03, 0.055}, "heart_rate": {0.01, 0.09}, "route": {0.01, 0.08},
		"leaderboard": {0.4, 0.65}, "workout": {0.15, 0.35}, "weight_kg": {0.002, 0.04},
	} {
		if got := float64(count[what]) / 2000; got < share[0] || got > share[1] {
			t.Errorf("%s: %v", what, got)
		}
	}
}

// Few have many followers, most have few, nobody follows who can't be found.
func TestFollowersAreUnequal(t *testing.T) {
	t.Parallel()
	c := crowd(1, 2000)
	all := c.Follows()
	followers := make([]int, c.Members)
	seen := map[demo.Follow]bool{}
	for _, f := range all {
		if f.Who == f.Whom || seen[f] || c.Person(f.Whom).Discoverability < privacy.FoundByMembers {
			t.Fatalf("%+v", f)
		}
		seen[f] = true
		followers[f.Whom]++
	}
	slices.Sort(followers)
	top := 0
	for _, n := range followers[len(followers)*95/100:] {
		top += n
	}
	if len(all) < 8_000 || len(all) > 30_000 || followers[1000] > 8 || followers[1999] < 100 || float64(top) < 0.3*float64(len(all)) {
		t.Errorf("%d follows; the middle has %d followers, the first %d, the top twentieth %d", len(all), followers[1000], followers[1999], top)
	}
}

func TestTheCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	c := crowd(1, 10)
	coaches, lessons := c.Coaches(), c.Lessons()
	if len(coaches) != 40 || len(lessons) != 500 {
		t.Fatal(len(coaches), len(lessons))
	}
	names := map[string]bool{}
	for _, coach := range coaches {
		if names[coach.Name] {
			t.Errorf("%s twice", coach.Name)
		}
		names[coach.Name] = true
	}
	word := regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	for i, l := range lessons {
		var plan []ride.Segment
		for _, part := range l.Plan {
			if part.Seconds < 5 || part.Zone < 1 || part.Zone > 7 || part.High.CadenceRPM < part.Low.CadenceRPM ||
				part.Low.Resistance < 0 || part.High.Resistance > 100 {
				t.Fatalf("class %d: %+v", i, part)
			}
			plan = append(plan, part.Segment)
		}
		if ride.Seconds(plan) != l.Minutes*60 || !slices.Contains(coaches[l.Coach].Disciplines, l.Discipline) {
			t.Errorf("class %d (%s): %d s by %+v", i, l.Title, ride.Seconds(plan), coaches[l.Coach])
		}
		// What the contract asks of a class, which comes in behind it.
		if len(plan) > 40 || len(l.Music) > 40 || len(l.Music) == 0 || !slices.IsSortedFunc(l.Music, func(a, b lesson.Song) int { return *a.AtS - *b.AtS }) {
			t.Errorf("class %d (%s): %d parts, %d songs", i, l.Title, len(plan), len(l.Music))
		}
		for _, tag := range l.Tags {
			if !word.MatchString(tag) {
				t.Errorf("class %d is tagged %s", i, tag)
			}
		}
	}
}

func catalogue(t *testing.T, c demo.Crowd) demo.Catalogue {
	t.Helper()
	all, err := c.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Nobody gives two classes in a day, no studio two at a time, and each begins when its rule says.
func TestTheTimetableCanBeGiven(t *testing.T) {
	t.Parallel()
	all := catalogue(t, crowd(1, 10))
	coaches, rooms := map[string]bool{}, map[string]bool{}
	for _, s := range all.Series {
		l := all.Lessons[s.Lesson]
		if !l.Live || l.Minutes > 45 {
			t.Errorf("%+v is in the schedule", l)
		}
		for busy, in := range map[string]map[string]bool{
			fmt.Sprint(s.Rule, l.Coach): coaches, fmt.Sprint(s.Rule, s.Studio, s.First.Format("15:04")): rooms,
		} {
			if in[busy] {
				t.Errorf("%s twice", busy)
			}
			in[busy] = true
		}
	}
	if len(all.Series) < 80 {
		t.Errorf("%d series", len(all.Series))
	}
}

// Evenings are full, and somebody waits; nobody takes two classes in a day, or in another country.
func TestBookingsAreBelievable(t *testing.T) {
	t.Parallel()
	c := crowd(1, 2000)
	all := catalogue(t, c)
	var people []demo.Person
	for i := range c.Members {
		people = append(people, c.Person(i))
	}
	bookings, err := c.Bookings(people, all)
	if err != nil {
		t.Fatal(err)
	}
	seats, full := 0, 0
	taken := map[string]bool{}
	for _, b := range bookings {
		s := demo.Studios[all.Series[b.Series].Studio]
		seats += len(b.Who)
		if len(b.Who) > s.Places {
			full++
		}
		zone, err := time.LoadLocation(s.Zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range b.Who {
			day := fmt.Sprint(who, b.At.In(zone).Format(time.DateOnly))
			if taken[day] || people[who].Country != s.Country {
				t.Fatalf("%s books %s", people[who].Username, s.Name)
			}
			taken[day] = true
		}
	}
	if seats < 300 || full == 0 {
		t.Errorf("%d bookings, %d classes with a waiting list", seats, full)
	}
}

// What was recorded stays within its rider, and in a month nobody does two workouts at a time.
func TestDiariesAreBelievable(t *testing.T) {
	t.Parallel()
	c := crowd(1, 40)
	all := catalogue(t, c)
	rides, live := 0, 0
	for i := range c.Members {
		p := c.Person(i)
		end := time.Time{}
		for n, e := range c.Diary(i, p, all) {
			rides++
			if e.Given != nil {
				live++
				if s := all.Series[e.Given.Series]; !e.Start.Equal(e.Given.At) || s.Lesson != e.Lesson || s.Studio >= 0 {
					t.Fatalf("%s: %+v in %+v", p.Username, e, s)
				}
			}
			if e.Start.Before(end) || e.Start.After(today) || e.Start.Before(today.AddDate(0, 0, -29)) {
				t.Fatalf("%s: %v after %v", p.Username, e.Start, end)
			}
			if n > 2 {
				end = e.Start
				continue
			}
			r, err := e.Recording(p, all.Lessons)
			if err != nil {
				t.Fatal(err)
			}
			end = e.Start.Add(time.Duration(r.DurationS) * time.Second)
			if h := r.Heart; h.MaxBPM == nil || *h.MaxBPM > p.Rider.MaxHR || *h.AvgBPM < p.Rider.RestingHR {
				t.Errorf("%s, %s: %+v", p.Username, e.Title, h)
			}
			if w := r.Effort.AvgPowerW; w != nil && (*w > 1.05*p.Rider.FTPWatts || *w < 0.2*p.Rider.FTPWatts) {
				t.Errorf("%s, %s: %v W of %v", p.Username, e.Title, *w, p.Rider.FTPWatts)
			}
			if r.OutputKJ != nil && r.Effort.AvgPowerW != nil && (*r.OutputKJ*1000/(*r.Effort.AvgPowerW*r.DurationS) < 0.98 || *r.OutputKJ*1000/(*r.Effort.AvgPowerW*r.DurationS) > 1.02) {
				t.Errorf("%s, %s: %v kJ of %v W", p.Username, e.Title, *r.OutputKJ, *r.Effort.AvgPowerW)
			}
			if r.CaloriesKcal == nil || *r.CaloriesKcal < 10 {
				t.Errorf("%s, %s: %v kcal", p.Username, e.Title, r.CaloriesKcal)
			}
		}
	}
	if each := float64(rides) / 40; each < 4 || each > 16 {
		t.Errorf("%v workouts each", each)
	}
	if live == 0 || live > rides/2 {
		t.Errorf("%d of %d were taken live", live, rides)
	}
}
