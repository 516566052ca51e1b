package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2" //nolint:depguard // another order of parts each time is the point
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// console makes the items of one ride of a made-up console.
type console struct {
	id     string
	start  time.Time
	points []recordingtest.Point
}

// rideOf is a ride of so many seconds that ended an hour ago.
func rideOf(w *testkit.World, seconds int, seed uint64) console {
	start := w.Clock.Now().Truncate(time.Second).Add(-time.Hour - time.Duration(seconds)*time.Second)
	return console{uuid.NewString(), start, recordingtest.Make(recordingtest.Options{Start: start, Seconds: seconds, Seed: seed, Indoor: true}).Points}
}

// part is the seconds from from to to, as a part of a version.
func (c console) part(version, part, from, to int, final bool) map[string]any {
	samples := map[string][]any{}
	for i := from; i < to; i++ {
		p := c.points[i]
		for name, v := range map[string]any{
			"t_ms": 1000 * i, "power_w": p.PowerW, "cadence_rpm": p.CadenceRPM, "heart_rate_bpm": p.HeartBPM, "resistance": p.Resistance,
		} {
			samples[name] = append(samples[name], v)
		}
	}
	return map[string]any{
		"client_id": c.id, "version": version, "part": part, "final": final, "sport": "ride", "indoor": true,
		"started_at": c.start, "duration_s": to, "samples": samples, "device_name": "Bike", "device_serial": "B-1",
	}
}

// parts cuts the ride into so many parts of a version.
func (c console) parts(version, n int) (all []map[string]any) {
	for i := range n {
		all = append(all, c.part(version, i, i*len(c.points)/n, (i+1)*len(c.points)/n, i == n-1))
	}
	return all
}

type synced struct {
	ClientID  string `json:"client_id"`
	Part      *int
	Status    string
	WorkoutID string `json:"workout_id"`
	Version   int
	Complete  bool
	Missing   []struct{ From, To int }
	Code      string
	Errors    []struct{ Pointer, Code string }
}

func sendSync(t *testing.T, w *testkit.World, who *testkit.Client, all ...map[string]any) []synced {
	t.Helper()
	var out struct{ Items []synced }
	who.Do(http.MethodPost, "/v1/sync/workouts", map[string]any{"sent_at": w.Clock.Now(), "items": all}).Want(t, http.StatusOK).JSON(t, &out)
	if len(out.Items) != len(all) {
		t.Fatalf("%d results for %d items", len(out.Items), len(all))
	}
	return out.Items
}

// kept wants the workout to hold exactly the first so many seconds of the ride.
func (c console) kept(t *testing.T, who *testkit.Client, workout string, seconds int) {
	t.Helper()
	var streams map[string]json.RawMessage
	who.Get("/v1/workouts/"+workout+"/streams?points=10000").Want(t, http.StatusOK).JSON(t, &streams)
	for name, of := range map[string]func(recordingtest.Point) float64{
		"power_w": func(p recordingtest.Point) float64 { return p.PowerW }, "cadence_rpm": func(p recordingtest.Point) float64 { return p.CadenceRPM },
		"heart_rate_bpm": func(p recordingtest.Point) float64 { return p.HeartBPM }, "resistance": func(p recordingtest.Point) float64 { return p.Resistance },
	} {
		var channel struct {
			T      []float64 `json:"t_s"`
			Values []float64
		}
		if err := json.Unmarshal(streams[name], &channel); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var at, want []float64
		for i, p := range c.points[:seconds] {
			at, want = append(at, float64(i)), append(want, of(p))
		}
		if !slices.Equal(channel.Values, want) || !slices.Equal(channel.T, at) {
			t.Errorf("%s: %d samples, want %d equal ones", name, len(channel.Values), len(want))
		}
	}
}

