package testkit

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// Cast is a world with owners who have a value for every field, and with
// everybody who can stand in some relation to them.
type Cast struct {
	*World
	Owner     *Person
	Subjects  []*Person // those with a value for every field: the owner, a minor, somebody who is gone
	People    []*Person // everybody who ever had an account
	Actors    []Actor   // everybody who asks
	Spare     *Person   // whose account an anonymous request may sign in to
	Key       *Key      // of a console that asks without a login
	Gym       *Console  // a studio's, which is shared
	Studio    string    // where classes are given
	Scheduled []string  // classes: one that begins soon, and one of tomorrow
	Feed      string    // the last part of the address of the spare member's calendar
	Taught    Taught    // a class that goes on, which the subjects take
	greeters  []string  // who gave the owner high-fives for it
	Coverage  Coverage  // of what was sent with Send
	Crews     []*Crew   // the groups there are

	FactorID, AccessID, RequestID string // a factor of the owner's; an access grant and a request for a duty that are open

	follows, asks, blocks map[[2]string]bool // by name, who and whom
	likes                 map[[2]string]bool // by name and workout
	requests              atomic.Int64
	count                 atomic.Int64
}

// Actor is somebody who asks.
type Actor struct {
	Name   string
	Person *Person // nil is anonymous
	Over   bool    // their session is over
	// Console is what they ask through, with proofs of its key; nil is their own session.
	Console *Console
}

// Client is how the actor asks.
func (c *Cast) Client(a Actor) *Client {
	switch {
	case a.Console != nil:
		return a.Console.Client
	case a.Person == nil:
		return c.As("")
	}
	return a.Person.Client
}

// Standing is what a viewer, nil for anonymous, is to an owner: computed from
// what the cast did, not from what the database holds.
func (c *Cast) Standing(viewer, owner *Person) Standing {
	pair := func(of map[[2]string]bool, who, whom *Person) bool { return of[[2]string{who.Name, whom.Name}] }
	switch {
	case owner.Gone:
		return Standing{Relation: "of nobody", Reach: Never}
	case viewer == nil:
		return Standing{Relation: "anonymous", Reach: 3}
	case viewer == owner:
		return Standing{Relation: "self"}
	case pair(c.blocks, viewer, owner), pair(c.blocks, owner, viewer):
		return Standing{Relation: "blocked", Reach: Never}
	}
	mate := slices.ContainsFunc(c.Crews, func(g *Crew) bool { return g.mates(viewer, owner) })
	s := Standing{Relation: "member", Reach: 2, Mate: mate, Shown: pair(c.follows, owner, viewer) || pair(c.asks, owner, viewer)}
	if pair(c.follows, viewer, owner) {
		s.Relation, s.Reach = "follower", 1
	}
	return s
}

// Requests is how many requests the engines have sent.
func (c *Cast) Requests() int { return int(c.requests.Load()) }

func (c *Cast) next() int { return int(c.count.Add(1)) }

// orSpare is the asker, or the spare member for nobody.
func (c *Cast) orSpare(asker *Person) *Person {
	if asker == nil || asker.Gone {
		return c.Spare
	}
	return asker
}

// fit is orSpare for who has to be able to ask.
func (c *Cast) fit(asker *Person) *Person {
	if asker == nil || c.over(asker) {
		return c.Spare
	}
	return asker
}

