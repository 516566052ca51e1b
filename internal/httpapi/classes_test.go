package httpapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

func recorded(t *testing.T, w *testkit.World, p *testkit.Person, seed uint64) string {
	t.Helper()
	file := recordingtest.RideFIT(recordingtest.Options{Start: w.Clock.Now().Add(-time.Hour), Seconds: 60, Seed: seed, Indoor: true})
	made := p.Upload("/v1/workouts/import", "ride.fit", file, "audience", "members").Want(t, http.StatusCreated)
	var list struct{ Items []struct{ ID string } }
	made.JSON(t, &list)
	return list.Items[0].ID
}

// entries are the ids on a class's board for somebody.
func entries(t *testing.T, p *testkit.Person, path string) (ids []string) {
	t.Helper()
	var list struct{ Items []struct{ ID string } }
	p.Get(path).Want(t, http.StatusOK).JSON(t, &list)
	for _, e := range list.Items {
		ids = append(ids, e.ID)
	}
	return ids
}

// A workout belongs to a class, by who made it or later; and whatever becomes of it, its place follows in
// the same transaction: a narrower audience, a distance typed over, another class, deletion, the end of the account.
func TestAPlaceFollowsItsWorkout(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	taught, other := w.Teach("One"), w.Teach("Other")
	board, others := "/v1/classes/"+taught.Class+"/leaderboard", "/v1/classes/"+other.Class+"/leaderboard"
	ada, ben := w.JoinBorn("ada-place", "1990-04-05"), w.JoinBorn("ben-place", "1990-04-05")
	ada.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"leaderboard": "members"}}).Want(t, http.StatusOK)
	ride := recorded(t, w, ada, 3)
	class := "/v1/workouts/" + ride + "/class"
	seen := func(path string, want int) {
		t.Helper()
		if got := len(entries(t, ben, path)); got != want {
			t.Fatalf("%s has %d entries, want %d", path, got, want)
		}
		rows := w.Query(`SELECT coalesce(sum(riders), 0)::text FROM class_bucket WHERE metric = 1 AND level = 2`)
		if places := w.Query(`SELECT count(*)::text FROM class_place WHERE metric = 1 AND public_value IS NOT NULL`); rows != places {
			t.Fatalf("the buckets count %s, the places are %s", rows, places)
		}
	}
	ada.Get(class).Want(t, http.StatusNotFound)
	seen(board, 0)
	ada.Do(http.MethodPut, class, map[string]any{"scheduled_class_id": taught.Scheduled}).Want(t, http.StatusOK)
	ben.Do(http.MethodPut, class, map[string]any{"class_id": other.Class}).Want(t, http.StatusForbidden)
	ben.Get(class).Want(t, http.StatusOK)
	seen(board, 1)
	seen("/v1/schedule/"+taught.Scheduled+"/leaderboard", 1)
	ada.Do(http.MethodPut, class, map[string]any{"class_id": other.Class}).Want(t, http.StatusOK)
	seen(board, 0)
	seen(others, 1)
	for _, bad := range []map[string]any{{}, {"class_id": other.Class, "scheduled_class_id": other.Scheduled}, {"class_id": other.Scheduled}} {
		ada.Do(http.MethodPut, class, bad).Want(t, http.StatusUnprocessableEntity)
	}
	ada.Do(http.MethodPatch, "/v1/workouts/"+ride, map[string]any{"audience": "only_me"}).Want(t, http.StatusOK)
	seen(others, 0)
	ada.Do(http.MethodPatch, "/v1/workouts/"+ride, map[string]any{"audience": "members"}).Want(t, http.StatusOK)
	seen(others, 1)
	ada.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"private": true}).Want(t, http.StatusOK)
	seen(others, 0)
	if places := w.Query(`SELECT count(*)::text FROM class_place WHERE public_value IS NOT NULL`); places != "0" {
		t.Fatalf("%s places of a private account are for everybody to be counted by", places)
	}
	ada.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"private": false}).Want(t, http.StatusOK)
	seen(others, 1)
	seen(others+"?metric=distance", 1)
	ada.Do(http.MethodPatch, "/v1/workouts/"+ride, map[string]any{"distance_m": 1600}).Want(t, http.StatusOK)
	seen(others+"?metric=distance", 0)
	seen(others, 1)

	// Typed ones are among who rode it, and rank nobody.
	typed := ben.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": w.Clock.Now().Add(-time.Hour).Format(time.RFC3339), "duration_s": 1800, "output_kj": 900,
		"audience": "members", "class_id": other.Class,
	}).Want(t, http.StatusCreated).Map(t)
	if got := entries(t, ben, "/v1/classes/"+other.Class+"/riders"); len(got) != 2 {
		t.Errorf("%d rode it", len(got))
	}
	seen(others, 1)
	ben.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": w.Clock.Now().Add(-time.Hour).Format(time.RFC3339), "duration_s": 1800, "class_id": typed["id"],
	}).Want(t, http.StatusUnprocessableEntity)

	ada.Do(http.MethodDelete, class, nil).Want(t, http.StatusNoContent)
	seen(others, 0)
	ada.Do(http.MethodPut, class, map[string]any{"class_id": other.Class}).Want(t, http.StatusOK)
	seen(others, 1)
	ada.Do(http.MethodDelete, "/v1/workouts/"+ride, nil).Want(t, http.StatusNoContent)
	seen(others, 0)
	again := recorded(t, w, ada, 4)
	ada.Do(http.MethodPut, "/v1/workouts/"+again+"/class", map[string]any{"class_id": other.Class}).Want(t, http.StatusOK)
	seen(others, 1)
	ada.Do(http.MethodDelete, "/v1/me", map[string]any{"password": ada.Password}).Want(t, http.StatusNoContent)
	seen(others, 0)
	w.Exec(`UPDATE class SET state = 'retired'`)
	ben.Get(others).Want(t, http.StatusNotFound)
}

