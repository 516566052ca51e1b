package demo_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/demo"
	"github.com/paceline/paceline/internal/testkit"
)

var principals = []string{"ada", "ben", "cleo", "dan", "eve"}

// load makes the world. What it gives loads it again.
func load(t *testing.T) (*testkit.World, map[string]*testkit.Person, func(tell func(float64, string)) error) {
	t.Helper()
	w := testkit.Start(t)
	factor := filepath.Join(t.TempDir(), demo.FactorFile)
	again := func(tell func(float64, string)) error {
		return demo.Load(t.Context(), w.Service.Handler, w.Service.Accounts, factor, w.Clock.Now, tell)
	}
	if err := again(func(float64, string) {}); err != nil {
		t.Fatal(err)
	}
	people := map[string]*testkit.Person{}
	for _, name := range principals {
		p := &testkit.Person{Name: name, Email: demo.Email(name), Password: demo.Password(name)}
		w.Login(p)
		p.ID, _ = p.Get("/v1/me").Want(t, http.StatusOK).Map(t)["id"].(string)
		people[name] = p
	}
	return w, people, again
}

// The demo members stand to each other as the README says.
func TestTheWorldIsAsTold(t *testing.T) {
	t.Parallel()
	w, people, again := load(t)
	list := people["ada"].Get("/v1/members/ada/workouts?limit=1").Want(t, http.StatusOK)
	ride := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(string(list.Body))[1]
	for name, want := range map[string]struct {
		profile, ride int
		sees, lacks   []string
	}{
		"ada":  {200, 200, []string{"heart_rate_avg_bpm", "device_name"}, nil},
		"ben":  {200, 200, []string{"power_avg_w"}, []string{"heart_rate", `"lat"`, "position", "ascent", "device", "audience"}},
		"cleo": {200, 404, nil, []string{"Ada L.", "Early rides"}},
		"dan":  {404, 404, nil, nil},
	} {
		profile, got := people[name].Get("/v1/members/ada"), people[name].Get("/v1/workouts/"+ride)
		if profile.Status != want.profile || got.Status != want.ride {
			t.Errorf("%s: profile %d, ride %d", name, profile.Status, got.Status)
		}
		for _, text := range want.sees {
			if !strings.Contains(string(got.Body), text) {
				t.Errorf("%s lacks %s: %s", name, text, got.Body)
			}
		}
		for _, text := range want.lacks {
			if strings.Contains(string(got.Body)+string(profile.Body), text) {
				t.Errorf("%s sees %s: %s %s", name, text, profile.Body, got.Body)
			}
		}
	}
	if differ := w.Get("/v1/members/ada").Same(w.Get("/v1/members/nobody-at-all")); differ != "" {
		t.Errorf("ada to anonymous is not like nobody: %s", differ)
	}
	eve := w.Get("/v1/members/eve").Want(t, http.StatusOK)
	if !strings.Contains(string(eve.Body), "weight_kg") {
		t.Errorf("eve hides something: %s", eve.Body)
	}
	// Loading what is loaded does nothing.
	const held = `SELECT concat_ws(' ', (SELECT count(*) FROM workout), (SELECT count(*) FROM workout_class), (SELECT count(*) FROM class),
		(SELECT count(*) FROM scheduled_class), (SELECT count(*) FROM instructor), (SELECT count(*) FROM groups), (SELECT count(*) FROM challenge_participation), (SELECT count(*) FROM workout_comment))`
	before := w.Query(held)
	if err := again(func(float64, string) { t.Error("it loads again") }); err != nil || w.Query(held) != before {
		t.Errorf("loaded twice: %v", err)
	}
	// And what was cut off is finished: with the members, and after them.
	for _, name := range []string{"zora", "zoe"} {
		w.Clock.Advance(2 * time.Minute) // a code is good once
		w.Exec(`DELETE FROM member WHERE id IN (SELECT member_id FROM profile WHERE username IN ('zora', $1))`, name)
		if err := again(func(float64, string) {}); err != nil {
			t.Fatal(err)
		}
		if after := w.Query(held); after != before {
			t.Errorf("finishing made %s of %s", after, before)
		}
	}
}

// There is a class to take, and one to book; who shows among those who took it hangs on who asks.
func TestTheStudioIsAsTold(t *testing.T) {
	t.Parallel()
	w, people, _ := load(t)
	climb := id(t, w.Get("/v1/classes?q=climb"))
	for name, sees := range map[string]string{"ben": "eve ben ada", "cleo": "eve cleo ben", "dan": "eve", "ada": "eve ben ada"} {
		board := people[name].Get("/v1/classes/"+climb+"/leaderboard?metric=output").Want(t, http.StatusOK)
		var got []string
		items, _ := board.Map(t)["items"].([]any)
		for _, item := range items {
			entry, _ := item.(map[string]any)
			member, _ := entry["member"].(map[string]any)
			got = append(got, fmt.Sprint(member["username"]))
		}
		if strings.Join(got, " ") != sees {
			t.Errorf("%s sees %v", name, got)
		}
	}
	next := id(t, w.Get("/v1/schedule?discipline=yoga&limit=1"))
	people["cleo"].Do(http.MethodPut, "/v1/schedule/"+next+"/booking", map[string]any{}).Want(t, http.StatusOK)
	dawn := "/v1/groups/" + id(t, people["cleo"].Get("/v1/me/groups"))
	people["cleo"].Get(dawn+"/members").Want(t, http.StatusOK)
	goal := people["cleo"].Get("/v1/challenges/"+id(t, people["cleo"].Get(dawn+"/challenges"))).Want(t, http.StatusOK).Map(t)
	if goal["state"] != "running" || goal["joined"] != true {
		t.Errorf("cleo's goal is %v", goal)
	}
	if got := people["ada"].Get("/v1/me/notifications"); !strings.Contains(string(got.Body), "ben") {
		t.Errorf("ada hears of nothing: %d %s", got.Status, got.Body)
	}
	// The one account of staff takes more than what is printed.
	tess := map[string]any{"email": demo.Email(demo.Keeper), "password": demo.KeeperPassword}
	if refused := w.Do(http.MethodPost, "/v1/auth/login", tess).Want(t, http.StatusUnauthorized); !strings.Contains(string(refused.Body), "otp_required") {
		t.Errorf("%s", refused.Body)
	}
}

