package ride

import (
	"math"
	"math/rand/v2" //nolint:depguard // a ride has to be the same each time, and nothing in it is secret
)

func dice(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x7269_6465)) } //nolint:gosec // see the import

// sway is how somebody strays from what they aim at: an Ornstein-Uhlenbeck process, which strays by
// so much and comes back within so many seconds.
type sway struct {
	dice     *rand.Rand
	by, over float64
	now      float64
}

func (s *sway) next() float64 {
	stay := math.Exp(-1 / s.over)
	s.now = s.now*stay + s.by*math.Sqrt(1-stay*stay)*s.dice.NormFloat64()
	return s.now
}

// towards moves a value to its goal by a second of a first-order lag.
func towards(value, goal, lagS float64) float64 { return value + (goal-value)*(1-math.Exp(-1/lagS)) }