func TestSyncedWorkoutIsThereOnce(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	ride := rideOf(w, 120, 1)
	whole := ride.part(1, 0, 0, 120, true)
	made := sendSync(t, w, ada.Client, whole)[0]
	if made.Status != "created" || !made.Complete || made.WorkoutID == "" || made.WorkoutID == ride.id || made.ClientID != ride.id {
		t.Fatalf("made %+v", made)
	}
	ride.kept(t, ada.Client, made.WorkoutID, 120)
	body := ada.Get("/v1/workouts/" + made.WorkoutID).Map(t)
	if body["source"] != "typed" || body["device_serial"] != "B-1" || body["indoor"] != true || body["duration_s"] != 120.0 {
		t.Errorf("it is %v", body)
	}
	if again := sendSync(t, w, ada.Client, whole, whole); again[0].Status != "unchanged" || again[1].WorkoutID != made.WorkoutID {
		t.Errorf("again: %+v", again)
	}

	// What the owner changed stays; what was measured is the higher version's.
	ada.Do(http.MethodPatch, "/v1/workouts/"+made.WorkoutID, map[string]any{
		"title": "Mine", "notes": "Legs.", "audience": "only_me", "calories_kcal": 33, "sport": "cardio",
	}).Want(t, http.StatusOK)
	ride.points[7].PowerW = 555
	higher := ride.part(3, 0, 0, 120, true)
	higher["calories_kcal"] = 21
	if up := sendSync(t, w, ada.Client, higher, whole, ride.part(2, 0, 0, 60, true)); up[0].Status != "updated" || up[1].Status != "unchanged" ||
		up[2].Status != "unchanged" || up[2].Version != 3 || up[0].WorkoutID != made.WorkoutID {
		t.Errorf("a higher version: %+v", up)
	}
	ride.kept(t, ada.Client, made.WorkoutID, 120)
	body = ada.Get("/v1/workouts/" + made.WorkoutID).Map(t)
	if body["title"] != "Mine" || body["notes"] != "Legs." || body["audience"] != "only_me" || body["calories_kcal"] != 33.0 || body["sport"] != "cardio" ||
		body["power_max_w"] != 555.0 || body["device_name"] != "Bike" {
		t.Errorf("after a higher version it is %v", body)
	}
	other := ride.part(3, 0, 0, 119, true)
	if refused := sendSync(t, w, ada.Client, other)[0]; refused.Status != "rejected" || refused.Code != "version_reused" {
		t.Errorf("another content under the same version: %+v", refused)
	}
	if n := w.Query(`SELECT count(*)::text FROM workout`); n != "1" {
		t.Errorf("%s workouts", n)
	}
}

func TestSyncPartsInAnyOrder(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	for seed := range uint64(6) {
		ride := rideOf(w, 100, 10+seed)
		ride.start = ride.start.Add(-time.Duration(seed) * time.Hour)
		all := ride.parts(1, 7)
		random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // as above
		order := append(random.Perm(7), random.Perm(7)...)
		there := map[int]bool{}
		workout := ""
		for _, i := range order {
			r := sendSync(t, w, ada.Client, all[i])[0]
			if r.Status == "rejected" || there[i] != (r.Status == "unchanged") {
				t.Fatalf("part %d of %v: %+v", i, order, r)
			}
			there[i] = true
			if r.WorkoutID != "" && workout != "" && r.WorkoutID != workout {
				t.Fatal("another workout")
			}
			workout = r.WorkoutID
			first := 0
			for there[first] {
				first++
			}
			if (workout != "") != (first > 0) || r.Complete != (first == 7) {
				t.Errorf("with the first %d parts: %+v", first, r)
			}
			// What is missing is what lies before a part that is there.
			missing := map[int]bool{}
			for _, gap := range r.Missing {
				for p := gap.From; p <= gap.To; p++ {
					missing[p] = true
				}
			}
			highest := slices.Max(slices.Collect(maps.Keys(there)))
			for p := range 7 {
				if missing[p] != (!there[p] && p < highest) {
					t.Errorf("part %d, %v there: missing %v", p, there, r.Missing)
				}
			}
			if first > 0 {
				ride.kept(t, ada.Client, workout, first*100/7)
			}
		}
	}
	if n := w.Query(`SELECT count(*)::text FROM workout`); n != "6" {
		t.Errorf("%s workouts", n)
	}
	if n := w.Query(`SELECT count(*)::text FROM sync_part WHERE payload_sealed IS NOT NULL`); n != "0" {
		t.Errorf("%s parts are still kept of complete workouts", n)
	}
}

