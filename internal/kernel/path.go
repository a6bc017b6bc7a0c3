package kernel

import (
	"fmt"
	"os"
	"slices"
)

// Path is the instruction set that the kernels use. Equal inputs give equal
// bits on one path, but not on two.
type Path string

// The paths, fastest first.
const (
	AVX512  Path = "avx512"
	AVX2    Path = "avx2"
	Generic Path = "generic"
)

// PathVariable is the environment variable that forces a path.
const PathVariable = "GOAL_SEARCH_KERNEL"

// path is chosen once, before any kernel runs.
var path = fastest()

// Current returns the path in use.
func Current() Path { return path }

// Available returns the paths that this processor can run, fastest first.
func Available() []Path { return append(detected(), Generic) }

// CheckForced returns an error when PathVariable names a path that this
// processor cannot run; the kernels then use the fastest one that it can.
func CheckForced() error {
	forced := Path(os.Getenv(PathVariable))
	if forced == "" || slices.Contains(Available(), forced) {
		return nil
	}
	return fmt.Errorf("%s is %q: want one of %v on this processor", PathVariable, forced, Available())
}

func fastest() Path {
	available := Available()
	if forced := Path(os.Getenv(PathVariable)); slices.Contains(available, forced) {
		return forced
	}
	return available[0]
}

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
