package dto

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/export"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// writers are the kinds of files by their names in the contract.
var writers = map[ExportWorkoutParamsFormat]func(io.Writer, export.Workout) error{
	ExportWorkoutParamsFormatFit: export.FIT, ExportWorkoutParamsFormatTcx: export.TCX,
	ExportWorkoutParamsFormatGpx: export.GPX, ExportWorkoutParamsFormatCsv: export.CSV,
}

// ExportBody is a file of what the grant opens of a workout. It is Unprocessable where that holds nothing of
// which the format is made.
func ExportBody(w workout.Saved, grant privacy.Grant, format ExportWorkoutParamsFormat) (Body, error) {
	var s shower
	out, ok := exported(w, s.by(grant))
	write := writers[format]
	if !ok || write == nil {
		return Body{}, fault.NotFound()
	}
	var file bytes.Buffer
	switch err := write(&file, out); {
	case errors.Is(err, export.ErrNoTrack):
		return Body{}, fault.Unprocessable("no_track", "there are no positions for you to save")
	case errors.Is(err, export.ErrNoSamples):
		return Body{}, fault.Unprocessable("no_samples", "there are no samples for you to save")
	case err != nil:
		return Body{}, err
	}
	return Body{raw: file.Bytes(), shown: s.members}, nil
}

// OriginalBody is a file as it was sent; fault.NotFound for whom it is not.
func OriginalBody(file privacy.Guarded[[]byte], grant privacy.Grant) (Body, error) {
	var s shower
	content := opened(s.by(grant), file)
	if content == nil {
		return Body{}, fault.NotFound()
	}
	return Body{raw: *content, shown: s.members}, nil
}

// exported opens a workout for a file; not ok where it doesn't show at all.
func exported(w workout.Saved, g opener) (export.Workout, bool) {
	facts := opened(g, w.Workout.Facts)
	if facts == nil {
		return export.Workout{}, false
	}
	out := export.Workout{
		Sport: facts.Sport, Indoor: facts.Indoor, StartedAt: facts.StartedAt, DurationS: facts.DurationS, MovingS: facts.MovingS,
		DistanceM: opened(g, w.CountedM), CaloriesKcal: facts.CaloriesKcal, OutputKJ: facts.OutputKJ,
	}
	if facts.Title != nil {
		out.Title = *facts.Title
	}
	if d := opened(g, w.Workout.Device); d != nil {
		out.Device = d.Name
	}
	e, h, r := opened(g, w.Workout.Effort), opened(g, w.Workout.Heart), opened(g, w.Workout.Route)
	if e != nil {
		out.Effort = effortFigures(e.EffortFigures)
		for _, l := range e.Laps {
			out.Laps = append(out.Laps, recording.Lap{
				StartS: l.StartS, DurationS: l.DurationS, DistanceM: l.DistanceM, Figures: recording.Figures{Effort: effortFigures(l.EffortFigures)},
			})
		}
	}
	if h != nil {
		out.Heart = recording.Heart(h.HeartFigures)
		for i := range min(len(out.Laps), len(h.Laps)) {
			out.Laps[i].Heart = recording.Heart(h.Laps[i])
		}
	}
	if r != nil {
		out.Place = placeFigures(r.RouteFigures)
		for i := range min(len(out.Laps), len(r.Laps)) {
			out.Laps[i].Place = placeFigures(r.Laps[i])
		}
	}
	for family, samples := range map[series.Family]privacy.Guarded[[]series.Series]{
		series.Effort: w.Samples.Effort, series.Heart: w.Samples.Heart, series.Place: w.Samples.Place,
	} {
		if all := opened(g, samples); all != nil && len(*all) > 0 {
			out.Samples = append(out.Samples, series.TableOf(family, *all))
		}
	}
	slices.SortFunc(out.Samples, func(a, b series.Table) int { return int(a.Family) - int(b.Family) })
	return out, true
}

func effortFigures(e workout.EffortFigures) recording.Effort {
	return recording.Effort{
		AvgPowerW: e.PowerAvgW, MaxPowerW: e.PowerMaxW, AvgCadenceRPM: e.CadenceAvgRPM, MaxCadenceRPM: e.CadenceMaxRPM,
		AvgSpeedMPS: e.SpeedAvgMPS, MaxSpeedMPS: e.SpeedMaxMPS, AvgResistance: e.ResistanceAvg, AvgInclinePct: e.InclineAvgPct,
	}
}

func placeFigures(r workout.RouteFigures) recording.Place {
	p := recording.Place{AscentM: r.AscentM, DescentM: r.DescentM}
	if r.Start != nil {
		p.StartLat, p.StartLon = &r.Start.Lat, &r.Start.Lon
	}
	if r.End != nil {
		p.EndLat, p.EndLon = &r.End.Lat, &r.End.Lon
	}
	return p
}