// Assemble makes the cast. A new kind of actor is added here, once, and every
// engine asks as them.
func Assemble(w *World) *Cast {
	w.T.Helper()
	c := &Cast{World: w, follows: map[[2]string]bool{}, asks: map[[2]string]bool{}, blocks: map[[2]string]bool{}, likes: map[[2]string]bool{}}
	// Whose session is over is signed in before the clock moves on past it.
	c.act("expired", c.join("expired", "1990-04-05"), true)
	w.Clock.Advance(11 * time.Minute)

	c.Actors = append(c.Actors, Actor{Name: "anonymous"})
	c.Owner = c.subject("owner", "1984-02-29", 0, 1, 2, 3)
	minor := c.subject("youngster", "2012-01-01", 0, 1)
	gone := c.subject("departed", "1970-11-30", 3)
	member := func(name string) *Person {
		p := c.join(name, "1990-04-05")
		c.act(name, p, false)
		return p
	}
	c.Spare = c.join("spare", "1990-04-05")
	member("stranger")
	c.ask(c.Spare, c.Owner)
	c.ask(member("pending"), c.Owner)
	follower := member("follower")
	c.follow(follower, c.Owner)
	c.follow(follower, minor)
	c.follow(follower, gone)
	former := member("exfollower")
	c.follow(former, c.Owner)
	c.Owner.Do(http.MethodDelete, "/v1/me/followers/"+former.ID, nil).Want(w.T, http.StatusNoContent)
	delete(c.follows, [2]string{former.Name, c.Owner.Name})
	mutual := member("mutual")
	c.follow(mutual, c.Owner)
	c.follow(c.Owner, mutual)
	c.follow(mutual, minor)
	followed := member("followed")
	c.follow(c.Owner, followed)
	c.follow(minor, followed)
	askedFor := member("askedfor")
	c.ask(c.Owner, askedFor)
	for _, pair := range [][2]*Person{{c.Owner, member("blocked")}, {member("blocker"), c.Owner}} {
		other := pair[0]
		if other == c.Owner {
			other = pair[1]
		}
		c.follow(other, c.Owner)
		c.Block(pair[0], pair[1])
		delete(c.follows, [2]string{other.Name, c.Owner.Name})
		c.blocks[[2]string{pair[0].Name, pair[1].Name}] = true
	}
	c.Block(c.Owner, c.Actors[0].Person)
	c.blocks[[2]string{c.Owner.Name, c.Actors[0].Name}] = true
	c.Block(minor, former)
	c.blocks[[2]string{minor.Name, former.Name}] = true
	for i, p := range []*Person{mutual, followed} {
		c.typed(p, 1, "shown to followers by "+p.Name)
		c.record(p, 1, recordingtest.Options{Start: w.Clock.Now().Add(-30 * time.Hour), Seconds: 60, Seed: uint64(300 + i), Serial: 55003311, Indoor: true})
	}
	c.staff()
	c.consoles()
	c.seats()
	c.Catalogue()
	// The owner follows instructors, one of whom is a draft again by now, and is one.
	for _, name := range []string{"kim", "ana", "lee"} {
		c.Exec(`INSERT INTO instructor_follow VALUES ($1, $2, $3)`, c.Owner.ID, SharedID(name), c.Clock.Now())
	}
	c.Exec(`INSERT INTO auth.instructor_member VALUES ($1, $2, $3)`, SharedID("kim"), c.Owner.ID, c.Clock.Now())
	c.take()
	c.greet(follower, mutual)
	// A console calls one of the owner's workouts by a name of its own.
	c.Exec(`INSERT INTO sync_workout (member_id, client_id, version, applied_version, applied_parts, complete, duplicate, workout_id, touched_at)
		VALUES ($1, gen_random_uuid(), 1, 1, 1, true, false, $2, $3)`, c.Owner.ID, c.Owner.Workouts[0].ID, c.Clock.Now())
	c.socialize(follower, mutual)
	c.guarded()
	c.crews()
	c.moderated()
	c.act("minor", minor, false)
	out := c.join("revoked", "1990-04-05")
	out.Do(http.MethodPost, "/v1/auth/logout", nil).Want(w.T, http.StatusNoContent)
	c.act("revoked", out, true)
	gone.Do(http.MethodDelete, "/v1/me", map[string]any{"password": gone.Password}).Want(w.T, http.StatusNoContent)
	gone.Gone = true
	c.act("deleted", gone, true)
	c.act("owner", c.Owner, false)
	return c
}

// socialize has two who follow the owner like the workouts for followers, and the owner comment on them, and
// hide one more that is below the first; one of the two comments there as well.
func (c *Cast) socialize(follower, mutual *Person) {
	c.T.Helper()
	say := func(p *Person, workout, text string) string {
		made := p.Do(http.MethodPost, "/v1/workouts/"+workout+"/comments", map[string]any{"text": text}).Want(c.T, http.StatusCreated)
		id, _ := made.Map(c.T)["id"].(string)
		return id
	}
	edited := func(w Recorded, text string) {
		id := say(c.Owner, w.ID, "soon another")
		c.Owner.Do(http.MethodPatch, "/v1/comments/"+id, map[string]any{"text": text}).Want(c.T, http.StatusOK)
		c.Owner.Comments = append(c.Owner.Comments, Said{ID: id, Audience: w.Audience})
	}
	first := true
	for i, w := range c.Owner.Workouts[:4] {
		if w.Audience == 0 {
			continue
		}
		edited(w, fmt.Sprintf("said-marker-%d to @%s", i, follower.Name))
		for _, p := range []*Person{follower, mutual} {
			p.Do(http.MethodPut, "/v1/workouts/"+w.ID+"/likes", nil).Want(c.T, http.StatusNoContent)
			c.likes[[2]string{p.Name, w.ID}] = true
		}
		if first {
			say(follower, w.ID, "heard by followers, @"+c.Owner.Name)
			edited(w, fmt.Sprintf("hidden-marker-%d to @%s", i, follower.Name))
			last := &c.Owner.Comments[len(c.Owner.Comments)-1]
			last.Hidden = true
			c.Owner.Do(http.MethodPut, "/v1/comments/"+last.ID+"/hidden", nil).Want(c.T, http.StatusNoContent)
			first = false
		}
	}
	for _, p := range []*Person{c.Owner, follower} {
		items, _ := p.Get("/v1/me/notifications").Want(c.T, http.StatusOK).Map(c.T)["items"].([]any)
		for _, item := range items {
			one, _ := item.(map[string]any)
			id, _ := one["id"].(string)
			p.Notices = append(p.Notices, id)
		}
	}
}

