package account

import (
	"context"
	"slices"
	"sync"

	"github.com/paceline/paceline/internal/db"
)

// turns lets so many work at a time and so many wait, and shares the waiting out:
//
//   - One address takes no more than a quarter of the places, so that a flood from
//     some leaves places for the others. What has no address (a command) waits for
//     any place.
//   - Who signs in from where the account was signed in before waits in a queue of
//     their own, half as long, and every other turn is for that one. No stranger
//     gets into it by any number of tries.
type turns struct {
	mu      sync.Mutex
	free    int
	places  [2]int // of strangers, of the known
	waiting [2][]*waiter
	known   bool // the next turn is for the known, if one waits
}

type waiter struct {
	from  db.Origin
	ready chan struct{}
}

func newTurns(working, queue int) *turns {
	return &turns{free: working, places: [2]int{queue, (queue + 1) / 2}}
}

// enter takes a turn that leave gives back, or a place in the queue for one, or gives errBusy.
func (t *turns) enter(ctx context.Context, from db.Origin) error {
	t.mu.Lock()
	lane := 0
	if from.Known {
		lane = 1
	}
	if t.free > 0 {
		t.free--
		t.mu.Unlock()
		return nil
	}
	same := 0
	for _, w := range t.waiting[lane] {
		if from != (db.Origin{}) && w.from.Network == from.Network {
			same++
		}
	}
	if len(t.waiting[lane]) >= t.places[lane] || same >= (t.places[lane]+3)/4 {
		t.mu.Unlock()
		return errBusy
	}
	w := &waiter{from, make(chan struct{})}
	t.waiting[lane] = append(t.waiting[lane], w)
	t.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	i := slices.Index(t.waiting[lane], w)
	if i >= 0 {
		t.waiting[lane] = slices.Delete(t.waiting[lane], i, i+1)
	}
	t.mu.Unlock()
	if i < 0 { // the turn came at the same moment: it is the next one's
		t.leave()
	}
	return ctx.Err()
}

// leave gives the turn to the next who waits: to a known and a stranger in turn.
func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	lane := 0
	if t.known = !t.known; t.known {
		lane = 1
	}
	if len(t.waiting[lane]) == 0 {
		lane = 1 - lane
	}
	if len(t.waiting[lane]) == 0 {
		t.free++
		return
	}
	next := t.waiting[lane][0]
	t.waiting[lane] = t.waiting[lane][1:]
	close(next.ready)
}
