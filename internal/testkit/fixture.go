package testkit

import (
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
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
	open     bool    // nobody's, and shows to everybody: a scheduled class
	Shared   bool    // nobody's, and there for everybody
	// sight says who may know of what is of a group; nil for what is of no group.
	sight func(viewer *Person) bool
	Holds Holds // of a workout: what there is to save of it
}

func (t Target) String() string {
	switch {
	case t.open:
		return "a " + t.Kind
	case t.Shared:
		return "a " + t.Kind + " for everybody"
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
				all = append(all, Target{ID: w.ID, Of: p, Ceiling: w.Audience, Kind: "workout", Holds: w.Holds})
			}
		}
		return append(all, Target{ID: uuid.Must(uuid.NewV7()).String(), Kind: "workout"})
	},
	// For what only its owner does with a workout.
	"own_workout": func(c *Cast) (all []Target) {
		for _, p := range c.People {
			for _, w := range p.Workouts {
				all = append(all, Target{ID: w.ID, Of: p, Ceiling: w.Audience, Kind: "own_workout", hidden: true})
			}
		}
		return append(all, Target{ID: uuid.Must(uuid.NewV7()).String(), Kind: "own_workout", hidden: true})
	},
	"console": func(c *Cast) (all []Target) {
		for _, p := range c.People {
			for _, id := range p.Consoles {
				all = append(all, Target{ID: id, Of: p, Kind: "console", hidden: true})
			}
		}
		return append(all, Target{ID: uuid.NewString(), Kind: "console", hidden: true})
	},
	"session": func(c *Cast) (all []Target) {
		for _, p := range c.People {
			if p.Session != "" {
				all = append(all, Target{ID: p.Session, Of: p, Kind: "session", hidden: true})
			}
		}
		return append(all, Target{ID: uuid.NewString(), Kind: "session", hidden: true})
	},
	"zone": (*Cast).zones, "import": (*Cast).imports, "scheduled_class": (*Cast).scheduled, "calendar": (*Cast).feeds,
	// For what whoever sees a workout does below it.
	"shown_workout": func(c *Cast) (all []Target) {
		for _, p := range c.People {
			for _, w := range p.Workouts {
				all = append(all, Target{ID: w.ID, Of: p, Ceiling: w.Audience, Kind: "shown_workout"})
			}
		}
		// The owner's for followers first: below it is enough for a second page.
		slices.SortStableFunc(all, func(a, b Target) int { return (a.Ceiling+3)%4 - (b.Ceiling+3)%4 })
		return append(all, Target{ID: uuid.Must(uuid.NewV7()).String(), Kind: "shown_workout"})
	},
	"comment": (*Cast).commented, "notification": (*Cast).told,
	"group": (*Cast).groupsSeen, "group_inside": (*Cast).groupsInside, "group_led": (*Cast).groupsLed,
	"membership": (*Cast).memberships, "invite": (*Cast).invites, "athlete": (*Cast).athletes, "coached_group": (*Cast).groupsCoached,
	"challenge": (*Cast).challengesSeen, "coming_challenge": (*Cast).challengesComing,
}

// commented are comments of those whose workouts they are below.
func (c *Cast) commented() (all []Target) {
	for _, p := range c.People {
		for _, s := range p.Comments {
			all = append(all, Target{ID: s.ID, Of: p, Ceiling: s.Audience, Kind: "comment", hidden: s.Hidden})
		}
	}
	return append(all, Target{ID: uuid.NewString(), Kind: "comment"})
}

