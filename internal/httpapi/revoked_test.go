package httpapi_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// An upload that was running when its session ended adds nothing, and is told so
// (ASVS 7.4.1): what writes asks again who it is for.
func TestARunningUploadEndsWithItsSession(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	p := w.Join("rider")
	body, media := testkit.Multipart(t, "ride.fit", recordingtest.RideFIT(recordingtest.Options{Seconds: 60}))
	rest, upload := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+w.Address()+"/v1/workouts/import", io.MultiReader(bytes.NewReader(body[:100]), rest))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.Token)
	r.Header.Set("Content-Type", media)
	status := make(chan int, 1)
	go func() {
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		defer answer.Body.Close()
		status <- answer.StatusCode
	}()
	half := len(body) / 2
	if _, err := upload.Write(body[100:half]); err != nil { // taken only once it is being read
		t.Fatal(err)
	}
	p.Do(http.MethodDelete, "/v1/me/sessions", nil).Want(t, http.StatusNoContent)
	p.Do(http.MethodPost, "/v1/auth/logout", nil).Want(t, http.StatusNoContent)
	_, _ = upload.Write(body[half:])
	_ = upload.Close()
	if got := <-status; got != http.StatusUnauthorized {
		t.Errorf("the upload ends with %d", got)
	}
	if n := w.Query(`SELECT count(*) FROM workout`); n != "0" {
		t.Errorf("it left %s workouts", n)
	}
}
