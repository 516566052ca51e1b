// Package demo is a small world for a local run: five members whose relations
// show every side of the privacy model, and some more so that lists have pages.
// It goes in through the front door, by the same requests that an app would make.
//
//	ada   a private account; heart rate and place only for herself
//	ben   follows ada
//	cleo  a stranger to ada
//	dan   blocked by ada
//	eve   shows everything to everyone
//	tess  staff: makes the classes
//
// Each is NAME@demo.test with the password demo-password-NAME. Production has
// none of it: only the local run imports this package. tess has another one, and a second factor, whose
// secret is drawn for each world and kept in a file of the data folder.
package demo

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/ride"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// Accounts makes accounts without a mail, and keeps the registry of consoles.
type Accounts interface {
	Create(ctx context.Context, at time.Time, r account.Registration, demo bool) (uuid.UUID, error)
	CreateAdmin(ctx context.Context, at time.Time, r account.Registration) (uuid.UUID, error)
	PutModel(ctx context.Context, at time.Time, model, name string, qr bool) error
	PutFirmware(ctx context.Context, at time.Time, model, version string) error
}

// The one console that can be paired in the demo world.
const (
	Model    = "demo-rower"
	Firmware = "1.0.0"
)

// Password is a demo member's.
func Password(name string) string { return "demo-password-" + name }

// Email is a demo member's.
func Email(name string) string { return name + "@demo.test" }

// SampleRide is a recording that the world doesn't hold yet, to import by hand:
// 45 minutes of cycling with heart rate, power, cadence, speed and place.
func SampleRide(now time.Time) []byte {
	rider := ride.Rider{MassKG: 59, FTPWatts: 242, RestingHR: 48, MaxHR: 187}
	track := rider.Road(ride.NewCourse(4711, 11_000, 140, 47, 8), steady(45*60), 4711)
	return file(track, recordingtest.Options{
		Start: now.UTC().Truncate(24 * time.Hour).Add(-2 * time.Hour), Laps: 3, Title: "Evening loop", Serial: 90210,
	})
}

// last is the account whose profile everybody can read once all members and their rides are loaded.
const last = "zoe"

// Load makes the world, if it isn't there: whole, or what a load that was cut
// off left to do, since each step may be done twice. A world of a program that knew no
// classes gets them. Progress is told step by step, with a share from 0 to 1.
func Load(ctx context.Context, handler http.Handler, accounts Accounts, factorFile string, clock func() time.Time, progress func(share float64, what string)) error {
	now := clock()
	if err := accounts.PutModel(ctx, now, Model, "Demo Rower", true); err != nil {
		return fmt.Errorf("demo world: %w", err)
	}
	if err := accounts.PutFirmware(ctx, now, Model, Firmware); err != nil {
		return fmt.Errorf("demo world: %w", err)
	}
	l := &loader{client: client{handler: handler}, accounts: accounts, factorFile: factorFile, clock: clock, now: now, people: map[string]*person{}}
	if l.has(ctx, lastOfStudio) {
		return nil
	}
	steps := l.studio()
	if !l.has(ctx, last) {
		steps = append(l.steps(), steps...)
	}
	for i, step := range steps {
		progress(float64(i)/float64(len(steps)), step.what)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("demo world: %s: %w", step.what, err)
		}
	}
	progress(1, "done")
	return nil
}

// has says whether everybody finds a member.
func (l *loader) has(ctx context.Context, name string) bool {
	found, err := l.do(ctx, http.MethodGet, "/v1/members/"+name, nil)
	return err == nil && found.status == http.StatusOK
}

type loader struct {
	client
	accounts   Accounts
	factorFile string
	clock      func() time.Time // a code is good for a minute, and a load may take longer
	now        time.Time
	people     map[string]*person
	keeper     client
	taught     []string // the ids of the classes
}

type person struct {
	client
	id   string
	rode string // the workout of a class
}

type step struct {
	what string
	do   func(ctx context.Context) error
}

func (l *loader) steps() []step {
	var all []step
	for _, name := range names() {
		all = append(all, step{"member " + name, func(ctx context.Context) error { return l.join(ctx, name) }})
	}
	for _, name := range names() {
		all = append(all, step{"profile of " + name, func(ctx context.Context) error { return l.settle(ctx, name) }})
	}
	for _, f := range follows() {
		all = append(all, step{f[0] + " follows " + f[1], func(ctx context.Context) error { return l.follow(ctx, f[0], f[1]) }})
	}
	all = append(all, step{"ada blocks dan", func(ctx context.Context) error {
		return l.people["ada"].want(ctx, http.MethodPut, "/v1/me/blocks/"+l.people["dan"].id, nil, http.StatusNoContent, http.StatusNotFound)
	}})
	for _, name := range names() {
		for n := range rides(name) {
			all = append(all, step{"rides of " + name, func(ctx context.Context) error { return l.ride(ctx, name, n) }})
		}
	}
	return append(all, step{"the last account", func(ctx context.Context) error {
		return l.end(ctx, last)
	}})
}

