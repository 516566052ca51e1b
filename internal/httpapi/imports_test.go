package httpapi_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// packed is a zip of files, given as names and contents in turn.
func packed(t *testing.T, files ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i].(string))
		if err == nil {
			switch content := files[i+1].(type) {
			case []byte:
				_, err = w.Write(content)
			case string:
				_, err = w.Write([]byte(content))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gz(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func dayOf(n int) recordingtest.Options {
	return recordingtest.Options{Start: time.Date(2026, 3, 1+n, 7, 0, 0, 0, time.UTC), Seconds: 60, Seed: uint64(n) + 1} //nolint:gosec // small
}

// settled waits for an import to come to its end.
func settled(t *testing.T, p *testkit.Client, path string) map[string]any {
	t.Helper()
	for range 3000 {
		i := p.Get(path).Want(t, http.StatusOK).Map(t)
		if state := i["state"]; state != "queued" && state != "parsing" {
			return i
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the import comes to no end")
	return nil
}

func counts(i map[string]any) string {
	f, _ := i["files"].(map[string]any)
	return fmt.Sprint(i["state"], " ", f["total"], " ", f["created"], " ", f["duplicate"], " ", f["rejected"], " ", f["ignored"])
}

const stravaTable = "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Filename,Elapsed Time\n" +
	"1,\"Mar 2, 2026, 7:00:00 AM\",Before breakfast,Ride,\"Fog,\nthen sun\",60,activities/1.fit.gz,60\n"

const pelotonTable = "Workout Timestamp,Live/On-Demand,Instructor Name,Length (minutes),Fitness Discipline,Type,Title,Class Timestamp,Total Output,Avg. Watts,Avg. Resistance,Avg. Cadence (RPM),Avg. Speed (mph),Distance (mi),Calories Burned,Avg. Heartrate,Avg. Incline,Avg. Pace (min/mi)\n" +
	"2026-01-05 07:12 (EST),On Demand,A. Coach,30,Cycling,Power Zone,30 min Power Zone,2025-12-01 12:00 (EST),320,178,45%,84,20.1,10.05,410,151.2,,\n" +
	"2026-01-06 07:12 (-05),On Demand,A. Coach,20,Yoga,Flow,20 min Flow,,,,,,,,80,,,\n" +
	"yesterday,On Demand,,20,Yoga,Flow,No time,,,,,,,,80,,,\n"

func TestAnArchiveIsReadAfterItsRequest(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben := w.Join("ada"), w.Join("ben")
	w.Follow(ben, ada)
	known := items(t, ada.Upload("/v1/workouts/import", "r.fit", recordingtest.RideFIT(dayOf(3))).Want(t, http.StatusCreated))[0]["id"]
	file := packed(t,
		"activities.csv", stravaTable,
		"activities/1.fit.gz", gz(t, recordingtest.RideFIT(dayOf(1))),
		"../../activities/2.gpx", recordingtest.RideGPX(dayOf(2)),
		"activities/3.tcx", recordingtest.RideFIT(dayOf(3)), // what it is, its content says
		"activities/4.fit", "no recording",
		"inner.zip", packed(t, "5.fit", recordingtest.RideFIT(dayOf(5))),
		"media/1.jpg", "a picture",
		"profile.csv", "a,b\n1,2\n",
		"peloton/ada_workouts.csv", pelotonTable,
	)
	taken := ada.Upload("/v1/workouts/import", "export.zip", file, "audience", "members").Want(t, http.StatusAccepted)
	path := taken.Header.Get("Location")
	if first := taken.Map(t); path != "/v1/me/imports/"+first["id"].(string) || first["audience"] != "members" {
		t.Errorf("at %q: %s", path, taken.Body)
	}
	done := settled(t, ada.Client, path)
	if got := counts(done); got != "partly 8 4 1 3 2" || done["retryable"] != true {
		t.Errorf("it ended as %s: %v", got, done)
	}
	outcomes := map[string]string{}
	var ride string
	for _, f := range items(t, ada.Get(path+"/files?limit=100").Want(t, http.StatusOK)) {
		code, _ := f["code"].(string)
		outcomes[fmt.Sprint(f["name"])] = strings.TrimSpace(fmt.Sprint(f["outcome"], " ", code))
		if f["name"] == "activities/1.fit.gz" {
			ride = f["workouts"].([]any)[0].(string)
		}
		if f["name"] == "activities/3.tcx" && f["duplicates"].([]any)[0] != known {
			t.Errorf("a duplicate of %v, not of %v", f["duplicates"], known)
		}
	}
	want := map[string]string{
		"activities/1.fit.gz": "created", "../../activities/2.gpx": "created", "activities/3.tcx": "duplicate",
		"activities/4.fit": "rejected unsupported_format", "inner.zip": "rejected nested_archive",
		"2026-01-05 07:12 (EST)": "created", "2026-01-06 07:12 (-05)": "created", "yesterday": "rejected malformed_row",
	}
	if fmt.Sprint(outcomes) != fmt.Sprint(want) {
		t.Errorf("outcomes\n%v, want\n%v", outcomes, want)
	}
	if n := w.Query(`SELECT count(*)::text FROM import_file WHERE position('activities'::bytea IN about_sealed) > 0`); n != "0" {
		t.Errorf("%s files' names lie in the clear", n)
	}
	named := ada.Get("/v1/workouts/"+ride).Want(t, http.StatusOK).Map(t)
	if named["title"] != "Before breakfast" || named["notes"] == nil || named["audience"] != "members" {
		t.Errorf("Strava's table gave %v", named)
	}
	rejected := items(t, ada.Get(path+"/files?outcome=rejected&limit=2").Want(t, http.StatusOK))
	if len(rejected) != 2 {
		t.Errorf("a page of the rejected has %d", len(rejected))
	}
	spun := ""
	for _, wo := range items(t, ben.Get("/v1/members/ada/workouts?limit=100").Want(t, http.StatusOK)) {
		if wo["title"] == "30 min Power Zone" {
			spun = fmt.Sprint(wo["started_at"], wo["source"], wo["output_kj"], wo["distance_m"], wo["heart_rate_avg_bpm"])
		}
	}
	if spun != "2026-01-05T12:12:00Ztyped320 16173.9 <nil>" {
		t.Errorf("a follower sees of Peloton's ride %q", spun)
	}

	// Nobody else has it, and what else is no import of theirs looks alike.
	for _, of := range []string{"", "/files"} {
		if differ := ben.Get(path+of).Want(t, http.StatusNotFound).Same(ben.Get("/v1/me/imports/0190a0a0-0000-7000-8000-000000000000" + of)); differ != "" {
			t.Errorf("somebody else's import differs from none in %s", differ)
		}
	}
	for _, act := range []string{"/retry", "/cancel"} {
		ben.Do(http.MethodPost, path+act, nil).Want(t, http.StatusNotFound)
	}
	if n := len(items(t, ben.Get("/v1/me/imports").Want(t, http.StatusOK))); n != 0 {
		t.Errorf("ben has %d imports", n)
	}

	// Again, all of it is there already; and what is over keeps nothing but its record.
	again := settled(t, ada.Client, ada.Upload("/v1/workouts/import", "again.zip", file).Want(t, http.StatusAccepted).Header.Get("Location"))
	if got := counts(again); got != "partly 8 0 5 3 2" {
		t.Errorf("the same archive again: %s", got)
	}
	retried := ada.Do(http.MethodPost, path+"/retry", nil).Want(t, http.StatusAccepted)
	if retried.Header.Get("Location") != path || counts(settled(t, ada.Client, path)) != "partly 8 4 1 3 2" {
		t.Errorf("tried again: %s", retried.Body)
	}
	if end := ada.Do(http.MethodPost, path+"/cancel", nil).Want(t, http.StatusOK).Map(t); end["state"] != "cancelled" || end["retryable"] != false {
		t.Errorf("cancelled: %v", end)
	}
	ada.Do(http.MethodPost, path+"/retry", nil).Want(t, http.StatusConflict)
	if n := w.Query(`SELECT count(*)::text FROM import_chunk c JOIN import i ON i.id = c.import_id WHERE i.state = 'cancelled'`); n != "0" {
		t.Errorf("%s chunks of a cancelled import", n)
	}
	if list := items(t, ada.Get("/v1/me/imports?limit=1").Want(t, http.StatusOK)); len(list) != 1 || list[0]["id"] != again["id"] {
		t.Errorf("the newest import is %v", list)
	}
}

// A recording may be gzip inside, as exports hold them, and is the same workout as without; the form
// around it is sent as it is.
func TestCompressedRecordings(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	for i, format := range []struct {
		name string
		file func(recordingtest.Options) []byte
	}{{"fit", recordingtest.RideFIT}, {"tcx", recordingtest.RideTCX}, {"gpx", recordingtest.RideGPX}} {
		plain := format.file(dayOf(10 + i))
		zipped := gz(t, plain)
		first := items(t, ada.Upload("/v1/workouts/import", "1."+format.name+".gz", zipped).Want(t, http.StatusCreated))
		if again := items(t, ada.Upload("/v1/workouts/import", "1."+format.name, plain).Want(t, http.StatusOK)); again[0]["id"] != first[0]["id"] {
			t.Errorf("%s: unpacked it is another workout", format.name)
		}
		if kept := ada.Get("/v1/workouts/"+first[0]["id"].(string)+"/original").Want(t, http.StatusOK).Body; !bytes.Equal(kept, zipped) {
			t.Errorf("%s: the original is not what was sent", format.name)
		}
	}
	form, media := testkit.Multipart(t, "a.fit", recordingtest.RideFIT(dayOf(20)))
	for encoding, body := range map[string][]byte{"gzip": gz(t, form), "zstd": form} {
		r := ada.Do(http.MethodPost, "/v1/workouts/import", body, "Content-Type", media, "Content-Encoding", encoding).Want(t, http.StatusUnsupportedMediaType)
		if code := r.Map(t)["code"]; code != "bad_content_encoding" {
			t.Errorf("a form in %s: %v", encoding, code)
		}
	}
	if n := w.Query(`SELECT count(*)::text FROM workout`); n != "3" {
		t.Errorf("%s workouts", n)
	}
}

func TestWhatIsReadLaterAndWhatIsRefused(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	end := func(name string, file []byte, more ...string) map[string]any {
		t.Helper()
		return settled(t, ada.Client, ada.Upload("/v1/workouts/import", name, file, more...).Want(t, http.StatusAccepted).Header.Get("Location"))
	}
	// A large file is one item; a small one of the same is the workout at once.
	large := slices.Concat(recordingtest.RideGPX(dayOf(1)), bytes.Repeat([]byte("<!--"+strings.Repeat(" ", 1000)+"-->\n"), 9000))
	if got := end("large.gpx", large); counts(got) != "ready 1 1 0 0 0" || got["retryable"] != false {
		t.Errorf("a large file: %v", got)
	}
	ada.Upload("/v1/workouts/import", "small.gpx", recordingtest.RideGPX(dayOf(1))).Want(t, http.StatusOK)
	// A table by itself.
	if got := counts(end("me_workouts.csv", []byte(pelotonTable))); got != "partly 3 2 0 1 0" {
		t.Errorf("a table: %s", got)
	}
	for _, i := range items(t, ada.Get("/v1/me/imports").Want(t, http.StatusOK)) {
		ada.Do(http.MethodPost, "/v1/me/imports/"+i["id"].(string)+"/cancel", nil).Want(t, http.StatusOK)
	}
	bomb := make([]byte, 70<<20)
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"bomb.zip":    {packed(t, "a.fit", bomb, "b.gpx", bomb), "expands_too_far"},
		"broken.zip":  {packed(t, "a.fit", recordingtest.RideFIT(dayOf(2)))[:500], "malformed_archive"},
		"nothing.zip": {packed(t, "a.jpg", "x", "b/", ""), "nothing_in_it"},
	} {
		got := end(name, c.file)
		if got["state"] != "failed" || got["code"] != c.code || got["retryable"] != false {
			t.Errorf("%s: %v", name, got)
		}
	}
	if n := w.Query(`SELECT (SELECT count(*) FROM import_chunk) || ' ' || (SELECT count(*) FROM import WHERE state = 'receiving')`); n != "0 0" {
		t.Errorf("chunks and uploads on their way: %s", n)
	}
	// Repeated with its key, it is the same import.
	file := packed(t, "a.fit", recordingtest.RideFIT(dayOf(4)))
	send := func(file []byte) testkit.Response {
		body, media := testkit.Multipart(t, "a.zip", file)
		return ada.Do(http.MethodPost, "/v1/workouts/import", body, "Content-Type", media, "Idempotency-Key", "key-0001")
	}
	one, two := send(file).Want(t, http.StatusAccepted), send(file).Want(t, http.StatusAccepted)
	if one.Header.Get("Location") != two.Header.Get("Location") {
		t.Error("a repeat is another import")
	}
	send(packed(t, "a.fit", recordingtest.RideFIT(dayOf(5)))).Want(t, http.StatusUnprocessableEntity)
	if n := w.Query(`SELECT count(*)::text FROM import WHERE state = 'receiving'`); n != "0" {
		t.Errorf("%s uploads on their way", n)
	}
}

// An import goes on only as long as the session that asked for it.
func TestAnImportEndsWithItsSession(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	file := packed(t, "a.fit", recordingtest.RideFIT(dayOf(1)))
	w.Root.Exec(t.Context(), "BEGIN; LOCK TABLE import_file IN EXCLUSIVE MODE") //nolint:errcheck // the next statement fails then
	path := ada.Upload("/v1/workouts/import", "a.zip", file).Want(t, http.StatusAccepted).Header.Get("Location")
	other := *ada
	w.Login(&other)
	ada.Do(http.MethodPost, "/v1/auth/logout", nil).Want(t, http.StatusNoContent)
	if _, err := w.Root.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	got := settled(t, other.Client, path)
	if got["state"] != "failed" || got["code"] != "signed_out" || got["retryable"] != true || len(items(t, other.Get("/v1/members/ada/workouts"))) != 0 {
		t.Errorf("it went on: %v", got)
	}
	if n := w.Query(`SELECT (SELECT count(*) FROM import_chunk) || ' ' || (SELECT count(*) FROM import_chunk WHERE position('\x504b0304'::bytea IN bytes_sealed) > 0)`); n != "1 0" {
		t.Errorf("chunks, and those in the clear: %s", n)
	}
	other.Do(http.MethodPost, path+"/retry", nil).Want(t, http.StatusAccepted)
	if got := counts(settled(t, other.Client, path)); got != "ready 1 1 0 0 0" {
		t.Errorf("asked for again: %s", got)
	}
}
