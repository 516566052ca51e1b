package main

import (
	"runtime"
	"runtime/debug"
)

const (
	// headroomBytes lets garbage gather before it is collected. What lives is a few
	// megabytes, so that the collector, which starts when the heap has grown by a part of
	// itself, would run every few hundred requests and take half of the program's time.
	// The bytes are never touched, so that they take no memory; they count towards the heap.
	headroomBytes = 64 << 20
	// growPercent is that part: garbage takes 13 MiB and a fifth of what lives. The default,
	// as much as lives, would let an import or the counters of many sessions take double.
	growPercent = 20
)

// headroom holds the bytes, and the part, until the function it returns is called.
func headroom() (release func()) {
	bytes := make([]byte, headroomBytes)
	before := debug.SetGCPercent(growPercent)
	return func() {
		debug.SetGCPercent(before)
		runtime.KeepAlive(bytes)
	}
}
