package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// randomLists are lists of up to 20 of some rows, in no order.
func randomLists(r *rand.Rand, n, rows int) (first, last, index []int32, value []float32) {
	for range n {
		first = append(first, int32(len(index)))
		for range r.IntN(20) {
			index, value = append(index, int32(r.IntN(rows))), append(value, r.Float32()-.5)
		}
		last = append(last, int32(len(index)))
	}
	return first, last, index, value
}

func TestAddListsEqualsGeneric(t *testing.T) {
	const rows = 60
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for width := Lane; width <= MaxWidth; width += Lane {
			for _, n := range []int{0, 1, 2, 30} {
				m := floats(t, r, rows*width, 1)
				first, last, index, value := randomLists(r, n, rows)
				for _, value := range [][]float32{value, nil} {
					got, intact := guarded[float32](t, n*width)
					clear(got)
					want := make([]float32, n*width)
					AddLists(got, m, width, first, last, index, value)
					addListsGeneric(want, m, width, first, last, index, value)
					near(t, "sums", got, want, 2e-6, 0)
					intact()
				}
			}
		}
	})
}

func TestAddRowsEqualsAddLists(t *testing.T) {
	const rows = 60
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 30 {
			for width := Lane; width <= MaxWidth; width += Lane {
				m, got := floats(t, r, rows*width, 1), floats(t, r, width, 1)
				index, value := make([]int32, n), make([]float32, n)
				for i := range index {
					index[i], value[i] = int32(r.IntN(rows)), r.Float32()
				}
				want := copyOf(got)
				AddRows(got, m, index, value)
				AddLists(want, m, width, []int32{0}, []int32{int32(n)}, index, value)
				same(t, "AddRows", got, want)
				SumRows(got, m, index)
				AddLists(want, m, width, []int32{0}, []int32{int32(n)}, index, nil)
				same(t, "SumRows", got, want)
			}
		}
	})
}

func TestAddRowsKeepsNaNAndInfinity(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for width := Lane; width <= MaxWidth; width += Lane {
			m, dst := make([]float32, 2*width), make([]float32, width)
			m[0], m[width+3] = float32(math.NaN()), float32(math.Inf(1))
			AddRows(dst, m, []int32{0, 1}, []float32{1, -2})
			if dst[0] == dst[0] || dst[3] != float32(math.Inf(-1)) || dst[1] != 0 {
				t.Errorf("width %d: got %v", width, dst[:4])
			}
		}
	})
}

func TestAddListsOfBadSizes(t *testing.T) {
	m, dst := make([]float32, 64), make([]float32, 32)
	zero, two := []int32{0}, []int32{2}
	panics(t, "width", func() { AddLists(dst[:24], m, 24, zero, two, two, nil) })
	panics(t, "wide", func() { AddLists(make([]float32, 128), m, 128, zero, two, two, nil) })
	panics(t, "dst", func() { AddLists(dst, m, 16, zero, zero, zero, nil) })
	panics(t, "last", func() { AddLists(dst, m, 32, zero, two, zero, nil) })
	panics(t, "order", func() { AddLists(dst, m, 32, []int32{1}, zero, two, nil) })
	panics(t, "negative", func() { AddLists(dst, m, 32, []int32{-1}, zero, two, nil) })
	panics(t, "values", func() { AddRows(dst, m, zero, nil) })
}

func FuzzAddLists(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(5))
	f.Fuzz(func(t *testing.T, seed uint64, lanes, n uint8) {
		width := Lane * (1 + int(lanes)%7)
		r := rand.New(rand.NewPCG(seed, 0))
		first, last, index, value := randomLists(r, int(n), 9)
		m := floats(t, r, 9*width, 1)
		want := make([]float32, width*int(n))
		addListsGeneric(want, m, width, first, last, index, value)
		eachPath(t, func(t *testing.T) {
			got := make([]float32, len(want))
			AddLists(got, m, width, first, last, index, value)
			near(t, "sums", got, want, 2e-6, 0)
		})
	})
}

// BenchmarkAddLists is a block of 64 pixels for 128 samples.
func BenchmarkAddLists(b *testing.B) {
	const rows, lists, each = 64, 128, 12
	for _, width := range []int{16, 64, 112} {
		m, dst := make([]float32, rows*width), make([]float32, lists*width)
		var first, last, index []int32
		for range lists {
			first = append(first, int32(len(index)))
			for range each {
				index = append(index, int32(rand.IntN(rows)))
			}
			last = append(last, int32(len(index)))
		}
		value := make([]float32, len(index))
		for i, value := range [][]float32{value, nil} {
			b.Run(fmt.Sprintf("%s/width=%d", []string{"values", "ones"}[i], width), func(b *testing.B) {
				benchEachPath(b, len(index)*width, func() { AddLists(dst, m, width, first, last, index, value) })
			})
		}
	}
}

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
		b.Run(fmt.Sprintf("width=%d", width), func(b *testing.B) {
			benchEachPath(b, n*width, func() { AddRows(dst, m, index, value) })
		})
	}
}
