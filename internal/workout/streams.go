package workout

import (
	"context"
	"math"
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
	var out Streams
	var grant privacy.Grant
	read := s.db.ReadAlone
	if points <= series.PreviewPoints { // few bytes, whatever the workout
		read = s.db.Read
	}
	err := read(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		out, grant, err = s.samples(ctx, tx, id, channels, points)
		return err
	})
	return out, grant, err
}

// everything is more points than a workout has.
const everything = math.MaxInt

// samples is Streams in a transaction.
func (s *Service) samples(ctx context.Context, tx *db.Tx, id uuid.UUID, channels []series.Channel, points int) (Streams, privacy.Grant, error) {
	out := Streams{WorkoutID: id}
	row, err := query.New(tx).ReadSamples(ctx, query.ReadSamplesParams{
		ID: id, Families: families(channels), Previews: points <= series.PreviewPoints,
	})
	if err != nil {
		return Streams{}, privacy.Grant{}, err
	}
	owner := db.Subject(query.Subject{
		MemberID: row.MemberID, Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability,
		Audiences: row.Audiences, Edge: row.Edge, Wrapped: row.Wrapped, SeenBy: row.SeenBy,
	})
	grant, err := owner.Decide(tx)
	if err != nil {
		return Streams{}, privacy.Grant{}, err
	}
	audience := db.Audience(row.Audience)
	if !grant.ShowsWithin(privacy.Workout, audience) {
		return Streams{}, privacy.Grant{}, fault.NotFound()
	}
	u := unpacker{
		opener:   opener{ring: s.ring, owner: owner, grant: grant, workout: id, audience: audience},
		channels: channels, points: points, whole: row.Whole,
	}
	if out.Effort, err = u.unpack(series.Effort, row.EffortSealed, row.EffortPreview); err != nil {
		return Streams{}, privacy.Grant{}, err
	}
	if out.Heart, err = u.unpack(series.Heart, row.HeartSealed, row.HeartPreview); err != nil {
		return Streams{}, privacy.Grant{}, err
	}
	out.Place, err = u.unpack(series.Place, row.RouteSealed, row.RoutePreview)
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

// unpacker opens the samples of one workout.
type unpacker struct {
	opener
	channels []series.Channel
	points   int
	whole    bool // what its owner gets of a workout that zones cut
}

// unpack unseals a preview, or samples where there is none, where the grant opens them, and gives
// the channels asked for, thinned.
func (u *unpacker) unpack(family series.Family, samples, preview []byte) (privacy.Guarded[[]series.Series], error) {
	f := fieldOf[family]
	samplesAt, previewAt := samplesAt, previewAt
	if u.whole {
		samplesAt, previewAt = wholeSamplesAt, wholePreviewAt
	}
	sealed, at, decode := samples, samplesAt(f, u.workout), u.fromSamples
	if preview != nil {
		sealed, at, decode = preview, previewAt(f, u.workout), u.fromPreview
	}
	return privacy.Convert(u.grant, u.closed(f, sealed), func(sealed []byte) (*[]series.Series, error) {
		key, err := u.unwrap()
		if err != nil {
			return nil, err
		}
		blob, err := key.Open(sealed, at)
		if err != nil {
			return nil, err
		}
		all, err := decode(blob)
		if err != nil {
			return nil, err
		}
		thinned := series.Thin(slices.DeleteFunc(all, func(s series.Series) bool { return !slices.Contains(u.channels, s.Channel) }), u.points)
		return &thinned, nil
	})
}

func (*unpacker) fromPreview(blob []byte) ([]series.Series, error) { return series.DecodePreview(blob) }

func (*unpacker) fromSamples(blob []byte) ([]series.Series, error) {
	table, err := series.Decode(blob)
	return table.Series(), err
}
