package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func paperBins(t *testing.T) *FieldBins {
	bins, ok := NewBins(20, -20, 20)
	if !ok {
		t.Fatal("the paper's bins are not of this kind")
	}
	return &FieldBins{bins, bins, bins}
}

// binByEdges is the definition of a bin (pid.Binning): v is above its lower
// edge, unless it is the first, and not above its upper edge.
func binByEdges(v float64, count int, low, high float64) uint16 {
	bin := 0
	for bin < count-1 && v > low+float64(bin+1)*(high-low)/float64(count) {
		bin++
	}
	return uint16(bin)
}

// TestCellsAreBinsByEdges looks on and beside each edge and elsewhere.
func TestCellsAreBinsByEdges(t *testing.T) {
	for _, c := range []struct {
		count     int
		low, high float64
	}{{20, -20, 20}, {5, -16, 24}, {1, 0, 8}, {40, -20, 20}, {256, -1, 1}, {3, 4, 10}, {7, -.5, 3}} {
		bins, ok := NewBins(c.count, c.low, c.high)
		if !ok {
			t.Fatalf("%+v: not of this kind", c)
		}
		x := &Fields{Width: Lane, C: make([]float32, Lane), L: make([]float32, Lane)}
		for i := -2; i <= c.count+2; i++ {
			edge := float32(c.low + float64(i)*(c.high-c.low)/float64(c.count))
			x.F = append(x.F, edge, next(edge, 1), next(edge, -1))
		}
		for range 1000 {
			x.F = append(x.F, float32((rand.Float64()*1.2-.1)*(c.high-c.low)+c.low))
		}
		x.F = append(x.F, special...)
		x.F = x.F[:len(x.F)/Lane*Lane]
		for i, v := range x.F {
			if v != 0 && math.Abs(float64(v)) < 1e-37 {
				x.F[i] = 0
			}
		}
		x.Context = make([]uint8, len(x.F)/Lane)
		one := Bins{1, 1, 0, 0}
		eachPath(t, func(t *testing.T) {
			got := make([]uint16, len(x.F))
			Cells(got, x, &FieldBins{bins, one, one})
			for i, v := range x.F {
				if want := binByEdges(float64(v), c.count, c.low, c.high); got[i] != want {
					t.Fatalf("%+v: bin of %g is %d, want %d", c, v, got[i], want)
				}
			}
		})
	}
}

func next(v float32, direction float32) float32 {
	return math.Nextafter32(v, direction*math.MaxFloat32)
}

func TestNewBinsOfOtherKinds(t *testing.T) {
	for _, c := range []struct {
		count     int
		low, high float64
	}{{20, -10, 20}, {20, -19, 21}, {0, 0, 0}, {3, 0, 10}, {2, 1, -1}, {10, math.NaN(), 1}, {10, 0, math.Inf(1)}, {1024, 0, .25}, {2, 1e9, 1e9 + 2}} {
		if bins, ok := NewBins(c.count, c.low, c.high); ok {
			t.Errorf("%+v: got %+v, want no bins", c, bins)
		}
	}
}

func TestCellsEqualGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		b := paperBins(t)
		b.C, _ = NewBins(8, -2, 2)
		shapes(func(samples, width int, shared bool) {
			x := randomFields(t, r, samples, width, 5, shared)
			got, intact := guarded[uint16](t, samples*width)
			want := make([]uint16, samples*width)
			Cells(got, x, b)
			cellsGeneric(want, x, b)
			same(t, "cells", got, want)
			intact()
		})
		x := specialFields()
		got, want := make([]uint16, len(x.F)), make([]uint16, len(x.F))
		Cells(got, x, b)
		cellsGeneric(want, x, b)
		same(t, "cells of special numbers", got, want)
	})
}

func TestCellsUpToTheLast(t *testing.T) {
	bins, _ := NewBins(256, -128, 128)
	one := Bins{1, 1, 0, 0}
	b := &FieldBins{bins, bins, one}
	x := &Fields{Width: Lane, F: row(1000), C: row(1000), L: row(0), Context: []uint8{0}}
	eachPath(t, func(t *testing.T) {
		cell := make([]uint16, Lane)
		Cells(cell, x, b)
		if cell[3] != math.MaxUint16 {
			t.Errorf("the last cell is %d", cell[3])
		}
	})
	panics(t, "too many", func() { Cells(make([]uint16, Lane), x, &FieldBins{bins, bins, bins}) })
	panics(t, "none", func() { Cells(make([]uint16, Lane), x, &FieldBins{}) })
	panics(t, "sizes", func() { Cells(make([]uint16, 2), x, b) })
}

func FuzzCells(f *testing.F) {
	f.Add(float32(2), float32(0), float32(-2))
	f.Fuzz(func(t *testing.T, vf, vc, vl float32) {
		x := &Fields{Width: Lane, F: row(vf), C: row(vc), L: row(vl), Context: []uint8{0}}
		b := paperBins(t)
		want := make([]uint16, Lane)
		cellsGeneric(want, x, b)
		eachPath(t, func(t *testing.T) {
			got := make([]uint16, Lane)
			Cells(got, x, b)
			same(t, "cells", got, want)
		})
	})
}

func BenchmarkCells(b *testing.B) {
	x, _ := benchFields()
	bins, _ := NewBins(20, -20, 20)
	cell := make([]uint16, len(x.F))
	benchEachPath(b, len(cell), func() { Cells(cell, x, &FieldBins{bins, bins, bins}) })
}
