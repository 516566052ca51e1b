package jobs

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// Who takes part in a challenge is told of its end, once; nobody else is, and nobody before.
func TestChallengesThatEnd(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.create("ada")
	w.create("ben")
	now := w.clock()
	group := uuid.New()
	w.exec(`INSERT INTO groups SELECT member_id, $1, 'public', 'G', 'g', NULL, NULL, NULL, $2 FROM profile WHERE username = 'ada'`, group, now)
	w.exec(`INSERT INTO group_member SELECT member_id, $1, gen_random_uuid(), 'member', $2, $2 FROM profile`, group, now)
	for _, days := range []int{1, 2} {
		id := uuid.New()
		w.exec(`INSERT INTO challenge (group_id, id, title, metric, target, first_day, last_day, zone, starts_at, ends_at, created_at)
			VALUES ($1, $2, 'C', 'days', 1, $3::timestamptz::date, $3::timestamptz::date + 1, 'UTC', $3, $3::timestamptz + make_interval(days => $4), $3)`, group, id, now, days)
		w.exec(`INSERT INTO challenge_participation SELECT member_id, $2, $1, $3 FROM profile WHERE username = 'ada'`, group, id, now)
	}
	for _, c := range []struct {
		after time.Duration
		told  int
	}{{24*time.Hour - time.Second, 0}, {24 * time.Hour, 1}, {25 * time.Hour, 1}, {48 * time.Hour, 2}} {
		w.advance(now.Add(c.after).Sub(w.clock()))
		w.must(w.tellOfChallenges(t.Context()))
		if got := w.count(`SELECT count(*) FROM notice n JOIN profile p USING (member_id) WHERE n.kind = 'challenge_ended' AND p.username = 'ada'`); got != c.told {
			t.Errorf("after %v ada was told of %d, want %d", c.after, got, c.told)
		}
	}
	w.exec(`DELETE FROM notice`)
	w.must(w.tellOfChallenges(t.Context()))
	if got := w.count(`SELECT count(*) FROM notice`); got != 0 {
		t.Errorf("%d were told again, or take no part", got)
	}
}
