package demo

import (
	"math"
	"sort"
	"time"

	"github.com/paceline/paceline/internal/ride"
	"github.com/paceline/paceline/internal/workout/recording"
)

const (
	diaryDays = 28 // a month back
	mostOfOne = 40 // workouts
)

// Entry is a workout of a member's diary: when, and what.
type Entry struct {
	Start  time.Time
	Kind   int
	Lesson int    // of the catalogue; -1 outdoors
	Given  *Given // where it was taken at the time at which it was given
	Title  string
	Seed   uint64
}

// Diary is what a member did in the month before today, oldest first. The popular classes are taken
// most: the n-th of a discipline in the measure of 1/n (Zipf). Some join what is given online just then.
func (c Crowd) Diary(i int, p Person, all Catalogue) []Entry {
	d := c.dice(diaryStream, i)
	morning := d.Float64() < 0.45
	wanted := min(mostOfOne, 1+int(p.Weekly*diaryDays/7*(0.7+0.6*d.Float64())))
	taken := map[int]bool{}
	var out []Entry
	for range wanted {
		day := 1 + d.IntN(diaryDays)
		hour := 18 + 1.3*d.NormFloat64()
		if morning != (d.Float64() < 0.15) {
			hour = 6.5 + 0.8*d.NormFloat64()
		}
		half := halfDay(day, hour)
		e := Entry{Kind: draw(d.Float64(), p.Sports), Lesson: -1, Seed: d.Uint64()}
		pick, joins := d.Float64(), d.Float64() < 0.35
		if taken[half] {
			continue
		}
		taken[half] = true
		e.Start = c.Today.AddDate(0, 0, -day).Add(time.Duration(3600*max(4, min(21, hour))) * time.Second)
		switch {
		case e.Kind == outdoors:
			e.Title = titles[e.Seed%uint64(len(titles))]
		case e.Kind == outRun:
			e.Title = [...]string{"Morning run", "Easy run", "Park loops", "Long run", "Run home"}[e.Seed%5]
		default:
			list := all.of[e.Kind]
			e.Lesson = list[int(math.Pow(float64(len(list)), pick))-1] // the inverse of Zipf's sum, nearly
			if live := all.live(half, e.Kind); joins && len(live) > 0 {
				g := live[int(pick*float64(len(live)))]
				e.Given, e.Start, e.Lesson = &g, g.At, all.Series[g.Series].Lesson
			}
			e.Title = all.Lessons[e.Lesson].Title
		}
		out = append(out, e)
	}
	sort.Slice(out, func(a, b int) bool { return out[a].Start.Before(out[b].Start) })
	return out
}

// live is what of a discipline was given online in a half day.
func (all Catalogue) live(half, kind int) (out []Given) {
	for _, g := range all.past[half] {
		if all.Lessons[all.Series[g.Series].Lesson].Discipline == kind {
			out = append(out, g)
		}
	}
	return out
}

// draw is an index in the measure of the weights.
func draw(x float64, weights [sports]float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	for i, w := range weights {
		if x -= w / sum; x < 0 {
			return i
		}
	}
	return 0
}

// Track is what became of an entry.
func (e Entry) Track(p Person, lessons []Lesson) ride.Track {
	r := p.Rider
	r.Form = 0.94 + 0.1*float64(e.Seed%997)/997
	if e.Lesson < 0 {
		minutes, loop := 30+e.Seed%4*15, e.Seed%5
		plan := []ride.Segment{{Seconds: 300, Effort: 0.6}, {Seconds: int(minutes)*60 - 480, Effort: 0.68 + 0.02*float64(e.Seed%8)}, {Seconds: 180, Effort: 0.5}}
		if e.Kind == outRun {
			return r.Run(ride.NewCourse(p.Home+loop, 4000+1000*float64(loop), 20+15*float64(loop), p.Lat, p.Lon), plan, e.Seed)
		}
		return r.Road(ride.NewCourse(p.Home+loop, 9000+2000*float64(loop), 40+60*float64(loop), p.Lat, p.Lon), plan, e.Seed)
	}
	plan := segments(lessons[e.Lesson].Plan)
	switch e.Kind {
	case running:
		return r.Run(nil, plan, e.Seed)
	case rowing:
		return r.Row(plan, e.Seed)
	case strength, yoga:
		return r.Floor(plan, e.Seed)
	default:
		return r.Bike(plan, e.Seed)
	}
}

// kinds are what each kind is as a recording.
var kinds = [sports]struct {
	sport  recording.Sport
	indoor bool
	device string
}{
	cycling: {recording.Ride, true, "Demo Bike"}, running: {recording.Run, true, "Demo Tread"}, rowing: {recording.Row, true, "Demo Rower"},
	strength: {recording.Strength, true, "Demo Watch"}, yoga: {recording.Yoga, true, "Demo Watch"},
	outdoors: {recording.Ride, false, "Demo Computer"}, outRun: {recording.Run, false, "Demo Watch"},
}
