package testkit

import (
	"net/http"
	"time"

	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// Cast is a world with an owner who has a value for every field, and with
// everybody who can stand in some relation to them.
type Cast struct {
	*World
	Owner    *Person
	Actors   []Actor
	Workouts [4]string // the owner's workouts, one for each audience
	Choices  Choices
}

// Actor is somebody who asks about the owner.
type Actor struct {
	Standing
	Person *Person // nil is anonymous
}

// Client is how the actor asks.
func (c *Cast) Client(a Actor) *Client {
	if a.Person == nil {
		return c.As("")
	}
	return a.Person.Client
}

// Values of the owner that appear nowhere else, by the field they stand under.
var Markers = map[string]string{
	"display_name": "Markerella Namesake",
	"bio":          "bio-marker-8841",
	"location":     "Markerville",
	"email":        "owner@example.test",
	"birth_date":   "1984-02-29",
	"device":       "note-marker-2290",
	"weight_kg":    "71.375",
	"height_cm":    "183.625",
}

// Assemble makes the cast and lets the owner choose.
func Assemble(w *World, choices Choices) *Cast {
	w.T.Helper()
	c := &Cast{World: w, Choices: choices}
	c.Owner = w.JoinBorn("owner", Markers["birth_date"])
	everybody := Choices{Discoverability: 3, Audiences: Defaults().Audiences}
	w.Choose(c.Owner, everybody)
	join := func(name string, reach int, shown bool) *Person {
		p := w.Join(name)
		w.Choose(p, everybody)
		c.Actors = append(c.Actors, Actor{Standing{name, reach, shown}, p})
		return p
	}
	c.Actors = append(c.Actors, Actor{Standing{Name: "anonymous", Reach: 3}, nil})
	join("stranger", 2, false)
	w.Ask(join("pending", 2, false), c.Owner)
	follower := join("follower", 1, false)
	w.Follow(follower, c.Owner)
	gone := join("exfollower", 2, false)
	w.Follow(gone, c.Owner)
	c.Owner.Do(http.MethodDelete, "/v1/me/followers/"+gone.ID, nil).Want(w.T, http.StatusNoContent)
	mutual := join("mutual", 1, true)
	w.Follow(mutual, c.Owner)
	w.Follow(c.Owner, mutual)
	w.Follow(c.Owner, join("followed", 2, true))
	w.Ask(c.Owner, join("askedfor", 2, true))
	blocked := join("blocked", Never, false)
	w.Follow(blocked, c.Owner)
	w.Block(c.Owner, blocked)
	blocker := join("blocker", Never, false)
	w.Follow(blocker, c.Owner)
	w.Block(blocker, c.Owner)
	minor := w.JoinBorn("minor", "2012-01-01")
	c.Actors = append(c.Actors, Actor{Standing{Name: "minor", Reach: 2}, minor})
	c.Actors = append(c.Actors, Actor{Standing{Name: "owner"}, c.Owner})
	c.populate()
	w.Choose(c.Owner, choices)
	return c
}

// populate gives the owner a value for every field and a recording for every audience.
func (c *Cast) populate() {
	t := c.T
	t.Helper()
	c.Owner.Do(http.MethodPatch, "/v1/me/profile", map[string]any{
		"display_name": Markers["display_name"], "bio": Markers["bio"],
		"location": map[string]any{"city": Markers["location"], "country": "CH"}, "gender": "nonbinary",
		"height_cm": 183.625, "weight_kg": 71.375, "resting_hr": 47, "max_hr": 191, "ftp_watts": 287,
	}).Want(t, http.StatusOK)
	c.Owner.Do(http.MethodPut, "/v1/me/avatar", Picture(t), "Content-Type", "image/png").Want(t, http.StatusNoContent)
	for audience := range c.Workouts {
		file := recordingtest.RideFIT(recordingtest.Options{
			Start: c.Clock.Now().Add(-time.Duration(audience+1) * 24 * time.Hour), Seconds: 120, Laps: 2,
			Serial: 77001122, Seed: uint64(audience),
		})
		made := c.Owner.Upload("/v1/workouts/import", "ride.fit", file).Want(t, http.StatusCreated)
		items, _ := made.Map(t)["items"].([]any)
		first, _ := items[0].(map[string]any)
		c.Workouts[audience], _ = first["id"].(string)
		c.Owner.Do(http.MethodPatch, "/v1/workouts/"+c.Workouts[audience], map[string]any{
			"audience": audienceNames[audience], "title": "title", "notes": Markers["device"], "calories_kcal": 90,
		}).Want(t, http.StatusOK)
	}
}
