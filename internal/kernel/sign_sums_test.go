package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestWeighEqualsSum(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		var sums SignSums
		for words := range 40 {
			for _, n := range []int{100, 0, 1, 2, 3, 7} {
				m, index := randomSigns(t, r, 9, words, n)
				blocks, weight := inBlocks(m), floats(t, r, n, 1)
				got, intact := guarded[float32](t, blocks.Columns())
				want := make([]float32, len(got))
				for i := range want {
					sum := .25
					for j, row := range index {
						sum += float64(weight[j]) * m.sign(row, i)
					}
					want[i] = float32(sum)
				}
				sums.Weigh(got, .25, weight, index, blocks)
				near(t, "sums", got, want, 1e-5, 1e-6)
				intact()
			}
		}
	})
}

func TestDotEqualsSum(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		var sums SignSums
		for words := range 40 {
			for _, n := range []int{100, 0, 1, 2, 7, 8, 9} {
				m, index := randomSigns(t, r, 9, words, n)
				blocks := inBlocks(m)
				v := floats(t, r, blocks.Columns(), 1)
				got, intact := guarded[float32](t, n)
				want := make([]float32, n)
				for j, row := range index {
					var sum float64
					for i, v := range v {
						sum += float64(v) * m.sign(row, i)
					}
					want[j] = float32(sum)
				}
				sums.Dot(got, v, index, blocks)
				near(t, "products", got, want, 2e-5, 1e-6)
				intact()
			}
		}
	})
}

// TestSumTriplesEqualsGeneric demands equal numbers, as the other kernels' tests
// do: all add in the same order.
func TestSumTriplesEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := 1; n < 40; n++ {
			for _, lists := range []int{1, 2, 8} {
				v := floats(t, r, (n-1)*lists+lists, 1)
				got, intact := guarded[float32](t, lists*triples(n)*tripleSums)
				want := make([]float32, len(got))
				sumTriples(got, v, lists, n, lists)
				sumTriplesGeneric(want, v, lists, n, lists)
				same(t, "sums", got, want)
				intact()
			}
		}
	})
}

func TestTriplesEqualGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for blocks := 1; blocks < 5; blocks++ {
			signs, index := randomSigns(t, r, 9, 16*blocks, 24)
			m, sums := inBlocks(signs), SignSums{}
			for n := 1; n <= len(index)/tripleSigns; n++ {
				sums.find(index[:n*tripleSigns], m, tripleSigns)
				table := floats(t, r, n*tripleSums, 1)
				got, intact := guarded[float32](t, m.Columns())
				want := make([]float32, len(got))
				addTriples(got, .5, table, sums.row, m)
				addTriplesGeneric(want, .5, table, sums.row, m)
				same(t, "sums", got, want)
				intact()
			}
			sums.find(index[:rowsPerDot], m, rowsPerDot)
			table := floats(t, r, blocks*blockWords*wordTriples*tripleSums, 1)
			got, intact := guarded[float32](t, rowsPerDot)
			var want [rowsPerDot]float32
			dotTriples((*[rowsPerDot]float32)(got), table, sums.row, m)
			dotTriplesGeneric(&want, table, sums.row, m)
			same(t, "products", got, want[:])
			intact()
		}
	})
}

// TestSignSumsKeepNaN: a weight that is no number spoils all sums, and a number
// of v all products. Infinity gives infinities, or NaN.
func TestSignSumsKeepNaN(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		signs, index := randomSigns(t, rand.New(rand.NewPCG(1, 2)), 9, 3, 5)
		m, sums := inBlocks(signs), SignSums{}
		for _, special := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
			for i := range index {
				weight, dst, v := make([]float32, len(index)), make([]float32, 256), make([]float32, 256)
				weight[i], v[17*i] = special, special
				sums.Weigh(dst, 0, weight, index, m)
				sums.Dot(weight, v, index, m)
				for _, got := range append(dst, weight...) {
					if !math.IsNaN(float64(got)) && !math.IsInf(float64(got), 0) {
						t.Fatalf("got %g with %g", got, special)
					}
				}
			}
		}
	})
}

func TestSignSumsOfBadSizes(t *testing.T) {
	m, sums := inBlocks(Signs{make([]uint16, 3*32), 32}), SignSums{}
	zero, row := []int32{0}, make([]float32, 512)
	panics(t, "row", func() { sums.Weigh(row[:511], 0, row[:1], zero, m) })
	panics(t, "weights", func() { sums.Weigh(row, 0, row[:2], zero, m) })
	panics(t, "index", func() { sums.Weigh(row, 0, row[:1], []int32{3}, m) })
	panics(t, "negative", func() { sums.Dot(row[:1], row, []int32{-1}, m) })
	panics(t, "v", func() { sums.Dot(row[:1], row[:256], zero, m) })
	panics(t, "dst", func() { sums.Dot(row[:2], row, zero, m) })
}

func FuzzSignSums(f *testing.F) {
	f.Add(uint64(1), uint8(64), uint8(100))
	f.Fuzz(func(t *testing.T, seed uint64, words, n uint8) {
		r := rand.New(rand.NewPCG(seed, 0))
		signs, index := randomSigns(t, r, 1+int(seed%50), int(words), int(n))
		m := inBlocks(signs)
		weight, v := floats(t, r, int(n), 1), floats(t, r, m.Columns(), 1)
		var wantSums, wantProducts []float32
		for _, p := range append([]Path{Generic}, Available()...) {
			sums, products := make([]float32, len(v)), make([]float32, n)
			func() {
				defer Use(Use(p))
				new(SignSums).Weigh(sums, 1, weight, index, m)
				new(SignSums).Dot(products, v, index, m)
			}()
			if wantSums == nil {
				wantSums, wantProducts = sums, products
			}
			same(t, "sums", sums, wantSums)
			same(t, "products", products, wantProducts)
		}
	})
}

// BenchmarkSignSums is a neuron with 100 connections to 2,000 others, for 1024
// samples.
func BenchmarkSignSums(b *testing.B) {
	const neurons, words, connections = 2000, 64, 100
	r := rand.New(rand.NewPCG(1, 2))
	m := inBlocks(Signs{randomWords(r, neurons*words), words})
	index := make([]int32, 16*connections)
	for i := range index {
		index[i] = int32(r.IntN(neurons))
	}
	weight, v := make([]float32, connections), make([]float32, words*Lane)
	turn, sums := 0, SignSums{}
	next := func() []int32 { turn++; return index[turn%16*connections:][:connections] }
	b.Run("weigh", func(b *testing.B) {
		benchEachPath(b, connections*len(v), func() { sums.Weigh(v, 1, weight, next(), m) })
	})
	b.Run("dot", func(b *testing.B) {
		benchEachPath(b, connections*len(v), func() { sums.Dot(weight, v, next(), m) })
	})
}
