package httpapi_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/paceline/paceline/api"
	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// entry is a body that adds a workout.
func entry(more map[string]any) map[string]any {
	body := map[string]any{
		"sport": "run", "title": "Along the river", "started_at": "2026-05-30T06:00:00+02:00", "duration_s": 1800,
		"distance_m": 5000, "heart_rate_avg_bpm": 141, "notes": "New shoes.", "audience": "followers",
	}
	maps.Copy(body, more)
	return body
}

func items(t *testing.T, r testkit.Response) []map[string]any {
	t.Helper()
	var list struct{ Items []map[string]any }
	r.JSON(t, &list)
	return list.Items
}

func TestWorkoutFromMadeToDeleted(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	made := ada.Do(http.MethodPost, "/v1/workouts", entry(nil)).Want(t, http.StatusCreated)
	body := made.Map(t)
	path := "/v1/workouts/" + body["id"].(string)
	if made.Header.Get("Location") != path || body["started_at"] != "2026-05-30T04:00:00Z" || body["source"] != "typed" ||
		body["audience"] != "followers" || body["notes"] != "New shoes." || body["heart_rate_avg_bpm"] != 141.0 {
		t.Errorf("made %v at %q", body, made.Header.Get("Location"))
	}
	read := ada.Get(path).Want(t, http.StatusOK)
	tag := read.Header.Get("Etag")
	if tag != made.Header.Get("Etag") || !bytes.Equal(read.Body, made.Body) {
		t.Error("what is read is not what was made")
	}
	ada.Do(http.MethodGet, path, nil, "If-None-Match", tag).Want(t, http.StatusNotModified)

	changed := ada.Do(http.MethodPatch, path, map[string]any{"title": nil, "notes": "Old shoes.", "calories_kcal": 300}, "If-Match", tag).Want(t, http.StatusOK).Map(t)
	if _, has := changed["title"]; has || changed["notes"] != "Old shoes." || changed["distance_m"] != 5000.0 || changed["calories_kcal"] != 300.0 {
		t.Errorf("changed to %v", changed)
	}
	ada.Do(http.MethodPatch, path, map[string]any{"title": "x"}, "If-Match", tag).Want(t, http.StatusPreconditionFailed)
	ada.Do(http.MethodPatch, path, map[string]any{"title": "x"}, "If-Match", ada.Get(path).Header.Get("Etag")).Want(t, http.StatusOK)
	ada.Do(http.MethodDelete, path, nil).Want(t, http.StatusNoContent)
	ada.Get(path).Want(t, http.StatusNotFound)
}

func TestWorkoutBodiesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	for name, c := range map[string]struct {
		body   any
		status int
		quotes string
	}{
		"an id":              {entry(map[string]any{"id": "019a3c5e-7b1d-7c44-a5f2-3d1b6f0e9c21"}), 400, ""},
		"an owner":           {entry(map[string]any{"member_id": ada.ID}), 400, ""},
		"another case":       {entry(map[string]any{"Title": "x"}), 400, ""},
		"beyond the bounds":  {entry(map[string]any{"distance_m": 1e308}), 400, "/distance_m"},
		"a negative":         {entry(map[string]any{"duration_s": -1}), 400, "/duration_s"},
		"no such audience":   {entry(map[string]any{"audience": "friends"}), 400, "/audience"},
		"400 km/h":           {entry(map[string]any{"sport": "run", "indoor": true, "distance_m": 200000}), 422, "/distance_m"},
		"mean over max":      {entry(map[string]any{"heart_rate_max_bpm": 120}), 422, "/heart_rate_avg_bpm"},
		"a NUL in the title": {entry(map[string]any{"title": "a\x00b"}), 422, "/title"},
	} {
		r := ada.Do(http.MethodPost, "/v1/workouts", c.body)
		if r.Status != c.status || !strings.Contains(string(r.Body), c.quotes) {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	for name, raw := range map[string]string{
		"a member twice": `{"sport":"run","sport":"ride","started_at":"2026-05-30T06:00:00Z","duration_s":60}`,
		"trailing data":  `{"sport":"run","started_at":"2026-05-30T06:00:00Z","duration_s":60} {}`,
		"no time":        `{"sport":"run","started_at":"yesterday","duration_s":60}`,
	} {
		if r := ada.Do(http.MethodPost, "/v1/workouts", []byte(raw), "Content-Type", "application/json"); r.Status != 400 {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	if n := w.Query(`SELECT count(*)::text FROM workout`); n != "0" {
		t.Errorf("%s workouts were made", n)
	}
}

func TestIdempotencyKeyOverHTTP(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	post := func(key string, more map[string]any) testkit.Response {
		return ada.Do(http.MethodPost, "/v1/workouts", entry(more), "Idempotency-Key", key)
	}
	one, two := post("key-00001", nil).Want(t, http.StatusCreated), post("key-00001", nil).Want(t, http.StatusCreated)
	if differ := one.Same(two); differ != "" {
		t.Errorf("the repeat differs in %s", differ)
	}
	if r := post("key-00001", map[string]any{"duration_s": 1900}).Want(t, http.StatusUnprocessableEntity); r.Map(t)["code"] != "idempotency_key_reused" {
		t.Errorf("%s", r.Body)
	}
	post("key-00002", nil).Want(t, http.StatusCreated)
	if n := w.Query(`SELECT count(*)::text FROM workout`); n != "2" {
		t.Errorf("%s workouts", n)
	}
	ada.Do(http.MethodDelete, one.Header.Get("Location"), nil).Want(t, http.StatusNoContent)
	if r := post("key-00001", nil).Want(t, http.StatusConflict); r.Map(t)["code"] != "gone" {
		t.Errorf("%s", r.Body)
	}
}

func TestImportOverHTTP(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben, cleo, dan := w.Join("ada"), w.Join("ben"), w.Join("cleo"), w.Join("dan")
	w.Follow(ben, ada)
	w.Block(ada, dan)
	file := recordingtest.RideFIT(recordingtest.Options{Seconds: 300, Laps: 2, Serial: 99})
	first := items(t, ada.Upload("/v1/workouts/import", "ride.fit", file).Want(t, http.StatusCreated))
	if len(first) != 1 || first[0]["audience"] != "followers" || first[0]["laps"] != nil {
		t.Fatalf("imported %v", first)
	}
	again := items(t, ada.Upload("/v1/workouts/import", "again.fit", file).Want(t, http.StatusOK))
	if again[0]["id"] != first[0]["id"] {
		t.Error("the same recording is another workout")
	}
	path := "/v1/workouts/" + first[0]["id"].(string)
	own := ada.Get(path).Want(t, http.StatusOK).Map(t)
	if fmt.Sprint(own["channels"]) != "[power_w cadence_rpm speed_mps incline_pct distance_m heart_rate_bpm altitude_m position]" &&
		!slices.Contains(own["channels"].([]any), any("position")) {
		t.Errorf("channels %v", own["channels"])
	}
	theirs := ben.Get(path).Want(t, http.StatusOK).Map(t)
	private := []string{"heart_rate_avg_bpm", "heart_rate_max_bpm", "start_place", "end_place", "ascent_m", "descent_m", "device_name", "device_serial", "audience", "created_at", "updated_at"}
	for _, name := range private {
		if own[name] == nil {
			t.Errorf("the owner doesn't read %s", name)
		}
		if _, has := theirs[name]; has {
			t.Errorf("a follower reads %s", name)
		}
	}
	for _, lap := range theirs["laps"].([]any) {
		for _, name := range private {
			if _, has := lap.(map[string]any)[name]; has {
				t.Errorf("a follower reads a lap's %s", name)
			}
		}
	}
	nobody := strings.Replace(path, path[len(path)-4:], "0000", 1)
	for name, viewer := range map[string]*testkit.Client{"cleo": cleo.Client, "dan": dan.Client, "nobody": w.As("")} {
		for _, tail := range []string{"", "/streams"} {
			if differ := viewer.Get(path+tail).Want(t, http.StatusNotFound).Same(viewer.Get(nobody + tail)); differ != "" {
				t.Errorf("%s can tell %s%s from nothing by %s", name, path, tail, differ)
			}
		}
	}
	// Narrowed, the very next read is refused.
	ada.Do(http.MethodPatch, path, map[string]any{"audience": "only_me"}).Want(t, http.StatusOK)
	ben.Get(path).Want(t, http.StatusNotFound)
}

func TestImportFormsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	file := recordingtest.RideFIT(recordingtest.Options{Seconds: 30})
	whole, media := testkit.Multipart(t, "ride.fit", file)
	send := func(body []byte, media string) testkit.Response {
		return ada.Do(http.MethodPost, "/v1/workouts/import", body, "Content-Type", media)
	}
	for name, c := range map[string]struct {
		r      testkit.Response
		status int
		code   string
	}{
		"no form":         {send(file, "application/octet-stream"), 415, "multipart_only"},
		"an unknown part": {ada.Upload("/v1/workouts/import", "r.fit", file, "owner", "x"), 400, "invalid_form"},
		"a part twice":    {ada.Upload("/v1/workouts/import", "r.fit", file, "audience", "members", "audience", "members"), 400, "invalid_form"},
		"no audience":     {ada.Upload("/v1/workouts/import", "r.fit", file, "audience", "friends"), 400, "invalid_body"},
		"cut off":         {send(whole[:len(whole)/2], media), 400, "body_cut_off"},
		"without its end": {send(whole[:len(whole)-8], media), 400, "body_cut_off"},
		"one part short":  {send(append(slices.Clone(whole[:bytes.LastIndex(whole, []byte("--\r\n"))]), "\r\n"...), media), 400, "body_cut_off"},
		"not signed in":   {w.Do(http.MethodPost, "/v1/workouts/import", whole, "Content-Type", media), 401, "login_required"},
		"a picture":       {ada.Upload("/v1/workouts/import", "r.fit", testkit.Picture(t)), 422, "unsupported_format"},
		"33 MiB":          {ada.Upload("/v1/workouts/import", "r.gpx", slices.Concat([]byte("<gpx>"), bytes.Repeat([]byte(" "), 33<<20))), 413, ""},
	} {
		if c.r.Status != c.status || c.code != "" && c.r.Map(t)["code"] != c.code {
			t.Errorf("%s: %d %s", name, c.r.Status, c.r.Body)
		}
	}
	if n := w.Query(`SELECT count(*)::text FROM workout`); n != "0" {
		t.Errorf("%s workouts were made", n)
	}
	late := slices.Concat([]byte{}, whole[:bytes.LastIndex(whole, []byte("\r\n--"))],
		[]byte("\r\n--"+strings.TrimPrefix(media, "multipart/form-data; boundary=")+"\r\nContent-Disposition: form-data; name=\"audience\"\r\n\r\nonly_me"),
		whole[bytes.LastIndex(whole, []byte("\r\n--")):])
	if got := items(t, send(late, media).Want(t, http.StatusCreated)); got[0]["audience"] != "only_me" {
		t.Errorf("an audience after the file is %v", got[0]["audience"])
	}
}

func TestStreamsOverHTTP(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	file := recordingtest.RideFIT(recordingtest.Options{Seconds: 600})
	path := "/v1/workouts/" + items(t, ada.Upload("/v1/workouts/import", "ride.fit", file).Want(t, http.StatusCreated))[0]["id"].(string) + "/streams"
	type channel struct {
		T      []float64 `json:"t_s"`
		Values []float64 `json:"values"`
		Lat    []float64 `json:"lat"`
		Lon    []float64 `json:"lon"`
	}
	var all struct {
		Power    channel `json:"power_w"`
		Heart    channel `json:"heart_rate_bpm"`
		Position channel `json:"position"`
	}
	ada.Get(path).Want(t, http.StatusOK).JSON(t, &all)
	if n := len(all.Heart.Values); n > dto.ChartPoints || n < dto.ChartPoints-3 {
		t.Errorf("%d points where nobody said how many", n)
	}
	if !bytes.Contains(api.Document, fmt.Appendf(nil, "maximum: 10000, default: %d}", dto.ChartPoints)) {
		t.Error("the contract has another default")
	}
	ada.Get(path+"?points=600").Want(t, http.StatusOK).JSON(t, &all)
	if len(all.Power.T) != 600 || len(all.Power.Values) != 600 || all.Power.T[1] != 1 || len(all.Heart.Values) == 0 ||
		len(all.Position.Lat) != len(all.Position.T) || len(all.Position.Lon) != len(all.Position.T) || len(all.Position.T) == 0 {
		t.Errorf("%d %d %d", len(all.Power.T), len(all.Heart.T), len(all.Position.T))
	}
	some := ada.Get(path+"?channels=power_w,position&points=50").Want(t, http.StatusOK).Map(t)
	if len(some) != 3 || some["heart_rate_bpm"] != nil {
		t.Errorf("asked for two channels, got %v", slices.Sorted(maps.Keys(some)))
	}
	for _, name := range []string{"power_w", "position"} {
		if n := len(some[name].(map[string]any)["t_s"].([]any)); n > 50 {
			t.Errorf("%s has %d points of 50", name, n)
		}
	}
	for _, bad := range []string{"?channels=", "?channels=watts", "?channels=power_w,power_w", "?points=5", "?points=10001", "?points=x", "?channels=power_w&channels=position"} {
		ada.Get(path+bad).Want(t, http.StatusBadRequest)
	}
}

func TestListsAndStatsOverHTTP(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben := w.Join("ada"), w.Join("ben")
	w.Follow(ben, ada)
	for day := range 5 {
		ada.Do(http.MethodPost, "/v1/workouts", entry(map[string]any{"started_at": fmt.Sprintf("2026-05-%02dT06:00:00Z", day+1)})).Want(t, http.StatusCreated)
	}
	ada.Do(http.MethodPost, "/v1/workouts", entry(map[string]any{"audience": "only_me"})).Want(t, http.StatusCreated)
	for _, path := range []string{"/v1/members/ada/workouts", "/v1/feed"} {
		one := ben.Get(path+"?limit=3").Want(t, http.StatusOK)
		cursor, _ := one.Map(t)["next_cursor"].(string)
		two := ben.Get(path+"?limit=3&cursor="+cursor).Want(t, http.StatusOK)
		if len(items(t, one)) != 3 || len(items(t, two)) != 2 || two.Map(t)["next_cursor"] != nil {
			t.Errorf("%s: %d and %d", path, len(items(t, one)), len(items(t, two)))
		}
		for _, item := range items(t, one) {
			if item["heart_rate_avg_bpm"] != nil || item["member"].(map[string]any)["username"] != "ada" || item["started_at"] == nil {
				t.Errorf("%s: %v", path, item)
			}
		}
		ada.Get(path+"?limit=3&cursor="+cursor).Want(t, http.StatusBadRequest)
		ben.Get(path+"?limit=0").Want(t, http.StatusBadRequest)
		ben.Get(path+"?limit=101").Want(t, http.StatusBadRequest)
	}
	w.Get("/v1/feed").Want(t, http.StatusUnauthorized)
	if got := ada.Get("/v1/members/ada/stats").Want(t, http.StatusOK).Map(t); got["workouts"] != 6.0 || got["distance_m"] != 30000.0 {
		t.Errorf("own totals %v", got)
	}
	if got := ben.Get("/v1/members/ada/stats").Want(t, http.StatusOK).Map(t); got["workouts"] != 5.0 || got["duration_s"] != 9000.0 {
		t.Errorf("a follower's totals %v", got)
	}
	if differ := w.Join("cleo").Get("/v1/members/ada/stats").Same(w.Get("/v1/members/nobody-here/stats")); differ != "" {
		t.Errorf("hidden totals and nobody's differ in %s", differ)
	}
}
