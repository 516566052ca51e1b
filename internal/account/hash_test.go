package account

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paceline/paceline/internal/db"
)

var tiny = HashCost{MemoryKiB: 8, Time: 1, Parallelism: 1, Concurrency: 1, Queue: 2}

func TestHashingIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, err := newHasher(tiny)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if err := h.turns.enter(ctx, nowhere); err != nil { // somebody hashes, and takes their time
			t.Fatal(err)
		}
		results := make(chan error, 2)
		for range 2 { // two wait
			go func() {
				err := h.turns.enter(ctx, nowhere)
				results <- err
			}()
		}
		synctest.Wait()
		if _, err := h.make(ctx, nowhere, "password"); !errors.Is(err, errBusy) {
			t.Errorf("the third in the queue gets %v", err)
		}
		h.turns.leave()
		if err := <-results; err != nil {
			t.Errorf("the first in the queue gets %v", err)
		}
		cancel()
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Errorf("who went away gets %v", err)
		}
		h.turns.leave()
		if _, err := h.make(t.Context(), nowhere, "password"); err != nil || h.turns.free != 1 || len(h.turns.waiting[0]) != 0 {
			t.Errorf("afterwards: %v, %d free, %d in the queue", err, h.turns.free, len(h.turns.waiting[0]))
		}
	})
	if errBusy.RetryAfter <= 0 {
		t.Error("nobody is told when to come back")
	}
}

// nowhere is where a command comes from.
var nowhere db.Origin

func at(n byte, known bool) db.Origin { return db.Origin{Network: [16]byte{n}, Known: known} }

// A flood from one address leaves places for others, one from everywhere leaves the
// place of who was signed in there before; that one's turn is the next but one.
func TestTurnsAreSharedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		turns := newTurns(1, 16)
		if err := turns.enter(ctx, at(0, false)); err != nil {
			t.Fatal(err)
		}
		var order []string // written by one at a time: whoever has the turn
		wait := func(name string, from db.Origin) (refused bool) {
			done := make(chan error, 1)
			go func() {
				err := turns.enter(ctx, from)
				if err == nil {
					order = append(order, name)
				}
				done <- err
			}()
			synctest.Wait()
			select {
			case err := <-done:
				return errors.Is(err, errBusy)
			default:
				return false
			}
		}
		refused := 0
		for range 2000 { // one address
			if wait("flood", at(1, false)) {
				refused++
			}
		}
		if refused != 2000-4 {
			t.Errorf("of 2000 from one address %d were refused, a quarter of 16 places should wait", refused)
		}
		if wait("neighbour", at(2, false)) {
			t.Error("another address finds no place")
		}
		for n := range 200 { // everywhere
			wait("flood", at(byte(n+3), false))
		}
		if !wait("late", at(255, false)) {
			t.Error("the queue is longer than it may be")
		}
		if wait("owner", at(254, true)) {
			t.Error("the owner finds no place where they were signed in before")
		}
		for len(order) < 17 {
			turns.leave()
			synctest.Wait()
		}
		if i := slices.Index(order, "owner"); i < 0 || i > 1 {
			t.Errorf("the owner came %d", i)
		}
		turns.leave()
		if turns.free != 1 || len(turns.waiting[0])+len(turns.waiting[1]) != 0 {
			t.Errorf("%d are free, %d wait", turns.free, len(turns.waiting[0])+len(turns.waiting[1]))
		}
	})
}

// Nobody loses a turn that came as they went.
func TestATurnIsNeverLost(t *testing.T) {
	t.Parallel()
	turns := newTurns(2, 50)
	var all sync.WaitGroup
	for n := range 400 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n%7)*time.Millisecond)
			defer cancel()
			if turns.enter(ctx, at(byte(n), n%3 == 0)) == nil {
				runtime.Gosched()
				turns.leave()
			}
		})
	}
	all.Wait()
	if turns.free != 2 || len(turns.waiting[0])+len(turns.waiting[1]) != 0 {
		t.Errorf("%d are free, %d wait", turns.free, len(turns.waiting[0])+len(turns.waiting[1]))
	}
}

func TestCostsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*HashCost){
		"no memory": func(c *HashCost) { c.MemoryKiB = 7 }, "no pass": func(c *HashCost) { c.Time = 0 },
		"no lane": func(c *HashCost) { c.Parallelism = 0 }, "nobody": func(c *HashCost) { c.Concurrency = 0 },
		"less than none wait": func(c *HashCost) { c.Queue = -1 },
	} {
		c := tiny
		change(&c)
		if _, err := newHasher(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// Unknown names cost what known ones do: the dummy is hashed with the same parameters.
func TestDummyCostsTheSame(t *testing.T) {
	t.Parallel()
	h, err := newHasher(tiny)
	if err != nil {
		t.Fatal(err)
	}
	real, err := h.make(t.Context(), nowhere, "password")
	if err != nil {
		t.Fatal(err)
	}
	cut := func(hash string) string { return strings.Join(strings.Split(hash, "$")[:4], "$") }
	if cut(real) != cut(h.dummy) || len(real) != len(h.dummy) {
		t.Errorf("the dummy is %s, a real one %s", cut(h.dummy), cut(real))
	}
	if match, _, err := h.check(t.Context(), nowhere, "", ""); match || err != nil {
		t.Errorf("no hash: %v, %v", match, err)
	}
	if _, _, err := h.check(t.Context(), nowhere, "password", "$2a$10$bcrypt"); err == nil {
		t.Error("a hash of another kind is compared")
	}
	h.dummy = "$2a$10$bcrypt"
	if _, _, err := h.check(t.Context(), nowhere, "password", ""); err == nil {
		t.Error("without a hash nothing is compared")
	}
}

func TestCodesAreEven(t *testing.T) {
	t.Parallel()
	const many = 20000
	seen := map[rune]int{}
	codes := map[string]bool{}
	for range many {
		code := newCode()
		codes[code] = true
		if len(code) != 8 || strings.Trim(code, codeLetters) != "" {
			t.Fatalf("a code is %q", code)
		}
		for _, r := range code {
			seen[r]++
		}
	}
	// Chi square with 19 degrees of freedom: above 80 once in a hundred million times.
	expected, chi := float64(8*many)/20, 0.0
	for _, n := range seen {
		chi += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	if len(codes) < many-1 || len(seen) != 20 || chi > 80 {
		t.Errorf("%d codes of %d letters, chi square %.0f", len(codes), len(seen), chi)
	}
}

func TestReservedNamesCanBeUsernames(t *testing.T) {
	t.Parallel()
	for name := range reserved {
		if stripped := strings.NewReplacer("_", "", ".", "", "-", "").Replace(name); !reserved[stripped] && stripped != name {
			t.Errorf("%s is reserved, %s is not", name, stripped)
		}
	}
	for name, want := range map[string]bool{"admin": true, "a.d.m.i.n": true, "pace-line": true, "ada": false, "administer": false} {
		if isReserved(name) != want {
			t.Errorf("%s: reserved is %v", name, !want)
		}
	}
}
