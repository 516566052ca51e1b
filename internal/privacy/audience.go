package privacy

import "fmt"

// Audience is who may see a value, ordered from the owner alone to everybody.
// The numbers are stored; they never change their meaning.
type Audience uint8

const (
	OnlyMe Audience = iota
	Followers
	Members
	Everyone
)

var audienceNames = [...]string{"only_me", "followers", "members", "everyone"}

// String is the audience's name in the API. An unknown value reads as the
// narrowest audience, which is also how it acts.
func (a Audience) String() string {
	if int(a) >= len(audienceNames) {
		return audienceNames[OnlyMe]
	}
	return audienceNames[a]
}

// ParseAudience reads an audience's API name.
func ParseAudience(name string) (Audience, error) {
	for i, n := range audienceNames {
		if n == name {
			return Audience(i), nil
		}
	}
	return OnlyMe, fmt.Errorf("privacy: no such audience")
}

// Discoverability is who can find an account by search or handle at all. It is
// an audience with a name of its own for its narrowest step: "nobody".
type Discoverability Audience

const (
	FoundByNobody    = Discoverability(OnlyMe)
	FoundByFollowers = Discoverability(Followers)
	FoundByMembers   = Discoverability(Members)
	FoundByEveryone  = Discoverability(Everyone)
)

// String is the discoverability's name in the API.
func (d Discoverability) String() string {
	if Audience(d) == OnlyMe || int(d) >= len(audienceNames) {
		return "nobody"
	}
	return Audience(d).String()
}

// ParseDiscoverability reads a discoverability's API name.
func ParseDiscoverability(name string) (Discoverability, error) {
	if name == "nobody" {
		return FoundByNobody, nil
	}
	a, err := ParseAudience(name)
	if err != nil || a == OnlyMe {
		return FoundByNobody, fmt.Errorf("privacy: no such discoverability")
	}
	return Discoverability(a), nil
}

// reaches says whether a value with this audience is for somebody who stands
// in relation r to its owner.
func (a Audience) reaches(r Relation) bool {
	switch r {
	case RelationSelf:
		return true
	case RelationFollower:
		return a >= Followers && a <= Everyone
	case RelationMember:
		return a >= Members && a <= Everyone
	case RelationAnonymous:
		return a == Everyone
	case RelationNone, RelationBlocked:
		return false
	}
	return false
}
