package privacy

// Relation is what the viewer is to the owner. The zero value is no relation
// at all and reaches nothing, not even what is for everyone.
type Relation uint8

const (
	RelationNone Relation = iota
	RelationBlocked
	RelationAnonymous
	RelationMember
	RelationFollower
	RelationSelf
)

var relationNames = [...]string{"none", "blocked", "anonymous", "member", "follower", "self"}

// String is the relation's name in the privacy model.
func (r Relation) String() string {
	if int(r) >= len(relationNames) {
		return relationNames[RelationNone]
	}
	return relationNames[r]
}

// Edge is the stored bits between an owner and one other member, as they lie
// with the owner. Each pair has two edges, one with either side, that mirror
// one another; a decision about an owner's data reads the owner's edge only.
type Edge uint8

const (
	// EdgeFollower: the other follows the owner and the owner approved it.
	EdgeFollower Edge = 1 << iota
	// EdgeAsked: the other asks to follow the owner.
	EdgeAsked
	// EdgeBlocks: the owner blocked the other.
	EdgeBlocks
	// EdgeBlocked: the other blocked the owner.
	EdgeBlocked
	// EdgeFollows: the owner follows the other.
	EdgeFollows
	// EdgeAsks: the owner asks to follow the other.
	EdgeAsks
)

// Has says whether any of the bits is set.
func (e Edge) Has(bits Edge) bool { return e&bits != 0 }

// relate names the relation of a viewer to an owner. A block, by either side,
// beats everything but self.
func relate(v Viewer, s Subject) Relation {
	switch {
	case v.actor == ActorNobody:
		return RelationNone
	case v.actor == ActorAnonymous:
		return RelationAnonymous
	case v.member == s.Owner:
		return RelationSelf
	case s.Edge.Has(EdgeBlocks | EdgeBlocked):
		return RelationBlocked
	case s.Edge.Has(EdgeFollower):
		return RelationFollower
	default:
		return RelationMember
	}
}
