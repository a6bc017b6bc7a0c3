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

// productRate adds rows of a matrix that stays in the first cache.
func productRate() float64 {
	const width, rows, lists = kernel.MaxWidth, 64, 64
	dst, m := make([]float32, lists*width), make([]float32, rows*width)
	var first, last, index []int32
	for i := range lists {
		first, last = append(first, int32(i*rows)), append(last, int32((i+1)*rows))
		for k := range rows {
			index = append(index, int32(k))
		}
	}
	value := make([]float32, len(index))
	perCall := 2 * width * float64(len(index))
	return perCall / best(func() { kernel.AddLists(dst, m, width, first, last, index, value) }) / 1e9
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
