package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// massBatch draws a batch with few or many cells, some of them out of range.
func massBatch(t *testing.T, r *rand.Rand, m Matrix, bins, cells int) (cell []uint16, theta []float32) {
	length := (m.Samples-1)*m.Stride + Columns
	cell, _ = guarded[uint16](t, length)
	theta, _ = guarded[float32](t, length)
	for i := range cell {
		cell[i], theta[i] = uint16(r.IntN(cells)*37%(bins+1)), r.Float32()
		if r.IntN(20) == 0 {
			theta[i] = special[r.IntN(len(special))]
		}
	}
	return cell, theta
}

func eachMatrix(test func(m Matrix)) {
	for neurons := 1; neurons <= Columns; neurons++ {
		for _, samples := range []int{1, 2, 7, 64, 1024} {
			test(Matrix{Stride: 8 + 8*(samples%3) + neurons%2, Samples: samples, Neurons: neurons})
		}
	}
}

func TestCountAndPickEqualGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		eachMatrix(func(m Matrix) {
			for _, bins := range []int{1, 400, 1 << 16} {
				cell, theta := massBatch(t, r, m, bins, 1+r.IntN(bins))
				scale := NewPIDScale(m.Samples)
				got, want := NewMasses(bins), NewMasses(bins)
				name := fmt.Sprintf("%+v, %d bins", m, bins)
				invalid, wantInvalid := got.Count(cell, theta, m, scale), countMassesGeneric(&want, cell, theta, m, scale)
				if invalid != wantInvalid {
					t.Fatalf("%s: got invalid %b, want %b", name, invalid, wantInvalid)
				}
				same(t, name+" masses", got.Table, want.Table)
				same(t, name+" marks", got.Occupied, want.Occupied)
				for i := range got.Table {
					got.Table[i] = got.Table[i]<<32 | Mass(math.Float32bits(float32(i)))
				}
				dst, intact := guarded[float32](t, len(cell))
				picked := copyOf(dst)
				got.Pick(dst, cell, m)
				pickMassesGeneric(&got, picked, cell, m)
				same(t, name+" picked", dst, picked)
				intact()
			}
		})
	})
}

func TestCountPanics(t *testing.T) {
	table := NewMasses(10)
	good := Matrix{Stride: 8, Samples: 3, Neurons: 2}
	for name, m := range map[string]Matrix{
		"no samples": {8, 0, 2}, "no neurons": {8, 3, 0}, "nine neurons": {8, 3, 9}, "short rows": {7, 3, 2}, "short": {8, 4, 2},
	} {
		panics(t, name, func() { table.Count(make([]uint16, 24), make([]float32, 24), m, NewPIDScale(3)) })
		panics(t, name, func() { table.Pick(make([]float32, 24), make([]uint16, 24), m) })
	}
	panics(t, "short θ", func() { table.Count(make([]uint16, 24), make([]float32, 23), good, NewPIDScale(3)) })
	panics(t, "large batch", func() { NewPIDScale(MaxPIDBatch + 1) })
	panics(t, "no bins", func() { NewMasses(0) })
	panics(t, "too many bins", func() { NewMasses(1<<16 + 1) })
}

// TestScaleHoldsFullBatch counts the largest batches of each scale in one cell.
func TestScaleHoldsFullBatch(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, samples := range []int{1, 1024, 4095, 4096, 8191, MaxPIDBatch} {
			m := Matrix{Stride: 8, Samples: samples, Neurons: 3}
			theta := make([]float32, 8*samples)
			for i := range theta {
				theta[i] = float32(i%8) / 2
			}
			table, scale := NewMasses(2), NewPIDScale(samples)
			table.Count(make([]uint16, 8*samples), theta, m, scale)
			for n := range 3 {
				all, firing, silent := scale.Split(table.Table[n])
				unit := math.Ldexp(1/float64(samples), -int(scale.Fraction))
				if p := float64(n) / 2; float64(all)*unit != 1 || float64(firing)*unit != p || float64(silent)*unit != 1-p {
					t.Errorf("%d samples of θ %g: got %g, %g, %g", samples, p, float64(all)*unit, float64(firing)*unit, float64(silent)*unit)
				}
			}
		}
	})
}

func FuzzCount(f *testing.F) {
	f.Add(uint16(0), float32(.5), uint16(9), float32(math.NaN()), 3)
	f.Add(uint16(65535), float32(-1), uint16(1), float32(2), 8)
	f.Fuzz(func(t *testing.T, cell1 uint16, theta1 float32, cell2 uint16, theta2 float32, neurons int) {
		m := Matrix{Stride: 8, Samples: 2, Neurons: 1 + int(uint(neurons)%Columns)}
		cell, theta := make([]uint16, 16), make([]float32, 16)
		for i := range cell {
			cell[i], theta[i] = cell1, theta1
			if i%3 == 0 {
				cell[i], theta[i] = cell2, theta2
			}
		}
		want := NewMasses(30)
		wantInvalid := countMassesGeneric(&want, cell, theta, m, NewPIDScale(2))
		for _, p := range Available() {
			defer Use(Use(p))
			got := NewMasses(30)
			if invalid := got.Count(cell, theta, m, NewPIDScale(2)); invalid != wantInvalid {
				t.Errorf("%s: got invalid %b, want %b", p, invalid, wantInvalid)
			}
			same(t, string(p), got.Table, want.Table)
			same(t, string(p), got.Occupied, want.Occupied)
		}
	})
}
