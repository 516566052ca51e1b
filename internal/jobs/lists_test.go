package jobs

import (
	"testing"
	"time"
)

// What programs before this one wrote gets its pointers and its place in the
// directory, and feeds that never were are filled.
func TestListsAreTended(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	w.create("ada")
	w.create("bob")
	exec := func(sql string, args ...any) {
		t.Helper()
		_, err := w.root.Exec(ctx, sql, args...)
		w.must(err)
	}
	exec(`INSERT INTO edge SELECT o.member_id, f.member_id, 1, $1 FROM profile o, profile f WHERE o.username = 'ada' AND f.username = 'bob'`, w.clock())
	exec(`INSERT INTO edge SELECT f.member_id, o.member_id, 16, $1 FROM profile o, profile f WHERE o.username = 'ada' AND f.username = 'bob'`, w.clock())
	workout := `INSERT INTO workout (member_id, id, audience, sport, indoor, started_at, duration_s, source, created_at, updated_at, pointed)
		SELECT member_id, gen_random_uuid(), 1, 'run', false, $1, 60, 'typed', $1, $1, $2 FROM profile WHERE username = 'ada'`
	exec(workout, w.clock(), true) // before there were pointers
	exec(`INSERT INTO feed SELECT id, 'infinity' FROM member`)
	exec(workout, w.clock(), false)
	exec(`DELETE FROM directory`)

	w.must(w.tendFeeds(ctx))
	w.must(w.tidyLists(ctx))
	if n := w.count(`SELECT count(*) FROM feed_pointer`); n != 2 {
		t.Errorf("%d pointers", n)
	}
	if n := w.count(`SELECT count(*) FROM workout WHERE NOT pointed`) + w.count(`SELECT count(*) FROM feed WHERE complete_from = 'infinity'`); n != 0 {
		t.Errorf("%d things are left to do", n)
	}
	if n := w.count(`SELECT count(*) FROM directory`); n != 4 { // two names each
		t.Errorf("%d names in the directory", n)
	}
	exec(`UPDATE member SET discoverability = 0`)
	w.must(w.tidyLists(ctx)) // too early
	if n := w.count(`SELECT count(*) FROM directory`); n != 4 {
		t.Errorf("%d names in the directory before its time", n)
	}
	w.advance(time.Hour)
	w.must(w.tidyLists(ctx))
	if n := w.count(`SELECT count(*) FROM directory`); n != 0 {
		t.Errorf("%d hidden names in the directory", n)
	}
}
