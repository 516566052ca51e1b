package testkit

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Standing is what a viewer is to an owner, in the engines' own words.
type Standing struct {
	// Relation says it for people: self, follower, member, anonymous, blocked.
	Relation string
	// Reach is the narrowest audience that includes the viewer: 0 the owner,
	// 1 followers, 2 members, 3 anybody; Never is beyond every audience.
	Reach int
	// Shown: the owner follows the viewer, or asks to, and so shows who they are.
	Shown bool
	// Mate: the two are in a group together.
	Mate bool
	// Coach: the answer is a coach's, and holds by name what the owner grants the viewer, and of whatever else nothing.
	Coach   bool
	Granted []string
	Minor   bool
}

// Never is the reach of those whom no audience includes.
const Never = 4

// Choices are an owner's settings in the engines' own words.
type Choices struct {
	Name            string // "followers", "mixed 7": for people
	Private         bool
	Discoverability int            // 0 nobody … 3 everyone
	Audiences       map[string]int // by the field's name
}

// rule is a row of the table in docs/privacy-model.md.
type rule struct {
	subject, by, standard string
	sealed                bool
}

// table is the model as the page has it: what must come back is computed from
// there, and not from the code that answers.
var table = sync.OnceValue(func() map[string]rule {
	page, err := os.ReadFile(filepath.Join(root(), "docs", "privacy-model.md"))
	if err != nil {
		panic("testkit: the table of the privacy model: " + err.Error())
	}
	rules := map[string]rule{}
	for line := range strings.SplitSeq(string(page), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) == 7 && strings.HasPrefix(cells[1], "`") {
			rules[strings.Trim(cells[1], "`")] = rule{cells[0], cells[2], cells[3], cells[5] == "sealed"}
		}
	}
	return rules
})

// root is the folder of the module.
func root() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	panic("testkit: no go.mod above the working directory")
}

// Ruled says whether the model, or the contract's three words besides, knows a mark. A mark of some fields,
// "a+b", is of what was made from all of them.
func Ruled(mark string) bool {
	for field := range strings.SplitSeq(mark, "+") {
		if _, known := table()[field]; !known && field != "always" && field != "owner" && field != "staff" {
			return false
		}
	}
	return true
}

// Sealed says whether the model keeps the field encrypted at rest, and of some fields any of them.
func Sealed(mark string) bool {
	for field := range strings.SplitSeq(mark, "+") {
		if table()[field].sealed {
			return true
		}
	}
	return false
}

// Shows is the privacy model once more, from its text: whether the field of the
// owner, in an object whose own audience is ceiling, is for the viewer. The marks
// "always", "owner" and "staff" are the contract's: what is for staff is in answers alone that nobody
// else gets; "a+b" shows to whom both show. A mark without
// a rule shows nothing.
func (s Standing) Shows(mark string, c Choices, ceiling int) bool {
	if one, others, some := strings.Cut(mark, "+"); some {
		return s.Shows(one, c, ceiling) && s.Shows(others, c, ceiling)
	}
	if s.Reach == Never {
		return mark == "always" || mark == "staff"
	}
	reaches := func(audience int) bool {
		if c.Private && audience > 1 {
			audience = 1
		}
		return audience >= s.Reach
	}
	r := table()[mark]
	switch {
	case mark == "always", mark == "staff":
		return true
	case s.Coach && s.Reach != 0 && s.ofCoaches(mark, r):
		return s.coaches(mark, r, ceiling)
	case mark == "owner", r.by == "fixed":
		return s.Reach == 0
	case r.by == "discoverability":
		return s.Shown || c.Discoverability >= s.Reach
	case r.by == "the group":
		return s.Mate || s.Reach == 0
	case r.by == "the workout":
		return reaches(ceiling)
	case r.by == "a setting" && r.subject == "workout": // never wider than the workout
		return reaches(min(c.Audiences[mark], ceiling))
	case r.by == "a setting":
		return reaches(c.Audiences[mark])
	default:
		return s.Reach == 0 // no rule: nobody else's
	}
}

// ofCoaches says whether a coach's answer has a field by what was granted alone.
func (Standing) ofCoaches(mark string, r rule) bool {
	return r.subject == "workout" || slices.Contains([]string{"gender", "age", "height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts"}, mark)
}

// coaches says whether the owner grants it: no part of a workout without the workout, none that is for the owner alone,
// and of a minor nothing of health or place.
func (s Standing) coaches(mark string, r rule, ceiling int) bool {
	if mark == "provenance" { // goes with the workout
		mark = "workout"
	}
	health := slices.Contains([]string{"height_cm", "weight_kg", "resting_hr", "max_hr", "ftp_watts", "heart_rate", "route"}, mark)
	return slices.Contains(s.Granted, mark) && !(s.Minor && health) &&
		(r.subject != "workout" || ceiling > 0 && slices.Contains(s.Granted, "workout"))
}

var audienceNames = []string{"only_me", "followers", "members", "everyone"}

// Uniform are choices with one audience for everything that can be chosen.
func Uniform(t testing.TB, audience int, private bool) Choices {
	t.Helper()
	c := Choices{Name: audienceNames[audience], Private: private, Discoverability: audience, Audiences: map[string]int{}}
	if private {
		c.Name += ", private"
	}
	for _, name := range Audiences(t) {
		c.Audiences[name] = audience
	}
	return c
}

// Defaults are the choices of a new account, as the table gives them.
func Defaults(t testing.TB) Choices {
	t.Helper()
	c := Choices{Name: "defaults", Discoverability: 2, Audiences: map[string]int{}}
	for _, name := range Audiences(t) {
		for audience, word := range audienceNames {
			if table()[name].standard == word {
				c.Audiences[name] = audience
			}
		}
	}
	return c
}

// Mixed are choices drawn by n, another one for each field. With enough of them
// every field has met every audience beside every audience of each other field.
func Mixed(t testing.TB, n int) Choices {
	t.Helper()
	draw := uint64(n)*0x9e3779b97f4a7c15 + 1 //nolint:gosec // a small number; xorshift, so that n is all there is to say
	next := func(below uint64) int {
		draw ^= draw << 13
		draw ^= draw >> 7
		draw ^= draw << 17
		return int((draw >> 33) % below) //nolint:gosec // below is small
	}
	c := Choices{Name: fmt.Sprintf("mixed %d", n), Discoverability: next(4), Audiences: map[string]int{}, Private: next(5) == 0}
	for _, name := range Audiences(t) {
		c.Audiences[name] = next(4)
	}
	return c
}

// String says a choice for a failure's line.
func (c Choices) String() string {
	s := c.Name + " (found by " + audienceNames[c.Discoverability]
	if c.Private {
		s += ", private"
	}
	return s + ")"
}

// Patch is the body that makes an account choose so. The switch goes last where
// it is on and first where it is off, which is for the caller to order.
func (c Choices) Patch() map[string]any {
	audiences := map[string]any{}
	for name, a := range c.Audiences {
		audiences[name] = audienceNames[a]
	}
	found := audienceNames[c.Discoverability]
	if c.Discoverability == 0 {
		found = "nobody"
	}
	return map[string]any{"discoverability": found, "audiences": audiences}
}
