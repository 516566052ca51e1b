package testkit

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/service"
)

// BenchmarkReadWorkout is a follower's read of a workout with everything on, but
// without a socket to the client: what the program itself takes.
func BenchmarkReadWorkout(b *testing.B) {
	w := Start(b, func(o *service.Options) {
		o.Limits, o.Observer, o.Now = Generous, observe.New(io.Discard, nil), time.Now
	})
	ada, ben := w.Join("ada"), w.Join("ben")
	w.Follow(ben, ada)
	made := ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "title": "Morning ride", "started_at": "2026-05-30T06:00:00Z", "duration_s": 3600, "moving_s": 3500,
		"distance_m": 30000, "calories_kcal": 600, "output_kj": 600, "power_avg_w": 170, "power_max_w": 400,
		"cadence_avg_rpm": 85, "cadence_max_rpm": 110, "heart_rate_avg_bpm": 140, "heart_rate_max_bpm": 170, "notes": "n",
	}).Want(b, http.StatusCreated).Map(b)
	path := "/v1/workouts/" + made["id"].(string)
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
			r.Header.Set("Authorization", "Bearer "+ben.Token)
			answer := httptest.NewRecorder()
			w.Service.Handler.ServeHTTP(answer, r)
			if answer.Code != http.StatusOK {
				b.Fatal(answer.Code, answer.Body)
			}
		}
	})
}
