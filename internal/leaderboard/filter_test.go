package leaderboard_test

import (
	"testing"

	"github.com/paceline/paceline/internal/leaderboard"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// A filter looks at a field only where that very field shows, also where the database hands more to the program
// than it should: the sealed value stays sealed.
func TestAFilterLooksAtWhatShows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 77, 2)
	ada, ben := w.riders[0], w.riders[1]
	s := ada.settings
	s.Audiences = s.Audiences.With(privacy.Leaderboard, privacy.Members)
	w.choose(ada, s)
	w.ride(ada, ride{audience: privacy.Members, source: "console", startedAt: now, kj: 200, m: 9000, class: true})
	ask := leaderboard.Ask{Metric: leaderboard.Output, Filter: leaderboard.Filter{Traits: member.Traits{Gender: &ada.gender}}}
	seen := func() int {
		t.Helper()
		got, err := w.s.Read(t.Context(), ben.caller(), leaderboard.Board{ID: w.class}, ask, page.Request{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return len(got.Items)
	}
	if seen() != 0 {
		t.Error("found by a gender that is hidden")
	}
	// The first wall gone: the function hands out what it should keep.
	w.sql(`CREATE OR REPLACE FUNCTION chosen_audience(audiences bigint, slot integer) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
		RETURN CASE WHEN slot = 4 THEN 3 ELSE (audiences >> (2 * slot)) & 3 END::smallint`)
	if seen() != 0 {
		t.Error("found by a gender that the policy keeps closed")
	}
	s.Audiences = s.Audiences.With(privacy.Gender, privacy.Members)
	w.choose(ada, s)
	if seen() != 1 {
		t.Error("not found by a gender that shows")
	}
}
