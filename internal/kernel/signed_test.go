package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// signedShapes are widths and numbers of rows whose sums make a table.
func signedShapes(test func(width, rows int)) {
	for width := Lane; width <= MaxWidth; width += Lane {
		for rows := range Lane {
			test(width, rows+1)
		}
	}
}

// TestSumSignsEqualsGeneric demands equal bits: both add in the same order.
func TestSumSignsEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		signedShapes(func(width, rows int) {
			groups := (rows + signGroup - 1) / signGroup
			m := floats(t, r, rows*width, 1)
			got, intact := guarded[float32](t, groups*signSums*width)
			want, padded := make([]float32, len(got)), make([]float32, groups*signGroup*width)
			copy(padded, m)
			sumSignsGeneric(want, padded, width, groups)
			if n := len(SumSigns(got, m, width)); n != len(want) {
				t.Fatalf("%d rows of %d: got a table of %d numbers, want %d", rows, width, n, len(want))
			}
			same(t, "sums", got, want)
			intact()
		})
	})
}

// TestAddSignedEqualsGeneric demands equal bits, too.
func TestAddSignedEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		signedShapes(func(width, rows int) {
			groups := (rows + signGroup - 1) / signGroup
			table := floats(t, r, groups*signSums*width, 1)
			for _, n := range []int{0, 1, 2, 9} {
				for stride := 1; stride < 4; stride++ {
					bits := randomWords(r, n*stride)
					got, intact := guarded[float32](t, n*width)
					want := make([]float32, n*width)
					copy(want, got)
					AddSigned(got, got, table, width, bits, stride)
					addSignedGeneric(want, want, width, table, width, groups, bits, stride)
					same(t, "rows", got, want)
					from := floats(t, r, width, 1)
					AddSigned(got, from, table, width, bits, stride)
					addSignedGeneric(want, from, 0, table, width, groups, bits, stride)
					same(t, "rows from one", got, want)
					intact()
				}
			}
		})
	})
}

func randomWords(r *rand.Rand, n int) []uint16 {
	words := make([]uint16, n)
	for i := range words {
		words[i] = uint16(r.Uint32())
	}
	return words
}

// TestAddSignedEqualsSum holds both kernels to what they are for.
func TestAddSignedEqualsSum(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		table := make([]float32, MaxSignTable)
		signedShapes(func(width, rows int) {
			const n = 5
			m, bits := floats(t, r, rows*width, 1), randomWords(r, n)
			got, want := make([]float32, n*width), make([]float32, n*width)
			AddSigned(got, got, SumSigns(table, m, width), width, bits, 1)
			for i := range want {
				var sum float64
				for k := range rows {
					sum += float64(m[k*width+i%width]) * float64(int(bits[i/width]>>k&1)*2-1)
				}
				want[i] = float32(sum)
			}
			near(t, "sums", got, want, 2e-6, 0)
		})
	})
}

// TestSignedKeepsSpecialNumbers: a row that is no number makes none of all
// sums, an infinite one infinity with its sign.
func TestSignedKeepsSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		table, m := make([]float32, MaxSignTable), make([]float32, Lane*Lane)
		m[3*Lane], m[3*Lane+1] = float32(math.NaN()), float32(math.Inf(1))
		dst := make([]float32, 2*Lane)
		AddSigned(dst, dst, SumSigns(table, m, Lane), Lane, []uint16{0, 1 << 3}, 1)
		for i, sign := range []int{-1, 1} {
			if got := dst[i*Lane]; got == got {
				t.Errorf("sign %d of NaN gives %g", sign, got)
			}
			if got := float64(dst[i*Lane+1]); !math.IsInf(got, sign) {
				t.Errorf("sign %d of +Inf gives %g", sign, got)
			}
			if got := dst[i*Lane+2]; got != 0 {
				t.Errorf("sign %d of 0 gives %g", sign, got)
			}
		}
	})
}

func TestSignedOfBadSizes(t *testing.T) {
	table, m, dst := make([]float32, MaxSignTable), make([]float32, 17*16), make([]float32, 2*16)
	panics(t, "width", func() { SumSigns(table, m[:24], 24) })
	panics(t, "rows", func() { SumSigns(table, m, 16) })
	panics(t, "part of a row", func() { SumSigns(table, m[:15], 16) })
	panics(t, "width", func() { AddSigned(dst, dst, table[:512], 128, []uint16{1}, 1) })
	panics(t, "table", func() { AddSigned(dst, dst, table[:255], 16, []uint16{1, 2}, 1) })
	panics(t, "groups", func() { AddSigned(dst, dst, table[:5*256], 16, []uint16{1, 2}, 1) })
	panics(t, "from", func() { AddSigned(dst, dst[:8], table[:256], 16, []uint16{1, 2}, 1) })
	panics(t, "no table", func() { AddSigned(dst, dst, nil, 16, []uint16{1, 2}, 1) })
	panics(t, "bits", func() { AddSigned(dst, dst, table[:256], 16, []uint16{1, 2}, 2) })
	panics(t, "stride", func() { AddSigned(dst, dst, table[:256], 16, []uint16{1, 2}, -1) })
}

func FuzzSigned(f *testing.F) {
	f.Add(uint64(1), uint8(6), uint8(16), uint8(9))
	f.Fuzz(func(t *testing.T, seed uint64, lanes, rows, n uint8) {
		r := rand.New(rand.NewPCG(seed, 0))
		width := Lane * (1 + int(lanes)%7)
		m, bits := floats(t, r, (1+int(rows)%Lane)*width, 1), randomWords(r, int(n))
		padded := make([]float32, (len(m)/width+signGroup-1)/signGroup*signGroup*width)
		copy(padded, m)
		groups := len(padded) / width / signGroup
		want, wantTable := make([]float32, int(n)*width), make([]float32, signSums*groups*width)
		sumSignsGeneric(wantTable, padded, width, groups)
		addSignedGeneric(want, want, width, wantTable, width, groups, bits, 1)
		eachPath(t, func(t *testing.T) {
			got := make([]float32, len(want))
			AddSigned(got, got, SumSigns(make([]float32, MaxSignTable), m, width), width, bits, 1)
			same(t, "rows", got, want)
		})
	})
}

func BenchmarkSumSigns(b *testing.B) {
	m, table := make([]float32, Lane*MaxWidth), make([]float32, MaxSignTable)
	benchEachPath(b, len(table), func() { SumSigns(table, m, MaxWidth) })
}

// BenchmarkAddSigned is a word of signs for 128 samples.
func BenchmarkAddSigned(b *testing.B) {
	const samples = 128
	bits := randomWords(rand.New(rand.NewPCG(1, 2)), samples)
	for _, width := range []int{16, 64, 112} {
		table, dst := make([]float32, MaxSignTable/MaxWidth*width), make([]float32, samples*width)
		b.Run(fmt.Sprintf("width=%d", width), func(b *testing.B) {
			benchEachPath(b, samples*Lane*width, func() { AddSigned(dst, dst, table, width, bits, 1) })
		})
	}
}
