//go:build unix

package trainer

import (
	"syscall"
	"time"
)

// cpuTime returns how long the process has had a processor, all threads
// together.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
