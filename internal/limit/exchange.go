package limit

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/limit/query"
)

// exchangeEvery bounds by how much replicas together answer more than one may.
const exchangeEvery = time.Second

// Run exchanges counts with the other replicas until ctx ends.
func (l *Limiter) Run(ctx context.Context) {
	ticker := time.NewTicker(exchangeEvery)
	defer ticker.Stop()
	healthy := true
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		deadline, cancel := context.WithTimeout(ctx, 5*exchangeEvery)
		err := l.Exchange(deadline)
		cancel()
		if err != nil && healthy && ctx.Err() == nil { // once, not once a second
			l.Observe.Fail(ctx, "counts can not be exchanged; each replica limits alone", err)
		}
		healthy = err == nil
	}
}

// told is what one exchange says of a counter.
type told[K comparable] struct {
	entry entry[K]
	slot  int64
	count uint32
	key   []byte // in the database; nil where there is none to tell of
}

// Exchange tells what was counted here since the last time and hears what all
// replicas counted, in one statement, and one before it to learn whose tokens
// were used. When it fails, nothing is forgotten.
func (l *Limiter) Exchange(ctx context.Context) error {
	secret, err := l.keyed()
	if err != nil {
		return err
	}
	slot, _ := minute(l.Now())
	times := func(n int) func(Class) int { return func(c Class) int { return n * l.Rules.quota(c) } }
	addresses, networks, sessions := l.addresses.pending(slot, times(addressTimes)), l.networks.pending(slot, times(networkTimes)), l.sessions.pending(slot, times(1))
	for kind, all := range map[string][]told[[16]byte]{"address": addresses, "network": networks} {
		for i, one := range all {
			all[i].key = hash(secret, kind, []byte{byte(one.entry.class)}, one.entry.key[:])
		}
	}
	if err := l.findMembers(ctx, secret, sessions); err != nil {
		return err
	}
	sums := newSums()
	collect(sums, addresses)
	collect(sums, networks)
	collect(sums, sessions)
	if len(sums.keys) == 0 {
		return nil
	}
	row, err := l.queries().Add(ctx, query.AddParams{Keys: sums.keys, Slots: sums.slots, Counts: sums.counts})
	if err != nil {
		return err
	}
	settle(l.addresses, sums, row, addresses)
	settle(l.networks, sums, row, networks)
	settle(l.sessions, sums, row, sessions)
	return nil
}

// findMembers makes a member's sessions count as one. A token that ended meanwhile
// is told of no more.
func (l *Limiter) findMembers(ctx context.Context, secret []byte, sessions []told[[32]byte]) error {
	if len(sessions) == 0 {
		return nil
	}
	hashes := make([][]byte, len(sessions))
	for i := range sessions {
		hashes[i] = sessions[i].entry.key[:]
	}
	members, err := l.queries().Members(ctx, hashes)
	if err != nil {
		return err
	}
	for i, member := range members {
		if member != uuid.Nil {
			sessions[i].key = hash(secret, "member", []byte{byte(sessions[i].entry.class)}, member[:])
		}
	}
	return nil
}

// few is the part of a quota that a counter counts before others hear of it: most
// counters never come to it, and so cost no row.
const few = 64

// pending is what was counted and not yet told of, of counters with more than a few.
// Counters that are over go, after it.
func (t *table[K]) pending(slot int64, quota func(Class) int) []told[K] {
	var out []told[K]
	for i := range t.shards {
		s := &t.shards[i]
		s.Lock()
		for e, c := range s.counters.all() {
			switch {
			case c.slot < slot-1: // over
			case c.late > 0 && int(c.prev) > quota(e.class)/few:
				out = append(out, told[K]{entry: e, slot: c.slot - 1, count: c.late})
				fallthrough
			case c.delta > 0 && int(c.base+c.delta) > quota(e.class)/few:
				out = append(out, told[K]{entry: e, slot: c.slot, count: c.delta})
			}
		}
		s.forget(slot)
		s.Unlock()
	}
	return out
}

// sums are the totals of a batch, each key and minute once.
type sums struct {
	at     map[sumKey]int
	keys   [][]byte
	slots  []int64
	counts []int64
}

type sumKey struct {
	key  string
	slot int64
}

func newSums() *sums { return &sums{at: map[sumKey]int{}} }

func collect[K comparable](s *sums, all []told[K]) {
	for _, one := range all {
		if one.key == nil {
			continue
		}
		k := sumKey{string(one.key), one.slot}
		i, there := s.at[k]
		if !there {
			i = len(s.keys)
			s.at[k] = i
			s.keys, s.slots, s.counts = append(s.keys, one.key), append(s.slots, one.slot), append(s.counts, 0)
		}
		s.counts[i] += int64(one.count)
	}
}

// settle takes over what all replicas counted. What was counted here meanwhile stays
// to be told of.
func settle[K comparable](t *table[K], sums *sums, row query.AddRow, all []told[K]) {
	for _, one := range all {
		s := &t.shards[t.shard(one.entry)]
		s.Lock()
		c, there := s.counters.get(one.entry)
		switch i, asked := sums.at[sumKey{string(one.key), one.slot}]; {
		case !there:
		case !asked: // a token that is none any more
			s.counters.set(one.entry, counter{slot: c.slot})
		case c.slot == one.slot:
			c.delta -= min(c.delta, one.count)
			c.base, c.prev = clamp(row.Totals[i]), clamp(row.Befores[i])
			s.counters.set(one.entry, c)
		case c.slot == one.slot+1:
			c.late -= min(c.late, one.count)
			c.prev = clamp(row.Totals[i])
			s.counters.set(one.entry, c)
		}
		s.Unlock()
	}
}

func clamp(n int64) uint32 { return uint32(max(0, min(n, 1<<31))) }
