package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// doubled is a ride that a bike sent and a watch recorded.
type doubled struct {
	w           *testkit.World
	ada, ben    *testkit.Person // ben follows ada
	ride        console
	file        []byte
	bike, watch string
}

// rideTwice: the bike's shows to followers, the watch's to members. The watch has heart and place, and began
// ten seconds later; the bike has power.
func rideTwice(t *testing.T) doubled {
	t.Helper()
	w := testkit.Start(t)
	d := doubled{w: w, ada: w.Join("ada"), ben: w.Join("ben"), ride: rideOf(w, 120, 1)}
	w.Follow(d.ben, d.ada)
	d.ada.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"route": "followers"}}).Want(t, http.StatusOK)
	sent := d.ride.part(1, 0, 0, 120, true)
	samples, _ := sent["samples"].(map[string][]any)
	delete(samples, "heart_rate_bpm")
	d.bike = sendSync(t, w, d.ada.Client, sent)[0].WorkoutID
	d.file = recordingtest.RideFIT(recordingtest.Options{
		Start: d.ride.start.Add(10 * time.Second), Seconds: 130, Seed: 2, NoPower: true, Lat: 52, Lon: 5, Device: "Watch", Laps: 3,
	})
	var made struct{ Items []struct{ ID string } }
	d.ada.Upload("/v1/workouts/import", "watch.fit", d.file).Want(t, http.StatusCreated).JSON(t, &made)
	d.watch = made.Items[0].ID
	for id, change := range map[string]map[string]any{
		d.bike:  {"title": "On the bike", "notes": "Legs."},
		d.watch: {"audience": "members", "title": "By the watch", "calories_kcal": 21},
	} {
		d.ada.Do(http.MethodPatch, "/v1/workouts/"+id, change).Want(t, http.StatusOK)
	}
	return d
}

// all is whatever anybody reads of the two, and of what they are counted in.
func (d doubled) all(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, who := range map[string]*testkit.Client{"ada": d.ada.Client, "ben": d.ben.Client} {
		for _, path := range []string{
			"/v1/workouts/" + d.bike, "/v1/workouts/" + d.watch, "/v1/workouts/" + d.bike + "/streams", "/v1/workouts/" + d.watch + "/streams?points=10000",
			"/v1/members/ada/workouts", "/v1/members/ada/stats", "/v1/feed", "/v1/workouts/" + d.bike + "/twins",
		} {
			r := who.Get(path)
			out[name+" "+path] = r.Header.Get("ETag") + string(r.Body)
		}
	}
	return out
}

func (d doubled) merge(t *testing.T, headers ...string) (id string, body map[string]any) {
	t.Helper()
	r := d.ada.Do(http.MethodPost, "/v1/workouts/"+d.bike+"/merge", map[string]any{"other": d.watch}, headers...).Want(t, http.StatusCreated)
	body = r.Map(t)
	id, _ = body["id"].(string)
	if r.Header.Get("Location") != "/v1/workouts/"+id || r.Header.Get("ETag") == "" {
		t.Errorf("made with %v", r.Header)
	}
	return id, body
}

