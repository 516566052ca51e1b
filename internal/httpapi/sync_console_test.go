package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/paceline/paceline/internal/testkit"
)

// A console sends for its own member, is believed to have measured it, and reads nothing but what
// became of it.
func TestConsoleSyncsForItsMember(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	w.Register()
	ada, ben := w.Join("ada"), w.Join("ben")
	bike, other, narrow := w.Pair(ada, "sync"), w.Pair(ben, "sync"), w.Pair(ada, "classes:read")
	ride := rideOf(w, 60, 40)
	all := ride.parts(1, 3)
	first := sendSync(t, w, bike.Client, all[0], all[1])[1]
	// The rest comes from a console of somebody else's: it is another workout, and lacks its beginning.
	if theirs := sendSync(t, w, other.Client, all[2])[0]; theirs.WorkoutID != "" || theirs.Complete || len(theirs.Missing) != 1 {
		t.Errorf("another member's part: %+v", theirs)
	}
	last := sendSync(t, w, bike.Client, all[2])[0]
	if !last.Complete || last.WorkoutID != first.WorkoutID {
		t.Fatalf("the last part: %+v", last)
	}
	ride.kept(t, ada.Client, last.WorkoutID, 60)
	if source := ada.Get("/v1/workouts/" + last.WorkoutID).Map(t)["source"]; source != "console" {
		t.Errorf("its source is %v", source)
	}
	// A higher version by the same console writes over what it may not read.
	ada.Do(http.MethodPatch, "/v1/workouts/"+last.WorkoutID, map[string]any{"title": "Mine"}).Want(t, http.StatusOK)
	ride.points[3].PowerW = 432
	if again := sendSync(t, w, bike.Client, ride.part(2, 0, 0, 60, true))[0]; again.Status != "updated" || again.WorkoutID != last.WorkoutID {
		t.Errorf("a higher version: %+v", again)
	}
	ride.kept(t, ada.Client, last.WorkoutID, 60)
	// A part without a proof makes the whole of it no console's.
	if mixed := sendSync(t, w, ada.Client, ride.part(3, 0, 0, 60, true))[0]; mixed.Status != "updated" {
		t.Errorf("by a session: %+v", mixed)
	}
	body := ada.Get("/v1/workouts/" + last.WorkoutID).Map(t)
	if body["source"] != "typed" || body["title"] != "Mine" {
		t.Errorf("after a session's: %v", body)
	}
	changes := bike.Get("/v1/sync/changes").Want(t, http.StatusOK)
	if !strings.Contains(string(changes.Body), ride.id) || strings.Contains(string(changes.Body), "Mine") {
		t.Errorf("the console hears %s", changes.Body)
	}
	bike.Get("/v1/workouts/"+last.WorkoutID).Want(t, http.StatusForbidden)
	narrow.Get("/v1/sync/changes").Want(t, http.StatusForbidden)
	narrow.Do(http.MethodPost, "/v1/sync/workouts", map[string]any{"sent_at": w.Clock.Now(), "items": []any{all[0]}}).Want(t, http.StatusForbidden)
}

func compressed(t *testing.T, encoding string, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var to io.WriteCloser = gzip.NewWriter(&b)
	if encoding == "zstd" {
		var err error
		if to, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := to.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSyncTakesCompressedBodies(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.Join("ada")
	ride := rideOf(w, 120, 50)
	post := func(path, encoding string, body []byte) testkit.Response {
		return ada.Do(http.MethodPost, path, body, "Content-Type", "application/json", "Content-Encoding", encoding)
	}
	for i, encoding := range []string{"gzip", "zstd"} {
		ride.start = ride.start.Add(-time.Duration(i) * time.Hour)
		ride.id = strings.Replace(ride.id, ride.id[:1], string("ab"[i]), 1)
		plain, err := json.Marshal(map[string]any{"sent_at": w.Clock.Now(), "items": []any{ride.part(1, 0, 0, 120, true)}})
		if err != nil {
			t.Fatal(err)
		}
		body := compressed(t, encoding, plain)
		var out struct{ Items []synced }
		post("/v1/sync/workouts", encoding, body).Want(t, http.StatusOK).JSON(t, &out)
		if out.Items[0].Status != "created" {
			t.Errorf("%s: %+v", encoding, out.Items[0])
		}
		ride.kept(t, ada.Client, out.Items[0].WorkoutID, 120)
		broken := bytes.Clone(body)
		broken[len(broken)/2] ^= 0xff
		for name, bad := range map[string][]byte{"cut": body[:len(body)-9], "broken": broken, "none": []byte("{}"), "trailing": append(bytes.Clone(body), "more"...)} {
			if r := post("/v1/sync/workouts", encoding, bad); r.Status != http.StatusBadRequest {
				t.Errorf("%s, %s: %d %s", encoding, name, r.Status, r.Body)
			}
		}
		// Another operation takes none of it.
		post("/v1/workouts", encoding, compressed(t, encoding, []byte(`{}`))).Want(t, http.StatusUnsupportedMediaType)
	}
	for _, encoding := range []string{"br", "deflate", "gzip, zstd", "gzip, gzip"} {
		post("/v1/sync/workouts", encoding, []byte("{}")).Want(t, http.StatusUnsupportedMediaType)
	}
}

// A gibibyte of zeros in a megabyte is refused, and costs little memory.
func TestSyncRefusesWhatExpands(t *testing.T) {
	w := testkit.Start(t)
	ada := w.Join("ada")
	for _, encoding := range []string{"gzip", "zstd"} {
		var bomb bytes.Buffer
		var to io.WriteCloser = gzip.NewWriter(&bomb)
		if encoding == "zstd" {
			to, _ = zstd.NewWriter(&bomb)
		}
		zeros := make([]byte, 1<<20)
		for range 1 << 10 {
			if _, err := to.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
		if err := to.Close(); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := ada.Do(http.MethodPost, "/v1/sync/workouts", bomb.Bytes(), "Content-Type", "application/json", "Content-Encoding", encoding)
		runtime.ReadMemStats(&after)
		if r.Status != http.StatusRequestEntityTooLarge || !strings.Contains(string(r.Body), "expands_too_far") {
			t.Errorf("%s: %d %s", encoding, r.Status, r.Body)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
			t.Errorf("%s of %d bytes: %d MiB were allocated", encoding, bomb.Len(), took>>20)
		}
	}
}
