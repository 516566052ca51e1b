// Package limit bounds abuse: how often, and how many different members.
//
// Requests are counted three ways, each with limits of its own:
//
//   - by member, whatever session or token they use
//   - by network: the address, and the wider network around it
//   - by account: the name that a request gives (login, registration, codes). A name
//     that nobody has is counted like any other, by the same statement, with the
//     same answers.
//
// Two engines, since two things are wanted of them:
//
//   - Buckets (auth, import) are exact. One statement in PostgreSQL takes a try from
//     every bucket of a request, or from none, before the costly work; all replicas
//     share them. A bucket drains evenly (GCRA), and a refusal costs nothing, so
//     that whoever hammers is let in as soon as whoever waits.
//   - Counts (read, search, write, ops) cost a request no round trip and no allocation.
//     Each replica counts in memory and exchanges with PostgreSQL once a second, in one
//     batch for all that was touched; the member behind a token is found out there. A
//     decision knows everything of its own replica and the others' until the last exchange,
//     so that the overshoot is bounded by what the other replicas answer in a second, and
//     by a sixty-fourth of the quota for each counter that has not come to that: of those
//     others don't hear, for they are nearly all, and nearly the whole cost.
//     When PostgreSQL is away each replica limits alone. Memory is bounded.
//
// The enumeration budget counts how many different members somebody reads without
// their consent: whoever approved the reader, and whoever follows or asks to follow
// the reader, isn't counted. It is charged where a body is sent, for all that the body
// shows, or the body isn't sent. A member pays from their own budget, wherever they are;
// who is not signed in, and who is not established (a week old, and approved by somebody
// or having approved somebody), pays from the network's as well, which all of those share.
//
// Nothing here decides what somebody may see, and nothing names anybody: what is stored
// is keyed hashes, by a secret from the key ring. After a rotation of the ring all begin anew.
package limit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/limit/query"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
)

// Config is what a Limiter is made of. Everything in it is needed.
type Config struct {
	DB      *db.DB
	Ring    *seal.Ring
	Observe *observe.Observer
	Now     func() time.Time
	Rules   Rules
}

// Limiter is safe for concurrent use.
type Limiter struct {
	Config
	addresses, networks *table[[16]byte]
	sessions            *table[[32]byte]
	charged             *memory // readers with whom a body showed, which PostgreSQL has
	stopped             *memory // readers whose budget was spent
	secret              atomic.Pointer[secret]
}

// secret is what hashes are keyed by, and the key of the ring it comes from.
type secret struct {
	primary string
	key     []byte
}

const purpose = "limits"

// most is the highest limit. With a higher one a try would fill a bucket for less than a microsecond,
// which is nothing to PostgreSQL.
const most = 1_000_000_000

// New makes a limiter.
func New(c Config) (*Limiter, error) {
	r := c.Rules
	for _, n := range []int{r.Read, r.Search, r.Write, r.Ops, r.Import, r.Auth, r.AuthNetwork, r.AuthAccount, r.Hour, r.Day, r.Fortnight, r.Shared} {
		if n < 1 || n > most {
			return nil, errors.New("limit: a limit is not between 1 and 1,000,000,000")
		}
	}
	if c.DB == nil || c.Ring == nil || c.Observe == nil || c.Now == nil {
		return nil, errors.New("limit: the configuration is not complete")
	}
	l := &Limiter{
		Config:    c,
		addresses: newTable[[16]byte](), networks: newTable[[16]byte](), sessions: newTable[[32]byte](),
		charged: newMemory(maxCounters), stopped: newMemory(maxCounters / 4),
	}
	_, err := l.keyed()
	return l, err
}

// keyed is the secret of the ring's primary.
func (l *Limiter) keyed() ([]byte, error) {
	primary := l.Ring.Primary()
	if s := l.secret.Load(); s != nil && s.primary == primary {
		return s.key, nil
	}
	key, err := l.Ring.Keyed(purpose)
	if err != nil {
		return nil, err
	}
	l.secret.Store(&secret{primary, key})
	return key, nil
}

// hash is the keyed hash of something of some kind.
func hash(key []byte, kind string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(kind)) // a hash never fails
	for _, part := range parts {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part)))) // no two lists of parts are alike
		_, _ = h.Write(part)
	}
	return h.Sum(nil)
}

func (l *Limiter) queries() *query.Queries { return query.New(l.DB.Once(db.ReasonLimit)) }

// event raises a kind of event, with the class as the only thing it says.
func (l *Limiter) event(ctx context.Context, kind observe.EventKind, class string) {
	l.Observe.Event(ctx, kind, slog.String("kind", class))
}
