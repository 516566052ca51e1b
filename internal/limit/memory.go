package limit

import (
	"hash/maphash"
	"sync"
	"time"
)

// memory remembers keys until a moment each, a bounded number of them: what it
// forgets is asked again. It holds hashes by a seed of this process.
type memory struct {
	seed maphash.Seed
	mu   sync.Mutex
	m    recent[[2]uint64, int64]
}

func newMemory(most int) *memory {
	return &memory{seed: maphash.MakeSeed(), m: newRecent[[2]uint64, int64](most)}
}

// name is what a key is remembered by: 128 bits, so that no two are mistaken.
func (r *memory) name(key []byte) [2]uint64 {
	var h maphash.Hash
	h.SetSeed(r.seed)
	_, _ = h.Write(key)
	first := h.Sum64()
	_ = h.WriteByte(1)
	return [2]uint64{first, h.Sum64()}
}

// has says whether the key is remembered at that moment.
func (r *memory) has(key []byte, now time.Time) bool {
	name := r.name(key)
	r.mu.Lock()
	defer r.mu.Unlock()
	end, there := r.m.get(name)
	return there && end > now.Unix()
}

// keep remembers a key.
func (r *memory) keep(until time.Time, key []byte) {
	name := r.name(key)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.m.set(name, until.Unix())
}
