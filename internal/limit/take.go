package limit

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/limit/query"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/text"
)

const (
	authWindow    = 15 * time.Minute
	accountWindow = time.Hour
	wideTimes     = 8 // addresses' worth of tries that a network has
)

// Try is what is about to be tried.
type Try struct {
	Class   Class
	What    string // the operation: a spent quota of one is none of another's
	Network Network
	Member  uuid.UUID // who is signed in, uuid.Nil for nobody
	Name    string    // the account that the request names, known or not; empty for none
	// Secret is what the try proves, if it does: then it has taken nothing.
	Secret Secret
}

// Secret is something that only its owner has.
type Secret uint8

const (
	NoSecret Secret = iota
	Password
	Code
)

// Taken is a try that was let through.
type Taken struct {
	Remaining int  // with this name from this address, or of this member
	Known     bool // whom it names was signed in from there in the last 90 days
	buckets   []bucket
	known     []byte
}

type bucket struct {
	key    []byte
	quota  int
	window time.Duration
	told   bool // whether Remaining may tell of it
	spared bool // passed by where the owner was signed in before
}

// Take takes a try from every bucket that it counts in, at once and exactly, or
// refuses it. It does the same for names that nobody has.
//
// With a name from an address there are few tries; from an address with any names,
// more; with a name from all addresses that it was never signed in from, as many as
// a guesser may have. An owner whom that last one shuts out (the others are no
// stranger's to spend, but for one in the same house) still enters from where they
// were signed in before.
func (l *Limiter) Take(ctx context.Context, now time.Time, t Try) (Taken, error) {
	secret, err := l.keyed()
	if err != nil {
		return Taken{}, err
	}
	taken := l.buckets(secret, t)
	p := query.TakeParams{Now: now, KnownKey: taken.known}
	p.Keys, p.Quotas, p.Windows = columns(taken.buckets)
	p.Spared = int32(slices.IndexFunc(taken.buckets, func(b bucket) bool { return b.spared }) + 1) //nolint:gosec // of a few; 0 for none
	row, err := l.queries().Take(ctx, p)
	if err != nil {
		return Taken{}, err
	}
	if row.Refused > 0 {
		l.report(ctx, t)
		return Taken{}, fault.TooMany(time.Duration(row.WaitS) * time.Second)
	}
	taken.Known, taken.Remaining = row.Known, -1
	for i, b := range taken.buckets {
		if left := int(row.Remaining[i]); b.told && (taken.Remaining < 0 || left < taken.Remaining) {
			taken.Remaining = left
		}
	}
	switch {
	case t.Secret == NoSecret:
		taken.buckets, taken.known = nil, nil
	case taken.Known: // the spared one was not asked
		taken.buckets = slices.DeleteFunc(taken.buckets, func(b bucket) bool { return b.spared })
	}
	return taken, nil
}

// report says what sort of thing was tried too often.
func (l *Limiter) report(ctx context.Context, t Try) {
	switch t.Secret {
	case Password:
		l.event(ctx, observe.LoginFlood, t.Class.String())
	case Code:
		l.event(ctx, observe.CodeGuessing, t.Class.String())
	case NoSecret:
		l.event(ctx, observe.RateLimited, t.Class.String())
	}
}

// Proved gives a try back that proved its secret, and remembers the network as one
// that the account is signed in from.
func (l *Limiter) Proved(ctx context.Context, now time.Time, t Taken) error {
	if len(t.buckets) == 0 {
		return nil
	}
	p := query.GiveParams{Now: now, KnownKey: t.known}
	p.Keys, p.Quotas, p.Windows = columns(t.buckets)
	return l.queries().Give(ctx, p)
}

// columns are the buckets as the database's functions take them.
func columns(all []bucket) (keys [][]byte, quotas, windows []int32) {
	for _, b := range all {
		keys = append(keys, b.key)
		quotas = append(quotas, int32(min(b.quota, most)))     //nolint:gosec // bounded here: a network has several times a limit
		windows = append(windows, int32(b.window/time.Second)) //nolint:gosec // an hour at most
	}
	return keys, quotas, windows
}

func (l *Limiter) buckets(secret []byte, t Try) Taken {
	r, what := l.Rules, []byte(t.What)
	if t.Class == Import {
		return Taken{buckets: []bucket{
			{key: hash(secret, "import member", t.Member[:]), quota: r.Import, window: time.Hour, told: true},
			{key: hash(secret, "import address", t.Network.Address[:]), quota: addressTimes * r.Import, window: time.Hour},
		}}
	}
	out := Taken{buckets: []bucket{
		{key: hash(secret, "auth address", t.Network.Address[:]), quota: r.AuthNetwork, window: authWindow, told: true},
		{key: hash(secret, "auth network", t.Network.Wide[:]), quota: wideTimes * r.AuthNetwork, window: authWindow},
	}}
	if t.Member != uuid.Nil {
		out.buckets = append(out.buckets, bucket{
			key: hash(secret, "auth member", what, t.Member[:]), quota: r.Auth, window: authWindow, told: true,
		})
	}
	if t.Name != "" {
		folded := []byte(text.FoldASCII(t.Name))
		out.buckets = append(out.buckets,
			bucket{key: hash(secret, "auth name", what, folded, t.Network.Address[:]), quota: r.Auth, window: authWindow, told: true},
			bucket{key: hash(secret, "auth account", what, folded), quota: r.AuthAccount, window: accountWindow, spared: true})
		out.known = hash(secret, "known", folded, t.Network.Address[:])
	}
	return out
}

// Origin is where a request comes from, for whoever shares out what is scarce.
func (n Network) Origin(known bool) db.Origin { return db.Origin{Network: n.Address, Known: known} }
