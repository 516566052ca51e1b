package account

// HoldHashing takes every turn at hashing that there is, until it is released.
func (s *Service) HoldHashing() (release func()) {
	for range cap(s.hash.slots) {
		s.hash.slots <- struct{}{}
	}
	for range cap(s.hash.queue) {
		s.hash.queue <- struct{}{}
	}
	return func() {
		for range cap(s.hash.queue) {
			<-s.hash.queue
		}
		for range cap(s.hash.slots) {
			<-s.hash.slots
		}
	}
}
