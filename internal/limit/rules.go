package limit

import (
	"strconv"
	"time"
)

// Rules are the limits. Every one is above zero; one that should not matter is high.
type Rules struct {
	Read, Search, Write, Ops int // requests a minute of a member; an address has twice, a network sixteen times as many

	Import int // files an hour of a member

	Auth        int // tries in a quarter of an hour with one name from one address, or of one member
	AuthNetwork int // tries in a quarter of an hour from one address, whatever the names
	AuthAccount int // tries in an hour with one name from addresses it was never signed in from

	// How many different members one may read without their consent, as a member …
	Hour, Day, Fortnight int
	// … and how many all who are not established may read from one network in two weeks.
	Shared int
}

// Standard are the limits unless somebody says otherwise.
//
// The requests: an app that draws a page makes some ten, a person turns some ten
// pages a minute; 600 leaves room for a sync. The tries: ASVS and NIST SP 800-63B
// (5.2.2) ask for no more than 100 wrong ones in a row; ten in a quarter of an hour
// is a person with a forgotten password. The budgets: see the package's tests, where
// scrapers are stopped below 200 members in two weeks and honest weeks are replayed:
// less than one member-day in a thousand meets a budget, most of those a newcomer's
// among many behind one address. The hour holds one page of a list, so that no
// single request of a fresh reader is too large.
func Standard() Rules {
	return Rules{
		Read: 600, Search: 60, Write: 120, Ops: 600, Import: 30,
		Auth: 10, AuthNetwork: 60, AuthAccount: 100,
		Hour: 100, Day: 120, Fortnight: 190, Shared: 190,
	}
}

// Class is what a request counts as: x-access.quota in the contract.
type Class uint8

const (
	Read Class = iota
	Search
	Write
	Ops
	counted // those above are counted, those below are taken from a bucket
	Import
	Auth
	classes
)

var classNames = [classes]string{Read: "read", Search: "search", Write: "write", Ops: "ops", Import: "import", Auth: "auth"}

// String is the class's name in the contract.
func (c Class) String() string { return classNames[c] }

// ClassOf is the class of that name; not ok for a name that is none.
func ClassOf(name string) (Class, bool) {
	for c, known := range classNames {
		if known == name && name != "" {
			return Class(c), true
		}
	}
	return 0, false
}

// Counted says whether requests of the class are counted by the minute; the others
// are taken from buckets, exactly, before anything else is done.
func (c Class) Counted() bool { return c < counted }

const (
	addressTimes = 2  // many people share an address
	networkTimes = 16 // more share a network
)

// quota is how many requests of a counted class a member makes in a minute.
func (r Rules) quota(c Class) int {
	return [...]int{Read: r.Read, Search: r.Search, Write: r.Write, Ops: r.Ops}[c]
}

// Policy is the class's RateLimit-Policy field (draft-ietf-httpapi-ratelimit-headers-11):
// a string with the quota q in a window of w seconds.
func (r Rules) Policy(c Class) string {
	quota, window := 0, time.Minute
	switch {
	case c == Ops:
		quota = addressTimes * r.Ops
	case c.Counted():
		quota = r.quota(c)
	case c == Import:
		quota, window = r.Import, time.Hour
	case c == Auth:
		quota, window = r.Auth, authWindow
	}
	return `"` + c.String() + `";q=` + strconv.Itoa(quota) + `;w=` + strconv.Itoa(int(window/time.Second))
}

// Left is the class's RateLimit field: r that are left, t seconds until there are more.
func (c Class) Left(remaining int, wait time.Duration) string {
	return `"` + c.String() + `";r=` + strconv.Itoa(remaining) + `;t=` + strconv.Itoa(int((wait+time.Second-1)/time.Second))
}
