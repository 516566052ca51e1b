// Package world makes up the platform that the bench measures: members, who follows whom, workouts
// and sessions, all a function of sizes and a seed. So the database is built from it once, and every
// later run knows without asking who may read what.
//
// What it is like:
//
//   - Most members (three in four) left their settings as they were made; the others are private,
//     minors, open to everyone, or hide from search.
//   - One member in a hundred (or as Sizes says) follows 500 others, one in ten follows 10, the rest
//     what is left over, evenly spread. Whom they follow is skewed: in 200,000 members the most popular has some thousand followers.
//   - One member in a hundred blocks somebody.
//   - Workouts lie over two years, in the order of time; their owners are skewed as well. Their
//     audience is the owner's default but for one in twelve.
package world

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Sizes say how large the world is. Follows is what is aimed at; World.Follows counts.
type Sizes struct {
	Members  int    `json:"members"`
	Follows  int    `json:"follows"`
	Workouts int    `json:"workouts"`
	Sessions int    `json:"sessions"` // live ones; the i-th is of member i modulo Members
	Seed     uint64 `json:"seed"`
	// BusyEvery: one member in so many follows BusyFollows others.
	BusyEvery int `json:"busy_every"`
}

// The special readers of the feed.
const (
	BusyFollows  = 500 // whom a busy reader follows
	QuietEvery   = 10  // one member in so many is a quiet reader
	QuietFollows = 10  // and follows so many
	blockEvery   = 100
)

// World is what was made up. It is not changed once it is made.
type World struct {
	Sizes
	Base time.Time // no workout is newer

	following lists // by follower, ascending
	owned     lists // by owner, ascending: the oldest first
}

// lists are a list of numbers for each member.
type lists struct {
	start []uint32
	items []uint32
}

func (l lists) of(i int) []uint32 { return l.items[l.start[i]:l.start[i+1]] }

// New makes the world. Base is the moment it was built at.
func New(s Sizes, base time.Time) *World {
	w := &World{Sizes: s, Base: base.UTC().Truncate(time.Hour)}
	w.follow()
	w.share()
	return w
}

// popular picks a member, the first ones more often than the last.
func (d *dice) popular(members int) int {
	u := d.share()
	return min(int(u*math.Sqrt(u)*float64(members)), members-1)
}

// wanted is how many others a member means to follow.
func (w *World) wanted(i int, d *dice) int {
	limit := w.Members / 4 // in a very small world
	switch {
	case w.IsBusy(i):
		return min(BusyFollows, limit)
	case w.IsQuiet(i):
		return min(QuietFollows, limit)
	}
	special := w.Members/w.BusyEvery*min(BusyFollows, limit) + w.Members/QuietEvery*min(QuietFollows, limit)
	others := w.Members - w.Members/w.BusyEvery - w.Members/QuietEvery
	mean := max(0, float64(w.Follows-special)/float64(others))
	return min(int(math.Round(2*mean*d.share())), limit)
}

// IsBusy says whether a member follows BusyFollows others.
func (w *World) IsBusy(i int) bool { return i%w.BusyEvery == 3 }

// IsQuiet says whether a member follows QuietFollows others.
func (w *World) IsQuiet(i int) bool { return i%QuietEvery == 1 }

func (w *World) follow() {
	w.following.start = make([]uint32, 1, w.Members+1)
	w.following.items = make([]uint32, 0, w.Follows+w.Follows/8)
	for i := range w.Members {
		d := roll(w.Seed, streamFollow, i)
		first := len(w.following.items)
		for n := w.wanted(i, &d); n > 0; {
			other := d.popular(w.Members)
			// A block ends every follow, and nobody follows themself.
			if other == i || w.Blocks(i) == other || w.Blocks(other) == i {
				continue
			}
			mine := w.following.items[first:]
			at, there := slices.BinarySearch(mine, uint32(other)) //nolint:gosec // members are below 2³¹
			if !there {
				w.following.items = slices.Insert(w.following.items, first+at, uint32(other)) //nolint:gosec // as above
				n--
			}
		}
		w.following.start = append(w.following.start, uint32(len(w.following.items))) //nolint:gosec // as above
	}
}

// share gives the workouts to their owners.
func (w *World) share() {
	w.owned.start = make([]uint32, w.Members+1)
	w.owned.items = make([]uint32, w.Workouts)
	for k := range w.Workouts {
		w.owned.start[w.Owner(k)+1]++
	}
	for i := range w.Members {
		w.owned.start[i+1] += w.owned.start[i]
	}
	next := slices.Clone(w.owned.start)
	for k := range w.Workouts {
		owner := w.Owner(k)
		w.owned.items[next[owner]] = uint32(k)
		next[owner]++
	}
}

// Following lists whom a member follows.
func (w *World) Following(i int) []uint32 { return w.following.of(i) }

// IsFollowing says whether one member follows another.
func (w *World) IsFollowing(i, other int) bool {
	_, there := slices.BinarySearch(w.following.of(i), uint32(other)) //nolint:gosec // members are below 2³¹
	return there
}

// FollowCount is how many follows there are.
func (w *World) FollowCount() int { return len(w.following.items) }

// Blocks is whom a member blocks, or -1.
func (w *World) Blocks(i int) int {
	if i%blockEvery != 7 {
		return -1
	}
	d := roll(w.Seed, streamPick, i)
	other := d.below(w.Members)
	if other == i {
		return -1
	}
	return other
}

// Owned lists a member's workouts, the oldest first.
func (w *World) Owned(i int) []uint32 { return w.owned.of(i) }

// MemberID is the i-th member's.
func (w *World) MemberID(i int) uuid.UUID {
	d := roll(w.Seed, streamMember, i)
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], d.next())
	binary.BigEndian.PutUint64(id[8:], d.next())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// Token is the access token of the i-th session, in the service's form.
func (w *World) Token(i int) string {
	sum := w.digest("token", i)
	return "pl_at_" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// SessionID is the i-th session's.
func (w *World) SessionID(i int) uuid.UUID {
	sum := w.digest("session", i)
	id := uuid.UUID(sum[:16])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (w *World) digest(what string, i int) [32]byte {
	in := append([]byte(what), 0)
	in = binary.BigEndian.AppendUint64(in, w.Seed)
	return sha256.Sum256(binary.BigEndian.AppendUint64(in, uint64(i))) //nolint:gosec // not negative
}
