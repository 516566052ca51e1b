package limit

import (
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
)

// Sessions is how many sessions are counted.
func Sessions(l *Limiter) int { return l.sessions.size() }

// Sizes are how many keys are held of each kind.
func Sizes(l *Limiter) []int {
	return []int{l.addresses.size(), l.networks.size(), l.sessions.size(), l.charged.size(), l.stopped.size()}
}

// MaxCounters bounds each kind of counters.
const MaxCounters = maxCounters

func (t *table[K]) size() (n int) {
	for i := range t.shards {
		t.shards[i].Lock()
		n += t.shards[i].counters.size()
		t.shards[i].Unlock()
	}
	return n
}

func (r *memory) size() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.m.size()
}

// Remember has a pair remembered as charged, and the reader as stopped.
func Remember(l *Limiter, c db.Caller, subject uuid.UUID) {
	l.charged.keep(c.At().Add(chargedFor), append(c.TokenHash(), subject[:]...))
	l.stopped.keep(c.At().Add(stoppedFor), c.TokenHash())
}
