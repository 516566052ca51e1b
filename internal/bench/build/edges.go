package build

import "github.com/paceline/paceline/internal/privacy"

// pair is one side of an edge.
type pair struct {
	member, other uint32
	bits          privacy.Edge
}

// pairs are both sides of all edges, in an order that means nothing, as time would leave them.
func (b *builder) pairs() []pair {
	w := b.world
	out := make([]pair, 0, 2*w.FollowCount()+2*w.Members/100)
	both := func(i, j int, mine, theirs privacy.Edge) {
		out = append(out, pair{uint32(i), uint32(j), mine}, pair{uint32(j), uint32(i), theirs}) //nolint:gosec // members are below 2³¹
	}
	for i := range w.Members {
		for _, f := range w.Following(i) {
			other := int(f)
			switch mutual := w.IsFollowing(other, i); {
			case !mutual:
				both(i, other, privacy.EdgeFollows, privacy.EdgeFollower)
			case i < other:
				both(i, other, privacy.EdgeFollows|privacy.EdgeFollower, privacy.EdgeFollows|privacy.EdgeFollower)
			}
		}
		if other := w.Blocks(i); other >= 0 && (w.Blocks(other) != i || i < other) {
			mine, theirs := privacy.EdgeBlocks, privacy.EdgeBlocked
			if w.Blocks(other) == i {
				mine, theirs = mine|theirs, mine|theirs
			}
			both(i, other, mine, theirs)
		}
	}
	shuffle(out)
	return out
}

// shuffle is Fisher and Yates's, with a fixed generator (Knuth's MMIX) for dice.
func shuffle(list []pair) {
	state := uint64(1)
	for i := len(list) - 1; i > 0; i-- {
		state = state*6364136223846793005 + 1442695040888963407
		j := int(state >> 33 * uint64(i+1) >> 31)
		list[i], list[j] = list[j], list[i]
	}
}

func (b *builder) edges() fill {
	w, all := b.world, b.pairs()
	return fill{"public.edge", "member_id, other_id, bits, changed_at", len(all), func(r *row, i int) error {
		r.begin(4)
		r.id(w.MemberID(int(all[i].member)))
		r.id(w.MemberID(int(all[i].other)))
		r.small(int(all[i].bits))
		r.time(w.Base)
		return nil
	}}
}
