package leaderboard_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/leaderboard"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

func anybody(*rider) bool { return true }

// shown is a board as the service shows it, all pages of it, in the model's words.
func (w *world) shown(viewer *rider, a leaderboard.Ask, limit int) (lines []string, own string) {
	w.t.Helper()
	r := page.Request{Limit: limit, Operation: "board"}
	for range 100 {
		got, err := w.s.Read(w.t.Context(), viewer.caller(), leaderboard.Board{ID: w.class}, a, r)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, e := range got.Items {
			lines = append(lines, w.line(e))
		}
		own = ""
		if got.Own != nil {
			own = w.line(*got.Own)
		}
		if got.Next == "" {
			break
		}
		if len(got.Items) != limit {
			w.t.Errorf("a page of %d with another behind it", len(got.Items))
		}
		r.Cursor = got.Next
	}
	return lines, own
}

func (w *world) line(e leaderboard.Entry) string {
	p, ok := e.Place.Open(e.Rider.Grant)
	if !ok {
		w.t.Error("a place that its own grant doesn't open")
	}
	_, named := e.Rider.Username.Open(e.Rider.Grant)
	return fmt.Sprint(w.name(e.Rider.Grant.Owner()), " ", p.Rank, " ", p.Value, " ", p.WorkoutID, " ", named)
}

func (w *world) name(id uuid.UUID) string {
	for _, r := range w.riders {
		if r.id == id {
			return r.name
		}
	}
	return id.String()
}

// wanted is the same as the model has it.
func (w *world) wanted(viewer *rider, a leaderboard.Ask) (lines []string, own string) {
	all := w.board(viewer, a.Metric, func(r *rider) bool {
		f := a.Filter
		if f.Followed && r != viewer && !w.follows[[2]uuid.UUID{viewer.id, r.id}] {
			return false
		}
		if f.Gender != nil && !(w.finds(viewer, r) && w.sees(viewer, r, r.settings.Audiences.Chosen(privacy.Gender)) && r.gender == *f.Gender) {
			return false
		}
		return f.From == nil || w.finds(viewer, r) && w.sees(viewer, r, r.settings.Audiences.Chosen(privacy.Age)) && r.age >= *f.From && r.age < *f.Below
	})
	for _, p := range all {
		line := fmt.Sprint(p.of.name, " ", p.rank, " ", float64(p.value)/1000, " ", p.ride, " ", w.finds(viewer, p.of))
		lines = append(lines, line)
		if p.of == viewer {
			own = line
		}
	}
	return lines, own
}

// happen changes one thing in the world.
func (w *world) happen() string {
	c := w.chance
	r := w.riders[c.IntN(len(w.riders))]
	other := w.riders[c.IntN(len(w.riders))]
	switch kind := c.IntN(10); {
	case kind < 3:
		s := r.settings
		s.Private = c.IntN(4) == 0
		s.Discoverability = privacy.Discoverability(c.IntN(4)) //nolint:gosec // small
		for _, f := range []privacy.Field{privacy.Leaderboard, privacy.Gender, privacy.Age} {
			s.Audiences = s.Audiences.With(f, privacy.Audience(c.IntN(4))) //nolint:gosec // small
		}
		w.choose(r, s)
		return "settings of " + r.name
	case kind < 5 && other != r:
		w.between(r, other, c.IntN(2) == 0, c.IntN(2) == 0, c.IntN(4) == 0)
		return "edge of " + r.name + " and " + other.name
	case kind < 7 && len(r.rides) > 0:
		x := r.rides[c.IntN(len(r.rides))]
		x.audience, x.typed = privacy.Audience(c.IntN(4)), c.IntN(4) == 0 //nolint:gosec // small
		w.as(r, does(w.t.Context(), `UPDATE workout SET audience = $3, distance_typed = $4 WHERE member_id = $1 AND id = $2`, r.id, x.id, int16(x.audience), x.typed),
			does(w.t.Context(), `SELECT place_workouts(ARRAY[$1::uuid])`, x.id))
		return "audience of a workout of " + r.name
	case kind < 8 && len(r.rides) > 0:
		i := c.IntN(len(r.rides))
		w.as(r, does(w.t.Context(), `DELETE FROM workout WHERE member_id = $1 AND id = $2`, r.id, r.rides[i].id),
			does(w.t.Context(), `SELECT place_workouts(ARRAY[$1::uuid])`, r.rides[i].id))
		r.rides = append(r.rides[:i:i], r.rides[i+1:]...)
		return "a workout less of " + r.name
	default:
		w.ride(r, ride{
			audience: privacy.Audience(c.IntN(4)), source: []string{"typed", "file", "console", "console"}[c.IntN(4)], //nolint:gosec // small
			startedAt: now.Add(-time.Duration(c.IntN(1000)) * time.Minute), kj: float64(c.IntN(60)) * 0.5, m: float64(c.IntN(40)) * 4, class: c.IntN(8) > 0,
		})
		return "a workout more of " + r.name
	}
}

// Random worlds: whatever happened, the board, every rank on it, pages, own place, filters and figures are those
// that the model computes from everything, one by one, for everybody.
func TestBoardsAreThePlainModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seed, 13)
			for step := range 160 {
				what := w.happen()
				if step%20 != 19 {
					continue
				}
				for i, viewer := range w.riders {
					w.compare(viewer, what, i+step)
				}
			}
		})
	}
}

