package workout

import (
	"context"
	"strings"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/training"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// digest is what package training keeps of the samples of one part. It is sealed with that part and
// stands under its field: a distance that a device counted is effort's, one by the track the route's.
// The json names stay as they are. One without anything says that there was nothing to make.
type digest struct {
	Power    *training.Power    `json:"power,omitempty"`
	Heart    *training.Heart    `json:"heart,omitempty"`
	Distance *training.Distance `json:"distance,omitempty"`
}

// digestOf sums up the samples of one part.
func digestOf(all []series.Series, sport recording.Sport) digest {
	var d digest
	for _, s := range all {
		switch s.Channel { //nolint:exhaustive // nothing is kept of the others
		case series.PowerW:
			d.Power = kept(rounded(training.DigestPower(s)))
		case series.HeartRateBPM:
			d.Heart = kept(training.DigestHeart(s))
		case series.DistanceM:
			d.Distance = kept(training.DigestPath(training.Counted(s), sport))
		case series.Lat:
			d.Distance = kept(training.DigestPath(training.Tracked(positions(all)), sport))
		}
	}
	return d
}

func kept[T any](v T, ok bool) *T {
	if !ok {
		return nil
	}
	return &v
}

// rounded gives power to a hundredth of a watt: the rest of the digits is noise, and takes as much room.
func rounded(p training.Power, ok bool) (training.Power, bool) {
	p.MeanW = to(p.MeanW, 100)
	if p.NormalizedW != nil {
		p.NormalizedW = new(to(*p.NormalizedW, 100))
	}
	for i := range p.Best {
		p.Best[i].Watts = to(p.Best[i].Watts, 100)
	}
	return p, ok
}

// positions are the moments of a track with both coordinates.
func positions(all []series.Series) []training.Position {
	var lat, lon series.Series
	for _, s := range all {
		switch s.Channel { //nolint:exhaustive // two make a position
		case series.Lat:
			lat = s
		case series.Lon:
			lon = s
		}
	}
	var out []training.Position
	at := 0
	for i, t := range lat.T {
		for at < len(lon.T) && lon.T[at] < t {
			at++
		}
		if at < len(lon.T) && lon.T[at] == t {
			p := training.Position{AtMS: t}
			p.Lat, p.Lon = series.Lat.Value(lat.V[i]), series.Lon.Value(lon.V[at])
			out = append(out, p)
		}
	}
	return out
}

// digestsAtOnce bounds how many parts one look of their owner makes digests of.
const digestsAtOnce = 20

// beginning is how many bytes of sealed samples tell them from any others: there is a random part in them.
const beginning = 32

// digestMore makes digests of parts that have none: those that a program before this one wrote, or
// whose sport has changed. It says how many. To do it again changes nothing.
func digestMore(ctx context.Context, q *query.Queries, by self) (made int, err error) {
	rows, err := q.ListUndigested(ctx, by.id, digestsAtOnce)
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		name, whole := strings.CutSuffix(row.Family, wholeSuffix)
		f, _ := privacy.ParseField(name)
		samplesAt, digestAt := samplesAt, digestAt
		if whole {
			samplesAt, digestAt = wholeSamplesAt, wholeDigestAt
		}
		blob, err := by.key.Open(row.SamplesSealed, samplesAt(f, row.WorkoutID))
		if err != nil {
			return 0, err
		}
		table, err := series.Decode(blob)
		if err != nil {
			return 0, err
		}
		sealed, err := seal.SealValue(by.key, digestAt(f, row.WorkoutID), digestOf(table.Series(), recording.Sport(row.Sport)))
		if err != nil {
			return 0, err
		}
		if err := q.KeepDigest(ctx, query.KeepDigestParams{
			MemberID: by.id, WorkoutID: row.WorkoutID, Family: row.Family, DigestSealed: sealed, DigestOf: row.SamplesSealed[:min(beginning, len(row.SamplesSealed))],
		}); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// MakeDigests makes some of the digests that the caller's own samples lack, and says how many: 0 is all of
// them are there.
func (s *Service) MakeDigests(ctx context.Context, c db.Caller) (made int, err error) {
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		made, err = digestMore(ctx, query.New(tx), by)
		return err
	})
	if err != nil {
		return 0, err
	}
	return made, nil
}