func TestSyncOfTwoConsolesAtOnce(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	ride := rideOf(w, 90, 3)
	var all []map[string]any
	for version := range 3 {
		ride.points[0].PowerW = float64(100 + version)
		all = append(all, ride.parts(version+1, 4)...)
	}
	var sending sync.WaitGroup
	for n := range 4 {
		sending.Go(func() {
			order := rand.New(rand.NewPCG(uint64(n), 2)).Perm(len(all)) //nolint:gosec // as above
			for _, i := range order {
				for _, r := range sendSync(t, w, ada.Client, all[i], all[(i+1)%len(all)]) {
					if r.Status == "rejected" {
						t.Errorf("rejected: %+v", r)
					}
				}
			}
		})
	}
	sending.Wait()
	last := sendSync(t, w, ada.Client, all[11])[0]
	if last.Version != 3 || !last.Complete || w.Query(`SELECT count(*)::text FROM workout`) != "1" {
		t.Fatalf("in the end: %+v, %s workouts", last, w.Query(`SELECT count(*)::text FROM workout`))
	}
	ride.kept(t, ada.Client, last.WorkoutID, 90)
}

func TestSyncFindsWhatIsThereAlready(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben := w.Join("ada"), w.Join("ben")
	ride := rideOf(w, 60, 4)
	first := sendSync(t, w, ada.Client, ride.part(1, 0, 0, 60, true))[0]
	twin := ride
	twin.id = uuid.NewString()
	if r := sendSync(t, w, ada.Client, twin.part(1, 0, 0, 60, true))[0]; r.Status != "duplicate" || r.WorkoutID != first.WorkoutID {
		t.Errorf("the same ride by another name: %+v", r)
	}
	// One that was shown while it went on, and in the end is the same.
	parted := ride
	parted.id = uuid.NewString()
	live := sendSync(t, w, ada.Client, parted.part(1, 0, 0, 30, false))[0]
	if live.Status != "created" || live.WorkoutID == first.WorkoutID {
		t.Fatalf("a ride that goes on: %+v", live)
	}
	if r := sendSync(t, w, ada.Client, parted.part(1, 1, 30, 60, true))[0]; r.Status != "duplicate" || r.WorkoutID != first.WorkoutID {
		t.Errorf("its end: %+v", r)
	}
	ada.Get("/v1/workouts/"+live.WorkoutID).Want(t, http.StatusNotFound)
	// Another member's is another one, by whatever name.
	if r := sendSync(t, w, ben.Client, ride.part(1, 0, 0, 60, true), ride.part(2, 0, 0, 50, true)); r[0].Status != "created" || r[0].WorkoutID == first.WorkoutID ||
		r[1].Status != "updated" {
		t.Errorf("the same ride and name of another member: %+v", r)
	}
	ride.kept(t, ada.Client, first.WorkoutID, 60)
	if n := w.Query(`SELECT count(*)::text FROM workout`); n != "2" {
		t.Errorf("%s workouts", n)
	}
	// A workout's id is no name: it neither finds nor shadows anything.
	probe := ride
	probe.id = first.WorkoutID
	if r := sendSync(t, w, ben.Client, probe.part(9, 0, 0, 40, true))[0]; r.Status != "created" || r.WorkoutID == first.WorkoutID {
		t.Errorf("an id as a name: %+v", r)
	}
	ride.kept(t, ada.Client, first.WorkoutID, 60)
}

