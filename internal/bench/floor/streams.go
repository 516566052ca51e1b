package floor

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

type channel struct {
	TS     []float64 `json:"t_s"`
	Values []float64 `json:"values"`
}

type streamsBody struct {
	CadenceRpm   *channel  `json:"cadence_rpm,omitempty"`
	DistanceM    *channel  `json:"distance_m,omitempty"`
	HeartRateBpm *channel  `json:"heart_rate_bpm,omitempty"`
	PowerW       *channel  `json:"power_w,omitempty"`
	Resistance   *channel  `json:"resistance,omitempty"`
	SpeedMps     *channel  `json:"speed_mps,omitempty"`
	WorkoutID    uuid.UUID `json:"workout_id"`
}

// readSamples brings all rows; they are thinned here as Paceline does it when it writes.
const readSamples = `SELECT s.t_ms, s.power_w, s.cadence_rpm, s.speed, s.resistance, s.distance, s.heart_bpm
FROM floor.sample s WHERE s.workout_id = $1 ORDER BY s.t_ms`

func (s *server) streams(w http.ResponseWriter, r *http.Request) {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	rows, err := s.pool.Query(r.Context(), readSamples, [16]byte(id))
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	effort := series.Table{Family: series.Effort, Columns: []series.Column{
		{Channel: series.PowerW}, {Channel: series.CadenceRPM}, {Channel: series.SpeedMPS}, {Channel: series.Resistance}, {Channel: series.DistanceM},
	}}
	heart := series.Table{Family: series.Heart, Columns: []series.Column{{Channel: series.HeartRateBPM}}}
	var t int32
	var v [6]int32
	if _, err := pgx.ForEachRow(rows, []any{&t, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]}, func() error {
		effort.T = append(effort.T, uint32(t)) //nolint:gosec // never negative
		for i := range effort.Columns {
			effort.Columns[i].V = append(effort.Columns[i].V, v[i])
		}
		heart.Columns[0].V = append(heart.Columns[0].V, v[5])
		return nil
	}); err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	if len(effort.T) == 0 {
		http.NotFound(w, r)
		return
	}
	heart.T = effort.T
	thin := append(effort.Downsample(points(r)), heart.Downsample(points(r))...)
	send(w, streamsBody{
		WorkoutID: id, PowerW: channelOf(thin[0]), CadenceRpm: channelOf(thin[1]), SpeedMps: channelOf(thin[2]),
		Resistance: channelOf(thin[3]), DistanceM: channelOf(thin[4]), HeartRateBpm: channelOf(thin[5]),
	})
}

func channelOf(s series.Series) *channel {
	c := &channel{TS: make([]float64, len(s.T)), Values: s.Values()}
	for i, ms := range s.T {
		c.TS[i] = float64(ms) / 1000
	}
	return c
}
