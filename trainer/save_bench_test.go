package trainer

import (
	"bytes"
	"fmt"
	"testing"
)

// BenchmarkSave writes a run of MNIST's size to memory, as a trial's state.
func BenchmarkSave(b *testing.B) {
	for _, hidden := range []int{100, 2000} {
		b.Run(fmt.Sprintf("hidden=%d", hidden), func(b *testing.B) {
			c := smallConfig()
			c.Hidden = hidden
			r, start := mustRun(b, c, 1), cpuTime()
			var state bytes.Buffer
			for b.Loop() {
				state.Reset()
				if err := r.Save(&state); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(state.Len()), "bytes")
			b.ReportMetric(float64((cpuTime()-start).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}