func TestARideRecordedTwiceIsOneWorkout(t *testing.T) {
	t.Parallel()
	d := rideTwice(t)
	var twins struct {
		MergedFrom []string `json:"merged_from"`
		Items      []struct {
			WorkoutID          string `json:"workout_id"`
			Overlap, Agreement float64
		}
	}
	d.ada.Get("/v1/workouts/"+d.watch+"/twins").Want(t, http.StatusOK).JSON(t, &twins)
	if len(twins.Items) != 1 || twins.Items[0].WorkoutID != d.bike || twins.Items[0].Overlap < 0.8 || len(twins.MergedFrom) != 0 {
		t.Errorf("twins %+v", twins)
	}
	before := d.all(t)
	cursor, _ := d.ada.Get("/v1/sync/changes").Map(t)["resume_cursor"].(string)

	merged, body := d.merge(t, "Idempotency-Key", "merge-once-1")
	if again, _ := d.merge(t, "Idempotency-Key", "merge-once-1"); again != merged {
		t.Errorf("a repeat made %s", again)
	}
	// Of each channel the record that has it; no more than both allow, and no more trusted than either.
	if body["audience"] != "followers" || body["source"] != "typed" || body["title"] != "On the bike" || body["notes"] != "Legs." ||
		body["duration_s"] != 140.0 || body["power_avg_w"] == nil || body["heart_rate_avg_bpm"] == nil || body["calories_kcal"] != 21.0 ||
		body["start_place"] == nil {
		t.Errorf("merged: %v", body)
	}
	streams := d.ada.Get("/v1/workouts/"+merged+"/streams?points=10000").Want(t, http.StatusOK).Map(t)
	for _, channel := range []string{"power_w", "resistance", "heart_rate_bpm", "altitude_m"} {
		if streams[channel] == nil {
			t.Errorf("no %s among %v", channel, streams)
		}
	}
	// Counted once, everywhere; the two are nowhere.
	for _, who := range []*testkit.Client{d.ada.Client, d.ben.Client} {
		for _, id := range []string{d.bike, d.watch} {
			for _, path := range []string{"", "/streams"} {
				who.Get("/v1/workouts/"+id+path).Want(t, http.StatusNotFound)
			}
		}
		if n := who.Get("/v1/members/ada/stats").Want(t, http.StatusOK).Map(t)["workouts"]; n != 1.0 {
			t.Errorf("%v workouts are counted", n)
		}
		if list := string(who.Get("/v1/members/ada/workouts").Want(t, http.StatusOK).Body); strings.Count(list, `"source"`) != 1 || !strings.Contains(list, merged) {
			t.Errorf("the list is %s", list)
		}
	}
	if feed := string(d.ben.Get("/v1/feed").Body); strings.Count(feed, `"source"`) != 1 || !strings.Contains(feed, merged) {
		t.Errorf("the feed is %s", feed)
	}
	changes := d.changes(t, cursor)
	if want := []string{d.bike + " gone", d.watch + " gone", merged}; !slices.Equal(changes, sortedCopy(want)) {
		t.Errorf("changes %v, want %v", changes, want)
	}
	d.ada.Get("/v1/workouts/"+merged+"/twins").Want(t, http.StatusOK).JSON(t, &twins)
	if got := sortedCopy(twins.MergedFrom); !slices.Equal(got, sortedCopy([]string{d.bike, d.watch})) || len(twins.Items) != 0 {
		t.Errorf("made of %+v", twins)
	}

	// Undone, all is as it was, whatever became of the merged one.
	d.ada.Do(http.MethodPatch, "/v1/workouts/"+merged, map[string]any{"title": "Another", "audience": "everyone", "sport": "cardio"}).Want(t, http.StatusOK)
	d.ada.Do(http.MethodDelete, "/v1/workouts/"+merged+"/merge", nil).Want(t, http.StatusNoContent)
	for what, was := range before {
		if now := d.all(t)[what]; now != was {
			t.Errorf("%s was\n%s\nand is\n%s", what, was, now)
		}
	}
	d.ada.Get("/v1/workouts/"+merged).Want(t, http.StatusNotFound)
	if changes := d.changes(t, cursor); !slices.Equal(changes, sortedCopy([]string{d.bike, d.watch, merged + " gone"})) {
		t.Errorf("changes after all: %v", changes)
	}
	d.ada.Do(http.MethodPost, "/v1/workouts/"+d.bike+"/merge", map[string]any{"other": d.watch}, "Idempotency-Key", "merge-once-1").Want(t, http.StatusConflict)
	d.merge(t)
}

func sortedCopy(s []string) []string { return slices.Sorted(slices.Values(s)) }

// changes are what the changes since a cursor come to.
func (d doubled) changes(t *testing.T, cursor string) (all []string) {
	t.Helper()
	var out struct {
		Items []struct {
			WorkoutID string `json:"workout_id"`
			Deleted   bool
		}
	}
	d.ada.Get("/v1/sync/changes?cursor="+cursor).Want(t, http.StatusOK).JSON(t, &out)
	for _, item := range out.Items {
		if item.Deleted {
			item.WorkoutID += " gone"
		}
		all = append(all, item.WorkoutID)
	}
	return sortedCopy(all)
}

