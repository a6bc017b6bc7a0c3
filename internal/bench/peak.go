package bench

import (
	"time"

	"github.com/goal-search/goal-search/internal/kernel"
)

const (
	peakTries = 9
	peakTime  = 10 * time.Millisecond // at least, of each try
)

// peaks measures the peak rates.
func peaks() Peak {
	return Peak{GFLOPS: productRate(), CopyGBs: copyRate()}
}

// productRate multiplies matrices that stay in the first cache.
func productRate() float64 {
	const width, rows, depth = 2 * kernel.Lane, 48, 64
	dst, m, x := make([]float32, rows*width), make([]float32, depth*width), make([]float32, rows*depth)
	return 2 * rows * depth * width / best(func() { kernel.AddDense(dst, m, width, width, x, depth, rows, depth) }) / 1e9
}

// copyRate copies more than caches hold.
func copyRate() float64 {
	const size = 64 << 20
	dst, src := make([]byte, size), make([]byte, size)
	for i := range src {
		src[i] = byte(i) // a page that was never written has no memory
	}
	return size / best(func() { copy(dst, src) }) / 1e9
}

// best returns how many seconds a call takes in the fastest of a few tries.
func best(call func()) float64 {
	call()
	fastest := 0.
	for range peakTries {
		calls, start := 0, time.Now()
		for time.Since(start) < peakTime {
			call()
			calls++
		}
		if s := time.Since(start).Seconds() / float64(calls); fastest == 0 || s < fastest {
			fastest = s
		}
	}
	return fastest
}
