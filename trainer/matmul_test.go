package trainer

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkMultiply(b *testing.B) {
	const n, batch, d = 100, 1024, 784
	fill := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = rand.Float32() + .1
		}
		return x
	}
	w, x, f := fill(n*d), fill(batch*d), fill(n*batch)
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("forward/threads=%d", threads), func(b *testing.B) {
			for b.Loop() {
				multiply(matrix[float32]{data: f, stride: batch}, matrix[float32]{data: w, stride: d}, matrix[float32]{data: x, stride: d, transposed: true}, n, batch, d, threads)
			}
			b.ReportMetric(2*n*batch*d/float64(b.Elapsed().Nanoseconds())*float64(b.N), "GFLOP/s")
		})
		b.Run(fmt.Sprintf("backward/threads=%d", threads), func(b *testing.B) {
			for b.Loop() {
				multiply(matrix[float32]{data: w, stride: d}, matrix[float32]{data: f, stride: batch}, matrix[float32]{data: x, stride: d}, n, d, batch, threads)
			}
			b.ReportMetric(2*n*batch*d/float64(b.Elapsed().Nanoseconds())*float64(b.N), "GFLOP/s")
		})
	}
}
