package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
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
		if err := h.enter(ctx); err != nil { // somebody hashes, and takes their time
			t.Fatal(err)
		}
		results := make(chan error, 2)
		for range 2 { // two wait
			go func() {
				err := h.enter(ctx)
				results <- err
			}()
		}
		synctest.Wait()
		if _, err := h.make(ctx, "password"); !errors.Is(err, errBusy) {
			t.Errorf("the third in the queue gets %v", err)
		}
		h.leave()
		if err := <-results; err != nil {
			t.Errorf("the first in the queue gets %v", err)
		}
		cancel()
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Errorf("who went away gets %v", err)
		}
		h.leave()
		if _, err := h.make(t.Context(), "password"); err != nil || len(h.slots)+len(h.queue) != 0 {
			t.Errorf("afterwards: %v, %d slots, %d in the queue", err, len(h.slots), len(h.queue))
		}
	})
	if errBusy.RetryAfter <= 0 {
		t.Error("nobody is told when to come back")
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
	real, err := h.make(t.Context(), "password")
	if err != nil {
		t.Fatal(err)
	}
	cut := func(hash string) string { return strings.Join(strings.Split(hash, "$")[:4], "$") }
	if cut(real) != cut(h.dummy) || len(real) != len(h.dummy) {
		t.Errorf("the dummy is %s, a real one %s", cut(h.dummy), cut(real))
	}
	if match, _, err := h.check(t.Context(), "", ""); match || err != nil {
		t.Errorf("no hash: %v, %v", match, err)
	}
	if _, _, err := h.check(t.Context(), "password", "$2a$10$bcrypt"); err == nil {
		t.Error("a hash of another kind is compared")
	}
	h.dummy = "$2a$10$bcrypt"
	if _, _, err := h.check(t.Context(), "password", ""); err == nil {
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
