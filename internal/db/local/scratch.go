//go:build unix

package local

import (
	"os"
	"syscall"
)

// memory is where Linux has a file system in memory.
const memory = "/dev/shm"

// room is how many bytes have to be free there: a few servers take some 30 MB each, a database
// some 8 MB. A container has 64 MB unless told otherwise.
const room = 2 << 30

// Scratch is the folder to put throwaway data into: in memory when there is room, else the
// system's temporary one. On a busy disk making a database was seen to take a second; in memory it
// takes some 15 ms. Others can write to it.
func Scratch() string {
	var system syscall.Statfs_t
	if err := syscall.Statfs(memory, &system); err == nil && system.Bavail >= room/uint64(system.Bsize) { //nolint:gosec // no block has a negative size
		return memory
	}
	return os.TempDir()
}
