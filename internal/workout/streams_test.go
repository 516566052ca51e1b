package workout_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// A chart is read from the preview and is the same as thinned from all samples, for everybody and for
// any choice of channels; recordings of before there were previews have none and show the same.
func TestPreviewIsWhatTheSamplesGive(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	id := c.mustImport(c.owner, recordingtest.RideFIT(recordingtest.Options{Seconds: 900}), privacy.Followers).Items[0].Workout.ID
	c.let(c.owner, privacy.Route, privacy.Followers)
	type seen struct{ Effort, Heart, Place []series.Series }
	lookAt := func(p person, channels []series.Channel, points int) (seen, error) {
		t.Helper()
		s, g, err := c.s.Streams(t.Context(), p.caller(), id, channels, points)
		var out seen
		out.Effort, _ = s.Effort.Open(g)
		out.Heart, _ = s.Heart.Open(g)
		out.Place, _ = s.Place.Open(g)
		return out, err
	}
	look := func(p person, channels []series.Channel) seen {
		t.Helper()
		out, err := lookAt(p, channels, series.PreviewPoints)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if n := c.count(`SELECT count(*) FROM workout_part WHERE (preview_sealed IS NULL) <> (samples_sealed IS NULL)`); n != 0 {
		t.Errorf("%d parts have samples and no preview", n)
	}
	some := []series.Channel{series.SpeedMPS, series.HeartRateBPM, series.AltitudeM}
	// Without its samples a part has but the preview, which proves what was read.
	c.sql(`ALTER TABLE workout_part ADD kept bytea`)
	c.sql(`UPDATE workout_part SET kept = samples_sealed, samples_sealed = CASE WHEN samples_sealed IS NOT NULL THEN '\x00'::bytea END`)
	owner, follower, few := look(c.owner, allChannels()), look(c.follower, allChannels()), look(c.owner, some)
	thin, err := lookAt(c.owner, allChannels(), 50)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range slices.Concat(thin.Effort, thin.Heart, thin.Place) {
		if of := slices.Concat(owner.Effort, owner.Heart, owner.Place)[i]; len(s.V) > 50 || slices.Max(s.V) != slices.Max(of.V) || slices.Min(s.V) != slices.Min(of.V) {
			t.Errorf("%v in 50 points: %d, from %d to %d", s.Channel, len(s.V), slices.Min(s.V), slices.Max(s.V))
		}
	}
	if _, err := lookAt(c.owner, allChannels(), series.PreviewPoints+1); err == nil {
		t.Error("more points than a preview has came from it")
	}
	c.sql(`UPDATE workout_part SET samples_sealed = kept, preview_sealed = NULL`)
	for what, pair := range map[string][2]seen{
		"owner": {owner, look(c.owner, allChannels())}, "follower": {follower, look(c.follower, allChannels())},
		"some channels": {few, look(c.owner, some)},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s: the samples are -, the preview +: %s", what, diff)
		}
	}
	if len(owner.Heart) != 1 || len(owner.Heart[0].T) != series.PreviewPoints || follower.Heart != nil || len(follower.Place) == 0 || len(few.Effort) != 1 {
		t.Errorf("the owner sees %d heart, the follower %d heart and %d place", len(owner.Heart), len(follower.Heart), len(follower.Place))
	}
}

// A preview is sealed in its place as the samples are in theirs.
func TestPreviewsDontMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	ids := []uuid.UUID{}
	for seed := range uint64(2) {
		file := recordingtest.RideFIT(recordingtest.Options{Seconds: 900, Seed: seed, Title: "secret place"})
		ids = append(ids, w.mustImport(ada, file, privacy.Followers).Items[0].Workout.ID)
	}
	read := func() error {
		_, _, err := w.s.Streams(t.Context(), ada.caller(), ids[0], allChannels(), series.PreviewPoints)
		return err
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]string{
		"of another workout": `(SELECT o.preview_sealed FROM workout_part o WHERE o.workout_id = $2 AND o.family = 'effort')`,
		"the samples":        `(SELECT o.samples_sealed FROM workout_part o WHERE o.workout_id = $1 AND o.workout_id <> $2 AND o.family = 'effort')`,
		"of another family":  `(SELECT o.preview_sealed FROM workout_part o WHERE o.workout_id = $1 AND o.workout_id <> $2 AND o.family = 'route')`,
	} {
		w.sql(`UPDATE workout_part SET preview_sealed = `+change+` WHERE workout_id = $1 AND family = 'effort'`, ids[0], ids[1])
		if err := read(); err == nil {
			t.Errorf("a preview %s opens", what)
		}
	}
}
