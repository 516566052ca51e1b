package floor

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Audiences and what reaches them.
const (
	onlyMe    = 0
	followers = 1
	members   = 2
)

type place struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

type summary struct {
	DisplayName *string   `json:"display_name,omitempty"`
	ID          uuid.UUID `json:"id"`
	Username    string    `json:"username"`
}

type workoutBody struct {
	AscentM         *float64   `json:"ascent_m,omitempty"`
	Audience        *string    `json:"audience,omitempty"`
	CadenceAvgRpm   *float64   `json:"cadence_avg_rpm,omitempty"`
	CadenceMaxRpm   *float64   `json:"cadence_max_rpm,omitempty"`
	CaloriesKcal    *float64   `json:"calories_kcal,omitempty"`
	Channels        []string   `json:"channels"`
	CreatedAt       *time.Time `json:"created_at,omitempty"`
	DescentM        *float64   `json:"descent_m,omitempty"`
	DeviceName      *string    `json:"device_name,omitempty"`
	DeviceSerial    *string    `json:"device_serial,omitempty"`
	DistanceM       *float64   `json:"distance_m,omitempty"`
	DurationS       float64    `json:"duration_s"`
	EndPlace        *place     `json:"end_place,omitempty"`
	HeartRateAvgBpm *float64   `json:"heart_rate_avg_bpm,omitempty"`
	HeartRateMaxBpm *float64   `json:"heart_rate_max_bpm,omitempty"`
	ID              uuid.UUID  `json:"id"`
	InclineAvgPct   *float64   `json:"incline_avg_pct,omitempty"`
	Indoor          bool       `json:"indoor"`
	Member          *summary   `json:"member,omitempty"`
	MovingS         *float64   `json:"moving_s,omitempty"`
	Notes           *string    `json:"notes,omitempty"`
	OutputKj        *float64   `json:"output_kj,omitempty"`
	PowerAvgW       *float64   `json:"power_avg_w,omitempty"`
	PowerMaxW       *float64   `json:"power_max_w,omitempty"`
	ResistanceAvg   *float64   `json:"resistance_avg,omitempty"`
	Source          string     `json:"source"`
	SpeedAvgMps     *float64   `json:"speed_avg_mps,omitempty"`
	SpeedMaxMps     *float64   `json:"speed_max_mps,omitempty"`
	Sport           string     `json:"sport"`
	StartPlace      *place     `json:"start_place,omitempty"`
	StartedAt       time.Time  `json:"started_at"`
	Title           *string    `json:"title,omitempty"`
	UpdatedAt       *time.Time `json:"updated_at,omitempty"`
}

var audienceNames = []string{"only_me", "followers", "members", "everyone"}

// columns are a workout with its owner, their settings, the follow and the block; $1 is who asks.
const columns = `SELECT w.id, w.owner_id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
       w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at, w.track_m,
       w.power_avg_w, w.power_max_w, w.cadence_avg_rpm, w.cadence_max_rpm, w.speed_avg_mps, w.speed_max_mps,
       w.resistance_avg, w.incline_avg_pct, w.effort_channels, w.heart_avg_bpm, w.heart_max_bpm, w.heart_channels,
       w.start_lat, w.start_lon, w.end_lat, w.end_lon, w.ascent_m, w.descent_m, w.route_channels,
       w.device_name, w.device_serial, w.notes,
       o.username, o.display_name, o.private, o.discoverability, o.display_name_audience, o.heart_rate_audience, o.route_audience,
       f.owner_id IS NOT NULL, b.blocker_id IS NOT NULL`

const joins = `
JOIN floor.owner o ON o.id = w.owner_id
LEFT JOIN floor.follow f ON f.follower_id = $1 AND f.owner_id = w.owner_id
LEFT JOIN floor.block b ON b.blocker_id = w.owner_id AND b.blocked_id = $1`

const readWorkout = columns + `
FROM floor.workout w` + joins + `
WHERE w.id = $2`

