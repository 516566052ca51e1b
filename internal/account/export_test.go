package account

// HoldHashing takes every turn at hashing and every place in the queue of
// strangers, until it is released.
func (s *Service) HoldHashing() (release func()) {
	t := s.hash.turns
	t.mu.Lock()
	held := t.free
	t.free = 0
	places := t.places
	t.places = [2]int{}
	t.mu.Unlock()
	return func() {
		t.mu.Lock()
		t.places = places
		t.mu.Unlock()
		for range held {
			t.leave()
		}
	}
}