// A workout belongs to a scheduled class of its own time, and to a class of the catalogue whenever it was.
func TestAScheduledClassIsOfItsTime(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	taught, ada := w.Teach("One"), w.Join("ada-time")
	now := w.Clock.Now()
	begun := now.Add(-3 * time.Hour)
	made := ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": begun.Format(time.RFC3339), "duration_s": 1800,
	}).Want(t, http.StatusCreated).Map(t)
	id, _ := made["id"].(string)
	for _, c := range []struct {
		from, to time.Duration // from the workout's start
		fits     bool
	}{
		{0, time.Hour, true},
		{45 * time.Minute, 2 * time.Hour, true},
		{45*time.Minute + time.Second, 2 * time.Hour, false},
		{-time.Hour, -15 * time.Minute, true},
		{-time.Hour, -15*time.Minute - time.Second, false},
		{24 * time.Hour, 25 * time.Hour, false},
	} {
		w.Exec(`UPDATE scheduled_class SET starts_at = $1, ends_at = $2`, begun.Add(c.from), begun.Add(c.to))
		got := ada.Do(http.MethodPut, "/v1/workouts/"+id+"/class", map[string]any{"scheduled_class_id": taught.Scheduled})
		again := ada.Do(http.MethodPost, "/v1/workouts", map[string]any{
			"sport": "ride", "started_at": begun.Format(time.RFC3339), "duration_s": 1800, "scheduled_class_id": taught.Scheduled,
		})
		if c.fits {
			got.Want(t, http.StatusOK)
			again.Want(t, http.StatusCreated)
			continue
		}
		for _, refused := range []testkit.Response{got, again} {
			if code := refused.Want(t, http.StatusUnprocessableEntity).Map(t)["code"]; code != "class_at_another_time" {
				t.Errorf("%v to %v: %v", c.from, c.to, code)
			}
		}
	}
	ada.Do(http.MethodPut, "/v1/workouts/"+id+"/class", map[string]any{"class_id": taught.Class}).Want(t, http.StatusOK)
	// A console's ride is kept without the class.
	for seed, status := range map[uint64]int{1: http.StatusNotFound, 2: http.StatusOK} {
		ride := rideOf(w, 60, seed)
		begins := ride.start.Add(time.Duration(2-seed) * time.Hour)
		w.Exec(`UPDATE scheduled_class SET starts_at = $1, ends_at = $2`, begins, begins.Add(time.Hour))
		item := ride.part(1, 0, 0, 60, true)
		item["scheduled_class_id"] = taught.Scheduled
		synced := sendSync(t, w, ada.Client, item)[0]
		ada.Get("/v1/workouts/"+synced.WorkoutID).Want(t, http.StatusOK)
		ada.Get("/v1/workouts/"+synced.WorkoutID+"/class").Want(t, status)
	}
}