// What comes again of a merged workout meets it as it is shown.
func TestWhatComesAgainOfAMergedWorkout(t *testing.T) {
	t.Parallel()
	d := rideTwice(t)
	merged, _ := d.merge(t)
	sent := d.ride.part(1, 0, 0, 120, true)
	samples, _ := sent["samples"].(map[string][]any)
	delete(samples, "heart_rate_bpm")
	if again := sendSync(t, d.w, d.ada.Client, sent)[0]; again.Status != "unchanged" || again.WorkoutID != merged {
		t.Errorf("a repeat: %+v", again)
	}
	higher := d.ride.part(2, 0, 0, 119, true)
	if up := sendSync(t, d.w, d.ada.Client, higher)[0]; up.Status != "rejected" || up.Code != "merged" {
		t.Errorf("a higher version: %+v", up)
	}
	same := d.ride.part(1, 0, 0, 120, true)
	same["client_id"], same["samples"] = uuid.NewString(), samples
	for range 2 {
		if other := sendSync(t, d.w, d.ada.Client, same)[0]; other.Status == "created" || other.WorkoutID != merged {
			t.Errorf("the same recording by another name: %+v", other)
		}
	}
	var found struct{ Items []struct{ ID string } }
	d.ada.Upload("/v1/workouts/import", "watch.fit", d.file).Want(t, http.StatusOK).JSON(t, &found)
	if len(found.Items) != 1 || found.Items[0].ID != merged {
		t.Errorf("the same file: %+v", found)
	}
	d.ada.Do(http.MethodDelete, "/v1/workouts/"+merged+"/merge", nil).Want(t, http.StatusNoContent)
	if up := sendSync(t, d.w, d.ada.Client, higher)[0]; up.Status != "updated" || up.WorkoutID != d.bike {
		t.Errorf("a higher version of one that is back: %+v", up)
	}
	if other := sendSync(t, d.w, d.ada.Client, same)[0]; other.WorkoutID != d.bike {
		t.Errorf("another name of one that is back: %+v", other)
	}
	// Deleted, all of it is gone for good.
	merged, _ = d.merge(t)
	d.ada.Do(http.MethodDelete, "/v1/workouts/"+merged, nil).Want(t, http.StatusNoContent)
	if n := d.w.Query(`SELECT (SELECT count(*) FROM workout) + (SELECT count(*) FROM original)`); n != "0" {
		t.Errorf("%s rows are left", n)
	}
	if late := sendSync(t, d.w, d.ada.Client, d.ride.part(3, 0, 0, 120, true))[0]; late.Code != "gone" {
		t.Errorf("of what was deleted: %+v", late)
	}
}