func TestSyncItemsStandAlone(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	ride := rideOf(w, 40, 5)
	with := func(more map[string]any) map[string]any {
		other := ride
		other.id = uuid.NewString()
		item := other.part(1, 0, 0, 40, true)
		maps.Copy(item, more)
		return item
	}
	samples := func(more map[string]any) map[string]any {
		all := map[string]any{"t_ms": []int{0, 1000}, "power_w": []any{1, 2}}
		maps.Copy(all, more)
		return map[string]any{"samples": all}
	}
	for name, c := range map[string]struct {
		item    map[string]any
		pointer string
	}{
		"an owner":              {with(map[string]any{"member_id": ada.ID}), "/member_id"},
		"no id":                 {with(map[string]any{"client_id": "x"}), "/client_id"},
		"version 0":             {with(map[string]any{"version": 0}), "/version"},
		"a sport that is none":  {with(map[string]any{"sport": "fly"}), "/sport"},
		"in a week":             {with(map[string]any{"started_at": w.Clock.Now().Add(200 * time.Hour).Truncate(time.Second)}), "/started_at"},
		"half a second":         {with(map[string]any{"started_at": ride.start.Add(time.Second / 2)}), "/started_at"},
		"faster than anybody":   {with(map[string]any{"distance_m": 100000}), "/distance_m"},
		"power of a lorry":      {with(samples(map[string]any{"power_w": []any{1, 20000}})), "/samples/power_w"},
		"a text among samples":  {with(samples(map[string]any{"power_w": []any{1, "2"}})), "/samples/power_w"},
		"an unknown channel":    {with(samples(map[string]any{"blood": []any{1, 2}})), "/samples/blood"},
		"columns that differ":   {with(samples(map[string]any{"power_w": []any{1}})), "/samples/power_w"},
		"time that goes back":   {with(samples(map[string]any{"t_ms": []int{1000, 0}})), "/samples/t_ms"},
		"after the end":         {with(samples(map[string]any{"t_ms": []int{0, 41000}})), "/samples/t_ms"},
		"no moments":            {with(map[string]any{"samples": map[string]any{"power_w": []any{1}}}), "/samples/t_ms"},
		"samples that are none": {with(map[string]any{"samples": []any{1}}), "/samples"},
	} {
		good := with(nil)
		good["started_at"] = ride.start.Add(-time.Duration(len(name)*1000+len(c.pointer)) * time.Minute)
		r := sendSync(t, w, ada.Client, c.item, good, c.item)
		if r[0].Status != "rejected" || r[2].Status != "rejected" || len(r[0].Errors) == 0 || r[0].Errors[0].Pointer != c.pointer {
			t.Errorf("%s: %+v", name, r[0])
		}
		if r[1].Status != "created" {
			t.Errorf("next to %s: %+v", name, r[1])
		}
	}
	if kept := w.Query(`SELECT count(*)::text FROM sync_workout WHERE workout_id IS NULL`); kept != "0" {
		t.Errorf("rejected items left %s rows", kept)
	}
	for name, body := range map[string]string{
		"no JSON":         `{"sent_at":`,
		"no items":        `{"sent_at":"2026-05-01T00:00:00Z","items":[]}`,
		"no clock":        `{"items":[{}]}`,
		"a member twice":  `{"sent_at":"2026-05-01T00:00:00Z","items":[{"part":1,"part":2}]}`,
		"too many":        `{"sent_at":"2026-05-01T00:00:00Z","items":[` + strings.Repeat(`1,`, 100) + `1]}`,
		"an owner":        `{"sent_at":"2026-05-01T00:00:00Z","items":[{}],"member_id":"` + ada.ID + `"}`,
		"a clock of text": `{"sent_at":"now","items":[{}]}`,
	} {
		ada.Do(http.MethodPost, "/v1/sync/workouts", []byte(body), "Content-Type", "application/json").Want(t, http.StatusBadRequest)
		_ = name
	}
}

func TestSyncWithAWrongClock(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	ride := rideOf(w, 30, 6)
	for _, skew := range []time.Duration{2 * time.Hour, -3 * time.Hour, 20 * 365 * 24 * time.Hour} {
		off := ride
		off.start = ride.start.Add(skew)
		var out struct {
			Items  []synced
			Offset float64 `json:"clock_offset_s"`
		}
		send := func(sentAt time.Time) {
			ada.Do(http.MethodPost, "/v1/sync/workouts", map[string]any{"sent_at": sentAt, "items": []any{off.part(1, 0, 0, 30, true)}}).Want(t, http.StatusOK).JSON(t, &out)
		}
		if send(w.Clock.Now().Add(skew)); out.Items[0].Code != "clock_skew" || out.Offset != -skew.Seconds() {
			t.Errorf("%v: %+v", skew, out)
		}
		// The console adds the offset, once.
		off.start = off.start.Add(time.Duration(out.Offset) * time.Second)
		if send(w.Clock.Now()); out.Items[0].Status == "rejected" || !off.start.Equal(ride.start) {
			t.Errorf("%v, corrected: %+v", skew, out)
		}
	}
	if n := w.Query(`SELECT count(*)::text FROM workout`); n != "1" {
		t.Errorf("%s workouts", n)
	}
}

