// Package heap measures the memory of the test's own process. A test that asks runs alone: what others
// allocate meanwhile counts as its own.
package heap

import (
	"runtime"
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
	var top uint64
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			top = max(top, now())
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-stopped
	top = max(top, now()) // f may have been quicker than any look
	return top - min(idle, top)
}

func now() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
