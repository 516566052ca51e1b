package recording

import "github.com/paceline/paceline/internal/workout/recording/series"

// Summary is what samples add up to, as when a recording is read that says nothing itself. What
// they don't tell is nil.
type Summary struct {
	Figures
	DistanceM *float64 // by the counter of distance, never from the track
	OutputKJ  *float64
}

// Summarize sums up samples, a table for each family at most. Averages over time take the seconds of
// moving.
func Summarize(all []series.Table, movingS float64) Summary {
	v := view{moving: movingS}
	for _, t := range all {
		for i, at := range t.T {
			s := nothing
			s.at = moment(at)
			for _, col := range t.Columns {
				s.v[col.Channel] = col.V[i]
			}
			v.samples = append(v.samples, s)
		}
	}
	v.samples = inOrder(v.samples)
	sum, err := figures{}.sum(v)
	if err != nil { // samples don't contradict themselves: an average is no more than its maximum
		return Summary{}
	}
	out := Summary{Figures: sum.Figures, OutputKJ: figures{}.work(v)}
	if !sum.fromPlace {
		out.DistanceM = sum.distance
	}
	return out
}
