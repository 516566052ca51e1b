package limit

import (
	"hash/maphash"
	"sync"
)

const (
	shards = 64
	// Of each kind of key at most so many are counted at a time; each takes some 80 bytes.
	// It takes tens of thousands of others in two minutes for a count to begin anew too early.
	maxCounters = 7 << 13
)

// counter counts one key in one minute, as far as this replica knows.
type counter struct {
	slot  int64  // the minute
	prev  uint32 // in the minute before, all replicas together
	base  uint32 // in this minute, all replicas together, at the last exchange
	delta uint32 // counted here and not yet exchanged
	late  uint32 // counted here in the minute before and not yet exchanged
}

// at turns the counter to a minute. It never turns back: requests keep the moment
// at which they came, and overtake one another.
func (c *counter) at(slot int64) {
	switch {
	case slot <= c.slot:
	case slot == c.slot+1:
		*c = counter{slot: slot, prev: c.base + c.delta, late: c.delta}
	default:
		*c = counter{slot: slot}
	}
}

// used is how much was used in the 60 seconds before a second of the minute: the
// minute before counts for the part of it that those reach back to.
func (c *counter) used(second int64) int {
	return int(c.base) + int(c.delta) + int(int64(c.prev)*(60-second)/60)
}

// table counts many keys. Neighbours rarely wait for each other.
type table[K comparable] struct {
	seed   maphash.Seed
	shards [shards]shard[K]
}

type shard[K comparable] struct {
	sync.Mutex
	counters recent[entry[K], counter]
	turned   int64    // the minute in which what had not been used for two was last forgotten
	_        [24]byte // a cache line each
}

// forget drops the counters of minutes that are over.
func (s *shard[K]) forget(slot int64) {
	if slot > s.turned+1 {
		s.counters.turn()
		s.turned = slot
	}
}

type entry[K comparable] struct {
	key   K
	class Class
}

func newTable[K comparable]() *table[K] {
	t := &table[K]{seed: maphash.MakeSeed()}
	for i := range t.shards {
		t.shards[i].counters = newRecent[entry[K], counter](maxCounters / shards)
	}
	return t
}

func (t *table[K]) shard(e entry[K]) uint64 { return maphash.Comparable(t.seed, e) % shards }

// add counts one request of a key, unless its quota is used up; then it counts
// nothing. It gives how much is left, below zero for a refusal.
func (t *table[K]) add(key K, class Class, slot, second int64, quota int) (left int) {
	e := entry[K]{key, class}
	s := &t.shards[t.shard(e)]
	s.Lock()
	defer s.Unlock()
	c, _ := s.counters.get(e)
	c.at(slot)
	left = quota - c.used(second) - 1
	if left < 0 {
		return left
	}
	c.delta++
	s.counters.set(e, c)
	return left
}

// left is what add would give, without counting.
func (t *table[K]) left(key K, class Class, slot, second int64, quota int) int {
	e := entry[K]{key, class}
	s := &t.shards[t.shard(e)]
	s.Lock()
	defer s.Unlock()
	c, _ := s.counters.get(e)
	c.at(slot)
	return quota - c.used(second) - 1
}
