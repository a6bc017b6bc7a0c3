package kernel

import "slices"

// Use sets the path that the kernels use from now on, one of Available, and
// returns the one before. It is for tests and measurements, and may not be
// called while kernels run.
func Use(p Path) (before Path) {
	if !slices.Contains(Available(), p) {
		panic("kernel: a path that this processor cannot run")
	}
	before, path = path, p
	return before
}
