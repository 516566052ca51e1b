package workout_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// Nobody writes a workout while zones change, and no zone changes while somebody does: else either
// would leave a workout that is cut by the zones before.
func TestZonesAndWritesWaitForEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.member("ada")
	for name, c := range map[string]struct {
		held string // by somebody else
		act  func() error
	}{
		"an import while zones change": {"pg_advisory_xact_lock", func() error {
			_, err := w.s.Import(t.Context(), p.caller(), upload{bytes.NewReader(twoRides), nil}, workout.Repeat{})
			return err
		}},
		"an entry while zones change": {"pg_advisory_xact_lock", func() error {
			_, _, err := w.s.Create(t.Context(), p.caller(), run(privacy.OnlyMe), workout.Repeat{})
			return err
		}},
		"a zone while a workout is written": {"pg_advisory_xact_lock_shared", func() error {
			_, _, err := w.s.AddZone(t.Context(), p.caller(), workout.ZoneEntry{Lat: 52, Lon: 5, RadiusM: 400}, workout.Repeat{})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			other, err := w.admin.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer other.Rollback(t.Context())                                                                                   //nolint:errcheck // over by then
			if _, err := other.Exec(t.Context(), `SELECT `+c.held+`(hashtextextended($1::uuid::text, 18))`, p.id); err != nil { //nolint:gosec // constants
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- c.act() }()
			w.waits(t, done)
			if err := other.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// waits until somebody waits for an advisory lock.
func (w *world) waits(t *testing.T, done chan error) {
	t.Helper()
	for {
		var n int
		err := w.admin.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return
		}
		select {
		case err := <-done:
			t.Fatalf("it doesn't wait (%v)", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// What an owner writes in a workout that is cut is of the whole, and the cut stays.
func TestEditsOfWhatIsCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.member("ada")
	made, err := w.s.Import(t.Context(), p.caller(), upload{bytes.NewReader(twoRides), nil}, workout.Repeat{})
	if err != nil {
		t.Fatal(err)
	}
	id := made.Items[0].Workout.ID
	before := w.rows(t, `SELECT (to_jsonb(w) - 'changed')::text FROM workout w ORDER BY id`)
	// All of both rides lies within it: nobody else gets to know of them.
	route := open(t, "route", made.Items[0].Grant, made.Items[0].Workout.Route)
	zone, _, err := w.s.AddZone(t.Context(), p.caller(), workout.ZoneEntry{Lat: route.Start.Lat, Lon: route.Start.Lon, RadiusM: 1000}, workout.Repeat{})
	if err != nil {
		t.Fatal(err)
	}
	if n := w.count(`SELECT count(*) FROM workout WHERE audience > 0`); n != 0 {
		t.Fatalf("%d workouts that never left the zone show", n)
	}
	changed, grant, err := w.s.Edit(t.Context(), p.caller(), id, workout.Patch{Title: to("Around the block"), Audience: new(privacy.Everyone), Notes: to("dog")}, always)
	if err != nil {
		t.Fatal(err)
	}
	if a := open(t, "keeping", grant, changed.Keeping).Audience; a != privacy.Everyone {
		t.Errorf("its owner's choice is %v", a)
	}
	if n := w.count(`SELECT count(*) FROM workout WHERE audience > 0`); n != 0 {
		t.Error("an edit shows a workout that never left the zone")
	}
	_, own, err := w.s.Zones(t.Context(), p.caller())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.s.RemoveZone(t.Context(), p.caller(), open(t, "zone", own, zone).ID); err != nil {
		t.Fatal(err)
	}
	w.sql(`UPDATE workout SET title = NULL, audience = 1, updated_at = created_at WHERE id = $1`, id)
	if after := w.rows(t, `SELECT (to_jsonb(w) - 'changed')::text FROM workout w ORDER BY id`); after != before {
		t.Errorf("a zone that came and went leaves\n%s\nof\n%s", after, before)
	}
	if n := w.count(`SELECT count(*) FROM workout_part WHERE family LIKE '%_whole'`); n != 0 {
		t.Errorf("%d parts of the whole are left", n)
	}
}

func (w *world) rows(t *testing.T, sql string) (out string) {
	t.Helper()
	rows, err := w.admin.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all {
		out += line + "\n"
	}
	return out
}
