package workout

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// record is one of the two recordings of a ride, with its place in the whole.
type record struct {
	stored
	offset time.Duration // its start after that of the whole
}

// pair are the two recordings. Of what both say, the one that recorded more of it is believed, and the
// first where they recorded as much.
type pair [2]record

// combine makes one workout of two: of each channel the fuller record, and what follows from it. It is for
// those only whom both reach, and its source is the less trusted of the two.
func combine(one, two stored) (draft, privacy.Audience, error) {
	from := earlier(one.whole.StartedAt, two.whole.StartedAt)
	p := pair{{one, one.whole.StartedAt.Sub(from)}, {two, two.whole.StartedAt.Sub(from)}}
	sport, _ := commonSport(Sport(one.row.Sport), Sport(two.row.Sport))
	power, track := p.better(series.PowerW), p.better(series.Lat)
	f := Facts{
		Sport: sport, StartedAt: from, DurationS: later(one.whole.end(), two.whole.end()).Sub(from).Seconds(),
		Title:        first(one.row.Title, two.row.Title),
		MovingS:      longest(one.whole.MovingS, two.whole.MovingS),
		CaloriesKcal: first(p[power].whole.CaloriesKcal, p[1-power].whole.CaloriesKcal),
		OutputKJ:     first(p[power].whole.OutputKJ, p[1-power].whole.OutputKJ),
	}
	d, err := newDraft(f)
	if err != nil {
		return draft{}, 0, err
	}
	d.source = lessTrusted(Source(one.row.Source), Source(two.row.Source))
	d.distanceM = first(p[p.better(series.DistanceM)].whole.DistanceM, p[1-p.better(series.DistanceM)].whole.DistanceM)
	if d.distanceM == nil {
		d.trackM = first(p[track].whole.TrackM, p[1-track].whole.TrackM)
	}
	channels, err := p.samples(&d)
	if err != nil {
		return draft{}, 0, err
	}
	p.parts(&d, channels)
	placed := tracked(d.route, d.samples[privacy.Route] != nil)
	d.facts.Indoor = (one.row.Indoor || two.row.Indoor) && !placed
	if placed { // see pack
		d.id, err = uuid.NewRandom()
	}
	return d, privacy.Audience(min(one.whole.Audience, two.whole.Audience)), err //nolint:gosec // 0 to 3
}

// lessTrusted is as far as one may trust what two say together.
func lessTrusted(a, b Source) Source {
	order := []Source{Typed, File, Console}
	return order[min(slices.Index(order, a), slices.Index(order, b))]
}

