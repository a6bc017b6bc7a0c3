package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func BenchmarkAddRows(b *testing.B) {
	const rows, n = 784, 147
	for _, width := range []int{16, 64, 112} {
		m, dst := make([]float32, rows*width), make([]float32, width)
		for i := range m {
			m[i] = rand.Float32()
		}
		index, value := make([]int32, n), make([]float32, n)
		for i := range index {
			index[i], value[i] = int32(rand.IntN(rows)), rand.Float32()
		}
		for _, p := range []Path{AVX512, AVX2, Generic} {
			b.Run(fmt.Sprintf("width=%d/%s", width, p), func(b *testing.B) {
				defer func(old Path) { path = old }(path)
				path = p
				for b.Loop() {
					AddRows(dst, m, index, value)
				}
				b.ReportMetric(2*n*float64(width)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}

func TestAddRowsEqualsGeneric(t *testing.T) {
	for width := Lane; width <= MaxWidth; width += Lane {
		for _, n := range []int{0, 1, 2, 50} {
			for _, p := range []Path{AVX512, AVX2} {
				m := make([]float32, 60*width)
				for i := range m {
					m[i] = rand.Float32() - .5
				}
				got, want := make([]float32, width), make([]float32, width)
				index, value := make([]int32, n), make([]float32, n)
				for i := range index {
					index[i], value[i] = int32(rand.IntN(60)), rand.Float32()
				}
				path = p
				AddRows(got, m, index, value)
				addRowsGeneric(want, m, index, value)
				for i := range got {
					if math.Abs(float64(got[i]-want[i])) > 1e-5 {
						t.Fatalf("%s width %d n %d: got %g want %g", p, width, n, got[i], want[i])
					}
				}
			}
		}
	}
}
