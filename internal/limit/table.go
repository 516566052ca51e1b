package limit

import (
	"hash/maphash"
	"sync"
)

const (
	shards = 64
	// Of each kind of key at most so many are counted at a time; each takes some 70 bytes.
	maxCounters = 1 << 16
	perShard    = maxCounters / shards
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
	m map[entry[K]]counter
	_ [48]byte // a cache line each
}

// makeRoom forgets what is over, else a sixteenth of all, whose next requests begin
// new counts: that takes tens of thousands of networks or sessions in two minutes.
func (s *shard[K]) makeRoom(slot int64) {
	for e, c := range s.m {
		if c.slot < slot-1 {
			delete(s.m, e)
		}
	}
	for e := range s.m {
		if len(s.m) <= perShard-perShard/16 {
			return
		}
		delete(s.m, e)
	}
}

type entry[K comparable] struct {
	key   K
	class Class
}

func newTable[K comparable]() *table[K] {
	t := &table[K]{seed: maphash.MakeSeed()}
	for i := range t.shards {
		t.shards[i].m = map[entry[K]]counter{}
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
	c, known := s.m[e]
	c.at(slot)
	left = quota - c.used(second) - 1
	if left < 0 {
		return left
	}
	if !known && len(s.m) >= perShard {
		s.makeRoom(slot)
	}
	c.delta++
	s.m[e] = c
	return left
}

// left is what add would give, without counting.
func (t *table[K]) left(key K, class Class, slot, second int64, quota int) int {
	e := entry[K]{key, class}
	s := &t.shards[t.shard(e)]
	s.Lock()
	defer s.Unlock()
	c, known := s.m[e]
	if !known {
		return quota - 1
	}
	c.at(slot)
	return quota - c.used(second) - 1
}
