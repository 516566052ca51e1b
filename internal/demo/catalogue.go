package demo

import (
	"fmt"
	"math/rand/v2" //nolint:depguard // a world has to be the same each time, and nothing in it is secret
	"slices"
	"strings"

	"github.com/paceline/paceline/internal/class/lesson"
	"github.com/paceline/paceline/internal/ride"
)

// How large a catalogue is.
const (
	Instructors = 40
	Classes     = 500
)

// Coach is an instructor of the demo world: a page, with no member behind it.
type Coach struct {
	Name, Bio   string
	Disciplines []int // cycling … yoga
}

// Lesson is a class of the demo world.
type Lesson struct {
	Title      string
	Discipline int
	Coach      int
	Minutes    int
	Difficulty int // 1 to 5
	Language   string
	Live       bool // it is given at a time as well, not on demand alone
	Tags       []string
	Plan       []Part
	Music      lesson.Music
}

// Part is a segment of a plan, as its coach thinks of it.
type Part struct {
	Name string
	Zone int
	ride.Segment
}

// The parts that are no work.
const (
	warmUp   = "warm-up"
	recovers = "recover"
	coolDown = "cool-down"
)

// style is a way to build a class of a discipline.
type style struct {
	name       string
	discipline int
	difficulty int
	tags       []string
	// Rounds of work and rest, in seconds and zones; a round of one part has no rest.
	work, rest         int
	workZone, restZone int
	slow               bool // low cadence and much resistance, as on a hill
	longest            int  // minutes; 0 is any
}

var styles = []style{
	{"Climb", cycling, 4, []string{"hills", "strength"}, 240, 60, 4, 2, true, 0},
	{"Intervals", cycling, 4, []string{"hiit"}, 60, 60, 5, 1, false, 0},
	{"Tabata", cycling, 5, []string{"hiit", "short"}, 20, 10, 6, 1, false, 10},
	{"Endurance", cycling, 2, []string{"endurance", "zone-2"}, 600, 0, 2, 0, false, 0},
	{"Sweet Spot", cycling, 3, []string{"power-zones"}, 480, 120, 3, 2, false, 0},
	{"Threshold", cycling, 4, []string{"power-zones", "ftp"}, 480, 240, 4, 1, false, 0},
	{"Low Impact Ride", cycling, 1, []string{"recovery"}, 300, 0, 1, 0, false, 0},
	{"Run Intervals", running, 4, []string{"hiit"}, 90, 60, 5, 1, false, 0},
	{"Tempo Run", running, 3, []string{"tempo"}, 600, 120, 3, 1, false, 0},
	{"Easy Run", running, 1, []string{"endurance"}, 600, 0, 2, 0, false, 0},
	{"Row Intervals", rowing, 4, []string{"hiit"}, 120, 60, 5, 1, false, 0},
	{"Steady Row", rowing, 2, []string{"endurance"}, 480, 60, 2, 1, false, 0},
	{"Pyramid Row", rowing, 3, []string{"technique"}, 180, 60, 4, 1, false, 0},
	{"Full Body Strength", strength, 3, []string{"weights"}, 45, 30, 3, 1, false, 0},
	{"Core", strength, 2, []string{"core", "short"}, 40, 20, 2, 1, false, 20},
	{"Upper Body", strength, 3, []string{"weights"}, 45, 45, 3, 1, false, 0},
	{"Flow Yoga", yoga, 2, []string{"flow"}, 300, 0, 1, 0, false, 0},
	{"Slow Stretch", yoga, 1, []string{"recovery", "stretching"}, 600, 0, 1, 0, false, 0},
}

// Coaches are the instructors, each with two or so disciplines.
func (c Crowd) Coaches() []Coach {
	d := c.dice(catalogueStream, 0)
	firsts := append(slices.Clone(womensNames), mensNames...)
	d.Shuffle(len(firsts), func(i, j int) { firsts[i], firsts[j] = firsts[j], firsts[i] })
	all := make([]Coach, Instructors)
	for i := range all {
		main := [...]int{cycling, cycling, running, rowing, strength, yoga}[i%6]
		coach := Coach{Name: firsts[i] + " " + familyNames[d.IntN(len(familyNames))], Disciplines: []int{main}}
		if second := d.IntN(yoga + 1); second != main {
			coach.Disciplines = append(coach.Disciplines, second)
		}
		coach.Bio = fmt.Sprintf("%s teaches %s, and believes in %s.", firsts[i], Disciplines[main],
			[...]string{"warm-ups", "good music", "honest numbers", "rest days", "long climbs", "showing up"}[d.IntN(6)])
		all[i] = coach
	}
	return all
}

// Disciplines are the names of what classes are of.
var Disciplines = [...]string{cycling: "cycling", running: "running", rowing: "rowing", strength: "strength", yoga: "yoga"}

// disciplines are the same as the catalogue has them, and with what they are done.
var disciplines = [...]struct {
	name      string
	equipment []string
}{
	cycling: {"ride", []string{"bike"}}, running: {"run", []string{"treadmill"}}, rowing: {"row", []string{"rower"}},
	strength: {"strength", []string{"dumbbells", "mat"}}, yoga: {"yoga", []string{"mat"}},
}

