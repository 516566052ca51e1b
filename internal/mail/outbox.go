package mail

import (
	"context"
	"sync"
	"time"
)

// Outbox is a Sender that keeps the last mails in memory, for the local run and for tests. It is
// safe for concurrent use.
type Outbox struct {
	site string
	now  func() time.Time

	mu   sync.Mutex
	ring []Written
	next int // where the next mail goes once the ring is full
}

// NewOutbox keeps up to size mails.
func NewOutbox(site string, size int, now func() time.Time) *Outbox {
	return &Outbox{site: site, now: now, ring: make([]Written, 0, max(size, 1))}
}

// Send writes the mail and keeps it; the oldest one goes when there is no room.
func (o *Outbox) Send(_ context.Context, m Message) error {
	text, err := m.Render(o.site)
	if err != nil {
		return err
	}
	w := Written{At: o.now(), Kind: m.Kind, To: m.To, Text: text}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.ring) < cap(o.ring) {
		o.ring = append(o.ring, w)
		return nil
	}
	o.ring[o.next] = w
	o.next = (o.next + 1) % len(o.ring)
	return nil
}

// Recent gives the kept mails, the newest first.
func (o *Outbox) Recent() []Written {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := make([]Written, len(o.ring))
	for i := range out {
		out[len(out)-1-i] = o.ring[(o.next+i)%len(o.ring)]
	}
	return out
}
