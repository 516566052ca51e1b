package recording

import (
	"time"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Live is a workout as a console tells it while it goes on: what it says of the whole so far, and
// the samples of its parts in their order, each with its own tables. Nil figures were not said.
type Live struct {
	Sport        Sport
	Indoor       bool
	Device       Device
	StartedAt    time.Time // whole seconds
	DurationS    float64   // so far
	MovingS      *float64
	DistanceM    *float64
	CaloriesKcal *float64
	OutputKJ     *float64
	Parts        [][]series.Table // moments are after StartedAt
}

// Assemble makes a recording of what a console has told, as Parse does of a file: samples of one
// moment in two parts are merged, the earlier part first, and what the console says of the whole is
// preferred to what its samples add up to. A *Error says why there is none.
func Assemble(l Live) (Recording, error) {
	start := at(l.StartedAt)
	if start == 0 {
		return Recording{}, refuse(NoTimes)
	}
	all := collector{limit: DefaultLimits().within().MaxRecords}
	for _, part := range l.Parts {
		for _, table := range part {
			if err := all.addTable(start, table); err != nil {
				return Recording{}, err
			}
		}
	}
	said := figures{elapsed: l.DurationS}
	for name, v := range map[string]*float64{timer: l.MovingS, totalDistance: l.DistanceM, totalCalories: l.CaloriesKcal} {
		if v != nil {
			said[name] = *v
		}
	}
	if l.OutputKJ != nil {
		said[totalWork] = *l.OutputKJ * 1000
	}
	return draft{sport: l.Sport, indoor: l.Indoor, device: l.Device, start: start, said: said}.finish(all.samples)
}

// addTable adds the moments of one family, a sample each: finish merges those of the same moment.
func (c *collector) addTable(start moment, table series.Table) error {
	for i, t := range table.T {
		s := nothing
		s.at = start + moment(t)
		for _, column := range table.Columns {
			s.v[column.Channel] = column.V[i]
		}
		if err := c.add(s); err != nil {
			return err
		}
	}
	return nil
}

// Plausible is the range of values that a channel can have, in its unit.
func Plausible(c series.Channel) (low, high float64) { return plausible[c].low, plausible[c].high }
