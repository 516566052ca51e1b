package limit

import (
	"context"
	"time"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
)

// Count counts a request of a counted class by its network, and refuses it when
// that, or the member behind the caller's token, has used up theirs. It gives what
// remains of which quota: the member's, or the address's for who is nobody.
//
// A token counts only once Seen says that it is one; until then whoever makes
// tokens up has counted for their network and for nobody else.
func (l *Limiter) Count(ctx context.Context, c db.Caller, class Class, n Network) (remaining, quota int, err error) {
	quota = l.Rules.quota(class)
	slot, second := minute(c.At())
	hash, signedIn := c.Fingerprint()
	if signedIn && class != Ops {
		if remaining = l.sessions.left(hash, class, slot, second, quota); remaining < 0 {
			return 0, quota, l.refuse(ctx, class, second)
		}
	}
	address := l.addresses.add(n.Address, class, slot, second, addressTimes*quota)
	if address < 0 || l.networks.add(n.Wide, class, slot, second, networkTimes*quota) < 0 {
		return 0, quota, l.refuse(ctx, class, second)
	}
	if !signedIn || class == Ops {
		return address, addressTimes * quota, nil
	}
	return remaining, quota, nil
}

// Seen counts a request by the member behind its token, after the token proved
// to be one.
func (l *Limiter) Seen(c db.Caller, class Class) {
	if hash, signedIn := c.Fingerprint(); signedIn && class != Ops {
		slot, second := minute(c.At())
		l.sessions.add(hash, class, slot, second, l.Rules.quota(class))
	}
}

// refuse says to come back in the next minute, when the last one counts for less.
func (l *Limiter) refuse(ctx context.Context, class Class, second int64) error {
	l.event(ctx, observe.RateLimited, class.String())
	return fault.TooMany(time.Duration(61-second) * time.Second)
}

// UntilMore is how long until a count's next minute begins.
func UntilMore(at time.Time) time.Duration {
	_, second := minute(at)
	return time.Duration(60-second) * time.Second
}

// OldestSlot is the first minute that counts still reach back to; the rows of those
// before it are of no use to any replica.
func OldestSlot(at time.Time) int64 {
	slot, _ := minute(at)
	return slot - 1
}

func minute(at time.Time) (slot, second int64) {
	unix := at.Unix()
	return unix / 60, unix % 60
}