// end makes an account that everybody finds.
func (l *loader) end(ctx context.Context, name string) error {
	if err := l.join(ctx, name); err != nil {
		return err
	}
	return l.people[name].patch(ctx, "/v1/me/privacy", map[string]any{"discoverability": "everyone"})
}

// join makes an account, or finds the one that is there, and signs in.
func (l *loader) join(ctx context.Context, name string) error {
	born := time.Date(1970+int(seed(name)%30), time.Month(1+seed(name)%12), int(1+seed(name)%28), 0, 0, 0, 0, time.UTC)
	_, err := l.accounts.Create(ctx, l.now, account.Registration{
		Email: Email(name), Password: Password(name), Username: name, DisplayName: profiles[name].display(name), BirthDate: born,
	}, true)
	if err != nil && !errors.Is(err, fault.Conflict("email_taken", "")) {
		return err
	}
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	err = l.read(ctx, http.MethodPost, "/v1/auth/login", map[string]any{"email": Email(name), "password": Password(name)}, &tokens)
	if err != nil {
		return err
	}
	p := &person{client: client{handler: l.handler, token: tokens.AccessToken}}
	var me struct {
		ID string `json:"id"`
	}
	if err := p.read(ctx, http.MethodGet, "/v1/me", nil, &me); err != nil {
		return err
	}
	p.id = me.ID
	l.people[name] = p
	return nil
}

func (l *loader) settle(ctx context.Context, name string) error {
	p, about := l.people[name], profiles[name]
	if about.fields == nil {
		about.fields = map[string]any{"bio": "I ride, therefore I am."}
	}
	if err := p.patch(ctx, "/v1/me/profile", about.fields); err != nil {
		return err
	}
	if about.privacy == nil {
		return nil
	}
	return p.patch(ctx, "/v1/me/privacy", about.privacy)
}

func (l *loader) follow(ctx context.Context, who, whom string) error {
	err := l.people[who].want(ctx, http.MethodPut, "/v1/me/following/"+l.people[whom].id, nil, http.StatusOK)
	if err != nil {
		return err
	}
	return l.people[whom].want(ctx, http.MethodPut, "/v1/me/followers/"+l.people[who].id, nil, http.StatusNoContent, http.StatusNotFound)
}

// ride imports the n-th recording of a member and gives it a title: every other
// day, outdoors and indoors in turn. The same day gives the same bytes.
func (l *loader) ride(ctx context.Context, name string, n int) error {
	s := seed(name)
	day := l.now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -2*n-1)
	o := recordingtest.Options{Start: day.Add(time.Duration(6+s%12) * time.Hour), Laps: 2 + n%3, Serial: uint32(s), Indoor: n%3 == 2} //nolint:gosec // any number will do
	seconds, from := 1800+int(s%4)*600+n*60, s+uint64(n)                                                                              //nolint:gosec // small
	rider := riderOf(name)
	track := rider.Bike(steady(seconds), from)
	if !o.Indoor {
		home := ride.NewCourse(s+uint64(n%2), 9_000+float64(s%5)*1_000, 60+float64(s%100), 46.9+float64(s%50)/100, 7.4+float64(s%70)/100) //nolint:gosec // small
		track = rider.Road(home, steady(seconds), from)
	}
	_, err := l.keep(ctx, name, titles[(int(s)+n)%len(titles)], track, o) //nolint:gosec // seeds are small
	return err
}

// keep imports a recording, gives it a title, and gives its id.
func (l *loader) keep(ctx context.Context, name, title string, track ride.Track, o recordingtest.Options) (id string, err error) {
	var made struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	p := l.people[name]
	err = p.upload(ctx, "/v1/workouts/import", "ride.fit", file(track, o), &made, http.StatusCreated, http.StatusOK)
	if err != nil {
		return "", err
	}
	if len(made.Items) != 1 {
		return "", fmt.Errorf("the ride became %d workouts", len(made.Items))
	}
	return made.Items[0].ID, p.patch(ctx, "/v1/workouts/"+made.Items[0].ID, map[string]any{"title": title})
}

func seed(name string) uint64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return uint64(h.Sum32() % 10007)
}
