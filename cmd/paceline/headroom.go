package main

import "runtime"

// headroomBytes lets garbage gather before it is collected. What lives is a few
// megabytes, so that the collector, which starts when the heap has doubled, would
// run every few hundred requests and take half of the program's time. The bytes
// are never touched, so that they take no memory; they count towards the heap that
// has to double. A higher GOGC would let an import's heap grow in proportion.
const headroomBytes = 16 << 20

// headroom holds the bytes until the function it returns is called.
func headroom() (release func()) {
	bytes := make([]byte, headroomBytes)
	return func() { runtime.KeepAlive(bytes) }
}