// consoles are the owner's own and a studio's, with a rider on it; and one of somebody
// else's that nobody asks through.
func (c *Cast) consoles() {
	c.T.Helper()
	c.Register()
	c.Key = c.NewKey()
	if err := c.Service.Accounts.PutStudio(context.Background(), c.Clock.Now(), c.Owner.Name, "The Studio"); err != nil {
		c.T.Fatal(err)
	}
	c.pair(c.Spare, "sync")
	c.Actors = append(c.Actors, Actor{Name: "console", Person: c.Owner, Console: c.pair(c.Owner, "sync classes:read")})
	shared := c.pair(c.Owner, "sync")
	c.Owner.Do(http.MethodPatch, "/v1/me/consoles/"+shared.ID, map[string]any{"shared": true}).Want(c.T, http.StatusOK)
	c.Gym = shared
	rider := c.join("rider", "1990-04-05")
	c.Actors = append(c.Actors, Actor{Name: "gym", Person: rider, Console: c.Ride(shared, rider)},
		Actor{Name: "studio", Person: c.Owner, Console: shared})
}

func (c *Cast) pair(p *Person, scope string) *Console {
	c.T.Helper()
	console := c.Pair(p, scope)
	console.ID = c.Query(`SELECT id::text FROM auth.console WHERE jkt = $1`, console.Key.JKT())
	p.Consoles = append(p.Consoles, console.ID)
	return console
}

func (c *Cast) act(name string, p *Person, over bool) {
	c.Actors = append(c.Actors, Actor{Name: name, Person: p, Over: over})
}

// join makes a member whom everybody can find.
func (c *Cast) join(name, born string) *Person {
	c.T.Helper()
	p := c.JoinBorn(name, born)
	c.settle(p)
	return p
}

func (c *Cast) settle(p *Person) {
	c.T.Helper()
	hash := sha256.Sum256([]byte(p.Token))
	p.Session = c.Query(`SELECT session_id::text FROM auth.token WHERE hash = $1`, hash[:])
	p.Minor = c.Query(`SELECT minor::text FROM member WHERE id = $1`, p.ID) == "true"
	c.People = append(c.People, p)
	everybody := Defaults(c.T)
	everybody.Name, everybody.Discoverability = "defaults, found by everyone", 3
	c.Choose(p, everybody)
	p.Values = map[string]string{"display_name": "Display " + p.Name}
	p.Do(http.MethodPut, "/v1/me/avatar", Picture(c.T), "Content-Type", "image/png").Want(c.T, http.StatusNoContent)
}

// Choose sets somebody's privacy settings, and notes them. A minor's stay private.
func (c *Cast) Choose(p *Person, choices Choices) {
	c.T.Helper()
	if p.Minor {
		choices.Private = true
		narrow := map[string]int{}
		for name, a := range choices.Audiences {
			narrow[name] = min(a, 1)
		}
		choices.Audiences = narrow
		p.Do(http.MethodPatch, "/v1/me/privacy", choices.Patch()).Want(c.T, http.StatusOK)
	} else {
		c.World.Choose(p, choices)
	}
	p.Choices = choices
}

func (c *Cast) ask(who, whom *Person) {
	c.T.Helper()
	c.World.Ask(who, whom)
	c.asks[[2]string{who.Name, whom.Name}] = true
}

func (c *Cast) follow(who, whom *Person) {
	c.T.Helper()
	c.Follow(who, whom)
	c.follows[[2]string{who.Name, whom.Name}] = true
}

