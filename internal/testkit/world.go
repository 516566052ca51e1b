package testkit

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/service"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

// Clock is a clock that a test moves. It starts in 2026 and stands still.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now is the time it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves it on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// World is a server with a database, a mailbox and a clock of its own.
type World struct {
	*Client
	T       testing.TB
	PG      *pgtest.DB
	Root    *pgx.Conn // the superuser: for looking behind the walls
	Ring    *seal.Ring
	Clock   *Clock
	Outbox  *mail.Outbox
	Service *service.Service
	Log     *LogBuffer
	Stop    func() // ends the server; the database stays until the test's end

	with      []func(*service.Options)
	restQuery string
	read      map[string]int // how many mails to an address Code doesn't look at
}

// LogBuffer keeps what is logged.
type LogBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps a line.
func (l *LogBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is all that was logged.
func (l *LogBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Generous are limits that no test meets which isn't about them: all of a test's
// requests come from one address.
var Generous = config.Limits{
	Read: 1e6, Search: 1e6, Write: 1e6, Ops: 1e6, Import: 1e6, Auth: 1e6, AuthNetwork: 1e6, AuthAccount: 1e6,
	Hour: 1e6, Day: 1e6, Fortnight: 1e6, Shared: 1e6,
}

// Start starts a world. Passwords are hashed cheaply, limits are Generous and mail
// stays here; nothing else is other than in production.
func Start(t testing.TB, with ...func(*service.Options)) *World {
	t.Helper()
	return start(t, &World{
		T: t, PG: pgtest.New(t), Ring: seal.NewRing(), Log: &LogBuffer{},
		Clock: &Clock{at: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}, with: with,
	})
}

// Twin starts a world with all that is in this one, which has to be stopped:
// the same rows, keys, tokens and time, and from then on a life of its own.
func (w *World) Twin(t testing.TB) *World {
	t.Helper()
	return start(t, &World{T: t, PG: w.PG.Copy(t), Ring: w.Ring, Log: &LogBuffer{}, Clock: &Clock{at: w.Clock.Now()}, with: w.with})
}

func start(t testing.TB, w *World) *World {
	t.Helper()
	w.Outbox = mail.NewOutbox("http://paceline.test", 1000, w.Clock.Now)
	o := service.Options{
		Database: db.Config{URL: w.PG.Superuser()},
		Ring:     w.Ring,
		Mail:     w.Outbox,
		Login:    config.Login{ArgonMemoryKiB: 64, ArgonTime: 1, ArgonParallelism: 1, Concurrency: 2, Queue: 100},
		Limits:   Generous,
		Observer: observe.New(w.Log, nil),
		Now:      w.Clock.Now,

		PublicURL: PublicURL,
	}
	for _, f := range w.with {
		f(&o)
	}
	s, err := service.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	w.Service = s
	ctx, stop := context.WithCancel(context.Background())
	var jobs sync.WaitGroup
	jobs.Go(func() { s.RunJobs(ctx) })
	server := httptest.NewServer(s.Handler)
	w.Client = &Client{t: t, base: server.URL, http: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if w.Root, err = pgx.Connect(t.Context(), w.PG.Superuser()); err != nil {
		t.Fatal(err)
	}
	w.Stop = sync.OnceFunc(func() {
		server.Close()
		stop()
		jobs.Wait()
		s.Close()
		_ = w.Root.Close(context.Background())
	})
	t.Cleanup(w.Stop)
	return w
}

// Person is a member with a session.
type Person struct {
	*Client
	ID, Name, Email, Password, Token, Refresh string

	// What the engines know of somebody in a Cast.
	Session  string // the id of the session that Token is of
	Zone     string // the id of a privacy zone, where they have one
	Minor    bool
	Gone     bool     // the account was deleted
	Duties   []string // of staff, in a session that a second factor proved
	Choices  Choices
	Workouts []Recorded
	Taken    map[string]bool   // ids of workouts that were taken in the class
	Twin     string            // another record of their first ride; one of the workouts
	Consoles []string          // ids
	Imports  []string          // ids
	Comments []Said            // of their own, below workouts of their own
	Notices  []string          // ids
	Values   map[string]string // what they said of themselves, by field
}

// Recorded is a workout that somebody has.
type Recorded struct {
	ID       string
	Audience int
	Holds    Holds
}

// Said is a comment.
type Said struct {
	ID       string
	Audience int  // of the workout
	Hidden   bool // by its owner
}

// Holds is what there is to save of a workout.
type Holds struct{ File, Samples, Track bool }

// Password is a test member's.
func Password(name string) string { return "a long ride of " + name + " in spring" }

// Join registers a member over HTTP, with the code from the mail, and signs in.
func (w *World) Join(name string) *Person { return w.JoinBorn(name, "1990-04-05") }

// JoinBorn is Join with a birth date.
func (w *World) JoinBorn(name, born string) *Person {
	w.T.Helper()
	p := &Person{Name: name, Email: name + "@example.test", Password: Password(name)}
	w.Do(http.MethodPost, "/v1/auth/verify", w.register(name, born)).Want(w.T, http.StatusNoContent)
	w.Login(p)
	p.ID, _ = p.Get("/v1/me").Want(w.T, http.StatusOK).Map(w.T)["id"].(string)
	return p
}

// register registers a member and gives what makes the account: the address, the
// code from the mail and the registration's id.
func (w *World) register(name, born string) map[string]any {
	w.T.Helper()
	email := name + "@example.test"
	taken := w.Do(http.MethodPost, "/v1/auth/register", map[string]any{
		"email": email, "password": Password(name), "username": name, "display_name": "Display " + name, "birth_date": born,
	}).Want(w.T, http.StatusAccepted).Map(w.T)
	return map[string]any{"email": email, "code": w.Code(email), "registration_id": taken["registration_id"]}
}

// Login gives a person a new session.
func (w *World) Login(p *Person) {
	w.T.Helper()
	tokens := w.Do(http.MethodPost, "/v1/auth/login", map[string]any{"email": p.Email, "password": p.Password}).
		Want(w.T, http.StatusOK).Map(w.T)
	p.Token, _ = tokens["access_token"].(string)
	p.Refresh, _ = tokens["refresh_token"].(string)
	p.Client = w.As(p.Token)
}

var mailedCode = regexp.MustCompile(`(?m)^\s*([A-Z0-9]{8}|[A-Z0-9]{4}-[A-Z0-9]{4})\s*$`)

// Code waits for the newest code that was mailed to an address.
func (w *World) Code(address string) string {
	w.T.Helper()
	for range 2000 { // the jobs look by themselves every five seconds
		for _, m := range w.Outbox.Recent() {
			if w.mailsTo(address) == w.read[address] {
				break
			}
			if found := mailedCode.FindStringSubmatch(m.Body); m.To == address && found != nil {
				return found[1]
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.T.Fatalf("no code was mailed to %s; the log says: %s", address, w.Log)
	return ""
}

// Settle waits until no import waits to be read.
func (w *World) Settle() {
	w.T.Helper()
	for range 6000 {
		if w.Query(`SELECT count(*)::text FROM import WHERE state IN ('queued', 'parsing')`) == "0" {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.T.Fatalf("an import comes to no end; the log says: %s", w.Log)
}

// Follow makes one follow the other, approved.
func (w *World) Follow(who, whom *Person) {
	w.T.Helper()
	w.Ask(who, whom)
	whom.Do(http.MethodPut, "/v1/me/followers/"+who.ID, nil).Want(w.T, http.StatusNoContent)
}

// Ask makes one ask to follow the other.
func (w *World) Ask(who, whom *Person) {
	w.T.Helper()
	who.Do(http.MethodPut, "/v1/me/following/"+whom.ID, nil).Want(w.T, http.StatusOK)
}

// Block makes one block the other.
func (w *World) Block(who, whom *Person) {
	w.T.Helper()
	who.Do(http.MethodPut, "/v1/me/blocks/"+whom.ID, nil).Want(w.T, http.StatusNoContent)
}

// Choose sets somebody's privacy settings.
func (w *World) Choose(p *Person, c Choices) {
	w.T.Helper()
	p.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"private": false}).Want(w.T, http.StatusOK)
	p.Do(http.MethodPatch, "/v1/me/privacy", c.Patch()).Want(w.T, http.StatusOK)
	if c.Private {
		p.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"private": true}).Want(w.T, http.StatusOK)
	}
}

// Query asks the database for one text, past all walls.
func (w *World) Query(sql string, args ...any) string {
	w.T.Helper()
	var text string
	if err := w.Root.QueryRow(w.T.Context(), sql, args...).Scan(&text); err != nil {
		w.T.Fatalf("%s: %v", sql, err)
	}
	return text
}

// Picture is a small PNG.
func Picture(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for x := range 40 {
		for y := range 30 {
			m.Set(x, y, color.RGBA{uint8(6 * x), uint8(8 * y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Photo is Picture as a JPEG.
func Photo(t testing.TB) []byte {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(Picture(t)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Fill is a path template with its parameters set.
func Fill(path string, params map[string]string) string {
	for name, value := range params {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	if strings.Contains(path, "{") {
		panic(fmt.Sprintf("testkit: %s has a parameter that nobody fills", path))
	}
	return path
}

// Cancellable is a context that ends with the test, or before it.
func Cancellable(t testing.TB) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	return ctx, stop
}

// forgetMail makes Code wait for the next mail to an address.
func (w *World) forgetMail(address string) {
	if w.read == nil {
		w.read = map[string]int{}
	}
	w.read[address] = w.mailsTo(address)
}

// mailsTo counts the mails with a code.
func (w *World) mailsTo(address string) int {
	n := 0
	for _, m := range w.Outbox.Recent() {
		if m.To == address && mailedCode.MatchString(m.Body) {
			n++
		}
	}
	return n
}

// hide makes somebody whom nobody can find.
func (p *Person) hide(t testing.TB) *Person {
	t.Helper()
	p.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "nobody"}).Want(t, http.StatusOK)
	return p
}

// Exec changes the database past all walls, where no request can.
func (w *World) Exec(sql string, args ...any) {
	w.T.Helper()
	if _, err := w.Root.Exec(w.T.Context(), sql, args...); err != nil {
		w.T.Fatalf("%s: %v", sql, err)
	}
}
