package jobs

import (
	"testing"
	"time"
)

// Tickets go when they open nothing, how far riders were a day later; a stream that is open stays.
func TestRetentionOfLiveClasses(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.create("ada")
	began := w.clock()
	for _, sql := range []string{
		`INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at)
			SELECT id, gen_random_uuid(), 'bearer', 'live', $1::timestamptz, $1::timestamptz, $1::timestamptz + interval '30 days' FROM member`,
		`INSERT INTO auth.live_ticket (hash, member_id, session_id, scheduled_class_id, expires_at, open_until)
			SELECT v.hash, s.member_id, s.id, gen_random_uuid(), $1::timestamptz + interval '1 minute', v.open_until
			FROM auth.session s, (VALUES ('\x01'::bytea, NULL::timestamptz), ('\x02', $1::timestamptz + interval '5 minutes')) AS v (hash, open_until)
			WHERE s.label = 'live'`,
		`INSERT INTO class_progress SELECT id, gen_random_uuid(), 1, 1, 1, true, $1::timestamptz FROM member`,
	} {
		_, err := w.root.Exec(t.Context(), sql, began)
		w.must(err)
	}
	for _, c := range []struct {
		after             time.Duration
		tickets, progress int
	}{
		{time.Minute - time.Second, 2, 1}, {time.Minute, 1, 1}, {5 * time.Minute, 0, 1}, {24*time.Hour - time.Second, 0, 1}, {24 * time.Hour, 0, 0},
	} {
		w.advance(began.Add(c.after).Sub(w.clock()))
		w.must(w.clear(t.Context()))
		for table, want := range map[string]int{"auth.live_ticket": c.tickets, "class_progress": c.progress} {
			if got := w.count(`SELECT count(*) FROM ` + table); got != want {
				t.Errorf("after %v %s has %d rows, want %d", c.after, table, got, want)
			}
		}
	}
}
