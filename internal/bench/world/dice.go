package world

// dice are numbers that look random and are the same for the same seed: splitmix64 (Steele, Lea,
// Flood, "Fast splittable pseudorandom number generators", 2014). Nothing that has to stay secret
// is made of them, but the tokens of members that don't exist.
type dice uint64

// The streams keep what is made of the same index apart.
const (
	streamMember = iota + 1
	streamFollow
	streamWorkout
	streamPick
)

// roll starts a stream for the index-th thing.
func roll(seed uint64, stream, index int) dice {
	d := dice(seed ^ uint64(stream)*0x9e3779b97f4a7c15)   //nolint:gosec // streams and indexes are not negative
	d = dice(d.next() + uint64(index)*0xd1342543de82ef95) //nolint:gosec // as above
	d.next()
	return d
}

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() >> 33 * uint64(n) >> 31) } //nolint:gosec // n is below 2³¹

// share gives 0 up to 1.
func (d *dice) share() float64 { return float64(d.next()>>11) / (1 << 53) }

// chance is true for that share of throws.
func (d *dice) chance(p float64) bool { return d.share() < p }

// between gives a number from low up to high.
func (d *dice) between(low, high float64) float64 { return low + (high-low)*d.share() }
