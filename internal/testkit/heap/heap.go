// Package heap measures the memory of the test's own process. A test that asks runs alone: what others
// allocate meanwhile counts as its own.
package heap

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Live is what lives on the heap, in bytes.
func Live() uint64 {
	runtime.GC()
	return now()
}

// Peak is by how many bytes the heap grew at most while f ran, garbage included, looked at every two
// milliseconds.
func Peak(f func()) uint64 {
	runtime.GC() // twice, for pools keep what they hold over one
	idle := Live()
	var top atomic.Uint64
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for over := false; ; {
			top.Store(max(top.Load(), now()))
			if over {
				return
			}
			select {
			case <-done:
				over = true // and a last look, if f was quicker than any other
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return top.Load() - min(idle, top.Load())
}

func now() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