// subject is somebody with a value of their own for every field, and a recording
// for each of the audiences.
func (c *Cast) subject(name, born string, audiences ...int) *Person {
	c.T.Helper()
	t, n := c.T, len(c.Subjects)
	p := c.join(name, born)
	c.Subjects = append(c.Subjects, p)
	p.Values = map[string]string{
		"display_name": []string{"Markerella Namesake", "Juniper Marker", "Formerly Marked"}[n],
		"bio":          fmt.Sprintf("bio-marker-88%d1", n), "location": fmt.Sprintf("Markerville-%d", n),
		"birth_date": born, "email": p.Email,
	}
	p.Do(http.MethodPatch, "/v1/me/profile", map[string]any{
		"display_name": p.Values["display_name"], "bio": p.Values["bio"],
		"location": map[string]any{"city": p.Values["location"], "country": "CH"}, "gender": "nonbinary",
		"height_cm": 183.625 + float64(n), "weight_kg": 71.375 + float64(n), "resting_hr": 47 + n, "max_hr": 191 + n, "ftp_watts": 287 + n,
	}).Want(t, http.StatusOK)
	// Away from all rides: what zones cut is tested on its own.
	zone := p.Do(http.MethodPost, "/v1/me/privacy-zones", map[string]any{
		"lat": -33.45694 - float64(n), "lon": -70.64827, "radius_m": 431 + n, "name": fmt.Sprintf("zone-marker-%d7", n),
	}).Want(t, http.StatusCreated)
	p.Zone, _ = zone.Map(t)["id"].(string)
	start := c.Clock.Now().Add(-24*time.Hour - time.Duration(n)*time.Minute)
	for i, audience := range audiences {
		c.record(p, audience, recordingtest.Options{
			Start: start.Add(-time.Duration(24*i) * time.Hour), Seconds: 90, Laps: 2,
			Serial: 77001122 + uint32(n), Seed: uint64(10*n + i), Device: fmt.Sprintf("device-marker-%d%d", n, audience), //nolint:gosec // small
			Lat: 47.31737 + float64(n) + 0.1*float64(i), Lon: 8.62519 + float64(i),
		})
	}
	if slices.Contains(audiences, 3) {
		// Long enough to estimate an FTP by, for everybody; and one of which nobody counted the distance.
		long := recordingtest.Options{
			Start: c.Clock.Now().Add(-200*time.Hour - time.Duration(n)*time.Minute), Seconds: 1260, Laps: 2,
			Serial: 77001122, Seed: uint64(200 + n), Device: fmt.Sprintf("device-marker-%d6", n), Lat: 44.21737 + float64(n), Lon: 7.13519,
		}
		c.record(p, 3, long)
		long.Start, long.Seconds, long.Seed, long.NoDistance = long.Start.Add(-20*time.Hour), 240, long.Seed+50, true
		c.record(p, 3, long)
		// The rule of the contract's distance is the workout's: what the owner says replaces the track's.
		p.Do(http.MethodPatch, "/v1/workouts/"+p.Workouts[len(p.Workouts)-1].ID, map[string]any{"distance_m": 1534.5 + float64(n)}).Want(t, http.StatusOK)
	}
	c.uploads(p, n)
	// Indoors there is resistance, which no ride outdoors has.
	c.record(p, 1, recordingtest.Options{
		Start: c.Clock.Now().Add(-240*time.Hour - time.Duration(n)*time.Minute), Seconds: 60, Laps: 2, Indoor: true,
		Seed: uint64(100 + n), Serial: 77001122, Device: fmt.Sprintf("device-marker-%d8", n),
	})
	if n == 0 {
		c.twins(p, start)
	}
	return p
}

// twins are two rides that were each recorded twice: the first one of all, at start, and one whose records
// were merged. One of these was for followers, the other for nobody.
func (c *Cast) twins(p *Person, start time.Time) {
	c.T.Helper()
	for i := range 3 {
		o := recordingtest.Options{
			Start: start, Seconds: 90, Laps: 2, NoPlace: true, Seed: uint64(200 + i), Serial: 77001122, Device: fmt.Sprintf("device-marker-7%d", i),
		}
		if i > 0 {
			o.Start = start.Add(-300 * time.Hour)
		}
		c.record(p, i%2, o)
	}
	n := len(p.Workouts)
	p.Twin = p.Workouts[n-3].ID
	merged := p.Do(http.MethodPost, "/v1/workouts/"+p.Workouts[n-2].ID+"/merge", map[string]any{"other": p.Workouts[n-1].ID}).Want(c.T, http.StatusCreated)
	id, _ := merged.Map(c.T)["id"].(string)
	p.Workouts = append(p.Workouts[:n-2], Recorded{id, 0, Holds{Samples: true}})
}

