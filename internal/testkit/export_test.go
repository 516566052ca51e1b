package testkit_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// A workout that is saved as a file and imported by somebody else has every sample that the format
// holds; the original is the very file.
func TestExportsComeBackWhole(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada := w.JoinBorn("ada", "1990-04-05")
	file := recordingtest.RideFIT(recordingtest.Options{Start: w.Clock.Now().Add(-time.Hour), Seconds: 120, Laps: 3, Serial: 7})
	id := imported(t, ada, "ride.fit", file)
	const all = "/streams?points=10000"
	streams := ada.Get("/v1/workouts/"+id+all).Want(t, http.StatusOK).Map(t)
	delete(streams, "workout_id")

	if got := ada.Get("/v1/workouts/"+id+"/original").Want(t, http.StatusOK); !bytes.Equal(got.Body, file) {
		t.Errorf("the original has %d bytes, not the %d that were sent", len(got.Body), len(file))
	}
	for _, format := range []string{"fit", "tcx", "gpx"} {
		saved := ada.Get("/v1/workouts/"+id+"/export?format="+format).Want(t, http.StatusOK)
		if name := saved.Header.Get("Content-Disposition"); name != `attachment; filename="workout-`+id+"."+format+`"` {
			t.Errorf("%s: Content-Disposition %s", format, name)
		}
		other := w.JoinBorn("reader-"+format, "1990-04-05")
		again := other.Get("/v1/workouts/"+imported(t, other, "again."+format, saved.Body)+all).Want(t, http.StatusOK).Map(t)
		for channel, want := range streams {
			if got, has := again[channel]; has && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %s is not what it was", format, channel)
			} else if !has && format == "fit" {
				t.Errorf("%s: lost %s", format, channel)
			}
		}
		for _, channel := range []string{"heart_rate_bpm", "position", "altitude_m"} {
			if again[channel] == nil {
				t.Errorf("%s: lost %s", format, channel)
			}
		}
	}
	saved := ada.Get("/v1/workouts/"+id+"/export?format=csv").Want(t, http.StatusOK)
	rows, err := csv.NewReader(bytes.NewReader(saved.Body)).ReadAll()
	if err != nil || len(rows) != 121 || len(rows[0]) < 10 {
		t.Errorf("csv: %d rows, %v", len(rows), err)
	}
}

// A file holds what its reader may see: neither heart nor place, nor the device, and no original.
func TestExportsHoldWhatShows(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	ada, ben := w.JoinBorn("ada", "1990-04-05"), w.JoinBorn("ben", "1990-04-05")
	w.Follow(ben, ada)
	id := imported(t, ada, "ride.fit", recordingtest.RideFIT(recordingtest.Options{
		Start: w.Clock.Now().Add(-time.Hour), Seconds: 60, Laps: 2, Serial: 7, Device: "Bikenamed",
	}))
	path := "/v1/workouts/" + id
	tcx := string(ben.Get(path+"/export?format=tcx").Want(t, http.StatusOK).Body)
	for _, hidden := range []string{"HeartRateBpm", "LatitudeDegrees", "AltitudeMeters", "Bikenamed"} {
		if strings.Contains(tcx, hidden) {
			t.Errorf("a follower's file has %s", hidden)
		}
		if whole := string(ada.Get(path + "/export?format=tcx").Body); !strings.Contains(whole, hidden) {
			t.Errorf("the owner's file lacks %s", hidden)
		}
	}
	if csv := string(ben.Get(path+"/export?format=csv").Want(t, http.StatusOK).Body); strings.Contains(csv, "heart") || strings.Contains(csv, "lat_deg") {
		t.Errorf("a follower's table has %.80s", csv)
	}
	ben.Get(path+"/export?format=gpx").Want(t, http.StatusUnprocessableEntity)
	ben.Get(path+"/original").Want(t, http.StatusNotFound)
	w.As("").Get(path+"/original").Want(t, http.StatusNotFound)
	ada.Get(path+"/original").Want(t, http.StatusOK)
	ada.Do(http.MethodDelete, path, nil).Want(t, http.StatusNoContent)
	if left := w.Query(`SELECT count(*)::text FROM original`); left != "0" {
		t.Errorf("%s files are left of workouts that are gone", left)
	}
}

func imported(t *testing.T, p *testkit.Person, name string, file []byte) string {
	t.Helper()
	items, _ := p.Upload("/v1/workouts/import", name, file).Want(t, http.StatusCreated).Map(t)["items"].([]any)
	first, _ := items[0].(map[string]any)
	return fmt.Sprint(first["id"])
}
