package workout

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// What is looked at to find twins of one workout.
const (
	mostTwins = 20
	// twinsWithin is how far apart starts may be: more than a recording lasts.
	twinsWithin = 25 * time.Hour
)

// Twins says what a workout was made of or, of one that wasn't merged, which others of its owner's may be
// of the same ride, the likeliest first. It is for its owner only.
type Twins struct {
	MergedFrom []uuid.UUID
	Items      []Twin
}

// Twin is a workout that may be of the same ride as another one.
type Twin struct {
	WorkoutID uuid.UUID
	Overlap   float64 // the part of the longer one's time that both have; above 0.5
	// Agreement is how far the samples of the channels that both have go up and down together, 1 for always:
	// Pearson's correlation, the mean over the channels. Nil where they share none that says anything.
	Agreement *float64
}

// leastAgreement is from where on two records of one channel may be of one heart, or of one pedal.
const leastAgreement = 0.5

// Twins looks for other recordings of the same ride. NotFound for everybody but the workout's owner.
func (s *Service) Twins(ctx context.Context, c db.Caller, id uuid.UUID) (privacy.Guarded[Twins], privacy.Grant, error) {
	var out Twins
	var by self
	err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		if by, err = s.readSelf(ctx, tx); err != nil {
			return err
		}
		one, err := readStored(ctx, tx, by, id)
		if err != nil {
			return err
		}
		q := query.New(tx)
		if out.MergedFrom, err = q.MergedOf(ctx, id); err != nil || len(out.MergedFrom) > 0 {
			return err
		}
		near, err := q.ListNear(ctx, query.ListNearParams{
			MemberID: by.id, ID: id, Near: one.whole.StartedAt, RowLimit: mostTwins,
			FromTime: one.whole.StartedAt.Add(-twinsWithin), ToTime: one.whole.StartedAt.Add(twinsWithin),
		})
		if err != nil {
			return err
		}
		for _, other := range near {
			two, err := readStored(ctx, tx, by, other)
			if err != nil {
				return err
			}
			if twin, ok := twinOf(one, two); ok {
				out.add(twin)
			}
		}
		return nil
	})
	if err != nil {
		return privacy.Guarded[Twins]{}, privacy.Grant{}, err
	}
	return privacy.Guard(by.id, privacy.Merge, out), by.grant, nil
}

// add keeps the likeliest first: those whose samples agree, then by the time that they share.
func (t *Twins) add(twin Twin) {
	likely := func(t Twin) float64 { return of(t.Agreement) + t.Overlap }
	i := len(t.Items)
	for i > 0 && likely(t.Items[i-1]) < likely(twin) {
		i--
	}
	t.Items = append(t.Items[:i:i], append([]Twin{twin}, t.Items[i:]...)...)
}

// twinOf says whether two workouts may be of one ride: they share most of their time and their sport, and
// what both measured agrees.
func twinOf(one, two stored) (Twin, bool) {
	overlap, same := sameRide(one, two)
	if !same {
		return Twin{}, false
	}
	twin := Twin{WorkoutID: two.id, Overlap: to(overlap, 1000), Agreement: agreement(one.whole, two.whole)}
	return twin, twin.Agreement == nil || *twin.Agreement >= leastAgreement
}

// sameRide is what two workouts have to be to become one: by their sport, and at the same time. The overlap
// is a part of the longer one.
func sameRide(one, two stored) (overlap float64, same bool) {
	a, b := one.whole.Whole, two.whole.Whole
	from, until := later(a.StartedAt, b.StartedAt), earlier(a.end(), b.end())
	longer := max(a.DurationS, b.DurationS)
	if longer <= 0 || !until.After(from) {
		return 0, false
	}
	overlap = min(1, until.Sub(from).Seconds()/longer)
	_, fits := commonSport(Sport(one.row.Sport), Sport(two.row.Sport))
	return overlap, fits && overlap > 0.5
}

func (w Whole) end() time.Time {
	return w.StartedAt.Add(time.Duration(w.DurationS * float64(time.Second)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// commonSport is what two records of one ride say it was, the more exact one. Watches name what they don't
// know as one of two.
func commonSport(a, b Sport) (Sport, bool) {
	vague := func(s Sport) bool { return s == recording.Other || s == recording.Cardio }
	switch {
	case a == b, vague(b):
		return a, true
	case vague(a):
		return b, true
	default:
		return "", false
	}
}

// compared are the channels by which two records are compared: those that two devices measure alike.
var compared = []series.Channel{series.HeartRateBPM, series.PowerW, series.CadenceRPM, series.SpeedMPS}

const (
	clocksApartS = 30 // seconds that two devices' clocks may differ by
	fewestShared = 10 // seconds of a channel that say anything
)

// agreement is that of Twin.
func agreement(a, b content) *float64 {
	var sum float64
	var n int
	for _, c := range compared {
		x, y := a.bySecond(c), b.bySecond(c)
		if r, ok := correlate(x, y); ok {
			sum, n = sum+r, n+1
		}
	}
	if n == 0 {
		return nil
	}
	return new(to(sum/float64(n), 1000))
}

// seconds are the values of a channel, one for each second from a Unix second on; NaN where there is none.
type seconds struct {
	from   int64
	values []float64
}

func (s seconds) at(second int64) float64 {
	if i := second - s.from; i >= 0 && i < int64(len(s.values)) {
		return s.values[i]
	}
	return math.NaN()
}

func (c content) bySecond(channel series.Channel) seconds {
	t := c.tables[fieldOf[channel.Family()]]
	values := t.Column(channel)
	out := seconds{from: c.StartedAt.Unix()}
	if n := len(t.T); n > 0 && values != nil {
		out.values = slices.Repeat([]float64{math.NaN()}, int(t.T[n-1]/1000)+1)
	}
	for i, v := range values {
		if v != series.Absent {
			out.values[t.T[i]/1000] = channel.Value(v)
		}
	}
	return out
}

// correlate is Pearson's r of two records, at the difference of clocks at which it is largest. Where one of
// them never changes it says nothing.
func correlate(x, y seconds) (best float64, ok bool) {
	for lag := int64(-clocksApartS); lag <= clocksApartS; lag++ {
		var n, sx, sy, sxx, syy, sxy float64
		for i, a := range x.values {
			if b := y.at(x.from + int64(i) + lag); !math.IsNaN(a) && !math.IsNaN(b) {
				n, sx, sy, sxx, syy, sxy = n+1, sx+a, sy+b, sxx+a*a, syy+b*b, sxy+a*b
			}
		}
		spread := math.Sqrt(max(0, n*sxx-sx*sx)) * math.Sqrt(max(0, n*syy-sy*sy))
		if n < fewestShared || spread < 1e-9 {
			continue
		}
		if r := (n*sxy - sx*sy) / spread; !ok || r > best {
			best, ok = r, true
		}
	}
	return best, ok
}
