package limit

import (
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/testkit/heap"
)

// What was set within the last half of its keys is there, nothing is twice, and no more
// than the whole is held.
func TestRecentKeepsWhatWasUsedOfLate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = 8
		r := newRecent[int, int](most)
		var used []int // keys, the last used first
		values := map[int]int{}
		for i := range rapid.IntRange(0, 200).Draw(t, "steps") {
			k := rapid.IntRange(0, 12).Draw(t, "key")
			r.set(k, i)
			values[k] = i
			for at, other := range used {
				if other == k {
					used = append(used[:at], used[at+1:]...)
					break
				}
			}
			used = append([]int{k}, used...)
			for at, k := range used {
				v, there := r.get(k)
				if there && v != values[k] {
					t.Fatalf("%d is %d, not %d", k, v, values[k])
				}
				if !there && at < most/2 {
					t.Fatalf("%d was forgotten, used %d keys ago", k, at)
				}
			}
			seen := map[int]bool{}
			for k := range r.all() {
				if seen[k] {
					t.Fatalf("%d is there twice", k)
				}
				seen[k] = true
			}
			if r.size() > most || len(seen) != r.size() {
				t.Fatalf("holds %d keys, says %d", len(seen), r.size())
			}
		}
	})
}

// Millions of keys that come and go take what the first of them took.
func TestRecentDoesNotGrow(t *testing.T) {
	r := newRecent[uint64, counter](7 << 11)
	before := heap.Live()
	fill := func(from, to uint64) uint64 {
		for k := from; k < to; k++ {
			r.set(k, counter{})
		}
		return heap.Live() - before
	}
	first := fill(0, 14<<11)
	if last := fill(14<<11, 3_000_000); last > first+first/4 {
		t.Errorf("took %d bytes at first, and %d in the end", first, last)
	}
	runtime.KeepAlive(r)
}
