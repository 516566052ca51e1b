//go:build race

package testkit_test

// raced says that the race detector watches.
const raced = true
