package main_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit/pgtest"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// A service that is killed in the middle of an archive, with a file half written, leaves each file
// done or untouched; another one goes on where it stopped, and every ride is there once.
func TestKilledInTheMiddleOfAnArchive(t *testing.T) {
	t.Parallel()
	const rides = 30
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n := range rides {
		w, err := z.Create(fmt.Sprintf("activities/%d.fit", n))
		if err == nil {
			_, err = w.Write(recordingtest.RideFIT(recordingtest.Options{Start: time.Date(2025, 2, 1, n, 0, 0, 0, time.UTC), Seconds: 600, Seed: uint64(n)})) //nolint:gosec // small
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	pg := pgtest.New(t)
	env := []string{"DATABASE_URL=" + pg.Superuser(), "PACELINE_DATA=" + t.TempDir()}
	root := pgtest.Connect(t, pg.Superuser())
	count := func(sql string) (n int) {
		t.Helper()
		if err := root.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	exec := func(sql string) {
		t.Helper()
		if _, err := root.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	p := start(t, "dev", env...).ready()
	token := p.login("ada")
	body, media := form(t, b.Bytes())
	status, got, err := p.do(http.MethodPost, "/v1/workouts/import", token, media, body)
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("%d %s %v", status, got, err)
	}
	var taken struct{ ID string }
	if err := json.Unmarshal(got, &taken); err != nil {
		t.Fatal(err)
	}
	for count(`SELECT coalesce(max(created), 0) FROM import`) < 3 {
		time.Sleep(5 * time.Millisecond)
	}
	exec("BEGIN; LOCK TABLE workout_part IN EXCLUSIVE MODE")
	for count(`SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'workout_part'::regclass`) == 0 {
		if count(`SELECT count(*) FROM import WHERE state NOT IN ('queued', 'parsing')`) > 0 {
			t.Fatal("it was at its end before it could be killed")
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.kill()
	exec("ROLLBACK")
	for count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE 'paceline%'`) > 0 {
		time.Sleep(20 * time.Millisecond)
	}
	const there = `SELECT count(*) FROM workout WHERE started_at >= '2025-02-01' AND started_at < '2025-02-03'`
	done := count(`SELECT count(*) FROM import_file WHERE outcome = 'created'`)
	if made := count(there); made != done || made < 3 || made >= rides || count(`SELECT created FROM import`) != done {
		t.Fatalf("killed with %d workouts made and %d files done", made, done)
	}

	exec(`UPDATE import SET claimed_until = claimed_until - interval '1 hour'`) // the claim of the dead runs out
	p = start(t, "dev", env...).ready()
	token = p.login("ada")
	var now struct {
		State string
		Files struct{ Created, Duplicate, Rejected int }
	}
	for now.State != "ready" {
		status, got, err := p.do(http.MethodGet, "/v1/me/imports/"+taken.ID, token, "", nil)
		if err != nil || status != http.StatusOK || json.Unmarshal(got, &now) != nil || now.State != "queued" && now.State != "parsing" && now.State != "ready" {
			t.Fatalf("%d %s %v", status, got, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if now.Files.Created != rides || now.Files.Duplicate != 0 || count(there) != rides ||
		count(`SELECT count(DISTINCT started_at) FROM workout WHERE started_at >= '2025-02-01' AND started_at < '2025-02-03'`) != rides {
		t.Errorf("%+v, %d workouts", now, count(there))
	}
	if left := count(`SELECT count(*) FROM import_chunk`); left != 0 {
		t.Errorf("%d chunks are left", left)
	}
}
