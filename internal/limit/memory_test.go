package limit_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/testkit/heap"
)

// 200,000 sessions from as many networks, each reading a member, take a bounded
// and small part of the memory that the service may have.
func TestMemoryIsBounded(t *testing.T) {
	w := start(t, nil)
	l := w.Service.Limits
	now := w.Clock.Now()
	w.Stop() // nothing is exchanged: none of the sessions is one
	before := heap.Live()
	const sessions = 200_000
	for i := range sessions {
		var a [16]byte
		binary.BigEndian.PutUint64(a[:], 0x2001_0db8_0000_0000+uint64(i)<<8)
		c := db.WithToken(fmt.Sprint("session ", i), now)
		if _, _, err := l.Count(t.Context(), c, limit.Read, limit.NetworkOf(netip.AddrFrom16(a))); err != nil {
			t.Fatal(err)
		}
		l.Seen(c, limit.Read)
		limit.Remember(l, c, uuid.New())
	}
	grown := int64(heap.Live()-before) >> 20
	for i, n := range limit.Sizes(l) {
		if n > limit.MaxCounters {
			t.Errorf("table %d holds %d keys", i, n)
		}
	}
	t.Logf("%d sessions: %v keys, %d MiB", sessions, limit.Sizes(l), grown)
	if grown > 20 {
		t.Errorf("the limits take %d MiB", grown)
	}
}