// id is that of a list's first.
func id(t *testing.T, list testkit.Response) string {
	t.Helper()
	items, _ := list.Want(t, http.StatusOK).Map(t)["items"].([]any)
	if len(items) == 0 {
		t.Fatalf("nothing in %s", list.Body)
	}
	first, _ := items[0].(map[string]any)
	return fmt.Sprint(first["id"])
}

// A number says what was measured, and has no noise of adding up behind it.
func TestNumbersHaveNoNoise(t *testing.T) {
	t.Parallel()
	_, people, _ := load(t)
	noise := regexp.MustCompile(`"[a-z_]+":-?[0-9]+(\.[0-9]{8,}|(\.[0-9]+)?[eE])[-+0-9eE]*`)
	laps := 0
	for name, p := range people {
		list := p.Get("/v1/members/"+name+"/workouts").Want(t, http.StatusOK)
		bodies := [][]byte{list.Body, p.Get("/v1/members/"+name+"/stats").Want(t, http.StatusOK).Body}
		items, _ := list.Map(t)["items"].([]any)
		for _, item := range items {
			workout, _ := item.(map[string]any)
			one := p.Get(fmt.Sprint("/v1/workouts/", workout["id"])).Want(t, http.StatusOK)
			all, _ := one.Map(t)["laps"].([]any)
			laps += len(all)
			if workout["title"] == nil {
				t.Errorf("a ride of %s has no title", name)
			}
			bodies = append(bodies, one.Body)
		}
		for _, body := range bodies {
			if found := noise.Find(body); found != nil {
				t.Errorf("%s: %s", name, found)
			}
		}
	}
	if laps == 0 {
		t.Error("no lap was looked at")
	}
}

// A stolen dump shows no sealed value: nothing that an owner alone is told of
// birth, body, heart and places stands in it, as text or as bytes.
func TestADumpShowsNothingSealed(t *testing.T) {
	t.Parallel()
	w, people, _ := load(t)
	sealed := map[string]string{}
	note := func(name, field string, value any) {
		text := fmt.Sprint(value)
		if len(text) >= 5 {
			sealed[text] = name + "'s " + field
		}
	}
	for name, p := range people {
		profile := p.Get("/v1/me/profile").Want(t, http.StatusOK).Map(t)
		for _, field := range []string{"birth_date", "gender", "height_cm", "weight_kg"} {
			if value, ok := profile[field]; ok {
				note(name, field, value)
			}
		}
		if place, ok := profile["location"].(map[string]any); ok {
			note(name, "city", place["city"])
		}
		items, _ := p.Get("/v1/members/"+name+"/workouts").Want(t, http.StatusOK).Map(t)["items"].([]any)
		for _, item := range items {
			workout, _ := item.(map[string]any)
			for _, end := range []string{"start_place", "end_place"} {
				if place, ok := workout[end].(map[string]any); ok {
					note(name, end, place["lat"])
					note(name, end, place["lon"])
				}
			}
		}
	}
	if len(sealed) < 40 {
		t.Fatalf("only %d values to look for", len(sealed))
	}
	dump := dump(t, w.Root)
	// A value must not be found because the dump is empty.
	for _, there := range []string{"Ada L.", "ada@demo.test", "Hill repeats"} {
		if !strings.Contains(dump, there) {
			t.Errorf("the dump lacks %s", there)
		}
	}
	for value, whose := range sealed {
		if strings.Contains(dump, value) {
			t.Errorf("the dump holds %s (%s)", value, whose)
		}
		if strings.Contains(dump, hex.EncodeToString([]byte(value))) {
			t.Errorf("the dump holds the bytes of %s (%s)", value, whose)
		}
	}
	for _, secret := range []string{demo.Password("ada"), people["ada"].Token, people["ada"].Refresh} {
		if strings.Contains(dump, secret) {
			t.Error("the dump holds a password or a token")
		}
	}
}

// dump is every row of every table, the way pg_dump writes them.
func dump(t *testing.T, root *pgx.Conn) string {
	t.Helper()
	rows, err := root.Query(t.Context(), `SELECT c.oid::regclass::text FROM pg_class c
		WHERE c.relkind = 'r' AND relnamespace::regnamespace::text IN ('public', 'auth')`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 10 {
		t.Fatal(tables, err)
	}
	var out strings.Builder
	for _, table := range tables {
		if _, err := root.PgConn().CopyTo(t.Context(), &out, "COPY "+table+" TO STDOUT"); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	return out.String()
}
