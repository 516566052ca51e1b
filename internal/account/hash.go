package account

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
)

// HashCost is what hashing one password costs, and how many may cost it at once.
type HashCost struct {
	MemoryKiB   uint32 // per password
	Time        uint32 // passes
	Parallelism uint8
	Concurrency int // passwords hashed at the same time
	Queue       int // passwords that wait for their turn; the next one is refused
}

// hasher hashes passwords with Argon2id, a bounded number at a time.
type hasher struct {
	params argon2id.Params
	turns  *turns
	dummy  string // of a password that nobody has: unknown names cost what known ones do
}

func newHasher(c HashCost) (*hasher, error) {
	if c.Time < 1 || c.Parallelism < 1 || c.MemoryKiB < 8*uint32(c.Parallelism) || c.Concurrency < 1 || c.Queue < 0 {
		return nil, errors.New("account: the cost of hashing makes no sense")
	}
	h := &hasher{
		params: argon2id.Params{Memory: c.MemoryKiB, Iterations: c.Time, Parallelism: c.Parallelism, SaltLength: 16, KeyLength: 32},
		turns:  newTurns(c.Concurrency, c.Queue),
	}
	var err error
	h.dummy, err = argon2id.CreateHash(rand.Text(), &h.params)
	return h, err
}

// make hashes a password.
func (h *hasher) make(ctx context.Context, from db.Origin, password string) (string, error) {
	if err := h.turns.enter(ctx, from); err != nil {
		return "", err
	}
	defer h.turns.leave()
	return argon2id.CreateHash(password, &h.params)
}

// check compares a password with a hash. Without a hash it does the same work
// and says no. Outdated means that the hash was made with other parameters.
func (h *hasher) check(ctx context.Context, from db.Origin, password, hash string) (match, outdated bool, err error) {
	if err := h.turns.enter(ctx, from); err != nil {
		return false, false, err
	}
	defer h.turns.leave()
	if hash == "" {
		_, _, err := argon2id.CheckHash(password, h.dummy)
		return false, false, err
	}
	if err := checkStored(hash); err != nil {
		return false, false, err
	}
	match, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, errStored
	}
	return match, *params != h.params, nil
}

var errBusy = fault.Unavailable("busy", "too many are signing in right now; try again in a moment", 2*time.Second)

// errChanged is for a password that became another one while it was checked.
var errChanged = fault.Unavailable("changed_meanwhile", "the password was changed at this moment; try again", time.Second)
