package trainer

import (
	"sync/atomic"
	"testing"
)

func TestParallelCallsEachOnce(t *testing.T) {
	for _, threads := range []int{0, 1, 3, 50} {
		var calls [40]atomic.Int32
		parallel(threads, len(calls), func(_, i int) { calls[i].Add(1) })
		for i := range calls {
			if n := calls[i].Load(); n != 1 {
				t.Errorf("%d threads: %d was done %d times", threads, i, n)
			}
		}
	}
}

func TestParallelPanicReachesTheCaller(t *testing.T) {
	for _, threads := range []int{1, 2} {
		func() {
			defer func() {
				if r := recover(); r != "out of ink" {
					t.Errorf("%d threads: recovered %v", threads, r)
				}
			}()
			parallel(threads, 8, func(_, i int) {
				if i == 5 {
					panic("out of ink")
				}
			})
			t.Errorf("%d threads: no panic", threads)
		}()
	}
}
