package testkit

import (
	"github.com/paceline/paceline/internal/privacy"
)

// Standing is what an actor is to an owner, in the engines' own words.
type Standing struct {
	Name string
	// Reach is the narrowest audience that includes the actor: 0 the owner,
	// 1 followers, 2 members, 3 anybody; Never is beyond every audience.
	Reach int
	// Shown: the owner follows the actor, or asks to, and so shows who they are.
	Shown bool
}

// Never is the reach of those whom no audience includes.
const Never = 4

// Choices are an owner's settings in the engines' own words.
type Choices struct {
	Private         bool
	Discoverability int            // 0 nobody … 3 everyone
	Audiences       map[string]int // by the field's name
}

// Shows is the privacy model once more, from its text and not from the code that
// answers: whether the field of the owner, in an object whose own audience is
// ceiling, is for the actor. The marks "always" and "owner" are the contract's.
func (s Standing) Shows(mark string, c Choices, ceiling int) bool {
	if s.Reach == Never {
		return false
	}
	reaches := func(audience int) bool {
		if c.Private && audience > 1 {
			audience = 1
		}
		return audience >= s.Reach
	}
	switch mark {
	case "always":
		return true
	case "owner", "email", "birth_date", "device":
		return s.Reach == 0
	case "id", "username":
		return s.Shown || c.Discoverability >= s.Reach
	case "workout", "effort":
		return reaches(ceiling)
	case "heart_rate", "route":
		return reaches(min(c.Audiences[mark], ceiling))
	default:
		audience, chosen := c.Audiences[mark]
		return chosen && reaches(audience)
	}
}

// Uniform are choices with one audience for everything that can be chosen.
func Uniform(audience int, private bool) Choices {
	c := Choices{Private: private, Discoverability: audience, Audiences: map[string]int{}}
	for _, r := range privacy.Model() {
		if r.Field.Widenable() {
			c.Audiences[r.Name] = audience
		}
	}
	return c
}

// Defaults are the choices of a new account, as the model's table gives them.
func Defaults() Choices {
	c := Choices{Discoverability: 2, Audiences: map[string]int{}}
	for _, r := range privacy.Model() {
		if r.Field.Widenable() {
			c.Audiences[r.Name] = int(r.Default)
		}
	}
	return c
}

var audienceNames = []string{"only_me", "followers", "members", "everyone"}

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
