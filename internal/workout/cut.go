package workout

import (
	"time"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Whole is a cut workout as it was recorded, for its owner alone. It is sealed with the device: what is
// in the other parts and in the workout's row is for others, whoever asks.
type Whole struct {
	Audience     int16     `json:"audience"` // the owner's choice; of what shows nothing, nobody else gets to know
	StartedAt    time.Time `json:"started_at"`
	DurationS    float64   `json:"duration_s"`
	MovingS      *float64  `json:"moving_s,omitempty"`
	DistanceM    *float64  `json:"distance_m,omitempty"`
	TrackM       *float64  `json:"track_m,omitempty"`
	CaloriesKcal *float64  `json:"calories_kcal,omitempty"`
	OutputKJ     *float64  `json:"output_kj,omitempty"`
	Effort       *Effort   `json:"effort,omitempty"`
	Heart        *Heart    `json:"heart,omitempty"`
	Route        *Route    `json:"route,omitempty"`
}

// content is a workout with its samples, open.
type content struct {
	Whole
	tables map[privacy.Field]series.Table
}

// tracked says whether there is anything of a place in a route.
func tracked(r *Route, hasSamples bool) bool {
	if r == nil {
		return false
	}
	places := hasSamples || r.Start != nil || r.End != nil
	for _, lap := range r.Laps {
		places = places || lap.Start != nil || lap.End != nil
	}
	return places
}

// cut gives what others see of a workout under zones, and whether that is any less than the whole. What
// it gives of a cut track is made of the visible part alone: two workouts that differ in what is
// hidden come out the same.
func (c content) cut(zones []place.Zone) (shown content, cut bool) {
	track, hasTrack := c.tables[privacy.Route]
	if len(zones) == 0 || !tracked(c.Route, hasTrack) {
		return c, false
	}
	v := place.Cut(track, time.Duration(c.DurationS*float64(time.Second)), zones)
	switch {
	case !hasTrack || len(points(track)) == 0: // ends without a way between them
		return c.placeless(), true
	case v.Whole():
		return c, false
	case v.None():
		return c.hidden(), true
	default:
		return c.visible(v), true
	}
}

// points are the moments of a track that have a position.
func points(track series.Table) (at []uint32) {
	lats, lons := track.Column(series.Lat), track.Column(series.Lon)
	for i, t := range track.T {
		if lats != nil && lats[i] != series.Absent || lons != nil && lons[i] != series.Absent {
			at = append(at, t)
		}
	}
	return at
}

// placeless is a workout of which nobody knows where it was, without what says where.
func (c content) placeless() content {
	out := content{Whole: c.Whole, tables: map[privacy.Field]series.Table{}}
	for f, t := range c.tables {
		if f != privacy.Route {
			out.tables[f] = t
		}
	}
	out.Route, out.TrackM = &Route{}, nil
	return out
}

// hidden is a workout of which nothing shows: no more than that there is one, and to its owner only.
func (c content) hidden() content {
	return content{Whole: Whole{Audience: int16(privacy.OnlyMe), StartedAt: c.StartedAt, Route: &Route{}}}
}

// visible is the visible part of a workout. Calories, and what a device says of laps or the whole, can't be
// parted, so others don't get them.
func (c content) visible(v place.Visible) content {
	track := c.tables[privacy.Route]
	sum := v.Sum(track)
	out := content{tables: map[privacy.Field]series.Table{}, Whole: Whole{
		Audience: c.Audience, StartedAt: c.StartedAt.Add(v.Start()), DurationS: sum.Duration.Seconds(), Route: &Route{},
	}}
	var kept []series.Table
	for _, f := range []privacy.Field{privacy.Effort, privacy.HeartRate, privacy.Route} {
		if t := withValues(v.Table(c.tables[f])); len(t.T) > 0 {
			out.tables[f], kept = t, append(kept, t)
		}
	}
	moving := sum.Moving.Seconds()
	s := recording.Summarize(kept, moving)
	if c.MovingS != nil {
		out.MovingS = &moving
	}
	if c.OutputKJ != nil {
		out.OutputKJ = s.OutputKJ
	}
	if c.DistanceM != nil {
		out.DistanceM = s.DistanceM
	}
	if out.DistanceM == nil && (c.DistanceM != nil || c.TrackM != nil) {
		out.TrackM = inSteps(series.DistanceM, sum.DistanceM)
	}
	if t, some := out.tables[privacy.Effort]; some && c.Effort != nil {
		out.Effort = &Effort{EffortFigures: effortOf(s.Effort), Channels: names(t)}
	}
	if t, some := out.tables[privacy.HeartRate]; some && c.Heart != nil {
		out.Heart = &Heart{HeartFigures: HeartFigures(s.Heart), Channels: names(t)}
	}
	out.Route.RouteFigures, out.Route.Channels = routeOf(s.Place), names(out.tables[privacy.Route])
	out.Route.AscentM, out.Route.DescentM = nil, nil
	if c.Route.AscentM != nil {
		out.Route.AscentM = inSteps(series.AltitudeM, sum.AscentM)
	}
	if c.Route.DescentM != nil {
		out.Route.DescentM = inSteps(series.AltitudeM, sum.DescentM)
	}
	return out
}

// inSteps rounds to a channel's resolution: adding up leaves noise behind it.
func inSteps(c series.Channel, v *float64) *float64 {
	if v == nil {
		return nil
	}
	return new(c.Value(c.Steps(*v)))
}

// withValues leaves out channels and moments without any value.
func withValues(t series.Table) series.Table {
	out := series.Table{Family: t.Family}
	var rows []int
	for i, at := range t.T {
		for _, col := range t.Columns {
			if col.V[i] != series.Absent {
				rows, out.T = append(rows, i), append(out.T, at)
				break
			}
		}
	}
	for _, col := range t.Columns {
		values, some := make([]int32, len(rows)), false
		for i, row := range rows {
			values[i] = col.V[row]
			some = some || values[i] != series.Absent
		}
		if some {
			out.Columns = append(out.Columns, series.Column{Channel: col.Channel, V: values})
		}
	}
	return out
}

func names(t series.Table) (out []string) {
	for _, col := range t.Columns {
		out = append(out, col.Channel.String())
	}
	return out
}