func TestSyncBringsNothingDeletedBack(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	ride := rideOf(w, 60, 7)
	made := sendSync(t, w, ada.Client, ride.part(1, 0, 0, 30, false))[0]
	ada.Do(http.MethodDelete, "/v1/workouts/"+made.WorkoutID, nil).Want(t, http.StatusNoContent)
	for _, late := range []map[string]any{ride.part(1, 1, 30, 60, true), ride.part(1, 0, 0, 30, false), ride.part(2, 0, 0, 60, true)} {
		if r := sendSync(t, w, ada.Client, late)[0]; r.Code != "gone" {
			t.Errorf("what comes late: %+v", r)
		}
	}
	if n := w.Query(`SELECT count(*)::text FROM workout`); n != "0" {
		t.Errorf("%s workouts", n)
	}
}

func TestSyncChangesTellEverything(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben := w.Join("ada"), w.Join("ben")
	type change struct {
		WorkoutID string   `json:"workout_id"`
		ClientIDs []string `json:"client_ids"`
		Deleted   bool
	}
	var page struct {
		Items  []change
		Next   string `json:"next_cursor"`
		Resume string `json:"resume_cursor"`
	}
	since := func(cursor string) []change {
		t.Helper()
		path := "/v1/sync/changes?limit=2"
		var all []change
		for {
			page.Next, page.Items = "", nil
			at := path
			if cursor != "" {
				at += "&cursor=" + cursor
			}
			ada.Get(at).Want(t, http.StatusOK).JSON(t, &page)
			all = append(all, page.Items...)
			if cursor = page.Resume; page.Next == "" {
				return all
			}
		}
	}
	if all := since(""); len(all) != 0 {
		t.Fatalf("before anything: %v", all)
	}
	var ids []string
	rides := []console{}
	for i := range 3 {
		ride := rideOf(w, 30, uint64(20+i)) //nolint:gosec // small
		ride.start = ride.start.Add(-time.Duration(i) * time.Hour)
		rides, ids = append(rides, ride), append(ids, sendSync(t, w, ada.Client, ride.part(1, 0, 0, 30, true))[0].WorkoutID)
	}
	sendSync(t, w, ben.Client, rides[0].part(1, 0, 0, 30, true))
	typed := ada.Do(http.MethodPost, "/v1/workouts", entry(nil)).Want(t, http.StatusCreated).Map(t)["id"].(string)
	start := page.Resume
	all := since(start)
	if len(all) != 4 || all[0].WorkoutID != ids[0] || all[0].ClientIDs[0] != rides[0].id || all[3].WorkoutID != typed {
		t.Fatalf("what was made: %+v", all)
	}
	at := page.Resume
	ada.Do(http.MethodPatch, "/v1/workouts/"+ids[1], map[string]any{"title": "x"}).Want(t, http.StatusOK)
	ada.Do(http.MethodDelete, "/v1/workouts/"+ids[0], nil).Want(t, http.StatusNoContent)
	sendSync(t, w, ada.Client, rides[2].part(2, 0, 0, 29, true))
	all = since(at)
	if len(all) != 3 || all[0].WorkoutID != ids[1] || all[1].WorkoutID != ids[0] || !all[1].Deleted || all[2].WorkoutID != ids[2] {
		t.Fatalf("what was changed: %+v", all)
	}
	last := page.Resume
	if all = since(last); len(all) != 0 {
		t.Errorf("once more: %v", all)
	}

	// Nobody else goes on with it, nor does it live for ever.
	ben.Get("/v1/sync/changes?cursor="+last).Want(t, http.StatusBadRequest)
	ada.Get("/v1/me/blocks?cursor="+last).Want(t, http.StatusBadRequest)
	if mine := ben.Get("/v1/sync/changes").Want(t, http.StatusOK); strings.Contains(string(mine.Body), ids[0]) {
		t.Error("another member's deletion is told")
	}
	w.Clock.Advance(46 * 24 * time.Hour)
	w.Login(ada)
	if r := ada.Get("/v1/sync/changes?cursor="+last).Want(t, http.StatusBadRequest); !strings.Contains(string(r.Body), "cursor_expired") {
		t.Errorf("an old cursor: %s", r.Body)
	}
}

