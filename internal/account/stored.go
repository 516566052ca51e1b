package account

import (
	"errors"
	"strings"

	"github.com/alexedwards/argon2id"
)

// The most that PACELINE_ARGON2_… may be set to: no hash that this program made asks for more.
const (
	mostMemoryKiB = 4 << 20
	mostPasses    = 100
	mostLanes     = 16
	// A salt or a key of fewer bytes is none; an empty key would fit every password.
	leastSalt, leastKey = 8, 16
	mostStored          = 256 // bytes of the text
)

var errStored = errors.New("account: a stored password hash can't be read")

// checkStored refuses a stored hash that isn't one of Argon2id, that would take the
// memory or end the hashing in a panic, or that would let any password in. The
// library reads parameters, and believes them.
func checkStored(hash string) error {
	if len(hash) > mostStored || strings.ContainsAny(hash, " \r\n") {
		return errStored
	}
	p, _, _, err := argon2id.DecodeHash(hash)
	if err != nil || p.Parallelism < 1 || p.Parallelism > mostLanes || p.Iterations < 1 || p.Iterations > mostPasses ||
		p.Memory < 8*uint32(p.Parallelism) || p.Memory > mostMemoryKiB || p.SaltLength < leastSalt || p.KeyLength < leastKey {
		return errStored
	}
	return nil
}
