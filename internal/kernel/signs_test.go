package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// randomSigns are rows of signs, and a list of some of them.
func randomSigns(t *testing.T, r *rand.Rand, rows, words, listed int) (Signs, []int32) {
	bits, _ := guarded[uint16](t, rows*words)
	for i := range bits {
		bits[i] = uint16(r.Uint32())
	}
	index := make([]int32, listed)
	for i := range index {
		index[i] = int32(r.IntN(rows))
	}
	return Signs{bits, words}, index
}

// sign is a number of m.
func (m Signs) sign(row int32, i int) float64 {
	return float64(m.Bits[int(row)*m.Words+i/Lane]>>(i%Lane)&1)*2 - 1
}

func TestWeighSignsEqualsSum(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for words := range 40 {
			for _, n := range []int{0, 1, 2, 7, 100} {
				m, index := randomSigns(t, r, 9, words, n)
				weight := floats(t, r, n, 1)
				got, intact := guarded[float32](t, words*Lane)
				want := make([]float32, len(got))
				for i := range want {
					sum := .25
					for j, row := range index {
						sum += float64(weight[j]) * m.sign(row, i)
					}
					want[i] = float32(sum)
				}
				WeighSigns(got, .25, weight, index, m)
				near(t, "sums", got, want, 1e-5, 1e-6)
				intact()
			}
		}
	})
}

func TestDotSignsEqualsSum(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for words := range 40 {
			for _, n := range []int{0, 1, 2, 3, 4, 7, 100} {
				m, index := randomSigns(t, r, 9, words, n)
				v := floats(t, r, words*Lane, 1)
				got, intact := guarded[float32](t, n)
				want := make([]float32, n)
				for j, row := range index {
					var sum float64
					for i, v := range v {
						sum += float64(v) * m.sign(row, i)
					}
					want[j] = float32(sum)
				}
				DotSigns(got, v, index, m)
				near(t, "products", got, want, 2e-5, 1e-6)
				intact()
			}
		}
	})
}

// TestSignsKeepNaN: a weight that is no number spoils all sums, and a number of
// v all products.
func TestSignsKeepNaN(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		m, index := randomSigns(t, rand.New(rand.NewPCG(1, 2)), 9, 3, 5)
		for _, special := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
			weight, dst := []float32{1, 2, special, 3, 4}, make([]float32, 48)
			WeighSigns(dst, 0, weight, index, m)
			v := make([]float32, 48)
			v[17] = special
			DotSigns(weight, v, index, m)
			for _, got := range append(dst, weight...) {
				if !math.IsNaN(float64(got)) && !math.IsInf(float64(got), 0) {
					t.Fatalf("got %g with %g", got, special)
				}
			}
		}
	})
}

func TestSignsOfBadSizes(t *testing.T) {
	m := Signs{make([]uint16, 6), 2}
	zero, row := []int32{0}, make([]float32, 32)
	panics(t, "row", func() { WeighSigns(row[:31], 0, row[:1], zero, m) })
	panics(t, "weights", func() { WeighSigns(row, 0, row[:2], zero, m) })
	panics(t, "index", func() { WeighSigns(row, 0, row[:1], []int32{3}, m) })
	panics(t, "negative", func() { DotSigns(row[:1], row, []int32{-1}, m) })
	panics(t, "v", func() { DotSigns(row[:1], row[:16], zero, m) })
	panics(t, "dst", func() { DotSigns(row[:2], row, zero, m) })
}

func FuzzSigns(f *testing.F) {
	f.Add(uint64(1), uint8(64), uint8(100))
	f.Fuzz(func(t *testing.T, seed uint64, words, n uint8) {
		r := rand.New(rand.NewPCG(seed, 0))
		m, index := randomSigns(t, r, 1+int(seed%50), int(words), int(n))
		weight, v := floats(t, r, int(n), 1), floats(t, r, int(words)*Lane, 1)
		wantSums, wantProducts := make([]float32, len(v)), make([]float32, n)
		weighSignsGeneric(wantSums, 1, weight, index, m)
		dotSignsGeneric(wantProducts, v, index, m)
		eachPath(t, func(t *testing.T) {
			sums, products := make([]float32, len(v)), make([]float32, n)
			WeighSigns(sums, 1, weight, index, m)
			DotSigns(products, v, index, m)
			near(t, "sums", sums, wantSums, 1e-4, 0)
			near(t, "products", products, wantProducts, 2e-4, 0)
		})
	})
}

// BenchmarkSigns is a neuron with 100 connections to 2,000 others, for 1024
// samples.
func BenchmarkSigns(b *testing.B) {
	const neurons, words, connections = 2000, 64, 100
	r := rand.New(rand.NewPCG(1, 2))
	m := Signs{make([]uint16, neurons*words), words}
	for i := range m.Bits {
		m.Bits[i] = uint16(r.Uint32())
	}
	index := make([]int32, 16*connections)
	for i := range index {
		index[i] = int32(r.IntN(neurons))
	}
	weight, v := make([]float32, connections), make([]float32, words*Lane)
	turn := 0
	next := func() []int32 { turn++; return index[turn%16*connections:][:connections] }
	b.Run("weigh", func(b *testing.B) {
		benchEachPath(b, connections*len(v), func() { WeighSigns(v, 1, weight, next(), m) })
	})
	b.Run("dot", func(b *testing.B) {
		benchEachPath(b, connections*len(v), func() { DotSigns(weight, v, next(), m) })
	})
}
