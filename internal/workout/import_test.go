package workout_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

func ride(o recordingtest.Options) []byte {
	if o.Seconds == 0 {
		o.Seconds = 60
	}
	return recordingtest.RideFIT(o)
}

func TestImportedRideIsReadByWhomItIsFor(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	file := ride(recordingtest.Options{Seconds: 600, Laps: 3, Title: "Home Street 5", Device: "Edge", Serial: 4711})
	got := c.mustImport(c.owner, file, privacy.Followers)
	if got.New != 1 || len(got.Items) != 1 {
		t.Fatalf("%+v", got)
	}
	w, g := got.Items[0].Workout, got.Items[0].Grant
	parsed, err := recording.Parse(bytes.NewReader(file), recording.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	want := parsed[0]
	facts, effort, heart := open(t, "facts", g, w.Facts), open(t, "effort", g, w.Effort), open(t, "heart", g, w.Heart)
	route, device := open(t, "route", g, w.Route), open(t, "device", g, w.Device)
	if open(t, "source", g, w.Source) != workout.File || facts.Title != nil || facts.Sport != want.Sport || !facts.StartedAt.Equal(want.StartedAt) ||
		facts.DurationS != want.DurationS || *facts.MovingS != want.MovingS || *facts.OutputKJ != *want.OutputKJ {
		t.Errorf("facts %+v", facts)
	}
	if *effort.PowerAvgW != *want.Effort.AvgPowerW || *effort.SpeedMaxMPS != *want.Effort.MaxSpeedMPS || len(effort.Laps) != 3 ||
		*heart.MaxBPM != *want.Heart.MaxBPM || len(heart.Laps) != 3 || len(route.Laps) != 3 || route.Start == nil || *route.AscentM != *want.Place.AscentM {
		t.Errorf("%+v %+v %+v", effort, heart, route)
	}
	if effort.Laps[1].DurationS != want.Laps[1].DurationS || *effort.Laps[1].DistanceM != *want.Laps[1].DistanceM || *effort.Laps[1].PowerAvgW != *want.Laps[1].Effort.AvgPowerW {
		t.Errorf("lap %+v", effort.Laps[1])
	}
	if device.Serial != "4711" || device.Notes != "Home Street 5" || device.Name == "" || !slices.Contains(effort.Channels, "power_w") || !slices.Equal(heart.Channels, []string{"heart_rate_bpm"}) {
		t.Errorf("%+v %v %v", device, effort.Channels, heart.Channels)
	}
	streams, g, err := c.s.Streams(t.Context(), c.owner.caller(), w.ID, allChannels(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	power := open(t, "effort", g, streams.Effort)[0]
	effortTable := want.Table(series.Effort)
	if !slices.Equal(power.V, effortTable.Column(series.PowerW)) {
		t.Error("the power that comes out is not the power that went in")
	}
	theirs, g, err := c.s.Read(t.Context(), c.follower.caller(), w.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := open(t, "effort", g, theirs.Effort); len(got.Laps) != 3 {
		t.Error("a follower doesn't see the laps")
	}
	closed(t, "heart", g, theirs.Heart)
	closed(t, "route", g, theirs.Route)
	closed(t, "device", g, theirs.Device)
	if facts := open(t, "facts", g, theirs.Facts); facts.Title != nil {
		t.Errorf("a follower reads the file's title %q", *facts.Title)
	}
	if n := c.count(`SELECT count(*) FROM workout WHERE title IS NOT NULL`); n != 0 {
		t.Errorf("%d titles were taken from files", n)
	}
	_, _, err = c.s.Read(t.Context(), c.stranger.caller(), w.ID)
	wantKind(t, "a stranger", err, fault.KindNotFound)
}

// Where only the track says how far a lap went, no lap says it.
func TestLapsOfATrackHaveNoDistance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	for want, file := range map[bool][]byte{
		true:  recordingtest.RideTCX(recordingtest.Options{Seconds: 120, Laps: 2}),
		false: recordingtest.RideTCX(recordingtest.Options{Seconds: 120, Laps: 2, NoDistance: true, Seed: 3}),
	} {
		got := w.mustImport(ada, file, privacy.OnlyMe).Items[0]
		for i, lap := range open(t, "effort", got.Grant, got.Workout.Effort).Laps {
			if (lap.DistanceM != nil) != want {
				t.Errorf("lap %d of a file that counts metres (%v) has the distance %v", i, want, lap.DistanceM)
			}
		}
	}
}

func TestTheSameRecordingIsOneWorkout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.member("ada"), w.member("ben")
	file := ride(recordingtest.Options{Seed: 1})
	one, err := w.imports(ada, file, workout.Repeat{})
	if err != nil || one.New != 1 {
		t.Fatal(err)
	}
	again, err := w.imports(ada, file, workout.Repeat{})
	if err != nil || again.New != 0 || again.Items[0].Workout.ID != one.Items[0].Workout.ID {
		t.Errorf("again: %+v, %v", again, err)
	}
	// Another title, another device: the same ride.
	again, err = w.imports(ada, ride(recordingtest.Options{Seed: 1, Title: "Renamed", Device: "Watch"}), workout.Repeat{})
	if err != nil || again.New != 0 {
		t.Errorf("renamed: %+v, %v", again, err)
	}
	theirs, err := w.imports(ben, file, workout.Repeat{})
	if err != nil || theirs.New != 1 || theirs.Items[0].Workout.ID == one.Items[0].Workout.ID {
		t.Errorf("another member's: %+v, %v", theirs, err)
	}
	if err := w.s.Delete(t.Context(), ada.caller(), one.Items[0].Workout.ID); err != nil {
		t.Fatal(err)
	}
	if again, err = w.imports(ada, file, workout.Repeat{}); err != nil || again.New != 1 {
		t.Errorf("after its deletion: %+v, %v", again, err)
	}
}

// sessions is a file with several rides in a row.
func sessions(seeds ...uint64) []byte {
	var all []recordingtest.Workout
	o := recordingtest.Options{Seconds: 60}
	for _, seed := range seeds {
		o.Seed = seed
		w := recordingtest.Make(o)
		all, o = append(all, w), w.After(o)
	}
	return recordingtest.FIT(recordingtest.FITForm{}, all...)
}

func TestEverySessionIsAWorkout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	got := w.mustImport(ada, sessions(1, 2, 3), privacy.OnlyMe)
	if got.New != 3 || len(got.Items) != 3 {
		t.Fatalf("%d of %d new", got.New, len(got.Items))
	}
	for i, item := range got.Items[1:] {
		before := open(t, "facts", got.Items[i].Grant, got.Items[i].Workout.Facts).StartedAt
		if !open(t, "facts", item.Grant, item.Workout.Facts).StartedAt.After(before) {
			t.Error("not in the file's order")
		}
	}
	more := w.mustImport(ada, sessions(1, 2, 3, 4), privacy.OnlyMe)
	if more.New != 1 || len(more.Items) != 4 || more.Items[1].Workout.ID != got.Items[1].Workout.ID {
		t.Errorf("with one more: %d of %d new", more.New, len(more.Items))
	}
}

func TestImportsOfTheSameRecordingsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	var rides []recordingtest.Workout
	for seed := range uint64(8) {
		rides = append(rides, recordingtest.Make(recordingtest.Options{Seconds: 10, Seed: seed, Start: now.AddDate(0, -1, int(seed))}))
	}
	forth := recordingtest.TCX(rides...)
	slices.Reverse(rides)
	back := recordingtest.TCX(rides...) // were they written in the file's order, two would wait for each other
	for range 8 {
		w.sql(`DELETE FROM workout`)
		var wait, parsed sync.WaitGroup
		var added atomic.Int64
		parsed.Add(2)
		for _, file := range [][]byte{forth, back} {
			wait.Go(func() {
				got, err := w.s.Import(t.Context(), ada.caller(), together{upload{bytes.NewReader(file), nil}, &parsed}, workout.Repeat{})
				if err != nil {
					t.Error(err)
				}
				added.Add(int64(got.New))
			})
		}
		wait.Wait()
		if n := w.count(`SELECT count(*) FROM workout`); n != 8 || added.Load() != 8 {
			t.Errorf("%d workouts, %d of them new to somebody", n, added.Load())
		}
	}
}

