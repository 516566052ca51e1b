package workout

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/query"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// Streams are the samples of one workout, closed, in channel order. A channel that is hidden is
// absent, just as one that was never recorded.
type Streams struct {
	WorkoutID            uuid.UUID
	Effort, Heart, Place privacy.Guarded[[]series.Series]
}

// fieldOf is the field that guards a family of samples.
var fieldOf = map[series.Family]privacy.Field{
	series.Effort: privacy.Effort, series.Heart: privacy.HeartRate, series.Place: privacy.Route,
}

// Streams reads the channels asked for, each thinned to at most that many points, as series.Thin does
// it: from their previews where these have as many. NotFound where the viewer may not know of the
// workout.
func (s *Service) Streams(ctx context.Context, c db.Caller, id uuid.UUID, channels []series.Channel, points int) (Streams, privacy.Grant, error) {
	out := Streams{WorkoutID: id}
	var grant privacy.Grant
	err := s.db.ReadAlone(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		rows, err := query.New(tx).ReadSamples(ctx, query.ReadSamplesParams{
			ID: id, Families: families(channels), Preview: points <= series.PreviewPoints,
		})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.NotFound()
		}
		for _, row := range rows {
			owner := db.Subject(row.Subject)
			if grant, err = owner.Decide(tx); err != nil {
				return err
			}
			audience := db.Audience(row.Audience)
			if !grant.ShowsWithin(privacy.Workout, audience) {
				return fault.NotFound()
			}
			o := opener{ring: s.ring, owner: owner, grant: grant, workout: id, audience: audience}
			for family, into := range map[series.Family]*privacy.Guarded[[]series.Series]{
				series.Effort: &out.Effort, series.Heart: &out.Heart, series.Place: &out.Place,
			} {
				if row.Family == nil || *row.Family != fieldOf[family].String() {
					continue
				}
				if *into, err = unpack(&o, fieldOf[family], row, channels, points); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, grant, err
}

// families names the parts that hold the channels.
func families(channels []series.Channel) []string {
	out := []string{}
	for _, f := range series.Families() {
		if slices.ContainsFunc(channels, func(c series.Channel) bool { return c.Family() == f }) {
			out = append(out, fieldOf[f].String())
		}
	}
	return out
}

// unpack unseals a preview or a blob, where the grant opens it, and gives the channels asked for,
// thinned.
func unpack(o *opener, f privacy.Field, row query.ReadSamplesRow, channels []series.Channel, points int) (privacy.Guarded[[]series.Series], error) {
	sealed, at := row.SamplesSealed, samplesAt(f, o.workout)
	if row.PreviewSealed != nil {
		sealed, at = row.PreviewSealed, previewAt(f, o.workout)
	}
	return privacy.Convert(o.grant, o.closed(f, sealed), func(sealed []byte) (*[]series.Series, error) {
		key, err := o.unwrap()
		if err != nil {
			return nil, err
		}
		blob, err := key.Open(sealed, at)
		if err != nil {
			return nil, err
		}
		var all []series.Series
		if row.PreviewSealed != nil {
			all, err = series.DecodePreview(blob)
		} else {
			var table series.Table
			table, err = series.Decode(blob)
			all = table.Series()
		}
		if err != nil {
			return nil, err
		}
		thinned := series.Thin(slices.DeleteFunc(all, func(s series.Series) bool { return !slices.Contains(channels, s.Channel) }), points)
		return &thinned, nil
	})
}
