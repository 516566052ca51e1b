package limit

import "iter"

// recent is a map of what was used of late, of bounded size: what is used lies in its
// younger half; a turn forgets the older half and makes the younger one the older. Single
// keys are never deleted for room: a Go map from which keys go one by one as others come
// splits again and again, and takes three times the memory after a few million keys.
type recent[K comparable, V any] struct {
	young, old map[K]V
	half       int
}

// newRecent holds at most so many keys. A Go map fills 7 of 8 of its places: halves of
// 7 × 2ⁿ keys waste none.
func newRecent[K comparable, V any](most int) recent[K, V] {
	return recent[K, V]{young: map[K]V{}, old: map[K]V{}, half: most / 2}
}

func (r *recent[K, V]) get(k K) (v V, there bool) {
	if v, there = r.young[k]; there {
		return v, true
	}
	v, there = r.old[k]
	return v, there
}

// set makes a key one of the younger, and turns first when there is no room for it.
func (r *recent[K, V]) set(k K, v V) {
	if _, there := r.young[k]; !there {
		if len(r.young) >= r.half {
			r.turn()
		}
		delete(r.old, k)
	}
	r.young[k] = v
}

// turn forgets what was not set since the turn before.
func (r *recent[K, V]) turn() {
	clear(r.old)
	r.young, r.old = r.old, r.young
}

// all gives each key once.
func (r *recent[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, half := range []map[K]V{r.young, r.old} {
			for k, v := range half {
				if !yield(k, v) {
					return
				}
			}
		}
	}
}

func (r *recent[K, V]) size() int { return len(r.young) + len(r.old) }