// together waits, parsed, for the others to be parsed.
type together struct {
	upload
	others *sync.WaitGroup
}

func (u together) Audience() (*privacy.Audience, error) {
	u.others.Done()
	u.others.Wait()
	return u.upload.Audience()
}

func TestRepeatedImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	file := sessions(1, 2)
	r := repeat("key", "")
	one, err := w.imports(ada, file, r)
	if err != nil || one.New != 2 {
		t.Fatal(err)
	}
	again, err := w.imports(ada, file, r)
	if err != nil || again.New != 0 || len(again.Items) != 2 {
		t.Errorf("again: %+v, %v", again, err)
	}
	_, err = w.imports(ada, sessions(1, 3), r)
	wantCode(t, "another file", err, "idempotency_key_reused")
	_, err = w.s.Import(t.Context(), ada.caller(), upload{bytes.NewReader(file), new(privacy.OnlyMe)}, r)
	wantCode(t, "another audience", err, "idempotency_key_reused")
	// Bytes after the part that says all are part of the request.
	tail := strings.Repeat("<!-- -->\n", 1<<16) // longer than any buffer
	_, err = w.imports(ada, append(slices.Clone(recordingtest.RideTCX(recordingtest.Options{Seconds: 5})), tail...), repeat("tcx", ""))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.imports(ada, recordingtest.RideTCX(recordingtest.Options{Seconds: 5}), repeat("tcx", ""))
	wantCode(t, "a file without its tail", err, "idempotency_key_reused")

	// A repeat leaves out what is gone, and is a conflict when all is.
	if err := w.s.Delete(t.Context(), ada.caller(), one.Items[0].Workout.ID); err != nil {
		t.Fatal(err)
	}
	if again, err = w.imports(ada, file, r); err != nil || again.New != 0 || len(again.Items) != 1 || again.Items[0].Workout.ID != one.Items[1].Workout.ID {
		t.Errorf("with one deleted: %+v, %v", again, err)
	}
	if err := w.s.Delete(t.Context(), ada.caller(), one.Items[1].Workout.ID); err != nil {
		t.Fatal(err)
	}
	_, err = w.imports(ada, file, r)
	wantCode(t, "with both deleted", err, "gone")
}

func TestFilesThatCantBeTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	good := ride(recordingtest.Options{})
	broken := slices.Clone(good)
	broken[len(broken)/2] ^= 0xff
	future := ride(recordingtest.Options{Start: now.AddDate(0, 0, 3)})
	for name, c := range map[string]struct {
		file []byte
		kind fault.Kind
		code fault.Code
	}{
		"damaged":   {broken, fault.KindUnprocessable, "bad_checksum"},
		"truncated": {good[:len(good)/2], fault.KindUnprocessable, "truncated"},
		"empty":     {nil, fault.KindUnprocessable, "truncated"},
		"a picture": {[]byte("\x89PNG\r\n\x1a\n and so on"), fault.KindUnprocessable, "unsupported_format"},
		"a doctype": {[]byte(`<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "b">]><gpx></gpx>`), fault.KindUnprocessable, "doctype_refused"},
		"no times":  {[]byte(`<gpx version="1.1"><trk><trkseg><trkpt lat="1" lon="2"/><trkpt lat="1.1" lon="2"/></trkseg></trk></gpx>`), fault.KindUnprocessable, "no_times"},
		"tomorrow":  {future, fault.KindUnprocessable, "in_future"},
	} {
		_, err := w.imports(ada, c.file, repeat(name, ""))
		wantKind(t, name, err, c.kind)
		wantCode(t, name, err, c.code)
		if text := fault.Of(orNone(err)).Error(); strings.Contains(text, "ENTITY") {
			t.Errorf("%s quotes the file: %s", name, text)
		}
	}
	_, err := w.imports(ada, slices.Concat(sessions(1), good[:10]), workout.Repeat{})
	wantKind(t, "a good session, then half a file", err, fault.KindUnprocessable)
	if n := w.count(`SELECT (SELECT count(*) FROM workout) + (SELECT count(*) FROM idempotency)`); n != 0 {
		t.Errorf("%d rows are left of files that were refused", n)
	}
}

func TestTooLargeAFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	file := recordingtest.RideTCX(recordingtest.Options{Seconds: 20})
	limits := recording.DefaultLimits()
	limits.MaxBytes = int64(len(file)) + 5
	small := w.serviceWith(w.url, limits)
	import_ := func(content []byte) error {
		_, err := small.Import(t.Context(), ada.caller(), upload{bytes.NewReader(content), nil}, workout.Repeat{})
		return err
	}
	if err := import_(file); err != nil {
		t.Errorf("a file within the limit: %v", err)
	}
	wantKind(t, "bytes after the end", import_(append(slices.Clone(file), "      "...)), fault.KindTooLarge)
	wantKind(t, "a longer file", import_(recordingtest.RideTCX(recordingtest.Options{Seconds: 30})), fault.KindTooLarge)
	limits.MaxRecords = 10
	small = w.serviceWith(w.url, limits)
	wantCode(t, "more records", import_(file), "too_many_records")
	wantKind(t, "more records", import_(file), fault.KindTooLarge)
}

// broken is a sender who goes away.
type broken struct{ error }

func (b broken) Read([]byte) (int, error) { return 0, b.error }

func TestSendersWhoGoAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	gone := fault.Invalid("body_cut_off", "the body ended before its end")
	half := io.MultiReader(bytes.NewReader(ride(recordingtest.Options{})[:500]), broken{gone})
	_, err := w.s.Import(t.Context(), ada.caller(), upload{half, nil}, workout.Repeat{})
	if !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	// All slots are free again.
	for range 5 {
		if _, err := w.imports(ada, ride(recordingtest.Options{}), workout.Repeat{}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestImportsWaitForASlot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	release := make(chan struct{})
	var wait sync.WaitGroup
	slow := func(content []byte) io.Reader { return io.MultiReader(waiting{release}, bytes.NewReader(content)) }
	for seed := range uint64(2) {
		wait.Go(func() {
			if _, err := w.s.Import(t.Context(), ada.caller(), upload{slow(ride(recordingtest.Options{Seed: seed + 1})), nil}, workout.Repeat{}); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(100 * time.Millisecond) // both are under way
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := w.s.Import(short, ada.caller(), upload{broken{errors.New("must not be read")}, nil}, workout.Repeat{})
	wantKind(t, "a third one", err, fault.KindUnavailable)
	_, err = w.s.Import(t.Context(), person{}.caller(), upload{broken{errors.New("must not be read")}, nil}, workout.Repeat{})
	wantKind(t, "anonymous", err, fault.KindUnauthenticated)
	close(release)
	wait.Wait()
	if n := w.count(`SELECT count(*) FROM workout`); n != 2 {
		t.Errorf("%d workouts", n)
	}
}

// waiting is a reader with nothing to say until it is released.
type waiting struct{ release chan struct{} }

func (r waiting) Read([]byte) (int, error) {
	<-r.release
	return 0, io.EOF
}

func TestSamplesAreSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.member("ada")
	one := w.mustImport(ada, ride(recordingtest.Options{Seed: 1}), privacy.OnlyMe).Items[0].Workout.ID
	two := w.mustImport(ada, ride(recordingtest.Options{Seed: 2}), privacy.OnlyMe).Items[0].Workout.ID
	var blob []byte
	if err := w.admin.QueryRow(t.Context(), `SELECT samples_sealed FROM workout_part WHERE workout_id = $1 AND family = 'heart_rate'`, one).Scan(&blob); err != nil {
		t.Fatal(err)
	}
	if _, err := series.Decode(blob); err == nil {
		t.Error("the samples are readable")
	}
	w.sql(`UPDATE workout_part SET samples_sealed = $2 WHERE workout_id = $1 AND family = 'heart_rate'`, two, blob)
	_, _, err := w.s.Streams(t.Context(), ada.caller(), two, []series.Channel{series.HeartRateBPM}, 100)
	wantKind(t, "another workout's samples", err, fault.KindInternal)
	if _, _, err := w.s.Streams(t.Context(), ada.caller(), two, []series.Channel{series.PowerW}, 100); err != nil {
		t.Errorf("the family that wasn't asked for was unsealed: %v", err)
	}
}