// told are everybody's notifications.
func (c *Cast) told() (all []Target) {
	for _, p := range c.People {
		for _, id := range p.Notices {
			all = append(all, Target{ID: id, Of: p, Kind: "notification", hidden: true})
		}
	}
	return append(all, Target{ID: uuid.NewString(), Kind: "notification", hidden: true})
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

// proven are the operations without a login whose requests bring a proof of a key.
var proven = map[string]bool{"authorizeConsole": true, "consoleToken": true}

// Codes that Prepare puts a new one in the place of, for each is soon used up.
const (
	consoleCode = "CONSOLE-CODE"
	rideCode    = "RIDE-CODE"
)

// fresh is a URL with new codes in it.
func (c *Cast) fresh(url string) string {
	c.T.Helper()
	if strings.Contains(url, consoleCode) {
		_, user := c.Codes(c.NewKey(), "sync")
		url = strings.Replace(url, consoleCode, user, 1)
	}
	if strings.Contains(url, rideCode) {
		codes := c.Gym.Do(http.MethodPost, "/v1/consoles/ride", nil).Want(c.T, http.StatusOK).Map(c.T)
		user, _ := codes["user_code"].(string)
		url = strings.Replace(url, rideCode, user, 1)
	}
	return url
}

// imports are those of everybody.
func (c *Cast) imports() (all []Target) {
	for _, p := range c.People {
		for _, id := range p.Imports {
			all = append(all, Target{ID: id, Of: p, Kind: "import", hidden: true})
		}
	}
	return append(all, Target{ID: uuid.Must(uuid.NewV7()).String(), Kind: "import", hidden: true})
}

// parts are path parameters that name no object, by their name.
var parts = map[string]func(c *Cast) ([]string, error){
	"factor_id":  func(c *Cast) ([]string, error) { return []string{c.FactorID, uuid.NewString()}, nil },
	"access_id":  func(c *Cast) ([]string, error) { return []string{c.AccessID, uuid.NewString()}, nil },
	"request_id": func(c *Cast) ([]string, error) { return []string{c.RequestID, uuid.NewString()}, nil },
	"handle":     func(c *Cast) ([]string, error) { return []string{c.Spare.Name, "nobody-at-all"}, nil },
	"case":       func(*Cast) ([]string, error) { return []string{caseMark}, nil },
	"sanction":   func(*Cast) ([]string, error) { return []string{sanctionMark}, nil },
	"code":       func(*Cast) ([]string, error) { return []string{consoleCode, rideCode, "BCDF-GHJK"}, nil },
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
	"turn":   func(*Cast) []string { return []string{"1"} }, // the spare member's
	"studio": func(c *Cast) []string { return []string{c.Studio} },
	"tz":     func(*Cast) []string { return []string{"Pacific/Auckland", "America/St_Johns", "UTC"} },
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
	"ConsoleModel":    func(int) any { return Model },
	"ConsoleFirmware": func(int) any { return Firmware },
	"Username":        func(n int) any { return fmt.Sprintf("made-%d", n) },
	"Email":           func(n int) any { return fmt.Sprintf("made-%d@example.test", n) },
	"NewPassword":     func(n int) any { return fmt.Sprintf("seventeen slow miles %d", n) },
}

// needs are what has to be there before a body is sent: members that fit the
// asker, or that come by mail. By the name of the body's schema. The asker may be
// nobody; the members are those of the request, and may be changed.
var needs = map[string]func(c *Cast, asker *Person, members map[string]any) map[string]any{
	"LoginRequest": func(c *Cast, asker *Person, _ map[string]any) map[string]any {
		p := c.orSpare(asker)
		c.unfactor(p)
		return map[string]any{"email": p.Email, "password": p.Password}
	},
	"VerifyRequest": func(c *Cast, _ *Person, _ map[string]any) map[string]any {
		name := fmt.Sprintf("verified-%d", c.next())
		return c.register(name, "1990-04-05")
	},
	"RefreshRequest": func(c *Cast, asker *Person, _ map[string]any) map[string]any {
		p := *c.orSpare(asker)
		c.unfactor(&p)
		c.Login(&p)
		return map[string]any{"refresh_token": p.Refresh}
	},
	"ResetPasswordRequest": func(c *Cast, asker *Person, _ map[string]any) map[string]any {
		p := c.orSpare(asker)
		c.forgetMail(p.Email)
		c.Do(http.MethodPost, "/v1/auth/password/forgot", map[string]any{"email": p.Email}).Want(c.T, http.StatusAccepted)
		return map[string]any{"email": p.Email, "code": c.Code(p.Email)}
	},
	"ChangePasswordRequest": func(c *Cast, asker *Person, _ map[string]any) map[string]any {
		return map[string]any{"current_password": c.orSpare(asker).Password}
	},
	"ConsoleRequest": func(*Cast, *Person, map[string]any) map[string]any {
		return map[string]any{"model": Model, "firmware": Firmware}
	},
	// A grant is a poll, unless it brings what only a refresh does.
	"ConsoleGrant": func(c *Cast, asker *Person, members map[string]any) map[string]any {
		if _, firmware := members["firmware"]; firmware || members["refresh_token"] != nil || members["grant_type"] == "refresh_token" {
			delete(members, "device_code")
			return map[string]any{"grant_type": "refresh_token", "refresh_token": c.Pair(c.fit(asker), "sync", c.Key).Refresh}
		}
		device, user := c.Codes(c.Key, "sync")
		c.fit(asker).Do(http.MethodPut, "/v1/me/pairings/"+user, map[string]any{}).Want(c.T, http.StatusNoContent)
		return map[string]any{"device_code": device}
	},
	// The other record of the asker's first ride.
	"WorkoutMerge": func(_ *Cast, asker *Person, _ map[string]any) map[string]any {
		if asker == nil || asker.Twin == "" {
			return nil
		}
		return map[string]any{"other": asker.Twin}
	},
	"CheckIn":    func(c *Cast, asker *Person, _ map[string]any) map[string]any { return c.checkIn(asker) },
	"Attendance": func(*Cast, *Person, map[string]any) map[string]any { return map[string]any{"turn": 1} },
	"SecondFactorCreate": func(c *Cast, asker *Person, _ map[string]any) map[string]any {
		return map[string]any{"password": c.orSpare(asker).Password}
	},
	"SecondFactorConfirm": func(c *Cast, _ *Person, _ map[string]any) map[string]any { return map[string]any{"otp": c.Otp()} },
	"SecondFactorProof": func(c *Cast, asker *Person, _ map[string]any) map[string]any {
		c.factor(c.orSpare(asker), true)
		return map[string]any{"otp": c.Otp()}
	},
	"RoleRevocation": func(c *Cast, _ *Person, _ map[string]any) map[string]any {
		return map[string]any{"member_id": c.Actor("support").Person.ID, "role": "support"}
	},
	"RoleRequestCreate": func(c *Cast, _ *Person, _ map[string]any) map[string]any {
		return map[string]any{"member_id": c.Spare.ID}
	},
	"AccessGrantCreate": func(c *Cast, _ *Person, members map[string]any) map[string]any {
		if fields, _ := members["fields"].([]any); len(fields) > 1 {
			return map[string]any{"member_id": c.Spare.ID, "fields": []any{"email", "username"}}
		}
		return map[string]any{"member_id": c.Spare.ID}
	},
	"GroupInviteAccept": func(c *Cast, _ *Person, _ map[string]any) map[string]any {
		made := c.Owner.Do(http.MethodPost, "/v1/groups/"+c.Crews[0].ID+"/invites", map[string]any{"most": 1, "days": 1}).Want(c.T, http.StatusCreated)
		return map[string]any{"code": made.Map(c.T)["code"]}
	},
	"ChallengeCreate": (*Cast).goalAhead, "ChallengePatch": (*Cast).goalAhead,
	"GroupOffer": func(c *Cast, _ *Person, _ map[string]any) map[string]any {
		return map[string]any{"membership_id": c.Crews[0].Memberships["mutual"]}
	},
	"ReportCreate":     (*Cast).reportable,
	"CaseDecision":     (*Cast).decidedAs,
	"SuspensionAppeal": func(c *Cast, _ *Person, _ map[string]any) map[string]any { return c.suspended() },
	"DeleteAccountRequest": func(c *Cast, asker *Person, _ map[string]any) map[string]any {
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