func TestWhatIsNotMerged(t *testing.T) {
	t.Parallel()
	d := rideTwice(t)
	mine := sendSync(t, d.w, d.ben.Client, d.ride.part(1, 0, 0, 120, true))[0].WorkoutID // ben's own, at the same time
	d.ben.Do(http.MethodPatch, "/v1/workouts/"+mine, map[string]any{"audience": "everyone"}).Want(t, http.StatusOK)
	never := uuid.NewString()
	absent := d.ada.Get("/v1/workouts/"+never+"/twins").Want(t, http.StatusNotFound)
	if why := d.ada.Get("/v1/workouts/" + mine + "/twins").Same(absent); why != "" {
		t.Error(why)
	}
	before := d.all(t)
	for _, try := range []struct {
		who             *testkit.Person
		path, other, is string
		status          int
	}{
		{d.ada, d.bike, mine, "not_found", 404}, {d.ada, mine, d.bike, "not_found", 404}, {d.ada, d.bike, never, "not_found", 404},
		{d.ben, d.bike, d.watch, "not_found", 404}, {d.ben, mine, d.bike, "not_found", 404},
		{d.ada, d.bike, d.bike, "same_workout", 422},
	} {
		r := try.who.Do(http.MethodPost, "/v1/workouts/"+try.path+"/merge", map[string]any{"other": try.other}).Want(t, try.status)
		if code := r.Map(t)["code"]; code != try.is {
			t.Errorf("%s with %s: %v", try.path, try.other, code)
		}
	}
	for what, was := range before {
		if now := d.all(t)[what]; now != was {
			t.Errorf("%s has changed", what)
		}
	}
	d.ada.Do(http.MethodDelete, "/v1/workouts/"+d.bike+"/merge", nil).Want(t, http.StatusConflict)
	d.ben.Do(http.MethodDelete, "/v1/workouts/"+d.bike+"/merge", nil).Want(t, http.StatusNotFound)

	run := d.ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "run", "started_at": d.ride.start, "duration_s": 120,
	}).Want(t, http.StatusCreated).Map(t)["id"]
	before0 := d.ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": d.ride.start.Add(-80 * time.Second), "duration_s": 120,
	}).Want(t, http.StatusCreated).Map(t)["id"]
	for _, other := range []any{run, before0} {
		r := d.ada.Do(http.MethodPost, "/v1/workouts/"+d.bike+"/merge", map[string]any{"other": other}).Want(t, http.StatusUnprocessableEntity)
		if code := r.Map(t)["code"]; code != "not_one_ride" {
			t.Errorf("refused as %v", code)
		}
	}
	open := rideOf(d.w, 120, 1)
	half := sendSync(t, d.w, d.ada.Client, open.part(1, 0, 0, 100, false))[0].WorkoutID
	d.ada.Do(http.MethodPost, "/v1/workouts/"+d.bike+"/merge", map[string]any{"other": half}).Want(t, http.StatusConflict)
	merged, _ := d.merge(t)
	d.ben.Do(http.MethodDelete, "/v1/workouts/"+merged+"/merge", nil).Want(t, http.StatusNotFound)
	d.ben.Get("/v1/workouts/"+merged+"/twins").Want(t, http.StatusNotFound)
	sendSync(t, d.w, d.ada.Client, open.part(1, 1, 100, 120, true))
	d.ada.Do(http.MethodPost, "/v1/workouts/"+merged+"/merge", map[string]any{"other": half}).Want(t, http.StatusConflict)
}

// A zone cuts the merged workout, also in what the record without a place gave; and the two, when they are
// back, by the zones of then.
func TestMergedWorkoutsAreCut(t *testing.T) {
	t.Parallel()
	d := rideTwice(t)
	zone := map[string]any{"lat": 52.0, "lon": 5.0, "radius_m": 200}
	made, _ := d.ada.Do(http.MethodPost, "/v1/me/privacy-zones", zone).Want(t, http.StatusCreated).Map(t)["id"].(string)
	cut := d.all(t)
	merged, whole := d.merge(t)
	if whole["duration_s"] != 140.0 || whole["start_place"] == nil || whole["audience"] != "followers" {
		t.Errorf("its owner gets %v", whole)
	}
	seen := d.ben.Get("/v1/workouts/"+merged).Want(t, http.StatusOK).Map(t)
	if duration, _ := seen["duration_s"].(float64); duration > 100 || seen["started_at"] == whole["started_at"] || seen["power_avg_w"] == nil {
		t.Errorf("a follower gets %v", seen)
	}
	unmerge := func() {
		d.ada.Do(http.MethodDelete, "/v1/workouts/"+merged+"/merge", nil).Want(t, http.StatusNoContent)
	}
	unmerge()
	for what, was := range cut {
		if now := d.all(t)[what]; now != was {
			t.Errorf("%s was\n%s\nand is\n%s", what, was, now)
		}
	}
	// The zone goes and comes while they are merged.
	merged, _ = d.merge(t)
	d.ada.Do(http.MethodDelete, "/v1/me/privacy-zones/"+made, nil).Want(t, http.StatusNoContent)
	unmerge()
	if d.ben.Get("/v1/workouts/"+d.watch).Want(t, http.StatusOK).Map(t)["duration_s"] != 130.0 {
		t.Error("it is still cut")
	}
	merged, _ = d.merge(t)
	d.ada.Do(http.MethodPost, "/v1/me/privacy-zones", zone).Want(t, http.StatusCreated)
	unmerge()
	for what, was := range cut {
		if now := d.all(t)[what]; now != was {
			t.Errorf("%s was\n%s\nand is\n%s", what, was, now)
		}
	}
}
