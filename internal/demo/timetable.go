package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/paceline/paceline/internal/class/recur"
)

// Studio is where classes are given.
type Studio struct {
	Name, City, Country, Zone string
	Places                    int
}

// Studios are in three time zones, whose clocks change on different days.
var Studios = []Studio{
	{"Limmat", "Zürich", "CH", "Europe/Zurich", 24},
	{"Canal Street", "London", "GB", "Europe/London", 18},
	{"Eastside", "Portland", "US", "America/Los_Angeles", 14},
}

const (
	online     = -1 // in place of a studio
	onlineZone = "Europe/Zurich"
	onlineRoom = 500
	ahead      = 28 // days of the schedule that are to come; diaryDays are past
)

var (
	slots    = [...]int{390, 450, 540, 735, 1020, 1080, 1140, 1200} // minutes of the day, on the wall clock
	weekdays = [...]string{"MO,WE,FR", "TU,TH", "SA,SU"}
)

// Series is a class that is given every week, on some days.
type Series struct {
	Lesson, Studio int // of the catalogue, and of Studios; online has none
	Rule           string
	First          time.Time // on the wall clock, as if in UTC
}

// Zone is the name of the time zone whose wall clock the series follows.
func (s Series) Zone() string {
	if s.Studio == online {
		return onlineZone
	}
	return Studios[s.Studio].Zone
}

func (s Series) room() int {
	if s.Studio == online {
		return onlineRoom
	}
	return Studios[s.Studio].Places
}

// Given is one time at which a series is given.
type Given struct {
	Series int
	At     time.Time // in UTC
}

// Timetable is what is given from a month ago to a month ahead. Nobody gives two classes on a day, and
// each coach is in one place.
func (c Crowd) Timetable(lessons []Lesson) ([]Series, error) {
	d := c.dice(scheduleStream, 0)
	var all []Series
	for place := online; place < len(Studios); place++ {
		for _, days := range weekdays {
			var own []int
			for coach := range Instructors {
				if coach%(len(Studios)+1) == place+1 {
					own = append(own, coach)
				}
			}
			d.Shuffle(len(own), func(i, j int) { own[i], own[j] = own[j], own[i] })
			slot := 0
			for _, coach := range own {
				var fit []int
				for n, l := range lessons {
					if l.Coach == coach && l.Live && l.Minutes <= 45 {
						fit = append(fit, n)
					}
				}
				if len(fit) == 0 || slot == len(slots) {
					continue
				}
				s := Series{Lesson: fit[d.IntN(len(fit))], Studio: place, Rule: "FREQ=WEEKLY;BYDAY=" + days}
				if err := s.begin(c.Today.AddDate(0, 0, -diaryDays).Add(time.Duration(slots[slot]) * time.Minute)); err != nil {
					return nil, err
				}
				all = append(all, s)
				slot++
			}
		}
	}
	return all, nil
}

// begin has the series begin at the first time of its rule from then on.
func (s *Series) begin(from time.Time) error {
	for day := range 7 {
		s.First = from.AddDate(0, 0, day)
		r, err := s.recurrence()
		if err != nil || r.Synchronized() {
			return err
		}
	}
	return fmt.Errorf("%s has no day", s.Rule)
}

func (s Series) recurrence() (recur.Series, error) {
	rule, err := recur.Parse(s.Rule)
	zone, known := recur.Zone(s.Zone())
	if err == nil && !known {
		err = fmt.Errorf("no zone %s", s.Zone())
	}
	return recur.Series{Rule: rule, First: s.First, Zone: zone}, err
}

// given are the times of all series in a span of days around today, in their order.
func (c Crowd) given(all []Series, fromDay, toDay int) ([]Given, error) {
	var out []Given
	for i, s := range all {
		r, err := s.recurrence()
		if err != nil {
			return nil, err
		}
		times, err := r.Between(c.Today.AddDate(0, 0, fromDay), c.Today.AddDate(0, 0, toDay), 64)
		if err != nil {
			return nil, err
		}
		for _, t := range times {
			out = append(out, Given{i, t.StartsAt})
		}
	}
	slices.SortStableFunc(out, func(a, b Given) int { return a.At.Compare(b.At) })
	return out, nil
}

// Catalogue is all that there is to take.
type Catalogue struct {
	Coaches []Coach
	Lessons []Lesson
	Series  []Series
	of      map[int][]int   // classes by discipline
	past    map[int][]Given // what was given online, by half day before today
}

// Catalogue makes it.
func (c Crowd) Catalogue() (Catalogue, error) {
	out := Catalogue{Coaches: c.Coaches(), Lessons: c.Lessons(), of: map[int][]int{}, past: map[int][]Given{}}
	for n, l := range out.Lessons {
		out.of[l.Discipline] = append(out.of[l.Discipline], n)
	}
	var err error
	if out.Series, err = c.Timetable(out.Lessons); err != nil {
		return out, err
	}
	past, err := c.given(out.Series, -diaryDays, 0)
	for _, g := range past {
		if out.Series[g.Series].Studio == online {
			half := halfDay(int(c.Today.Sub(g.At)/(24*time.Hour))+1, float64(g.At.Hour()))
			out.past[half] = append(out.past[half], g)
		}
	}
	return out, err
}

// halfDay numbers the mornings and evenings before today.
func halfDay(day int, hour float64) int {
	if hour >= 12 {
		return 2*day + 1
	}
	return 2 * day
}
