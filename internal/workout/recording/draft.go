package recording

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// draft is a recording as a format describes it, before its samples are looked at.
type draft struct {
	sport  Sport
	indoor bool
	title  string
	device Device
	start  moment // zero: at the first sample
	said   figures
	laps   []lapDraft
}

type lapDraft struct {
	start moment
	said  figures
}

// finish makes the recording out of what the device said and its samples, which it may reorder.
func (d draft) finish(samples []sample) (Recording, error) {
	samples = inOrder(samples)
	start := d.start
	if start == 0 {
		if len(samples) == 0 {
			return Recording{}, refuse(NoTimes)
		}
		start = samples[0].at
	}
	start -= start % 1000
	first, _ := slices.BinarySearchFunc(samples, start, sample.compare)
	end, _ := slices.BinarySearchFunc(samples, start+moment(MaxDuration.Milliseconds()), sample.compare)
	samples = samples[first:end]

	r := Recording{
		Sport: d.sport, Indoor: d.indoor, Title: clean(d.title, 100), StartedAt: start.time(),
		Device:  Device{Name: clean(d.device.Name, 100), Serial: clean(d.device.Serial, 40)},
		Samples: tables(start, samples),
	}
	r.DurationS = d.said.or(elapsed, 0)
	if len(samples) > 0 {
		r.DurationS = max(r.DurationS, start.secondsTo(samples[len(samples)-1].at))
	}
	if r.DurationS < 0 || r.DurationS > MaxDuration.Seconds() || d.said.or(timer, 0) < 0 {
		return Recording{}, refuse(Implausible)
	}
	r.MovingS = r.DurationS
	if ran := d.said[timer]; ran > 0 {
		r.MovingS = min(ran, r.DurationS)
	}

	whole := view{samples, start, r.MovingS}
	sum, err := d.said.sum(whole)
	if err != nil {
		return Recording{}, err
	}
	r.Figures, r.DistanceM, r.DistanceFromPlace = sum.Figures, sum.distance, sum.fromPlace
	r.CaloriesKcal = d.said.calories(r.DurationS)
	r.OutputKJ = d.said.work(whole)
	read := 0
	for _, l := range d.laps {
		lap, samplesOfLap, err := l.finish(whole)
		if err != nil {
			return Recording{}, err
		}
		// Laps follow each other. Two thousand that each span the whole would have
		// every sample read two thousand times.
		if read += samplesOfLap; read > overlap*len(samples) {
			return Recording{}, refuse(Implausible)
		}
		if lap.StartS >= 0 && lap.StartS <= r.DurationS {
			r.Laps = append(r.Laps, lap)
		}
	}
	slices.SortStableFunc(r.Laps, func(a, b Lap) int { return cmp.Compare(a.StartS, b.StartS) })
	return r, nil
}

// overlap is how many laps may hold a sample, on average.
const overlap = 4

// finish is a lap, and how many samples it holds.
func (l lapDraft) finish(whole view) (Lap, int, error) {
	lap := Lap{StartS: whole.start.secondsTo(l.start), DurationS: rounded(l.said.or(elapsed, l.said.or(timer, 0)), 1000)}
	if lap.DurationS < 0 || lap.DurationS > MaxDuration.Seconds() {
		return Lap{}, 0, refuse(Implausible)
	}
	part := whole.part(l.start, lap.DurationS, min(l.said.or(timer, lap.DurationS), lap.DurationS))
	sum, err := l.said.sum(part)
	lap.Figures = sum.Figures
	if !sum.fromPlace {
		lap.DistanceM = sum.distance
	}
	return lap, len(part.samples), err
}

func (s sample) compare(m moment) int { return cmp.Compare(s.at, m) }

// inOrder sorts the samples by time and merges those of the same moment.
func inOrder(samples []sample) []sample {
	byTime := func(a, b sample) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(samples, byTime) {
		slices.SortStableFunc(samples, byTime)
	}
	kept := samples[:0]
	for _, s := range samples {
		if n := len(kept); n > 0 && kept[n-1].at == s.at {
			kept[n-1].fill(s)
		} else {
			kept = append(kept, s)
		}
	}
	return kept
}

// tables turns rows into columns, a table for each family that has any value.
func tables(start moment, samples []sample) []series.Table {
	var out []series.Table
	for _, family := range series.Families() {
		table := series.Table{Family: family}
		var counts [series.Channels]int
		moments := 0
		for _, s := range samples {
			had := moments
			for c := range counts {
				if channel := series.Channel(c); channel.Family() == family && s.has(channel) {
					counts[c]++
					moments = had + 1
				}
			}
		}
		if moments == 0 {
			continue
		}
		table.T = make([]uint32, 0, moments)
		for c, n := range counts {
			if n > 0 {
				table.Columns = append(table.Columns, series.Column{Channel: series.Channel(c), V: make([]int32, 0, moments)})
			}
		}
		for _, s := range samples {
			if !slices.ContainsFunc(table.Columns, func(col series.Column) bool { return s.has(col.Channel) }) {
				continue
			}
			table.T = append(table.T, uint32(s.at-start)) //nolint:gosec // finish kept what is within MaxDuration of start
			for i := range table.Columns {
				col := &table.Columns[i]
				col.V = append(col.V, s.v[col.Channel])
			}
		}
		out = append(out, table)
	}
	return out
}

// clean makes text from a file fit to show: no control characters, at most so many of the others.
func clean(text string, most int) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "")))
	if runes := []rune(text); len(runes) > most {
		text = strings.TrimSpace(string(runes[:most]))
	}
	return text
}
