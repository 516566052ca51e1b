package seal

import (
	"io/fs"
	"os"
	"syscall"
)

// private says whether the file is for the service's eyes only.
func private(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && privateMode(info.Mode().Perm(), int(owner.Uid), os.Geteuid())
}

// privateMode is PostgreSQL's rule for a server key (be-secure-common.c): nobody but the owner may
// read the file; one owned by root may also be readable by its group, which is how a mounted
// secret reaches a service that does not run as root.
func privateMode(mode fs.FileMode, owner, service int) bool {
	if owner == 0 && service != 0 {
		return mode&0o037 == 0
	}
	return mode&0o077 == 0
}
