package demo

import (
	"math"
	"slices"

	"github.com/paceline/paceline/internal/privacy"
)

// Follow says that a member follows another; both are numbers of the crowd.
type Follow struct{ Who, Whom int }

// Follows grow as networks of people do: who comes later follows somebody the likelier, the more
// followers they have already (A.-L. Barabási, R. Albert, "Emergence of scaling in random networks",
// Science 286, 1999), and some are followed back. Whoever members can't find is followed by nobody new.
func (c Crowd) Follows() []Follow {
	d := c.dice(followStream, 0)
	findable := make([]bool, c.Members)
	for i := range findable {
		findable[i] = c.Person(i).Discoverability >= privacy.FoundByMembers
	}
	var all []Follow
	var urn []int // each member once, and once more for each follower
	there := map[Follow]bool{}
	add := func(f Follow) {
		if f.Who == f.Whom || !findable[f.Whom] || there[f] {
			return
		}
		there[f] = true
		all = append(all, f)
		urn = append(urn, f.Whom)
	}
	for i := range c.Members {
		wanted := int(min(60, math.Exp(1.5+0.9*d.NormFloat64())))
		for range wanted {
			if len(urn) == 0 {
				break
			}
			whom := urn[d.IntN(len(urn))]
			add(Follow{i, whom})
			if d.Float64() < 0.3 {
				add(Follow{whom, i})
			}
		}
		if findable[i] {
			urn = append(urn, i)
		}
	}
	return slices.Clip(all)
}
