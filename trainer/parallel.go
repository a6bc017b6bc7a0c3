package trainer

import (
	"sync"
	"sync/atomic"
)

// parallel calls do(thread, i) for every i below n, on up to threads
// goroutines, and waits for them. Which thread takes which i is left to
// chance, so do may use thread for nothing but scratch memory. A panic of do
// goes on in the caller, who may recover it.
func parallel(threads, n int, do func(thread, i int)) {
	if threads = min(threads, n); threads <= 1 {
		for i := range n {
			do(0, i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	var panicked atomic.Pointer[any]
	for thread := range threads {
		wait.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					panicked.CompareAndSwap(nil, &r)
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(thread, i)
			}
		})
	}
	wait.Wait()
	if r := panicked.Load(); r != nil {
		panic(*r)
	}
}