// record imports a recording, and adds what none of them says.
func (c *Cast) record(p *Person, audience int, o recordingtest.Options) {
	c.T.Helper()
	made := p.Upload("/v1/workouts/import", "ride.fit", recordingtest.RideFIT(o)).Want(c.T, http.StatusCreated)
	items, _ := made.Map(c.T)["items"].([]any)
	first, _ := items[0].(map[string]any)
	id, _ := first["id"].(string)
	p.Do(http.MethodPatch, "/v1/workouts/"+id, map[string]any{
		"audience": audienceNames[audience], "title": fmt.Sprintf("title-marker-%s-%d-%d", p.Name, audience, o.Seed),
		"notes": fmt.Sprintf("note-marker-%s-%d-%d", p.Name, audience, o.Seed), "calories_kcal": 20.125 + float64(o.Seed)/16,
	}).Want(c.T, http.StatusOK)
	p.Workouts = append(p.Workouts, Recorded{id, audience, Holds{File: true, Samples: true, Track: !o.Indoor && !o.NoPlace}})
}

// uploads has two archives read: of one the files are refused, the other is no archive. Nothing is a
// new workout.
func (c *Cast) uploads(p *Person, n int) {
	c.T.Helper()
	file := Packed(c.T, map[string][]byte{
		fmt.Sprintf("activities/import-marker-%d1.fit", n): []byte("no recording"),
		fmt.Sprintf("activities/import-marker-%d2.zip", n): []byte("no archive"),
	})
	for _, file := range [][]byte{file, []byte("PK\x03\x04 and no more")} {
		made := p.Upload("/v1/workouts/import", "export.zip", file, "audience", "only_me").Want(c.T, http.StatusAccepted).Map(c.T)
		id, _ := made["id"].(string)
		p.Imports = append(p.Imports, id)
		c.Settle()
	}
}

// Packed is a zip of files by their names.
func Packed(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (c *Cast) typed(p *Person, audience int, title string) {
	c.T.Helper()
	made := p.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "run", "title": title, "started_at": c.Clock.Now().Add(-time.Hour).Format(time.RFC3339), "duration_s": 1800,
		"audience": audienceNames[audience], "heart_rate_avg_bpm": 141.5, "notes": "notes of " + p.Name,
	}).Want(c.T, http.StatusCreated).Map(c.T)
	id, _ := made["id"].(string)
	p.Workouts = append(p.Workouts, Recorded{id, audience, Holds{}})
}

// Twin is the same cast in a world of its own; this one has to be stopped. It
// takes milliseconds where assembling takes seconds.
func (c *Cast) Twin(t testing.TB) *Cast {
	t.Helper()
	twin := &Cast{World: c.World.Twin(t), Studio: c.Studio, Scheduled: c.Scheduled, Feed: c.Feed, Taught: c.Taught, greeters: c.greeters, follows: c.follows, asks: c.asks, blocks: c.blocks, likes: c.likes, Crews: c.Crews}
	twin.count.Store(c.count.Load())
	twin.FactorID, twin.AccessID, twin.RequestID = c.FactorID, c.AccessID, c.RequestID
	of := map[*Person]*Person{nil: nil}
	for _, p := range c.People {
		copied := *p
		copied.Client, copied.Duties = twin.As(p.Token), slices.Clone(p.Duties)
		of[p] = &copied
		twin.People = append(twin.People, &copied)
	}
	twin.Owner, twin.Spare = of[c.Owner], of[c.Spare]
	for _, p := range c.Subjects {
		twin.Subjects = append(twin.Subjects, of[p])
	}
	twin.Key = &Key{c.Key.signer, twin.Clock.Now}
	for _, a := range c.Actors {
		console := a.Console.at(twin.World)
		if a.Console == c.Gym {
			twin.Gym = console
		}
		twin.Actors = append(twin.Actors, Actor{a.Name, of[a.Person], a.Over, console})
	}
	return twin
}

// Actor is the actor with a name.
func (c *Cast) Actor(name string) Actor {
	c.T.Helper()
	i := slices.IndexFunc(c.Actors, func(a Actor) bool { return a.Name == name })
	if i < 0 {
		c.T.Fatalf("nobody is called %s", name)
	}
	return c.Actors[i]
}
