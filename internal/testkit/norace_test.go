//go:build !race

package testkit_test

const raced = false
