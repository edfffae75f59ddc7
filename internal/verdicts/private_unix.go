//go:build unix

package verdicts

import (
	"os"
	"syscall"
)

// othersWrite are the permissions with which others than the owner change what a folder has.
const othersWrite = 0o022

// private reports whether a folder is this user's, and nobody else writes in it. One that is not there yet is made so.
func private(dir string) bool {
	info, err := os.Lstat(dir)
	if os.IsNotExist(err) {
		return true
	}
	if err != nil || !info.IsDir() || info.Mode().Perm()&othersWrite != 0 {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
