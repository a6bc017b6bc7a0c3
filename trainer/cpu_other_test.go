//go:build !unix

package trainer

import "time"

// cpuTime is not known here.
func cpuTime() time.Duration { return 0 }
