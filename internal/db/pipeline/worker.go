package pipeline

import (
	"context"
	"time"
)

// How long a connection may lie idle until it is asked whether it is there, and
// how old it may grow.
const (
	idle     = time.Minute
	lifetime = time.Hour
)

// worker owns a connection.
type worker struct {
	p    *Pipeline
	c    *conn
	wake chan struct{}
}

func (w *worker) run() {
	tick := time.NewTicker(idle)
	defer tick.Stop()
	group := make([]*request, 0, maxGroup)
	for {
		var closed bool
		group, closed = w.p.take(w, group[:0])
		if closed {
			w.c.close()
			return
		}
		var err error
		if len(group) > 0 {
			w.p.requests.Add(uint64(len(group)))
			w.p.groups.Add(1)
			err = w.c.turn(group)
			clear(group)
		} else {
			select {
			case <-w.wake:
			case <-tick.C:
				err = w.keep()
			}
		}
		if err != nil && !w.again() {
			return
		}
	}
}

// keep looks after a connection that nobody uses.
func (w *worker) keep() error {
	if !w.p.unpark(w) {
		<-w.wake
		return nil
	}
	if in(0).Before(w.c.expires) {
		return w.c.turn(nil)
	}
	ctx, cancel := context.WithTimeout(w.p.closing, 5*time.Second)
	defer cancel()
	if fresh, err := connect(ctx, w.p); err == nil {
		w.c.close()
		w.c = fresh
	}
	return nil
}

// again replaces a lost connection. It tries until it has one or the pipeline is closed.
func (w *worker) again() bool {
	w.c.close()
	w.p.down()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		fresh, err := connect(w.p.closing, w.p)
		if err == nil {
			w.c = fresh
			w.p.connected()
			return true
		}
		select {
		case <-w.p.closing.Done():
			return false
		case <-time.After(wait):
		}
	}
}
