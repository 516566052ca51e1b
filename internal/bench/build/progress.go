package build

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// progress tells every few seconds how far a long step is.
type progress struct {
	what  string
	total int64
	done  atomic.Int64
	stop  chan struct{}
	ended chan struct{}
}

const tellEvery = 5 * time.Second

func watch(to io.Writer, what string, total int) *progress {
	p := &progress{what: what, total: int64(total), stop: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		ticker := time.NewTicker(tellEvery)
		defer ticker.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-ticker.C:
				if p.total > 0 {
					fmt.Fprintf(to, "  %s: %d %%\n", p.what, 100*p.done.Load()/p.total)
				} else {
					fmt.Fprintf(to, "  %s …\n", p.what)
				}
			}
		}
	}()
	return p
}

func (p *progress) step() { p.done.Add(1) }

func (p *progress) end() {
	close(p.stop)
	<-p.ended
}
