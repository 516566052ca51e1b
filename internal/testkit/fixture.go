package testkit

import (
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/web"
)

// The tables of this file are all that the generator knows besides the contract:
// what no schema can say. A new kind of object, a new content type, a new value
// that has to exist goes here, once, and every engine has it.

// Target is something that a path can name.
type Target struct {
	ID, Name string  // Name is empty where there is none
	Of       *Person // whose it is; nil for what nobody has
	Ceiling  int     // the audience of its own; 3 where it has none
	Kind     string  // the x-access.object
	hidden   bool    // its owner's alone: a session
}

func (t Target) String() string {
	switch {
	case t.Of == nil:
		return "a " + t.Kind + " that never was"
	case t.Kind == "member":
		return "the member " + t.Of.Name
	default:
		return fmt.Sprintf("a %s of %s (audience %s)", t.Kind, t.Of.Name, audienceNames[t.Ceiling])
	}
}

// objects are the things that a path can name, by x-access.object. What never
// was comes last.
var objects = map[string]func(c *Cast) []Target{
	"none": nil,
	"self": nil,
	"member": func(c *Cast) (all []Target) {
		for _, p := range c.People {
			all = append(all, Target{ID: p.ID, Name: p.Name, Of: p, Ceiling: 3, Kind: "member"})
		}
		return append(all, Target{ID: uuid.NewString(), Name: "nobody-at-all", Ceiling: 3, Kind: "member"})
	},
	"workout": func(c *Cast) (all []Target) {
		for _, p := range c.People {
			for _, w := range p.Workouts {
				all = append(all, Target{ID: w.ID, Of: p, Ceiling: w.Audience, Kind: "workout"})
			}
		}
		return append(all, Target{ID: uuid.Must(uuid.NewV7()).String(), Kind: "workout"})
	},
	"session": func(c *Cast) (all []Target) {
		for _, p := range c.People {
			if p.Session != "" {
				all = append(all, Target{ID: p.Session, Of: p, Kind: "session", hidden: true})
			}
		}
		return append(all, Target{ID: uuid.NewString(), Kind: "session", hidden: true})
	},
	"zone": (*Cast).zones,
}

// zones are the privacy zones of those who have one.
func (c *Cast) zones() (all []Target) {
	for _, p := range c.People {
		if p.Zone != "" {
			all = append(all, Target{ID: p.Zone, Of: p, Kind: "zone", hidden: true})
		}
	}
	return append(all, Target{ID: uuid.NewString(), Kind: "zone", hidden: true})
}

// parts are path parameters that name no object, by their name.
var parts = map[string]func(c *Cast) ([]string, error){
	"name": func(*Cast) ([]string, error) {
		files, err := fs.ReadDir(web.Dist, "dist/assets")
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("the web pages are not built; run make build (%w)", err)
		}
		names := []string{"nothing.js"}
		for _, f := range files {
			names = append([]string{f.Name()}, names...)
		}
		return names, nil
	},
}

// queries are query parameters that find only what is there, by the name of
// their schema or else their own.
var queries = map[string]func(c *Cast) []string{
	"MemberRefValue": func(c *Cast) (all []string) {
		for _, p := range c.People {
			all = append(all, p.Name)
		}
		return append(all, c.Owner.ID, "nobody-at-all")
	},
	"q": func(c *Cast) []string {
		all := []string{"display", c.Owner.Name[:3], "nobody-at-all", "%%%", "___"}
		for _, p := range c.Subjects {
			all = append(all, p.Name, p.Values["display_name"][:5])
		}
		return all
	},
}

// later are parameters that only an earlier answer gives: Cast.All follows them.
var later = map[string]string{"cursor": "next_cursor"}

// forms are texts of a form that their schema doesn't tell, or that have to be
// new each time, by the name of the schema.
var forms = map[string]func(n int) any{
	"Username":    func(n int) any { return fmt.Sprintf("made-%d", n) },
	"Email":       func(n int) any { return fmt.Sprintf("made-%d@example.test", n) },
	"NewPassword": func(n int) any { return fmt.Sprintf("seventeen slow miles %d", n) },
}

// needs are what has to be there before a body is sent: members that fit the
// asker, or that come by mail. By the name of the body's schema. The asker may be
// nobody.
var needs = map[string]func(c *Cast, asker *Person) map[string]any{
	"LoginRequest": func(c *Cast, asker *Person) map[string]any {
		p := c.orSpare(asker)
		return map[string]any{"email": p.Email, "password": p.Password}
	},
	"VerifyRequest": func(c *Cast, _ *Person) map[string]any {
		name := fmt.Sprintf("verified-%d", c.next())
		return c.register(name, "1990-04-05")
	},
	"RefreshRequest": func(c *Cast, asker *Person) map[string]any {
		p := *c.orSpare(asker)
		c.Login(&p)
		return map[string]any{"refresh_token": p.Refresh}
	},
	"ResetPasswordRequest": func(c *Cast, asker *Person) map[string]any {
		p := c.orSpare(asker)
		c.forgetMail(p.Email)
		c.Do(http.MethodPost, "/v1/auth/password/forgot", map[string]any{"email": p.Email}).Want(c.T, http.StatusAccepted)
		return map[string]any{"email": p.Email, "code": c.Code(p.Email)}
	},
	"ChangePasswordRequest": func(c *Cast, asker *Person) map[string]any {
		return map[string]any{"current_password": c.orSpare(asker).Password}
	},
	"DeleteAccountRequest": func(c *Cast, asker *Person) map[string]any {
		return map[string]any{"password": c.orSpare(asker).Password}
	},
}

// files are bodies that are no text, by their content type; each n is another one.
var files = map[string]func(c *Cast, n int) [][]byte{
	"image/png":  func(c *Cast, _ int) [][]byte { return [][]byte{Picture(c.T)} },
	"image/jpeg": func(c *Cast, _ int) [][]byte { return [][]byte{Photo(c.T)} },
	// The file in a form: a recording.
	"application/octet-stream": func(c *Cast, n int) [][]byte {
		o := recordingtest.Options{Start: c.Clock.Now().Add(-time.Duration(n) * 26 * time.Hour), Seconds: 20, Seed: uint64(n)}
		return [][]byte{recordingtest.RideFIT(o), recordingtest.RideTCX(o), recordingtest.RideGPX(o)}
	},
}
