package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// evenEdges are bins of equal width.
func evenEdges(bins, least int, low, high float64) *EdgeBins {
	edges := make([]float32, bins+1)
	for i := range edges {
		edges[i] = float32(low + float64(i)*(high-low)/float64(bins))
	}
	return NewEdgeBins(edges, float32(low), float32(float64(bins)/(high-low)), least)
}

// edgeCases are bins of all kinds. The guesses of the last are too coarse.
func edgeCases() []*EdgeBins {
	return []*EdgeBins{
		evenEdges(20, 0, -1, 1), evenEdges(1, 0, -1, 1), evenEdges(2, 1, -1, 1), evenEdges(256, 0, -1, 1),
		evenEdges(7, 0, -.3, 11.1), evenEdges(50, 3, 3, 3.002), evenEdges(60, 59, -1e6, 1e-3), evenEdges(10, 0, 1e6, 1e6+.1),
	}
}

func TestEdgesAreGuessed(t *testing.T) {
	cases := edgeCases()
	for i, b := range cases {
		if want := i < len(cases)-1; b.near != want {
			t.Errorf("%d bins from %g: near is %t, want %t", b.Count(), b.low, b.near, want)
		}
	}
}

// eachRows calls test for matrices of rows of Lane numbers.
func eachRows(test func(rows, stride int)) {
	for _, rows := range []int{1, 2, 7, 100} {
		for _, stride := range []int{Lane, Lane + 1, 3 * Lane} {
			test(rows, stride)
		}
	}
}

// valuesBeside are numbers at, below and above edges, special ones and others.
func valuesBeside(t *testing.T, r *rand.Rand, b *EdgeBins, n int) []float32 {
	v, _ := guarded[float32](t, n)
	low, high := float64(b.low), float64(b.edges[b.Count()-1])
	for i := range v {
		v[i] = float32(low + (r.Float64()*1.4-.2)*(high-low))
		switch edge := b.edges[r.IntN(b.Count())]; r.IntN(4) {
		case 0:
			v[i] = special[r.IntN(len(special))]
		case 1:
			v[i] = edge
		case 2:
			v[i] = next(edge, float32(2*r.IntN(2)-1))
		}
	}
	return v
}

func TestAppendBinsEqualsGeneric(t *testing.T) {
	for _, b := range edgeCases() {
		eachPath(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, 12))
			eachRows(func(rows, stride int) {
				x := valuesBeside(t, r, b, (rows-1)*stride+Lane)
				got, intact := guarded[uint16](t, len(x))
				for i := range got {
					got[i] = uint16(r.IntN(1<<16/b.Count()) * r.IntN(2))
				}
				divisor := []float32{1, 2, 1, .5, 1e-30, 1, 1e30, 1, 1, 1, 1, 1, 3, 1, 1, 1}[:1+r.IntN(Lane)]
				before, want := copyOf(got), copyOf(got)
				b.Append(got, x, stride, divisor)
				appendBinsGeneric(b, want, x, stride, rows, divisor)
				for i := range got {
					if column := i % stride; column >= Lane {
						want[i] = before[i]
					} else if column >= len(divisor) {
						want[i] = got[i] // of no meaning
					}
				}
				same(t, fmt.Sprintf("%d bins of %d rows, stride %d, %d columns", b.Count(), rows, stride, len(divisor)), got, want)
				intact()
			})
		})
	}
}

func TestAppendReachesTheLastCell(t *testing.T) {
	b := evenEdges(256, 0, -1, 1)
	eachPath(t, func(t *testing.T) {
		cell := make([]uint16, Lane)
		for range 2 {
			b.Append(cell, row(1), Lane, row(1))
		}
		if cell[0] != math.MaxUint16 {
			t.Errorf("the last cell is %d", cell[0])
		}
	})
}

func TestLargestMagnitudesEqualGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(13, 14))
		eachRows(func(rows, stride int) {
			x := floats(t, r, (rows-1)*stride+Lane, 3)
			for i := range x {
				if n := r.IntN(60); n < len(special) {
					x[i] = special[n]
				}
			}
			got, intact := guarded[float32](t, 1+r.IntN(Lane))
			want := make([]float32, len(got))
			LargestMagnitudes(got, x, stride)
			largestMagnitudesGeneric(want, x, stride, rows)
			for n, v := range got {
				if math.Float32bits(v) != math.Float32bits(want[n]) {
					t.Fatalf("%d rows, stride %d, column %d: got %g, want %g", rows, stride, n, v, want[n])
				}
			}
			intact()
		})
	})
}

func TestEdgeBinsPanic(t *testing.T) {
	b, x, divisor := evenEdges(20, 0, -1, 1), make([]float32, 3*Lane), make([]float32, Lane)
	panics(t, "no bins", func() { NewEdgeBins([]float32{1}, 0, 1, 0) })
	panics(t, "no such bin", func() { NewEdgeBins([]float32{0, 1}, 0, 1, 1) })
	panics(t, "too many bins", func() { NewEdgeBins(make([]float32, maxCells+2), 0, 1, 0) })
	panics(t, "cells of other rows", func() { b.Append(make([]uint16, 2*Lane), x, Lane, divisor) })
	panics(t, "half a row", func() { b.Append(make([]uint16, 24), x[:24], Lane, divisor) })
	panics(t, "rows that overlap", func() { LargestMagnitudes(divisor, x, Lane-1) })
	panics(t, "too many divisors", func() { b.Append(make([]uint16, len(x)), x, Lane, x[:Lane+1]) })
	panics(t, "too many columns", func() { LargestMagnitudes(make([]float32, Lane+1), x, Lane) })
	panics(t, "no row", func() { LargestMagnitudes(divisor, nil, Lane) })
}

func FuzzAppendBins(f *testing.F) {
	f.Add(float32(.1), float32(1), float32(-1), float32(1), uint8(20))
	f.Add(float32(3), float32(3), float32(1e6), float32(1), uint8(7))
	f.Fuzz(func(t *testing.T, v, divisor, low, width float32, bins uint8) {
		if !(math.Abs(float64(low)) < 1e30 && width > 1e-30 && width < 1e30) {
			t.Skip()
		}
		b := evenEdges(int(bins)+1, 0, float64(low), float64(low)+float64(width))
		want := make([]uint16, Lane)
		appendBinsGeneric(b, want, row(v), Lane, 1, row(divisor))
		eachPath(t, func(t *testing.T) {
			got := make([]uint16, Lane)
			b.Append(got, row(v), Lane, row(divisor))
			same(t, "cells", got, want)
		})
	})
}

func BenchmarkAppendBins(b *testing.B) {
	const rows = 1024
	bins, x, cell := evenEdges(20, 0, -1, 1), make([]float32, rows*Lane), make([]uint16, rows*Lane)
	for i := range x {
		x[i] = 2*rand.Float32() - 1
	}
	divisor := make([]float32, 10)
	benchEachPath(b, len(x), func() {
		LargestMagnitudes(divisor, x, Lane)
		clear(cell)
		bins.Append(cell, x, Lane, divisor)
	})
}