// kept is a plan as a class is kept with it.
func (l Lesson) kept() lesson.Plan {
	var all lesson.Plan
	for _, p := range l.Plan {
		s := lesson.Segment{Kind: "work", DurationS: p.Seconds}
		switch p.Name {
		case warmUp:
			s.Kind = "warmup"
		case recovers:
			s.Kind = "recovery"
		case coolDown:
			s.Kind = "cooldown"
		default:
			s.Title = &p.Name
		}
		switch l.Discipline {
		case cycling, rowing:
			s.PowerZone = &p.Zone
		case running:
			s.HeartZone = new(min(p.Zone, 5))
		}
		if p.High.CadenceRPM > 0 {
			s.CadenceLowRPM, s.CadenceHighRPM = new(int(p.Low.CadenceRPM)), new(int(p.High.CadenceRPM))
		}
		if p.High.Resistance > 0 {
			s.ResistanceLow, s.ResistanceHigh = new(int(p.Low.Resistance)), new(int(p.High.Resistance))
		}
		all = append(all, s)
	}
	return all
}

// music is songs that nobody has written, one every four minutes or so.
func music(seconds int, d *rand.Rand) (all lesson.Music) {
	for at := 0; at < seconds; at += 200 + d.IntN(80) {
		all = append(all, lesson.Song{
			Title: [...]string{"Paper", "Neon", "Slow", "Broken", "Winter", "Second", "Golden", "Quiet"}[d.IntN(8)] + " " +
				[...]string{"Tide", "Engine", "Summer", "Mile", "Signal", "Garden", "Mountain", "Weekend"}[d.IntN(8)],
			Artist: [...]string{"The Night Shift", "Ada Moss", "Kilo & Watt", "Ferrum", "Velvet Gears", "Low Tyre", "DJ Cadence"}[d.IntN(7)],
			AtS:    &at,
		})
	}
	return all
}

// Lessons are the classes of the catalogue.
func (c Crowd) Lessons() []Lesson {
	d := c.dice(catalogueStream, 1)
	coaches := c.Coaches()
	all := make([]Lesson, 0, Classes)
	for len(all) < Classes {
		coach := d.IntN(len(coaches))
		discipline := coaches[coach].Disciplines[d.IntN(len(coaches[coach].Disciplines))]
		var fit []style
		for _, s := range styles {
			if s.discipline == discipline {
				fit = append(fit, s)
			}
		}
		s := fit[d.IntN(len(fit))]
		minutes := [...]int{10, 15, 20, 20, 30, 30, 30, 45, 45, 60}[d.IntN(10)]
		if s.longest > 0 {
			minutes = min(minutes, s.longest)
		}
		l := s.lesson(minutes, [...]string{"en", "en", "en", "de", "fr"}[d.IntN(5)], d)
		l.Coach = coach
		if theme := [...]string{"", "", "", "90s", "House", "Rock", "Soul", "Latin"}[d.IntN(8)]; theme != "" {
			l.Title = fmt.Sprintf("%d min %s %s", minutes, theme, s.name)
			l.Tags = append(l.Tags, strings.ToLower(theme))
		}
		all = append(all, l)
	}
	return all
}

// lesson is a class of the style.
func (s style) lesson(minutes int, language string, d *rand.Rand) Lesson {
	return Lesson{
		Title: fmt.Sprintf("%d min %s", minutes, s.name), Discipline: s.discipline, Minutes: minutes, Difficulty: max(1, min(5, s.difficulty+d.IntN(3)-1)),
		Language: language, Tags: slices.Clone(s.tags), Plan: s.plan(minutes*60, d), Live: d.IntN(2) == 0, Music: music(minutes*60, d),
	}
}

// plan is a warm-up, as many rounds as there is time for, and what is left to cool down.
func (s style) plan(seconds int, d *rand.Rand) []Part {
	warm := seconds / 6 / 15 * 15
	plan := []Part{s.part(warmUp, 1, warm)}
	left := seconds - warm - seconds/12
	// A plan has forty parts at most: rounds of a long class are longer.
	for left/(s.work+s.rest) > 18 {
		s.work, s.rest = 2*s.work, 2*s.rest
	}
	for n := 1; left >= 60; n++ {
		work := min(s.work, left)
		zone := s.workZone
		if work >= 60 && d.IntN(4) == 0 {
			zone = min(zone+1, 6)
		}
		plan = append(plan, s.part(fmt.Sprintf("round %d", n), zone, work))
		left -= work
		if rest := min(s.rest, left); rest >= 5 {
			plan = append(plan, s.part(recovers, s.restZone, rest))
			left -= rest
		}
	}
	return append(plan, s.part(coolDown, 1, seconds-ride.Seconds(segments(plan))))
}

// part calls out what fits somebody whose threshold is 200 W: that is what classes are written for.
func (s style) part(name string, zone, seconds int) Part {
	p := Part{Name: name, Zone: zone, Segment: ride.Segment{Seconds: seconds, Effort: ride.Zone(zone)}}
	var turns float64
	switch s.discipline {
	case cycling:
		turns = 80 + 4*float64(zone)
		if s.slow && zone >= 3 {
			turns = 68
		}
		middle := ride.Resistance(200*p.Effort, turns)
		p.Low.Resistance, p.High.Resistance = float64(int(middle)-5), float64(int(middle)+5)
	case rowing:
		turns = 18 + 2*float64(zone)
	default:
		return p
	}
	p.Low.CadenceRPM, p.High.CadenceRPM = turns-5, turns+5
	if s.discipline == rowing {
		p.Low.CadenceRPM, p.High.CadenceRPM = turns-2, turns+2
	}
	return p
}

func segments(plan []Part) []ride.Segment {
	out := make([]ride.Segment, len(plan))
	for i, p := range plan {
		out[i] = p.Segment
	}
	return out
}
