package heap_test

import (
	"runtime"
	"testing"

	"github.com/paceline/paceline/internal/testkit/heap"
)

// What was let go counts for the peak, and what is kept for what lives.
func TestHeap(t *testing.T) { // alone: it measures the heap of the process
	before := heap.Live()
	var kept []byte
	grown := heap.Peak(func() {
		for range 4 {
			kept = make([]byte, 16<<20)
		}
	})
	if after := heap.Live(); grown < 16<<20 || after-before < 15<<20 || after-before > 20<<20 {
		t.Errorf("%d bytes at most, and %d are kept of 16 MiB", grown, after-before)
	}
	runtime.KeepAlive(kept)
}
