package workout_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/testkit/pgtest"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// now is when the tests' requests come.
var now = time.Date(2026, 5, 2, 12, 0, 0, 0, time.UTC)

// world is a database, the service on it, and a way behind the walls.
type world struct {
	t     testing.TB
	url   string
	admin *pgxpool.Pool
	ring  *seal.Ring
	s     *workout.Service
	kept  uuid.UUID // a workout that was there before
}

func newWorld(t testing.TB) *world {
	t.Helper()
	d := pgtest.New(t)
	admin, err := pgxpool.New(t.Context(), d.Superuser())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	w := &world{t: t, url: d.Superuser(), admin: admin, ring: seal.NewRing()}
	w.s = w.service(w.url)
	return w
}

// service is another one on the same database, over the server that the URL names.
func (w *world) service(url string) *workout.Service {
	w.t.Helper()
	return w.serviceWith(url, recording.DefaultLimits())
}

func (w *world) serviceWith(url string, limits recording.Limits) *workout.Service {
	w.t.Helper()
	opened, err := db.Open(context.Background(), db.Config{URL: url, Connections: 4})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(opened.Close)
	return workout.New(opened, w.ring, limits)
}

func (w *world) sql(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.admin.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

func (w *world) count(sql string, args ...any) (n int) {
	w.t.Helper()
	if err := w.admin.QueryRow(w.t.Context(), sql, args...).Scan(&n); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// person is a member who is signed in; the zero person is not.
type person struct {
	id   uuid.UUID
	name string
}

// caller is the request of a person.
func (p person) caller() db.Caller {
	if p.id == uuid.Nil {
		return db.Anonymous(now)
	}
	return db.WithToken("token of "+p.name, now)
}

// member makes a member with the settings of a new account.
func (w *world) member(name string) person {
	w.t.Helper()
	p := person{uuid.New(), name}
	settings := privacy.DefaultSettings(false)
	w.sql(`INSERT INTO member VALUES ($1, false, false, $2, $3, $4)`, p.id, int16(settings.Discoverability), int64(settings.Audiences), now)
	wrapped, err := w.ring.NewMemberKey(p.id)
	if err != nil {
		w.t.Fatal(err)
	}
	w.sql(`INSERT INTO member_key VALUES ($1, $2)`, p.id, []byte(wrapped))
	key, err := w.ring.Unwrap(p.id, wrapped)
	if err != nil {
		w.t.Fatal(err)
	}
	birth, err := seal.SealValue(key, seal.Context{Column: "profile.birth_date_sealed", Row: p.id}, now.AddDate(-30, 0, 0))
	if err != nil {
		w.t.Fatal(err)
	}
	w.sql(`INSERT INTO profile (member_id, username, display_name, search_name, birth_date_sealed, updated_at)
		VALUES ($1, $2, upper($2), $2, $3, $4)`, p.id, name, birth, now)
	session := uuid.New()
	w.sql(`INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at)
		VALUES ($1, $2, 'bearer', 'test', $3, $3, $4)`, p.id, session, now, now.Add(time.Hour))
	hash := sha256.Sum256([]byte("token of " + name))
	w.sql(`INSERT INTO auth.token (hash, member_id, session_id, kind, created_at, expires_at)
		VALUES ($1, $2, $3, 'access', $4, $5)`, hash[:], p.id, session, now, now.Add(time.Hour))
	return p
}

// follow makes one follow another, with approval; block makes one block another.
func (w *world) follow(one, other person) {
	w.t.Helper()
	w.edge(other, one, 1)
	w.edge(one, other, 16)
}
func (w *world) block(one, other person) { w.t.Helper(); w.edge(one, other, 4); w.edge(other, one, 8) }

func (w *world) edge(owner, other person, bits int16) {
	w.t.Helper()
	w.sql(`INSERT INTO edge VALUES ($1, $2, $3, $4)
		ON CONFLICT (member_id, other_id) DO UPDATE SET bits = edge.bits | excluded.bits`, owner.id, other.id, bits, now)
}

// let sets the audience of a field; private flips the switch.
func (w *world) let(p person, f privacy.Field, a privacy.Audience) {
	w.t.Helper()
	var stored int64
	if err := w.admin.QueryRow(w.t.Context(), `SELECT audiences FROM member WHERE id = $1`, p.id).Scan(&stored); err != nil {
		w.t.Fatal(err)
	}
	w.sql(`UPDATE member SET audiences = $2 WHERE id = $1`, p.id, int64(privacy.Audiences(stored).With(f, a)))
}

func (w *world) private(p person, on bool) {
	w.sql(`UPDATE member SET private = $2 WHERE id = $1`, p.id, on)
}

// withoutRLS takes the second wall away: row-level security, and the look-up of members by it.
func (w *world) withoutRLS() {
	for _, table := range []string{"member", "member_key", "profile", "avatar", "edge", "workout", "workout_part", "original", "original_workout"} {
		w.sql(`ALTER TABLE ` + table + ` DISABLE ROW LEVEL SECURITY`)
	}
	w.sql(`CREATE OR REPLACE FUNCTION find_member(id uuid, name text) RETURNS uuid LANGUAGE sql STABLE
		RETURN coalesce(id, (SELECT p.member_id FROM profile p WHERE p.username = name))`)
	w.sql(`CREATE OR REPLACE FUNCTION read_feed(before_start timestamptz, before_id uuid, most integer)
		RETURNS SETOF workout_seen LANGUAGE sql STABLE AS $$
		SELECT w.* FROM edge f JOIN workout_seen w ON w.member_id = f.other_id
		WHERE f.member_id = viewer_id() AND f.bits & 16 <> 0 ORDER BY w.started_at DESC, w.id DESC $$`)
	w.sql(`CREATE OR REPLACE FUNCTION read_workout(wanted uuid) RETURNS SETOF workout_seen LANGUAGE sql STABLE AS $$
		SELECT * FROM workout_seen w WHERE w.id = wanted $$`)
	w.sql(`DROP FUNCTION read_workout_each(bytea[], timestamptz[], uuid[])`) // read_workout is asked instead
	w.sql(`CREATE OR REPLACE FUNCTION read_samples(wanted uuid, families text[], previews boolean) RETURNS SETOF samples_seen LANGUAGE sql STABLE AS $$
		SELECT s.* FROM samples_seen s WHERE s.id = wanted $$`)
}

// run is an entry with something in every part.
func run(a privacy.Audience) workout.Entry {
	return workout.Entry{
		Sport: recording.Run, Title: new("Along the river"), StartedAt: now.Add(-26 * time.Hour), DurationS: 1800,
		MovingS: new(1700.0), DistanceM: new(5000.0), CaloriesKcal: new(400.0), OutputKJ: new(300.0),
		PowerAvgW: new(180.0), PowerMaxW: new(420.0), CadenceAvgRPM: new(84.0),
		HeartAvgBPM: new(151.0), HeartMaxBPM: new(177.0), AscentM: new(35.0), Notes: new("new shoes"), Audience: &a,
	}
}

func (w *world) create(p person, e workout.Entry) uuid.UUID {
	w.t.Helper()
	made, _, err := w.s.Create(w.t.Context(), p.caller(), e, workout.Repeat{})
	if err != nil {
		w.t.Fatalf("create: %v", err)
	}
	return made.ID
}

// upload is a form in memory.
type upload struct {
	file     io.Reader
	audience *privacy.Audience
}

func (u upload) Small() bool                          { return true }
func (u upload) File() (io.Reader, error)             { return u.file, nil }
func (u upload) Audience() (*privacy.Audience, error) { return u.audience, nil }
func (w *world) imports(p person, file []byte, r workout.Repeat) (workout.Imported, error) {
	return w.s.Import(w.t.Context(), p.caller(), upload{bytes.NewReader(file), nil}, r)
}

func (w *world) mustImport(p person, file []byte, a privacy.Audience) workout.Imported {
	w.t.Helper()
	got, err := w.s.Import(w.t.Context(), p.caller(), upload{bytes.NewReader(file), &a}, workout.Repeat{})
	if err != nil {
		w.t.Fatalf("import: %v", err)
	}
	return got
}

// open is the value, and fails where it stays closed.
func open[T any](t testing.TB, what string, g privacy.Grant, v privacy.Guarded[T]) T {
	t.Helper()
	value, ok := v.Open(g)
	if !ok {
		t.Fatalf("%s is closed to %v", what, g)
	}
	return value
}

func closed[T any](t testing.TB, what string, g privacy.Grant, v privacy.Guarded[T]) {
	t.Helper()
	if value, ok := v.Open(g); ok {
		t.Errorf("%s is open to %v: %v", what, g, value)
	}
}

func isOpen[T any](g privacy.Grant, v privacy.Guarded[T]) bool {
	_, ok := v.Open(g)
	return ok
}

func wantKind(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: got %v (%v), want %v", what, err, errors.Unwrap(fault.Of(orNone(err))), kind)
	}
}

func wantCode(t testing.TB, what string, err error, code fault.Code) {
	t.Helper()
	if err == nil || fault.Of(err).Code != code {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

func orNone(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}

func first(limit int) page.Request { return page.Request{Limit: limit} }

func allChannels() []series.Channel {
	all := make([]series.Channel, series.Channels)
	for i := range all {
		all[i] = series.Channel(i)
	}
	return all
}
