package place_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/export"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// What the attacks of attack_test.go reach over the service itself: rides are imported as files, and
// whoever attacks is a follower who reads what the API gives.
const (
	victims   = 4
	published = 20 // rides of each
)

// file writes a ride as a device sends it: the track, and what the device counted and felt from
// the door on.
func file(t testing.TB, track series.Table, start time.Time) []byte {
	t.Helper()
	counter, power, heart := make([]int32, len(track.T)), make([]int32, len(track.T)), make([]int32, len(track.T))
	at, steps := points(track), int32(0)
	for i := range at {
		if i > 0 {
			steps += series.DistanceM.Steps(place.Distance(at[i-1], at[i]))
		}
		left := len(at) - i // so that what is outside is the same whatever was before
		counter[i], power[i], heart[i] = steps, int32(150+left%50), int32(110+left%40)
	}
	metres := series.DistanceM.Value(steps)
	var out bytes.Buffer
	err := export.FIT(&out, export.Workout{
		Sport: recording.Ride, StartedAt: start, DurationS: length(track).Seconds(), DistanceM: &metres, CaloriesKcal: new(metres / 20),
		Samples: []series.Table{
			{Family: series.Effort, T: track.T, Columns: []series.Column{{Channel: series.PowerW, V: power}, {Channel: series.DistanceM, V: counter}}},
			{Family: series.Heart, T: track.T, Columns: []series.Column{{Channel: series.HeartRateBPM, V: heart}}},
			track,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// world is a service with members who share their routes and hearts with followers.
type world struct{ *testkit.World }

func (w world) victim(name string) (victim, follower *testkit.Person) {
	w.T.Helper()
	victim, follower = w.Join(name), w.Join("spy-of-"+name)
	victim.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{
		"audiences": map[string]any{"route": "followers", "heart_rate": "followers", "stats": "followers"},
	}).Want(w.T, http.StatusOK)
	w.Follow(follower, victim)
	return victim, follower
}

func (w world) upload(p *testkit.Person, ride []byte) (id string) {
	w.T.Helper()
	items, _ := p.Upload("/v1/workouts/import", "ride.fit", ride).Want(w.T, http.StatusCreated).Map(w.T)["items"].([]any)
	item, _ := items[0].(map[string]any)
	return fmt.Sprint(item["id"])
}

func (w world) zone(p *testkit.Person, at place.Point, radius int) (path string) {
	w.T.Helper()
	made := p.Do(http.MethodPost, "/v1/me/privacy-zones", map[string]any{"lat": at.Lat, "lon": at.Lon, "radius_m": radius}).Want(w.T, http.StatusCreated)
	return "/v1/me/privacy-zones/" + fmt.Sprint(made.Map(w.T)["id"])
}

// told is what the API tells somebody of a ride.
type told struct {
	StartedAt time.Time `json:"started_at"`
	DurationS float64   `json:"duration_s"`
	MovingS   *float64  `json:"moving_s"`
	DistanceM float64   `json:"distance_m"`
	Calories  *float64  `json:"calories_kcal"`
	Laps      []any     `json:"laps"`
	Start     *struct {
		Lat, Lon float64
	} `json:"start_place"`
	line []place.Point
	at   []float64
}

func (w world) look(as *testkit.Person, id string) (out told) {
	w.T.Helper()
	return w.lookAt(as, id, 5000)
}

// lookAt looks at so many points of the ride: few are those of its preview.
func (w world) lookAt(as *testkit.Person, id string, points int) (out told) {
	w.T.Helper()
	as.Get("/v1/workouts/"+id).Want(w.T, http.StatusOK).JSON(w.T, &out)
	var streams struct {
		Position struct {
			T        []float64 `json:"t_s"`
			Lat, Lon []float64
		}
	}
	as.Get(fmt.Sprintf("/v1/workouts/%s/streams?points=%d", id, points)).Want(w.T, http.StatusOK).JSON(w.T, &streams)
	for i := range streams.Position.T {
		out.line = append(out.line, place.Point{Lat: streams.Position.Lat[i], Lon: streams.Position.Lon[i]})
	}
	out.at = streams.Position.T
	return out
}

// sight is what an attack makes of it. What is hidden within takes a second, which no sample does.
func (r told) sight() sight {
	s := sight{gate: flat(r.line[0]), hidden: r.DistanceM, hiddenS: r.DurationS - r.at[len(r.at)-1]}
	for i := range len(r.line) - 1 {
		if r.at[i+1]-r.at[i] > 1.5 {
			s.hidden -= place.Distance(r.line[i], r.line[i+1])
		}
	}
	return s
}

func TestPublishedAttacksOverHTTP(t *testing.T) {
	t.Parallel()
	w := world{testkit.Start(t)}
	var naive, fixed, tenth, byHidden, without, owners errs
	for n := range victims {
		rng := rand.New(rand.NewPCG(2022, uint64(n)))
		home := xy{rng.Float64()*1000 - 500, math.Round(rng.Float64()*10-5) * block}
		victim, follower := w.victim(fmt.Sprintf("victim%d", n))
		path := w.zone(victim, home.point(), radiusM)
		var seen, own, around []sight
		var ids []string
		for i, ride := range fromHome(rng, home, published) {
			start := w.Clock.Now().Add(-time.Duration(24*i+24) * time.Hour)
			id := w.upload(victim, file(t, ride, start))
			ids = append(ids, id)
			theirs, mine := w.look(follower, id), w.look(victim, id)
			seen, own = append(seen, theirs.sight()), append(own, mine.sight())
			around = append(around, look(t, []series.Table{ride}, always(place.Around(home.point(), radiusM)), false)...)
			notOfTheWhole(t, theirs, mine, home)
		}
		guess := func(of []sight) float64 { centre, _ := circle(of); return centre.to(home) }
		naive, fixed, tenth = append(naive, guess(around)), append(fixed, guess(seen)), append(tenth, guess(seen[:published/5]))
		centre, r := circle(seen)
		byHidden = append(byHidden, byDistance(seen, centre, r/2).to(home))
		owners = append(owners, own[0].gate.to(home))
		for i := range seen {
			if math.Abs(seen[i].hidden) > 1 || seen[i].hiddenS > 0.01 {
				t.Errorf("ride %d: the API tells %.2f m and %.2f s more than it draws", i, seen[i].hidden, seen[i].hiddenS)
			}
			seen[i].hidden = 0
		}
		without = append(without, byDistance(seen, centre, r/2).to(home))
		if n > 0 {
			continue
		}
		// Another radius, and an intersection of the two circles.
		victim.Do(http.MethodPatch, path, map[string]any{"radius_m": radiusM / 2}).Want(t, http.StatusOK)
		var then []sight
		for _, id := range ids {
			then = append(then, w.look(follower, id).sight())
		}
		second, less := circle(then)
		t.Logf("a second radius: a circle of %.0f m instead of %.0f m, %.0f m from the first", less, r, second.to(centre))
		if second.to(centre) > 30 || r-less < radiusM/2-60 {
			t.Errorf("another radius moves the circle by %.0f m, from %.0f m to %.0f m: two of them intersect", second.to(centre), r, less)
		}
	}
	naive.log(t, "fixed circle: a circle around the home")
	fixed.log(t, "fixed circle: what a follower gets")
	tenth.log(t, "fixed circle: what a follower gets, from a fifth of the rides")
	byHidden.log(t, "distance difference: what a follower gets")
	without.log(t, "distance difference: without any distance")
	if naive.mean() > 20 {
		t.Errorf("the attack doesn't work: it misses circles around the home by %.0f m", naive.mean())
	}
	if nearest := slices.Min(fixed); nearest < radiusM/2-20 || fixed.mean() < 0.6*radiusM {
		t.Errorf("homes are found within %.0f m, the nearest within %.0f m", fixed.mean(), nearest)
	}
	if byHidden.mean() < without.mean()-15 {
		t.Errorf("distances tell: %.0f m with them, %.0f m without", byHidden.mean(), without.mean())
	}
	if slices.Max(owners) > 20 {
		t.Errorf("their own rides don't begin at home: %v", owners)
	}
}

// notOfTheWhole checks what others get of one ride against what its owner gets.
func notOfTheWhole(t *testing.T, theirs, mine told, home xy) {
	t.Helper()
	for _, p := range theirs.line {
		if flat(p).to(home) < radiusM {
			t.Fatalf("a position %.0f m from home shows", flat(p).to(home))
		}
	}
	if !theirs.StartedAt.After(mine.StartedAt) || theirs.DurationS >= mine.DurationS || theirs.DistanceM >= mine.DistanceM-radiusM/2 {
		t.Fatalf("start %s, %.0f s and %.0f m are told of %s, %.0f s and %.0f m",
			theirs.StartedAt, theirs.DurationS, theirs.DistanceM, mine.StartedAt, mine.DurationS, mine.DistanceM)
	}
	if theirs.Calories != nil || mine.Calories == nil || len(theirs.Laps) > 0 {
		t.Fatal("calories and laps are of the whole")
	}
	if theirs.MovingS != nil && *theirs.MovingS > theirs.DurationS || theirs.Start == nil || flat(place.Point(*theirs.Start)).to(home) < radiusM {
		t.Fatal("the time in motion, or the start, is not of the visible part")
	}
}

// answers is all that somebody gets of a member and their rides, but for what is drawn anew for each
// answer.
func (w world) answers(as *testkit.Person, of *testkit.Person, ids []string) string {
	w.T.Helper()
	var all strings.Builder
	paths := []string{"/v1/members/" + of.Name + "/stats"}
	if as.ID != of.ID { // a list has one order for all, so its owner's is of what others see too
		paths = append(paths, "/v1/feed", "/v1/feed?limit=2", "/v1/members/"+of.Name+"/workouts")
	}
	for _, id := range ids {
		path := "/v1/workouts/" + id
		paths = append(paths, path, path+"/streams", path+"/streams?points=20", path+"/streams?points=5000")
	}
	for _, path := range paths {
		r := as.Get(path)
		body := string(r.Body)
		if at := strings.Index(body, `"next_cursor":"`); at >= 0 {
			body = body[:at] + fmt.Sprint(len(body))
		}
		fmt.Fprintf(&all, "%s %d\n%s\n", path, r.Status, body)
	}
	out := all.String()
	for i, id := range ids {
		out = strings.ReplaceAll(out, id, fmt.Sprintf("(ride %d)", i))
	}
	return out
}

// Two worlds that differ in what lies inside a zone, and in nothing else, are the same to others.
func TestTwoWorldsThatDifferInAZone(t *testing.T) {
	t.Parallel()
	w := world{testkit.Start(t)}
	victim, follower := w.victim("victim")
	w.zone(victim, town, radiusM)
	w.Stop()
	outside := func(rng *rand.Rand) series.Table { return ride(rng, xy{1500, 0}, xy{2800, 600}) }
	var answers [2]string
	var twins [2]world
	for n := range twins {
		twins[n] = world{w.Twin(t)}
		a := twins[n]
		victim, follower := a.at(victim), a.at(follower)
		start := a.Clock.Now().Add(-240 * time.Hour)
		var ids []string
		for i := range 3 {
			// The same from the visible part on; before it, and so in its length and its start, another.
			visible := outside(rand.New(rand.NewPCG(7, uint64(i))))
			hidden := ride(rand.New(rand.NewPCG(uint64(n), 100)), xy{float64(10 * n), 0}, xy{float64(50 + 100*n), float64(100 * n)})
			whole, lead := joined(hidden, visible)
			ids = append(ids, a.upload(victim, file(t, whole, start.Add(time.Duration(24*i)*time.Hour-lead))))
		}
		if n == 1 { // and one that never left it
			a.upload(victim, file(t, ride(rand.New(rand.NewPCG(1, 1)), xy{}, xy{100, 100}, xy{}), start.Add(7*time.Hour)))
		}
		answers[n] = a.answers(follower, victim, ids)
		if strings.Contains(answers[n], " 404 ") {
			t.Fatalf("something doesn't show at all:\n%s", answers[n])
		}
	}
	if diff := testkit.Difference(answers[0], answers[1]); diff != "" {
		t.Errorf("a follower can tell what lies in the zone:\n%s", diff)
	}
}

// at is a person as a client of this world.
func (w world) at(p *testkit.Person) *testkit.Person {
	q := *p
	q.Client = w.As(p.Token)
	return &q
}

// joined puts one track behind another, a minute later, and says when the second begins.
func joined(first, second series.Table) (series.Table, time.Duration) {
	lead := first.T[len(first.T)-1] + 60_000
	out := series.Table{Family: series.Place, T: slices.Clone(first.T)}
	for _, at := range second.T {
		out.T = append(out.T, lead+at)
	}
	for i, col := range first.Columns {
		out.Columns = append(out.Columns, series.Column{Channel: col.Channel, V: slices.Concat(col.V, second.Columns[i].V)})
	}
	return out, time.Duration(lead) * time.Millisecond
}

// A zone hides at the next read, and shows at the next read; its owner sees the same all the time.
func TestZonesBindTheNextRead(t *testing.T) {
	t.Parallel()
	w := world{testkit.Start(t)}
	victim, follower := w.victim("victim")
	rng := rand.New(rand.NewPCG(3, 3))
	var ids []string
	for i := range 3 {
		ids = append(ids, w.upload(victim, file(t, ride(rng, xy{}, xy{6000, 100}), w.Clock.Now().Add(-time.Duration(24*i+24)*time.Hour))))
	}
	if w.Query(`SELECT count(*)::text FROM workout_part WHERE preview_sealed IS NOT NULL`) == "0" {
		t.Fatal("no ride is long enough to have a preview")
	}
	// One that stays at home, and one between the true start of the newest and where it comes into view.
	ids = append(ids, w.upload(victim, file(t, ride(rng, xy{}, xy{100, 100}, xy{}), w.Clock.Now().Add(-100*time.Hour))))
	between := w.Clock.Now().Add(-24*time.Hour + time.Minute)
	decoy := victim.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "row", "started_at": between.Format(time.RFC3339), "duration_s": 600, "audience": "followers",
	}).Want(t, http.StatusCreated).Map(t)
	ids = append(ids, fmt.Sprint(decoy["id"]))
	own, before := w.answers(victim, victim, ids[:4]), w.answers(follower, victim, ids)
	order := func(as *testkit.Person) (out []string) {
		items, _ := as.Get("/v1/feed").Want(t, http.StatusOK).Map(t)["items"].([]any)
		for _, item := range items {
			m, _ := item.(map[string]any)
			out = append(out, fmt.Sprint(m["id"]))
		}
		return out
	}
	if got := order(follower); got[0] != ids[4] {
		t.Fatalf("the newest is %s", got[0])
	}

	path := w.zone(victim, town, radiusM)
	hidden := w.answers(follower, victim, ids)
	if hidden == before {
		t.Fatal("a zone hides nothing at the next read")
	}
	for _, points := range []int{20, series.PreviewPoints, 5000} {
		for _, p := range w.lookAt(follower, ids[0], points).line {
			if flat(p).length() < radiusM {
				t.Fatalf("of %d points, one %.0f m from home shows", points, flat(p).length())
			}
		}
	}
	if got := order(follower); got[0] != ids[0] || slices.Contains(got, ids[3]) || len(got) != 4 {
		t.Errorf("feed under a zone: %v of %v: its order tells a true start, or that somebody stayed at home", got, ids)
	}
	if follower.Get("/v1/workouts/"+ids[3]).Status != http.StatusNotFound {
		t.Error("a workout that never left the zone shows")
	}
	if diff := testkit.Difference(own, w.answers(victim, victim, ids[:4])); diff != "" {
		t.Errorf("its owner sees something else under a zone:\n%s", diff)
	}
	seenAs := string(victim.Get("/v1/me/view-as?member="+url.QueryEscape(follower.Name)).Want(t, http.StatusOK).Body)
	if cut := w.look(follower, ids[0]).StartedAt.Format(time.RFC3339); !strings.Contains(seenAs, cut[:19]) || strings.Contains(seenAs, ids[3]) {
		t.Errorf("view-as doesn't show what they see: start %s", cut)
	}

	// Another radius, and back: the same bytes.
	victim.Do(http.MethodPatch, path, map[string]any{"radius_m": 1000}).Want(t, http.StatusOK)
	if w.answers(follower, victim, ids) == hidden {
		t.Error("a wider zone hides no more")
	}
	victim.Do(http.MethodPatch, path, map[string]any{"radius_m": radiusM, "name": "Home"}).Want(t, http.StatusOK)
	if diff := testkit.Difference(hidden, w.answers(follower, victim, ids)); diff != "" {
		t.Errorf("the same radius cuts another circle:\n%s", diff)
	}
	// Gone, it shows all; made again, next door too, it is the same circle.
	victim.Do(http.MethodDelete, path, nil).Want(t, http.StatusNoContent)
	if diff := testkit.Difference(before, w.answers(follower, victim, ids)); diff != "" {
		t.Errorf("without its zone a workout isn't what it was:\n%s", diff)
	}
	w.zone(victim, town, radiusM)
	if diff := testkit.Difference(hidden, w.answers(follower, victim, ids)); diff != "" {
		t.Errorf("a zone at the same place cuts a second circle:\n%s", diff)
	}
	// Others' zones cut nothing of it.
	other, _ := w.victim("other")
	w.zone(other, xy{2000, 100}.point(), radiusM)
	if diff := testkit.Difference(hidden, w.answers(follower, victim, ids)); diff != "" {
		t.Errorf("another member's zone cuts:\n%s", diff)
	}
	other.Do(http.MethodDelete, path, nil).Want(t, http.StatusNotFound)
}