// record is a row of those columns.
type record struct {
	body                                workoutBody
	owner                               uuid.UUID
	audience                            int16
	created, updated                    time.Time
	distance, track                     *float64
	effortChannels, heart, route        []string
	startLat, startLon, endLat, endLon  *float64
	ascent, descent, heartAvg, heartMax *float64
	device, serial, notes               *string
	username, displayName               string
	private                             bool
	discoverability                     int16
	nameAudience, heartAudience         int16
	routeAudience                       int16
	follows, blocked                    bool
}

func (r *record) scan(row pgx.Row) error {
	b := &r.body
	return row.Scan((*[16]byte)(&b.ID), (*[16]byte)(&r.owner), &r.audience, &b.Sport, &b.Indoor, &b.Title, &b.StartedAt, &b.DurationS, &b.MovingS,
		&r.distance, &b.CaloriesKcal, &b.OutputKj, &b.Source, &r.created, &r.updated, &r.track,
		&b.PowerAvgW, &b.PowerMaxW, &b.CadenceAvgRpm, &b.CadenceMaxRpm, &b.SpeedAvgMps, &b.SpeedMaxMps,
		&b.ResistanceAvg, &b.InclineAvgPct, &r.effortChannels, &r.heartAvg, &r.heartMax, &r.heart,
		&r.startLat, &r.startLon, &r.endLat, &r.endLon, &r.ascent, &r.descent, &r.route,
		&r.device, &r.serial, &r.notes,
		&r.username, &r.displayName, &r.private, &r.discoverability, &r.nameAudience, &r.heartAudience, &r.routeAudience,
		&r.follows, &r.blocked)
}

// needs is the lowest audience that includes who asks.
func (r *record) needs(viewer uuid.UUID) int16 {
	switch {
	case viewer == r.owner:
		return onlyMe
	case r.follows:
		return followers
	default:
		return members
	}
}

// answer is the body for who asks, or nil where there is nothing for them.
func (r *record) answer(viewer uuid.UUID) *workoutBody {
	needs := r.needs(viewer)
	within := func(audience int16) bool {
		audience = min(audience, r.audience)
		if r.private {
			audience = min(audience, followers)
		}
		return audience >= needs
	}
	if r.blocked || !within(r.audience) && needs != onlyMe {
		return nil
	}
	b := &r.body
	b.StartedAt = b.StartedAt.UTC()
	b.DistanceM = r.distance
	b.Channels = append([]string{}, r.effortChannels...)
	if needs == onlyMe || within(r.heartAudience) {
		b.HeartRateAvgBpm, b.HeartRateMaxBpm = r.heartAvg, r.heartMax
		b.Channels = append(b.Channels, r.heart...)
	}
	if needs == onlyMe || within(r.routeAudience) {
		if b.DistanceM == nil {
			b.DistanceM = r.track
		}
		b.StartPlace, b.EndPlace = at(r.startLat, r.startLon), at(r.endLat, r.endLon)
		b.AscentM, b.DescentM = r.ascent, r.descent
		b.Channels = append(b.Channels, r.route...)
	}
	if needs == onlyMe {
		created, updated := r.created.UTC(), r.updated.UTC()
		b.Audience, b.CreatedAt, b.UpdatedAt = &audienceNames[r.audience], &created, &updated
		b.DeviceName, b.DeviceSerial, b.Notes = r.device, r.serial, r.notes
	}
	if needs == onlyMe || r.discoverability >= needs {
		b.Member = &summary{ID: r.owner, Username: r.username}
		name := r.nameAudience
		if r.private {
			name = min(name, followers)
		}
		if needs == onlyMe || name >= needs {
			b.Member.DisplayName = &r.displayName
		}
	}
	return b
}

func at(lat, lon *float64) *place {
	if lat == nil || lon == nil {
		return nil
	}
	return &place{Lat: *lat, Lon: *lon}
}

func (s *server) workout(w http.ResponseWriter, r *http.Request) {
	viewer, err := uuid.Parse(r.Header.Get(Header))
	if err != nil {
		http.Error(w, "who asks?", http.StatusBadRequest)
		return
	}
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	var found record
	err = found.scan(s.pool.QueryRow(r.Context(), readWorkout, [16]byte(viewer), [16]byte(id)))
	if errors.Is(err, pgx.ErrNoRows) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	body := found.answer(viewer)
	if body == nil {
		http.NotFound(w, r)
		return
	}
	send(w, body)
}
