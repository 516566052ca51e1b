package account

import (
	"context"

	"github.com/paceline/paceline/internal/db"
)

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

// Turn takes one turn at hashing, as a login from there would.
func (s *Service) Turn(ctx context.Context, from db.Origin) (leave func(), err error) {
	return s.hash.turns.leave, s.hash.turns.enter(ctx, from)
}