// A transaction that takes its number first and commits last: whoever reads in between must not pass it.
func TestSyncChangesWaitForWhoIsStillWriting(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	ride := rideOf(w, 30, 30)
	early := sendSync(t, w, ada.Client, ride.part(1, 0, 0, 30, true))[0].WorkoutID
	first := ada.Get("/v1/sync/changes").Want(t, http.StatusOK).Map(t)
	slow, err := w.Root.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.Exec(`SELECT set_config('paceline.viewer', $1, true)`, ada.ID)
	w.Exec(`UPDATE workout SET title = 'slow', changed = change_number() WHERE id = $1`, early)
	other := rideOf(w, 20, 31)
	late := sendSync(t, w, ada.Client, other.part(1, 0, 0, 20, true))[0].WorkoutID // another writer waits for nobody
	answer := make(chan testkit.Response)
	go func() { answer <- ada.Get("/v1/sync/changes?cursor=" + first["resume_cursor"].(string)) }()
	for w.Query(`SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`) == "0" {
		select {
		case early := <-answer:
			t.Fatalf("told before the change is settled: %s", early.Body)
		case <-t.Context().Done():
			t.Fatal("nobody waits")
		default:
		}
	}
	if err := slow.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := (<-answer).Want(t, http.StatusOK)
	for _, id := range []string{early, late} {
		if !strings.Contains(string(after.Body), fmt.Sprintf("%q", id)) {
			t.Errorf("lost %s: %s", id, after.Body)
		}
	}
}

// What a console sends part by part, with a track, is cut by its member's zones after each part.
func TestSyncedTracksAreCut(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben := w.Join("ada"), w.Join("ben")
	w.Follow(ben, ada)
	ada.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"route": "followers"}}).Want(t, http.StatusOK)
	ada.Do(http.MethodPost, "/v1/me/privacy-zones", map[string]any{"lat": 52.0, "lon": 5.0, "radius_m": 400}).Want(t, http.StatusCreated)
	start, id := w.Clock.Now().Truncate(time.Second).Add(-time.Hour), uuid.NewString()
	const perPart = 200
	for part := range 3 { // due north from the point, 10 m a second
		samples := map[string][]any{}
		for i := part * perPart; i < (part+1)*perPart; i++ {
			samples["t_ms"] = append(samples["t_ms"], 1000*i)
			samples["lat"], samples["lon"] = append(samples["lat"], 52+float64(i)*10/111_195), append(samples["lon"], 5.0)
		}
		sent := ada.Do(http.MethodPost, "/v1/sync/workouts", map[string]any{"sent_at": w.Clock.Now(), "items": []any{map[string]any{
			"client_id": id, "version": 1, "part": part, "final": part == 2, "sport": "ride", "indoor": false,
			"started_at": start, "duration_s": (part+1)*perPart - 1, "samples": samples,
		}}}).Want(t, http.StatusOK)
		var answer struct{ Items []synced }
		sent.JSON(t, &answer)
		path := "/v1/workouts/" + answer.Items[0].WorkoutID
		var mine, theirs struct {
			StartedAt time.Time `json:"started_at"`
			DurationS float64   `json:"duration_s"`
		}
		ada.Get(path).Want(t, http.StatusOK).JSON(t, &mine)
		if !mine.StartedAt.Equal(start) || mine.DurationS != float64((part+1)*perPart-1) {
			t.Errorf("part %d: its owner gets %+v", part, mine)
		}
		got := ben.Get(path)
		if got.Status == http.StatusNotFound {
			continue // it has not left the zone yet
		}
		got.Want(t, http.StatusOK).JSON(t, &theirs)
		if !theirs.StartedAt.After(start.Add(40*time.Second)) || theirs.DurationS > mine.DurationS-40 {
			t.Errorf("part %d: a follower gets %+v of %+v", part, theirs, mine)
		}
	}
}
