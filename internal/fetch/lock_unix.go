//go:build unix && !solaris && !aix

package fetch

import (
	"errors"
	"os"
	"syscall"
)

// lock holds the file for this process until it is closed.
func lock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	if err != nil && !errors.Is(err, syscall.ENOTSUP) && !errors.Is(err, syscall.ENOLCK) && !errors.Is(err, syscall.ENOSYS) {
		return err
	}
	return nil // some network file systems have no locks
}