// first is the first that was measured.
func first[T any](values ...*T) *T {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

func longest(a, b *float64) *float64 {
	if a == nil || b == nil {
		return first(a, b)
	}
	return new(max(*a, *b))
}

// better says which of the two recorded more of a channel.
func (p pair) better(c series.Channel) int {
	if p[1].count(c) > p[0].count(c) {
		return 1
	}
	return 0
}

func (r record) count(c series.Channel) (n int) {
	t := r.whole.tables[fieldOf[c.Family()]]
	for _, v := range t.Column(c) {
		if v != series.Absent {
			n++
		}
	}
	return n
}

// samples puts the better record of each channel into the draft, and gives the channels' names.
func (p pair) samples(d *draft) (channels map[privacy.Field][]string, err error) {
	d.samples, d.previews, d.digests = map[privacy.Field][]byte{}, map[privacy.Field][]byte{}, map[privacy.Field]digest{}
	channels = map[privacy.Field][]string{}
	for _, family := range series.Families() {
		f, table := fieldOf[family], p.table(family)
		if len(table.T) == 0 {
			continue
		}
		if len(table.T) > series.MaxSamples {
			return nil, fault.Unprocessable("too_many_samples", "the two have more samples together than are kept of a workout")
		}
		if d.samples[f], err = table.Encode(); err != nil {
			return nil, err
		}
		if d.previews[f], err = table.Preview(); err != nil {
			return nil, err
		}
		d.digests[f], channels[f] = digestOf(table.Series(), d.facts.Sport), names(table)
	}
	return channels, nil
}

// table is a family's samples, each channel from one record. Latitude and longitude are of the same one.
func (p pair) table(family series.Family) series.Table {
	at := map[uint32]map[series.Channel]int32{}
	out := series.Table{Family: family}
	for c := series.Channel(0); int(c) < series.Channels; c++ {
		if c.Family() != family {
			continue
		}
		judged := c
		if c == series.Lon {
			judged = series.Lat
		}
		from := p[p.better(judged)]
		t, some := from.whole.tables[fieldOf[family]], false
		shift := uint32(from.offset.Milliseconds()) //nolint:gosec // less than the other one lasts
		for i, v := range t.Column(c) {
			if v == series.Absent {
				continue
			}
			moment := t.T[i] + shift
			row := at[moment]
			if row == nil {
				row = map[series.Channel]int32{}
				at[moment], out.T = row, append(out.T, moment)
			}
			row[c], some = v, true
		}
		if some {
			out.Columns = append(out.Columns, series.Column{Channel: c})
		}
	}
	slices.Sort(out.T)
	for i := range out.Columns {
		col := &out.Columns[i]
		for _, moment := range out.T {
			v, there := at[moment][col.Channel]
			if !there {
				v = series.Absent
			}
			col.V = append(col.V, v)
		}
	}
	return out
}

// parts sums up: each figure as the better record of its channel has it, laps as the one that has more of them.
func (p pair) parts(d *draft, channels map[privacy.Field][]string) {
	effort := func(c series.Channel) (EffortFigures, EffortFigures) {
		b := p.better(c)
		return p[b].effort().EffortFigures, p[1-b].effort().EffortFigures
	}
	laps := p[0]
	if len(p[1].effort().Laps) > len(p[0].effort().Laps) {
		laps = p[1]
	}
	e := Effort{Channels: channels[privacy.Effort]}
	for _, lap := range laps.effort().Laps {
		lap.StartS += laps.offset.Seconds()
		e.Laps = append(e.Laps, lap)
	}
	a, b := effort(series.PowerW)
	e.PowerAvgW, e.PowerMaxW = together(a.PowerAvgW, a.PowerMaxW, b.PowerAvgW, b.PowerMaxW)
	a, b = effort(series.CadenceRPM)
	e.CadenceAvgRPM, e.CadenceMaxRPM = together(a.CadenceAvgRPM, a.CadenceMaxRPM, b.CadenceAvgRPM, b.CadenceMaxRPM)
	a, b = effort(series.SpeedMPS)
	e.SpeedAvgMPS, e.SpeedMaxMPS = together(a.SpeedAvgMPS, a.SpeedMaxMPS, b.SpeedAvgMPS, b.SpeedMaxMPS)
	a, b = effort(series.Resistance)
	e.ResistanceAvg = first(a.ResistanceAvg, b.ResistanceAvg)
	a, b = effort(series.InclinePct)
	e.InclineAvgPct = first(a.InclineAvgPct, b.InclineAvgPct)
	if e.EffortFigures != (EffortFigures{}) || e.Laps != nil || e.Channels != nil {
		d.effort = &e
	}
	p.heart(d, laps, channels[privacy.HeartRate])
	p.route(d, laps, channels[privacy.Route])
	p.device(d)
}

// together is an average with its maximum, both as one record has them.
func together(avg, most, otherAvg, otherMost *float64) (*float64, *float64) {
	if avg == nil && most == nil {
		return otherAvg, otherMost
	}
	return avg, most
}

func (p pair) heart(d *draft, laps record, channels []string) {
	b := p.better(series.HeartRateBPM)
	h := Heart{Channels: channels}
	h.HeartFigures = p[b].heartRate().HeartFigures
	if h.HeartFigures == (HeartFigures{}) {
		h.HeartFigures = p[1-b].heartRate().HeartFigures
	}
	h.Laps = laps.heartRate().Laps
	if h.HeartFigures != (HeartFigures{}) || h.Laps != nil || h.Channels != nil {
		d.heart = &h
	}
}

func (p pair) route(d *draft, laps record, channels []string) {
	track, height := p.better(series.Lat), p.better(series.AltitudeM)
	a, b := p[track].places().RouteFigures, p[1-track].places().RouteFigures
	if a.Start == nil && a.End == nil {
		a = b
	}
	r := Route{Channels: channels, Laps: laps.places().Laps}
	r.Start, r.End = a.Start, a.End
	a, b = p[height].places().RouteFigures, p[1-height].places().RouteFigures
	r.AscentM, r.DescentM = together(a.AscentM, a.DescentM, b.AscentM, b.DescentM)
	if r.RouteFigures != (RouteFigures{}) || r.Laps != nil || r.Channels != nil || d.trackM != nil {
		d.route = &r
	}
}

// device: what recorded it is of one of them; notes are of each.
func (p pair) device(d *draft) {
	a, b := p[0].stored.device, p[1].stored.device
	out := Device{Name: a.Name, Serial: a.Serial, Notes: a.Notes}
	if out.Name == "" && out.Serial == "" {
		out.Name, out.Serial = b.Name, b.Serial
	}
	if out.Notes == "" {
		out.Notes = b.Notes
	}
	if out != (Device{}) {
		d.device = &out
	}
}

// The parts of a record; empty where it has none.
func (r record) effort() Effort   { return or(r.whole.Effort) }
func (r record) heartRate() Heart { return or(r.whole.Heart) }
func (r record) places() Route    { return or(r.whole.Route) }

func or[T any](part *T) (empty T) {
	if part == nil {
		return empty
	}
	return *part
}