func (w *world) compare(viewer *rider, what string, turn int) {
	w.t.Helper()
	asks := []leaderboard.Ask{
		{Metric: leaderboard.Output}, {Metric: leaderboard.Distance},
		{Metric: leaderboard.Output, Filter: leaderboard.Filter{Followed: true}},
		{Metric: leaderboard.Output, Filter: leaderboard.Filter{Traits: member.Traits{Gender: &genders[turn%3]}}},
		{Metric: leaderboard.Distance, Filter: leaderboard.Filter{Traits: member.Traits{From: new(20), Below: new(45)}}},
	}
	for n, a := range asks {
		a.Words = fmt.Sprint(n)
		want, wantOwn := w.wanted(viewer, a)
		got, own := w.shown(viewer, a, 1+turn%5)
		if fmt.Sprint(got) != fmt.Sprint(want) || own != wantOwn {
			w.t.Fatalf("after %s, %s asks %d:\ngot  %v, own %q\nwant %v, own %q", what, viewer.name, n, got, own, want, wantOwn)
		}
	}
	// Who rode it, whoever rode it last first.
	list, err := w.s.Riders(w.t.Context(), viewer.caller(), leaderboard.Board{ID: w.class}, page.Request{Limit: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	want := w.board(viewer, 0, anybody)
	if len(list.Items) != len(want) {
		w.t.Fatalf("after %s, %s sees %d who rode, want %d", what, viewer.name, len(list.Items), len(want))
	}
	for i, e := range list.Items {
		if e.Rider.Grant.Owner() != want[i].of.id {
			w.t.Fatalf("after %s, %s sees %s at %d, want %s", what, viewer.name, w.name(e.Rider.Grant.Owner()), i, want[i].of.name)
		}
	}
	w.compareFigures(viewer, what)
}

// compareFigures: they are of those who show it to every member, as far as this one sees them.
func (w *world) compareFigures(viewer *rider, what string) {
	w.t.Helper()
	stranger := &rider{}
	var riders, total int64
	for _, p := range w.board(stranger, leaderboard.Output, anybody) {
		if p.of == viewer || !w.blocks[[2]uuid.UUID{viewer.id, p.of.id}] && !w.blocks[[2]uuid.UUID{p.of.id, viewer.id}] {
			riders, total = riders+1, total+p.value
		}
	}
	f, err := w.s.Figures(w.t.Context(), viewer.caller(), leaderboard.Board{ID: w.class}, leaderboard.Output)
	switch {
	case err != nil:
		w.t.Fatal(err)
	case riders < leaderboard.FewestConsenting && f != nil:
		w.t.Fatalf("after %s, figures of %d", what, riders)
	case riders >= leaderboard.FewestConsenting && (f == nil || f.Riders != riders || int64(f.Average*float64(riders)*1000+0.5) != total):
		w.t.Fatalf("after %s, %s gets %+v, want %d riders and %d in all", what, viewer.name, f, riders, total)
	}
}

// Figures of a class that everybody shows, while its riders block each other and narrow what they show.
func TestFiguresLeaveOutTheBlocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 7, 13)
	for i, r := range w.riders {
		s := r.settings
		s.Audiences = s.Audiences.With(privacy.Leaderboard, privacy.Members)
		w.choose(r, s)
		w.ride(r, ride{audience: privacy.Members, source: "console", startedAt: now.Add(-time.Hour), kj: float64(100 + i), m: 1000, class: true})
	}
	viewer := w.riders[0]
	w.compareFigures(viewer, "nothing")
	for i, other := range w.riders[1:6] {
		if i%2 == 0 {
			w.between(viewer, other, false, false, true)
		} else {
			w.between(other, viewer, false, false, true)
		}
		for _, r := range w.riders[:6] {
			w.compareFigures(r, fmt.Sprintf("%d blocks", i+1))
		}
	}
	w.choose(w.riders[8], privacy.DefaultSettings(false))
	w.compareFigures(w.riders[7], "settings of another")
}

// Two workouts of one rider that are deleted at once leave nothing behind, on the board or in its counts.
func TestDeletedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, 1)
	r := w.riders[0]
	s := r.settings
	s.Audiences = s.Audiences.With(privacy.Leaderboard, privacy.Members)
	w.choose(r, s)
	var ids []uuid.UUID
	for _, kj := range []float64{100, 200} {
		ids = append(ids, w.ride(r, ride{audience: privacy.Members, source: "console", startedAt: now.Add(-time.Hour), kj: kj, m: 1000, class: true}).id)
	}
	begin := func(id uuid.UUID) pgx.Tx {
		t.Helper()
		tx, err := w.admin.Begin(t.Context())
		if err == nil {
			_, err = tx.Exec(t.Context(), `SELECT set_config('paceline.viewer', $1, true), set_config('paceline.actor', 'session', true)`, r.id.String())
		}
		if err == nil {
			_, err = tx.Exec(t.Context(), `DELETE FROM workout WHERE member_id = $1 AND id = $2`, r.id, id)
		}
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	place := func(tx pgx.Tx, id uuid.UUID) error {
		_, err := tx.Exec(t.Context(), `SELECT place_workouts(ARRAY[$1::uuid])`, id)
		return err
	}
	lesser, best := begin(ids[0]), begin(ids[1])
	if err := place(best, ids[1]); err != nil { // the lesser one is there still, and takes its place
		t.Fatal(err)
	}
	placed := make(chan error, 1)
	go func() { placed <- place(lesser, ids[0]) }()
	select {
	case err := <-placed:
		t.Errorf("nobody waited: %v", err)
		placed <- err
	case <-time.After(200 * time.Millisecond):
	}
	if err := best.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(<-placed, lesser.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	var places, riders int
	if err := w.admin.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM class_place), (SELECT coalesce(sum(riders), 0) FROM class_bucket)`).Scan(&places, &riders); err != nil {
		t.Fatal(err)
	}
	if places != 0 || riders != 0 {
		t.Errorf("%d places and %d counted are left", places, riders)
	}
}
