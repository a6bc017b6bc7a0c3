package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestAddDenseEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for width := Lane; width <= MaxWidth; width += Lane {
			for rows := range 15 {
				for _, depth := range []int{0, 1, 2, 33} {
					stride := depth + depth%5
					m, x := floats(t, r, depth*width, 1), floats(t, r, rows*stride, 1)
					got, intact := guarded[float32](t, rows*width)
					clear(got)
					want := make([]float32, len(got))
					used := 1 + r.IntN(width)
					AddDense(got, m, width, used, x, stride, rows, depth)
					addDenseGeneric(want, m, width, width, x, stride, rows, depth)
					for i := range rows {
						near(t, "product", got[i*width:][:used], want[i*width:][:used], 4e-6, 0)
					}
					intact()
				}
			}
		}
	})
}

func TestAddDenseKeepsNaN(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		const width = 5 * Lane
		m, x, dst := make([]float32, 2*width), []float32{1, 2, 3, 0}, make([]float32, 2*width)
		m[3], m[width+4] = float32(math.NaN()), float32(math.Inf(1))
		AddDense(dst, m, width, width, x, 2, 2, 2)
		if dst[3] == dst[3] || dst[width+3] == dst[width+3] || dst[4] != m[width+4] || dst[width+4] == dst[width+4] || dst[5] != 0 {
			t.Errorf("got %v and %v", dst[3:6], dst[width+3:][:3])
		}
	})
}

func TestScaleBytesAtEveryLength(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 100 {
			for count := range 4 {
				rows, column, stride := make([][]byte, count), n%3, n+count
				got, intact := guarded[float32](t, max(0, (count-1)*stride+n))
				want := copyOf(got)
				for i := range rows {
					rows[i] = make([]byte, column+n)
					for j := range n {
						rows[i][column+j] = byte(r.Uint32())
						want[i*stride+j] = .3 * float32(rows[i][column+j])
					}
				}
				ScaleBytes(got, stride, rows, column, n, .3)
				same(t, "floats", got, want)
				intact()
			}
		}
	})
}

func TestDenseOfBadSizes(t *testing.T) {
	v := make([]float32, 128)
	panics(t, "width", func() { AddDense(v[:24], v[:24], 24, 24, v, 1, 1, 1) })
	panics(t, "wide", func() { AddDense(v, v, 128, 128, v, 1, 1, 1) })
	panics(t, "used", func() { AddDense(v[:16], v[:16], 16, 17, v, 1, 1, 1) })
	panics(t, "dst", func() { AddDense(v[:31], v[:16], 16, 16, v, 1, 2, 1) })
	panics(t, "m", func() { AddDense(v[:32], v[:31], 16, 16, v, 2, 2, 2) })
	panics(t, "stride", func() { AddDense(v[:32], v[:32], 16, 16, v, 1, 2, 2) })
	panics(t, "x", func() { AddDense(v[:32], v[:32], 16, 16, v[:3], 2, 2, 2) })
	rows := [][]byte{make([]byte, 4), make([]byte, 4)}
	panics(t, "bytes", func() { ScaleBytes(v, 4, rows, 1, 4, 1) })
	panics(t, "floats", func() { ScaleBytes(v[:7], 4, rows, 0, 4, 1) })
	panics(t, "rows", func() { ScaleBytes(v, 3, rows, 0, 4, 1) })
	panics(t, "column", func() { ScaleBytes(v, 4, rows, -1, 4, 1) })
}

func FuzzAddDense(f *testing.F) {
	f.Add(uint64(1), uint8(7), uint8(5), uint8(64))
	f.Fuzz(func(t *testing.T, seed uint64, lanes, rows, depth uint8) {
		width := Lane * (1 + int(lanes)%7)
		r := rand.New(rand.NewPCG(seed, 0))
		m, x := floats(t, r, int(depth)*width, 1), floats(t, r, int(rows)*int(depth), 1)
		want := make([]float32, int(rows)*width)
		addDenseGeneric(want, m, width, width, x, int(depth), int(rows), int(depth))
		eachPath(t, func(t *testing.T) {
			got := make([]float32, len(want))
			AddDense(got, m, width, width, x, int(depth), int(rows), int(depth))
			near(t, "product", got, want, 2e-5, 0)
		})
	})
}

// BenchmarkAddDense is a block of 48 samples and 64 pixels.
func BenchmarkAddDense(b *testing.B) {
	const rows, depth = 48, 64
	for _, width := range []int{16, 64, 112} {
		m, x, dst := make([]float32, depth*width), make([]float32, rows*depth), make([]float32, rows*width)
		b.Run(fmt.Sprintf("width=%d", width), func(b *testing.B) {
			benchEachPath(b, rows*depth*width, func() { AddDense(dst, m, width, width, x, depth, rows, depth) })
		})
	}
}

func BenchmarkScaleBytes(b *testing.B) {
	rows, dst := make([][]byte, 48), make([]float32, 48*64)
	for i := range rows {
		rows[i] = make([]byte, 64)
	}
	benchEachPath(b, len(dst), func() { ScaleBytes(dst, 64, rows, 0, 64, .5) })
}
