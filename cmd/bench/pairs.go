package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/paceline/paceline/internal/bench/floor"
	"github.com/paceline/paceline/internal/bench/world"
	"github.com/paceline/paceline/internal/privacy"
)

// pairCount is how many different reads there are. The viewers are many, so that the limits of one
// are not what is measured.
const pairCount = 200_000

// pair is a read that its viewer may make.
type pair struct{ viewer, workout uint32 }

// choosePairs picks reads as members make them: seven in ten of whom they follow, two of their own,
// one of a stranger who shows it to all members. Left out are owners who can be found less than
// their workouts can, since FLOOR has no words for that.
func choosePairs(w *world.World, n int) []pair {
	out := make([]pair, 0, n)
	viewers := min(w.Members, w.Sessions)
	state := w.Seed + 7
	next := func(below int) int {
		state = state*6364136223846793005 + 1442695040888963407
		return int(state >> 33 * uint64(below) >> 31) //nolint:gosec // below 2³¹
	}
	for len(out) < n {
		viewer := next(viewers)
		owner, needs := viewer, privacy.OnlyMe
		switch kind := next(10); {
		case kind < 7:
			following := w.Following(viewer)
			if len(following) == 0 {
				continue
			}
			owner, needs = int(following[next(len(following))]), privacy.Followers
		case kind < 8:
			owner, needs = next(w.Members), privacy.Members
			if w.IsFollowing(viewer, owner) || w.Blocks(viewer) == owner || w.Blocks(owner) == viewer {
				continue
			}
		}
		owned := w.Owned(owner)
		if len(owned) == 0 || owner != viewer && privacy.Audience(w.Settings(owner).Discoverability) < needs {
			continue
		}
		k := owned[next(len(owned))]
		if owner != viewer && seen(w, int(k), owner) < needs {
			continue
		}
		out = append(out, pair{uint32(viewer), k}) //nolint:gosec // members are below 2³¹
	}
	return out
}

// seen is the audience of a workout, as the private switch leaves it.
func seen(w *world.World, k, owner int) privacy.Audience {
	a := w.Audience(k)
	if w.Settings(owner).Private {
		a = min(a, privacy.Followers)
	}
	return a
}

// asker makes the requests of either side. The n-th request of a worker is the same for both.
type asker struct {
	world *world.World
	floor bool
	line  func(to []byte, n int) []byte // method, path and query
	who   func(n int) int               // the member who asks
	count int                           // how many different requests there are
	least int                           // bytes of an answer
}

// spread lets each worker begin somewhere else, and go on with a stride that meets all.
func (a *asker) at(worker, n int) int { return (worker*7919 + n*104_729) % a.count }

func (a *asker) Fill(to []byte, worker, n int) []byte {
	return a.request(to, a.at(worker, n))
}

func (a *asker) request(to []byte, n int) []byte {
	to = a.line(append(to, "GET "...), n)
	to = append(to, " HTTP/1.1\r\nHost: bench.test\r\n"...)
	who := a.who(n)
	if a.floor {
		to = append(append(append(to, floor.Header...), ": "...), a.world.MemberID(who).String()...)
	} else {
		to = append(append(to, "Authorization: Bearer "...), a.world.Token(who)...)
		to = fmt.Appendf(to, "\r\nX-Forwarded-For: 10.%d.%d.%d", who>>16&255, who>>8&255, who&255)
	}
	return append(to, "\r\n\r\n"...)
}

func (a *asker) Check(_, _, status int, body []byte) error {
	if status != 200 || len(body) < a.least {
		return fmt.Errorf("answered %d: %.200s", status, body)
	}
	return nil
}

// sides are the two askers of the same requests.
func (b *bench) sides(a asker) (paceline, plain *asker) {
	other := a
	other.floor = true
	return &a, &other
}

// workoutReads are the reads of goal 1.
func (b *bench) workoutReads() asker {
	return asker{
		world: b.world, count: len(b.pairs), least: 100,
		line: func(to []byte, n int) []byte {
			return append(append(to, "/v1/workouts/"...), b.world.WorkoutID(int(b.pairs[n].workout)).String()...)
		},
		who: func(n int) int { return int(b.pairs[n].viewer) },
	}
}

// same compares the answers of both sides, byte for byte, before anything is measured.
func (b *bench) same(ctx context.Context) error {
	a := b.workoutReads()
	n, err := b.compare(ctx, a, 500, nil)
	if err == nil {
		fmt.Fprintf(b.out, "both sides gave the same bytes for %d reads\n", n)
	}
	return err
}

// compare asks both sides for the same and compares the bodies, as trim leaves them.
func (b *bench) compare(ctx context.Context, a asker, n int, trim func([]byte) []byte) (int, error) {
	ours, theirs := b.sides(a)
	n = min(n, a.count)
	for i := range n {
		at := a.at(0, i)
		_, one, err := once(ctx, b.service.address, ours.request(nil, at))
		if err != nil {
			return i, err
		}
		status, two, err := once(ctx, b.floor.address, theirs.request(nil, at))
		if err != nil {
			return i, err
		}
		if trim != nil {
			one, two = trim(one), trim(two)
		}
		if status != 200 || !bytes.Equal(one, two) {
			return i, fmt.Errorf("the sides differ for %q:\npaceline: %s\nfloor:    %s", ours.line(nil, at), one, two)
		}
	}
	return n, nil
}