// A high-five is for whom one sees among the riders, once; it is gone while either doesn't see the other.
func TestHighFives(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	taught := w.Teach("One")
	fives := "/v1/classes/" + taught.Class + "/high-fives"
	ada, ben := w.JoinBorn("ada-five", "1990-04-05"), w.JoinBorn("ben-five", "1990-04-05")
	give := func(want int) {
		t.Helper()
		ben.Do(http.MethodPost, fives, map[string]any{"member_id": ada.ID}).Want(t, want)
	}
	has := func(want int) {
		t.Helper()
		if got := len(entries(t, ada, fives)); got != want {
			t.Fatalf("ada has %d, want %d", got, want)
		}
		var told int
		items, _ := ada.Get("/v1/me/notifications").Want(t, http.StatusOK).Map(t)["items"].([]any)
		for _, item := range items {
			n, _ := item.(map[string]any)
			actor, _ := n["actor"].(map[string]any)
			if n["kind"] != "high_five" || actor["id"] != ben.ID {
				t.Errorf("ada is told %v", n)
			}
			told++
		}
		if told != want {
			t.Fatalf("ada is told of %d, want %d", told, want)
		}
	}
	ride := recorded(t, w, ada, 5)
	ada.Do(http.MethodPut, "/v1/workouts/"+ride+"/class", map[string]any{"class_id": taught.Class}).Want(t, http.StatusOK)
	give(http.StatusNotFound) // her place is for followers
	ada.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"leaderboard": "members"}}).Want(t, http.StatusOK)
	give(http.StatusNoContent)
	give(http.StatusNoContent)
	has(1)
	if n := w.Query(`SELECT count(*)::text FROM notice WHERE kind = 'high_five'`); n != "1" {
		t.Errorf("%s notices", n)
	}
	for _, hide := range []struct {
		who           *testkit.Person
		narrow, widen map[string]any
	}{
		{ada, map[string]any{"audiences": map[string]any{"leaderboard": "only_me"}}, map[string]any{"audiences": map[string]any{"leaderboard": "members"}}},
		{ben, map[string]any{"discoverability": "nobody"}, map[string]any{"discoverability": "members"}},
	} {
		hide.who.Do(http.MethodPatch, "/v1/me/privacy", hide.narrow).Want(t, http.StatusOK)
		has(0)
		hide.who.Do(http.MethodPatch, "/v1/me/privacy", hide.widen).Want(t, http.StatusOK)
		has(1)
	}
	ada.Do(http.MethodPut, "/v1/me/blocks/"+ben.ID, nil).Want(t, http.StatusNoContent)
	has(0)
	give(http.StatusNotFound)
	ada.Do(http.MethodDelete, "/v1/me/blocks/"+ben.ID, nil).Want(t, http.StatusNoContent)
	has(1)
	ben.Do(http.MethodDelete, fives+"?member="+ada.ID, nil).Want(t, http.StatusNoContent)
	has(0)
}
